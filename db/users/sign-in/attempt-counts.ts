/**
 * Sign-in attempts, counted before they are tried, in one statement: two replicas or fifty parallel requests cannot
 * both take the last one. Three rules decide, all by the database's clock:
 * - Account and address: after FREE_FAILURES in a row, a delay that doubles from 1 s to MAX_DELAY_S. A day of rest ends it.
 * - Account from addresses where it never signed in: after STRANGER_FAILURES in a row, one attempt a day.
 * - Account from anywhere: after ACCOUNT_FAILURES in a row, none, until an admin or the command line unlocks it.
 * So strangers can never use up the attempts of an address that the account is known at.
 * A statement that locks several rows of an account takes its row from everywhere last, so that none waits for the other.
 */
import type { Fragment, ISql, Sql } from 'postgres'

export const FREE_FAILURES = 5
export const MAX_DELAY_S = 900
export const STRANGER_FAILURES = 50
export const ACCOUNT_FAILURES = 100
const DAY_S = 86_400
/** How long an address that an account signed in from stays known. */
const KNOWN_S = 90 * DAY_S
/** The row of an account from everywhere. */
const EVERYWHERE = ''

export interface Attempted {
  /** In a row, this attempt included: from this address, and from everywhere. */
  pair_failures: number
  account_failures: number
}

/** Counts an attempt, as a failure until more is known; null, and not counted, when it has to wait. */
export async function countAttempt(sql: Sql, account: string, address: string): Promise<Attempted | null> {
  const [row] = await sql<Attempted[]>`
    with pair as (
      insert into login_attempts as kept (account, address, failures, attempted_at)
      values (${account}, ${address}, 1, clock_timestamp())
      on conflict (account, address) do update set
        failures = case when ${isRested(sql)} then 1 else kept.failures + 1 end, attempted_at = clock_timestamp()
        where ${pairWait(sql)} <= interval '0'
      returning failures, ${isKnown(sql)} as known
    ), whole as (
      insert into login_attempts as kept (account, address, failures, attempted_at, succeeded_at)
      select ${account}, ${EVERYWHERE}, 1, clock_timestamp(), case when known then clock_timestamp() end from pair
      on conflict (account, address) do update set failures = kept.failures + 1, attempted_at = clock_timestamp()
        where kept.failures < ${ACCOUNT_FAILURES}
          and (excluded.succeeded_at is not null or ${strangerWait(sql)} <= interval '0')
      returning failures
    )
    select pair.failures as pair_failures, whole.failures as account_failures from pair, whole`
  return row ?? null
}

/** How long the next attempt has to wait, in seconds; 0: it may come now; null: only an unlock can help. Locks nothing. */
export async function readWait(sql: Sql, account: string, address: string): Promise<number | null> {
  const [row] = await sql<{ wait_s: number; locked: boolean }[]>`
    with pair as (
      select ${pairWait(sql)} as wait, ${isKnown(sql)} as known from login_attempts kept
      where account = ${account} and address = ${address}
    ), whole as (
      select ${strangerWait(sql)} as wait, failures from login_attempts kept
      where account = ${account} and address = ${EVERYWHERE}
    )
    select coalesce((select failures >= ${ACCOUNT_FAILURES} from whole), false) as locked,
      ceil(extract(epoch from greatest(interval '0', (select wait from pair),
        case when not coalesce((select known from pair), false) then (select wait from whole) end)))::int as wait_s`
  return row!.locked ? null : row!.wait_s
}

/** Takes back an attempt that was not wrong, or not tried. */
export async function uncountAttempt(sql: Sql, account: string, address: string): Promise<void> {
  await sql`
    with locked as (
      select address from login_attempts where account = ${account} and address in (${address}, ${EVERYWHERE})
      order by address desc for update
    )
    update login_attempts set failures = greatest(failures - 1, 0)
    where account = ${account} and address in (select address from locked)`
}

/** A sign-in ends both rows' failures and makes the address known to the account. */
export async function resetAttempts(sql: Sql, account: string, address: string): Promise<void> {
  await sql`
    insert into login_attempts (account, address, failures, attempted_at, succeeded_at)
    values (${account}, ${address}, 0, clock_timestamp(), clock_timestamp()),
      (${account}, ${EVERYWHERE}, 0, clock_timestamp(), null)
    on conflict (account, address) do update set failures = 0, succeeded_at = excluded.succeeded_at`
}

/** Forgets every failure of the account; the addresses that it is known at stay known. True when there were any. */
export async function unlockAccount(sql: ISql, account: string): Promise<boolean> {
  const { count } = await sql`
    with locked as (
      select address from login_attempts where account = ${account} and failures > 0 order by address desc for update
    )
    update login_attempts set failures = 0 where account = ${account} and address in (select address from locked)`
  return count > 0
}

/** Deletes at most `limit` rows that decide nothing any more, the oldest first; those that make a user wait stay. */
export async function deleteOldAttempts(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from login_attempts where (account, address) in (
      select account, address from login_attempts kept
      where ${isRested(sql)} and not ${isKnown(sql)} and (
        address <> ${EVERYWHERE} or failures = 0
        or not exists (select 1 from users where username_folded = kept.account)
          and (failures < ${STRANGER_FAILURES} or attempted_at < clock_timestamp() - make_interval(secs => ${KNOWN_S})))
      order by attempted_at limit ${limit} for update skip locked)`
  return count
}

/** Whether a row makes its account wait, now or until it is unlocked. */
export const isWaiting = (sql: ISql): Fragment => sql`
  case when kept.address = ${EVERYWHERE} then kept.failures >= ${STRANGER_FAILURES}
    else kept.failures >= ${FREE_FAILURES} and not ${isRested(sql)} end`

const isRested = (sql: ISql): Fragment => sql`kept.attempted_at < clock_timestamp() - make_interval(secs => ${DAY_S})`

const isKnown = (sql: ISql): Fragment =>
  sql`coalesce(kept.succeeded_at > clock_timestamp() - make_interval(secs => ${KNOWN_S}), false)`

const pairWait = (sql: Sql): Fragment => sql`
  case when kept.failures < ${FREE_FAILURES} then interval '0' else
    kept.attempted_at - clock_timestamp()
      + make_interval(secs => least(${MAX_DELAY_S}, power(2, least(kept.failures - ${FREE_FAILURES}, 30)))) end`

const strangerWait = (sql: Sql): Fragment => sql`
  case when kept.failures < ${STRANGER_FAILURES} then interval '0' else
    kept.attempted_at - clock_timestamp() + make_interval(secs => ${DAY_S}) end`
