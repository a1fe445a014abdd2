import type { Sql } from 'postgres'
import type { Role } from './users.ts'

export interface Session {
  id: string
  user_id: string
  username: string
  role: Role
}

/** A session that ends by itself after `ttl_s`. */
export async function insertSession(sql: Sql, user_id: string, ttl_s: number): Promise<string> {
  const id = Bun.randomUUIDv7()
  await sql`
    insert into sessions (id, user_id, expires_at)
    values (${id}, ${user_id}, now() + make_interval(secs => ${ttl_s}))`
  return id
}

/** The session behind a token, with its user as they are now; null once it ended or the user was disabled. */
export async function findLiveSession(sql: Sql, id: string): Promise<Session | null> {
  const [row] = await sql<Session[]>`
    select s.id, s.user_id, u.username, u.role
    from sessions s join users u on u.id = s.user_id
    where s.id = ${id} and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null`
  return row ?? null
}

export async function revokeSession(sql: Sql, id: string): Promise<void> {
  await sql`update sessions set revoked_at = now() where id = ${id} and revoked_at is null`
}

/** Users with a session that is alive now. */
export async function countActiveUsers(sql: Sql): Promise<number> {
  const [row] = await sql<{ users: number }[]>`
    select count(distinct user_id)::int as users from sessions where revoked_at is null and expires_at > now()`
  return row!.users
}
