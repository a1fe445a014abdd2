import type { Sql } from 'postgres'

export type Role = 'viewer' | 'operator' | 'admin'

export interface User {
  id: string
  username: string
  role: Role
  disabled_at: Date | null
  created_at: Date
}

/** Adds a user; null when the name (whatever its case) is taken. */
export async function insertUser(
  sql: Sql,
  user: { username: string; password_hash: string; role: Role },
): Promise<User | null> {
  const [row] = await sql<User[]>`
    insert into users (id, username, password_hash, role)
    values (${Bun.randomUUIDv7()}, ${user.username}, ${user.password_hash}, ${user.role})
    on conflict (lower(username)) do nothing
    returning id, username, role, disabled_at, created_at`
  return row ?? null
}

export interface Credentials {
  id: string
  username: string
  role: Role
  password_hash: string
  disabled_at: Date | null
}

/** What sign-in needs; null for an unknown name. */
export async function findCredentials(sql: Sql, username: string): Promise<Credentials | null> {
  const [row] = await sql<Credentials[]>`
    select id, username, role, password_hash, disabled_at from users where lower(username) = lower(${username})`
  return row ?? null
}

/** The same password with more rounds; nothing when it was changed since `old_hash` was read. */
export async function rehashPassword(sql: Sql, id: string, old_hash: string, password_hash: string): Promise<void> {
  await sql`update users set password_hash = ${password_hash} where id = ${id} and password_hash = ${old_hash}`
}

export async function userExists(sql: Sql, username: string): Promise<boolean> {
  const [row] = await sql`select 1 from users where lower(username) = lower(${username})`
  return row !== undefined
}

export async function anyAdmin(sql: Sql): Promise<boolean> {
  const [row] = await sql`select 1 from users where role = 'admin' limit 1`
  return row !== undefined
}

export function listUsers(sql: Sql): Promise<User[]> {
  return sql<User[]>`select id, username, role, disabled_at, created_at from users order by lower(username)`
}

/** Sets a password and ends every session of the user, in one transaction; false for an unknown name. */
export async function replacePassword(sql: Sql, username: string, password_hash: string): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [user] = await tx<{ id: string }[]>`
      update users set password_hash = ${password_hash}, updated_at = now()
      where lower(username) = lower(${username}) returning id`
    if (!user) return false
    await tx`update sessions set revoked_at = now() where user_id = ${user.id} and revoked_at is null`
    return true
  })
}
