import type { ISql, Sql } from 'postgres'
import type { sessions, users } from './table.ts'

export interface Session
  extends Pick<typeof sessions.$inferSelect, 'id' | 'user_id'>, Pick<typeof users.$inferSelect, 'username' | 'role'> {
  /** An admin who has no second factor. */
  unenrolled_admin: boolean
  /** The request came with this API key, which is no session: `id` is the key's, too. */
  api_key_id?: string
}

/** How long an ended session is kept, so that what happened can be looked into. */
const KEPT_DAYS = 30

/** A session that ends by itself after `ttl_s`; its user counts as active for `active_s`. Removes the user's long ended ones. */
export async function insertSession(sql: ISql, user_id: string, ttl_s: number, active_s = ttl_s): Promise<string> {
  const id = Bun.randomUUIDv7()
  await sql`
    with old as (
      delete from sessions
      where user_id = ${user_id} and least(expires_at, revoked_at) < now() - make_interval(days => ${KEPT_DAYS})
    )
    insert into sessions (id, user_id, expires_at, active_until)
    values (${id}, ${user_id}, now() + make_interval(secs => ${ttl_s}), now() + make_interval(secs => ${active_s}))`
  return id
}

/** The sessions behind tokens, by id, with their users as they are now; one that ended, or whose user was disabled, is not there. */
export async function findLiveSessions(sql: ISql, ids: string[]): Promise<Map<string, Session>> {
  const rows = await sql<Session[]>`
    select s.id, s.user_id, u.username, u.role, u.role = 'admin' and not exists (
      select 1 from two_factor f where f.user_id = u.id and f.confirmed_at is not null) as unenrolled_admin
    from sessions s join users u on u.id = s.user_id
    where s.id = any(${ids}::uuid[]) and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`
  return new Map(rows.map((row) => [row.id, row]))
}

/** One of them; null when it is not there. */
export async function findLiveSession(sql: ISql, id: string): Promise<Session | null> {
  return (await findLiveSessions(sql, [id])).get(id) ?? null
}

/** Ends a session; how many that were, none when it had ended. */
export async function revokeSession(sql: ISql, id: string): Promise<number> {
  const ended = await sql`update sessions set revoked_at = now() where id = ${id} and revoked_at is null`
  return ended.count
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
