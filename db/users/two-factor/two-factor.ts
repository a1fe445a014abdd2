/** The second factor of a user: off, pending (a secret shown, not yet proved) or on. Every change is one statement. */
import type { Fragment, ISql, Sql } from 'postgres'
import type { two_factor, users } from '../table.ts'
import { foldUsername } from '../usernames.ts'

type Row = typeof two_factor.$inferSelect

export interface TwoFactorState {
  enabled: boolean
  recovery_codes_left: number
}

/** Who needs a second factor. */
export interface FactorNeed {
  roles: ReadonlyArray<typeof users.$inferSelect.role>
  /** The folded name of the user that programs sign in as, who has no phone. */
  except: string
}

export const NOBODY: FactorNeed = { roles: [], except: '' }

/** Whether the user `u` needs a second factor and has none. */
export const mustEnrol = (sql: ISql, { roles, except }: FactorNeed): Fragment => sql`
  (u.role = any(${roles as string[]}::text[]) and u.username_folded <> ${except} and not exists (
    select 1 from two_factor f where f.user_id = u.id and f.confirmed_at is not null))`

export const needsFactor = (
  { roles, except }: FactorNeed,
  { role, username }: { role: FactorNeed['roles'][number]; username: string },
): boolean => roles.includes(role) && foldUsername(username) !== except

/** A user's own factor, as they see it. */
export async function readTwoFactor(sql: Sql, user_id: string): Promise<TwoFactorState> {
  const [row] = await sql<TwoFactorState[]>`
    select exists (select 1 from two_factor where user_id = ${user_id} and confirmed_at is not null) as enabled,
      (select count(*)::int from recovery_codes where user_id = ${user_id}) as recovery_codes_left`
  return row!
}

export async function isTwoFactorOn(sql: ISql, user_id: string): Promise<boolean> {
  const [row] = await sql`select 1 from two_factor where user_id = ${user_id} and confirmed_at is not null`
  return row !== undefined
}

/** Keeps a secret to be proved within `ttl_s`, in place of one shown before; false when the factor is on. */
export async function savePendingSecret(
  sql: Sql,
  user_id: string,
  secret: Uint8Array,
  ttl_s: number,
): Promise<boolean> {
  const saved = await sql`
    insert into two_factor as kept (user_id, secret, pending_until)
    values (${user_id}, ${secret}, now() + make_interval(secs => ${ttl_s}))
    on conflict (user_id) do update set secret = excluded.secret, pending_until = excluded.pending_until
      where kept.confirmed_at is null`
  return saved.count > 0
}

export async function findPendingSecret(sql: Sql, user_id: string): Promise<Uint8Array | null> {
  const [row] = await sql<Array<Pick<Row, 'secret'>>>`
    select secret from two_factor where user_id = ${user_id} and pending_until > now()`
  return row?.secret ?? null
}

/** Turns the factor on with the secret that was proved, and spends the time step of the proof; false when it is not pending any more. */
export async function confirmSecret(sql: ISql, user_id: string, secret: Uint8Array, step: number): Promise<boolean> {
  const confirmed = await sql`
    update two_factor set confirmed_at = now(), pending_until = null, last_step = ${step}
    where user_id = ${user_id} and secret = ${secret} and pending_until > now()`
  return confirmed.count > 0
}

export async function findActiveSecret(sql: ISql, user_id: string): Promise<Uint8Array | null> {
  const [row] = await sql<Array<Pick<Row, 'secret'>>>`
    select secret from two_factor where user_id = ${user_id} and confirmed_at is not null`
  return row?.secret ?? null
}

export function listActiveSecrets(sql: Sql): Promise<Array<Pick<Row, 'user_id' | 'secret'>>> {
  return sql<Array<Pick<Row, 'user_id' | 'secret'>>>`
    select user_id, secret from two_factor where confirmed_at is not null order by user_id`
}

/** A code may be a step late, and another a step early. */
const MOST_AHEAD = 2

/**
 * Spends a time step of now; false when it, or a later one, was spent before. Of two requests with one code, one gets it. A step
 * that is further ahead than any code of now was spent by a clock that has been set back since: it locks nobody out.
 */
export async function takeStep(sql: ISql, user_id: string, step: number): Promise<boolean> {
  const taken = await sql`
    update two_factor set last_step = ${step}
    where user_id = ${user_id} and confirmed_at is not null
      and (last_step < ${step} or last_step > ${step + MOST_AHEAD})`
  return taken.count > 0
}

/** The same secret under another key. */
export async function replaceEncrypted(sql: ISql, user_id: string, old: Uint8Array, secret: Uint8Array): Promise<void> {
  await sql`update two_factor set secret = ${secret} where user_id = ${user_id} and secret = ${old}`
}

/** Turns the factor off, whatever its state, with all that belongs to it; false when it was not on. */
export async function deleteTwoFactor(sql: ISql, user_id: string): Promise<boolean> {
  const [row] = await sql<{ was_on: boolean }[]>`
    with codes as (delete from recovery_codes where user_id = ${user_id}),
      challenges as (delete from login_challenges where user_id = ${user_id}),
      factor as (delete from two_factor where user_id = ${user_id} returning confirmed_at)
    select coalesce(bool_or(confirmed_at is not null), false) as was_on from factor`
  return row!.was_on
}
