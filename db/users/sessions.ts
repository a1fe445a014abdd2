/**
 * Sessions. One ends when it is revoked, 30 days after its sign-in, with its user, or after some time without use: an
 * admin's much sooner.
 */
import type { Fragment, ISql, Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { sessions, users } from './table.ts'
import { mustEnrol, NOBODY, type FactorNeed } from './two-factor/two-factor.ts'

type Row = typeof sessions.$inferSelect

export interface Session
  extends Pick<Row, 'id' | 'user_id'>, Pick<typeof users.$inferSelect, 'username' | 'role' | 'must_change_password'> {
  /** The user needs a second factor, and has none. */
  must_enrol: boolean
  /** The request came with this API key, which is no session: `id` is the key's, too. */
  api_key_id?: string
}

export interface LiveSession extends Session {
  /** Its last use was written a while ago. */
  use_due: boolean
}

/** A session's use is written at most once in this time. */
const USE_S = 60

/** How long an ended session is kept, so that what happened can be looked into. */
const KEPT_DAYS = 30

/** After so long without use a session ends. */
export interface IdleTerms {
  admin_s: number
  others_s: number
}

export const IDLE: IdleTerms = { admin_s: 8 * 3600, others_s: 7 * 86_400 }

/** Where a session is used; `device`: of the browser that has it in cookies. */
export interface Used {
  address?: string | null | undefined
  user_agent?: string | null | undefined
  device?: string | null | undefined
}

/** A session that ends by itself after `ttl_s`; its user counts as active for `active_s`. Removes the user's long ended ones. */
export async function insertSession(
  sql: ISql,
  user_id: string,
  ttl_s: number,
  active_s = ttl_s,
  { address = null, user_agent = null, device = null }: Used = {},
): Promise<string> {
  const id = Bun.randomUUIDv7()
  await sql`
    with old as (
      delete from sessions
      where user_id = ${user_id} and least(expires_at, revoked_at) < now() - make_interval(days => ${KEPT_DAYS})
    )
    insert into sessions (id, user_id, expires_at, active_until, address, user_agent, device)
    values (${id}, ${user_id}, now() + make_interval(secs => ${ttl_s}), now() + make_interval(secs => ${active_s}),
      ${address}, ${user_agent}, ${device && hashOf(device)})`
  return id
}

/** Whether the session `s` of the user `u` lives. */
export const isLive = (sql: ISql, { admin_s, others_s }: IdleTerms): Fragment => sql`
  s.revoked_at is null and s.expires_at > now() and u.disabled_at is null
  and s.last_used_at > now() - make_interval(secs => case u.role when 'admin' then ${admin_s}::float8 else ${others_s}::float8 end)`

/** The sessions behind tokens, by id, with their users as they are now; one that ended, or whose user was disabled, is not there. */
export async function findLiveSessions(
  sql: ISql,
  ids: string[],
  idle: IdleTerms = IDLE,
  need: FactorNeed = NOBODY,
): Promise<Map<string, LiveSession>> {
  const rows = await sql<LiveSession[]>`
    select s.id, s.user_id, u.username, u.role, u.must_change_password, ${mustEnrol(sql, need)} as must_enrol,
      s.last_used_at < now() - make_interval(secs => ${USE_S}) as use_due
    from sessions s join users u on u.id = s.user_id
    where s.id = any(${ids}::uuid[]) and ${isLive(sql, idle)}`
  return new Map(rows.map((row) => [row.id, row]))
}

/** One of them; null when it is not there. */
export async function findLiveSession(sql: ISql, id: string): Promise<Session | null> {
  return (await findLiveSessions(sql, [id])).get(id) ?? null
}

/** Writes that the session was used now, and from where, unless that was written within the minute. */
export async function recordSessionUse(sql: Sql, id: string, { address, user_agent }: Used): Promise<void> {
  await sql`
    update sessions set last_used_at = now(), address = coalesce(${address ?? null}, address),
      user_agent = coalesce(${user_agent ?? null}, user_agent)
    where id = ${id} and last_used_at < now() - make_interval(secs => ${USE_S})`
}

/** A session as its user sees it in a list. */
export type ListedSession = Pick<Row, 'id' | 'created_at' | 'last_used_at' | 'address' | 'user_agent'>

/** A user's live ones, newest first. */
export async function pageSessions(
  sql: Sql,
  user_id: string,
  idle: IdleTerms,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<ListedSession, { id: string }>> {
  // Ids are in the order of their making.
  const rows = await sql<ListedSession[]>`
    select s.id, s.created_at, s.last_used_at, s.address, s.user_agent
    from sessions s join users u on u.id = s.user_id
    where s.user_id = ${user_id} and ${isLive(sql, idle)} ${after ? sql`and s.id < ${after.id}::uuid` : sql``}
    order by s.id desc limit ${limit + 1}`
  return pageOf(rows, limit, ({ id }) => ({ id }))
}

/** Ends a session of the user; false when they have none of that id, or it had ended. */
export async function revokeSession(sql: ISql, { id, user_id }: Pick<Row, 'id' | 'user_id'>): Promise<boolean> {
  const ended = await sql`
    update sessions set revoked_at = now()
    where id = ${id} and user_id = ${user_id} and revoked_at is null and expires_at > now()`
  return ended.count > 0
}

/** Ends the sessions in the cookies of a browser, whosever they are. */
export async function revokeSessionsAt(sql: ISql, device: string): Promise<Array<{ id: string; username: string }>> {
  return sql<Array<{ id: string; username: string }>>`
    update sessions s set revoked_at = now() from users u
    where s.device = ${hashOf(device)} and s.revoked_at is null and s.expires_at > now() and u.id = s.user_id
    returning s.id, u.username`
}

/** Ends every session of a user but `spared`; how many. */
export async function revokeSessionsOf(sql: ISql, user_id: string, spared: string | null = null): Promise<number> {
  const ended = await sql`
    update sessions set revoked_at = now()
    where user_id = ${user_id} and revoked_at is null and expires_at > now() and id is distinct from ${spared}`
  return ended.count
}

/** Users with a live session whose newest access token is still good. */
export async function countActiveUsers(sql: Sql): Promise<number> {
  const [row] = await sql<{ users: number }[]>`
    select count(distinct user_id)::int as users from sessions where revoked_at is null and active_until > now()`
  return row!.users
}

/** Deletes at most `limit` that ended more than `days` ago, with their refresh tokens; how many. */
export async function deleteOldSessions(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from sessions where id in (
      select id from sessions where least(expires_at, revoked_at) < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

const hashOf = (device: string) => new Uint8Array(new Bun.CryptoHasher('sha256').update(device).digest())
