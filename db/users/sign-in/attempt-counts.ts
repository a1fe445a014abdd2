/**
 * Keeps the counts of attempts (the rules are in attempt-rules.ts), by the database's clock. A change locks the rows of an
 * account that it is about, in the order of their sources: two replicas or fifty parallel requests cannot both take the last
 * attempt, and none waits for the other.
 */
import type { Fragment, ISql, Sql } from 'postgres'
import {
  FREE_FAILURES,
  MAX_DELAY_MS,
  MAX_FAILURES,
  SHARED,
  type Changes,
  type Count,
  type Counts,
} from './attempt-rules.ts'

/** A flood of names that nobody has may fill no disk: of the rows of strangers, the newest are kept. */
const MAX_ROWS = 1_000_000

interface Row extends Count {
  source: string
}

/** The counts at `sources`, and the time. Locks nothing. */
export async function readCounts(sql: Sql, account: string, sources: string[]) {
  const rows = await sql<Array<{ source: string | null; now_ms: number } & Row>>`
    select ${columns(sql)}, extract(epoch from now)::float8 * 1000 as now_ms from (select clock_timestamp() as now) clock
    left join login_attempts on account = ${account} and source = any(${sources})`
  return { counts: countsOf(rows.filter(({ source }) => source !== null)), now_ms: rows[0]!.now_ms }
}

/** Changes counts at `sources` as `rule` says; what the rule throws changes nothing. Gives the rule's result. */
export function changeCounts<T>(
  sql: Sql,
  account: string,
  sources: string[],
  rule: (counts: Counts, now_ms: number) => { changes: Changes; result: T },
): Promise<T> {
  return sql.begin(async (tx) => {
    const rows = await lockRows(tx, account, sources.toSorted())
    // Read when the last lock was had.
    const [{ now_ms }] = await tx<[{ now_ms: number }]>`
      select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`
    const { changes, result } = rule(countsOf(rows), now_ms)
    await writeRows(tx, account, changes)
    await deleteBlank(
      tx,
      account,
      sources.filter((source) => !changes.has(source)),
    )
    return result
  }) as Promise<T>
}

/** Rows that are not there yet are made, so that they can be locked. */
function lockRows(tx: ISql, account: string, sources: string[]): Promise<Row[]> {
  return tx<Row[]>`
    insert into login_attempts (account, source, failures, next_at, forgotten_at)
    select ${account}, source, 0, to_timestamp(0), to_timestamp(0) from unnest(${sources}::text[]) source
    on conflict (account, source) do update set failures = login_attempts.failures
    returning ${columns(tx)}`
}

async function writeRows(tx: ISql, account: string, changes: Changes): Promise<void> {
  for (const [source, { failures, next_ms, known_until_ms, forgotten_ms }] of changes)
    await tx`
      update login_attempts set failures = ${failures}, next_at = to_timestamp(${next_ms} / 1000.0),
        known_until = nullif(to_timestamp(${known_until_ms} / 1000.0), to_timestamp(0)),
        forgotten_at = to_timestamp(${forgotten_ms} / 1000.0)
      where account = ${account} and source = ${source}`
}

/** Rows that were only made to be locked. */
async function deleteBlank(tx: ISql, account: string, sources: string[]): Promise<void> {
  if (sources.length > 0)
    await tx`
      delete from login_attempts
      where account = ${account} and source = any(${sources}) and forgotten_at = to_timestamp(0)`
}

/** Forgets every failure of the account; what it is known at stays known. True when there were any. */
export async function unlockAccount(sql: ISql, account: string): Promise<boolean> {
  const { count } = await sql`
    with locked as (
      select source from login_attempts where account = ${account} and failures > 0 and forgotten_at > clock_timestamp()
      order by source collate "C" for update
    )
    update login_attempts set failures = 0, next_at = clock_timestamp(),
      forgotten_at = coalesce(known_until, clock_timestamp())
    where account = ${account} and source in (select source from locked)`
  return count > 0
}

/** Deletes at most `limit` rows that count for nothing any more, or are the oldest of too many. */
export async function deleteOldAttempts(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from login_attempts where (account, source) in (
      select account, source from login_attempts where forgotten_at < clock_timestamp()
      order by forgotten_at limit ${limit} for update skip locked)`
  if (count > 0) return count
  const { count: too_many } = await sql`
    delete from login_attempts where (account, source) in (
      select account, source from login_attempts where known_until is null order by forgotten_at
      limit least(${limit}, greatest(0, (select count(*) from login_attempts) - ${MAX_ROWS})) for update skip locked)`
  return too_many
}

/** Whether failures make some source of the account wait, now or after its next failure. */
export const isWaiting = (sql: ISql): Fragment => sql`
  forgotten_at > clock_timestamp() and (failures >= ${FREE_FAILURES} and source <> ${SHARED.password} or next_at > clock_timestamp())`

const countsOf = (rows: Row[]): Counts => new Map(rows.map(({ source, ...count }) => [source, count]))

const columns = (sql: ISql): Fragment => sql`
  source, failures, extract(epoch from next_at)::float8 * 1000 as next_ms,
  coalesce(extract(epoch from known_until)::float8 * 1000, 0) as known_until_ms,
  extract(epoch from forgotten_at)::float8 * 1000 as forgotten_ms`

/**
 * After the database's clock has gone back: nobody waits longer than the longest delay. Those that are to rest for weeks go on
 * resting.
 */
export async function withdrawAheadDelays(sql: ISql): Promise<void> {
  await sql`
    update login_attempts set next_at = now() + make_interval(secs => ${MAX_DELAY_MS / 1000})
    where failures < ${MAX_FAILURES} and next_at > now() + make_interval(secs => ${MAX_DELAY_MS / 1000})`
}
