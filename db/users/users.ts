/** The users table: every function is one statement, or a lock and a statement. */
import type { Fragment, ISql, Sql } from 'postgres'
import { holdsWords } from '../engines/postgres/search.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import { isWaiting } from './sign-in/attempt-counts.ts'
import type { users } from './table.ts'
import { foldUsername } from './usernames.ts'

type Row = typeof users.$inferSelect

export type UserRole = Row['role']

export interface User extends Omit<Row, 'password_hash' | 'username_folded'> {
  /** Whether failed sign-ins make some place wait: a browser, an address or a network. */
  locked: boolean
  /** Whether signing in takes a code. */
  two_factor: boolean
}

const columns = (sql: ISql): Fragment => sql`
  id, username, role, email, must_change_password, disabled_at, version, created_at, updated_at,
  exists (select 1 from login_attempts kept where account = username_folded and ${isWaiting(sql)}) as locked,
  exists (select 1 from two_factor f where f.user_id = users.id and f.confirmed_at is not null) as two_factor`

export type NewUser = Pick<Row, 'username' | 'password_hash' | 'role'> &
  Partial<Pick<Row, 'email' | 'must_change_password'>>

/** Adds a user; null when the name (whatever its case) is taken. */
export async function insertUser(
  sql: ISql,
  { username, password_hash, role, email = null, must_change_password = false }: NewUser,
): Promise<User | null> {
  const [row] = await sql<User[]>`
    insert into users (id, username, username_folded, password_hash, role, email, must_change_password)
    values (${Bun.randomUUIDv7()}, ${username}, ${foldUsername(username)}, ${password_hash}, ${role}, ${email},
      ${must_change_password})
    on conflict (username_folded) do nothing
    returning ${columns(sql)}`
  return row ?? null
}

export async function findUser(sql: ISql, id: string): Promise<User | null> {
  const [row] = await sql<User[]>`select ${columns(sql)} from users where id = ${id}`
  return row ?? null
}

export interface UserFilters {
  /** Words that the name contains; case and accents do not matter. */
  q?: string | undefined
  role?: UserRole | undefined
  disabled?: boolean | undefined
}

/** In the order of their names, which are unique. */
export async function pageUsers(
  sql: Sql,
  { q, role, disabled }: UserFilters,
  { limit, after }: PageRequest<{ username: string }>,
): Promise<Page<User, { username: string }>> {
  const rows = await sql<User[]>`
    select ${columns(sql)} from users where true
      ${q === undefined ? sql`` : sql`and ${holdsWords(sql, 'fold_text(username)', q)}`}
      ${role === undefined ? sql`` : sql`and role = ${role}`}
      ${disabled === undefined ? sql`` : sql`and (disabled_at is not null) = ${disabled}`}
      ${after ? sql`and username_folded > ${foldUsername(after.username)}` : sql``}
    order by username_folded limit ${limit + 1}`
  return pageOf(rows, limit, ({ username }) => ({ username }))
}

export interface UserChange {
  role?: UserRole | undefined
  disabled?: boolean | undefined
  password_hash?: string | undefined
  /** Of a new password. */
  must_change_password?: boolean
  /** null: none. */
  email?: string | null | undefined
}

/**
 * Locks the enabled admins, then the user: of two requests that would each take away one of the last two admins, the
 * second waits here and sees what the first did. To be called before any change that may take an admin away.
 */
export async function lockAdmins(tx: ISql): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select id from users where role = 'admin' and disabled_at is null order by id for no key update`
  return rows.map(({ id }) => id)
}

/** The user as they are, and until the transaction ends nobody else changes them. */
export async function lockUser(tx: ISql, id: string): Promise<User | null> {
  const [row] = await tx<{ id: string }[]>`select id from users where id = ${id} for no key update`
  return row ? findUser(tx, id) : null
}

/** Changes the fields that are given. A user who was disabled before keeps the time of that. */
export async function updateUser(
  tx: ISql,
  id: string,
  { role, disabled, password_hash, must_change_password = false, email }: UserChange,
): Promise<User> {
  const [row] = await tx<User[]>`
    update users set version = version + 1, updated_at = now()
      ${role === undefined ? tx`` : tx`, role = ${role}`}
      ${disabled === undefined ? tx`` : disabled ? tx`, disabled_at = coalesce(disabled_at, now())` : tx`, disabled_at = null`}
      ${password_hash === undefined ? tx`` : tx`, password_hash = ${password_hash}, must_change_password = ${must_change_password}`}
      ${email === undefined ? tx`` : tx`, email = ${email}`}
    where id = ${id} returning ${columns(tx)}`
  return row!
}

export type Credentials = Pick<
  Row,
  'id' | 'username' | 'role' | 'password_hash' | 'must_change_password' | 'disabled_at'
>

/** The part of a user that sign-in needs; null for an unknown name. */
export async function findCredentials(sql: Sql, username: string): Promise<Credentials | null> {
  const [row] = await sql<Credentials[]>`
    select id, username, role, password_hash, must_change_password, disabled_at from users where username_folded = ${foldUsername(username)}`
  return row ?? null
}

/**
 * Whether the user may still sign in with the hash that was checked; if so, nobody changes that before the transaction
 * ends: a session begun here is either seen, and ended, by a change of password, or not begun.
 */
export async function holdCredentials(tx: ISql, id: string, password_hash: string): Promise<boolean> {
  const [row] = await tx`
    select 1 from users where id = ${id} and password_hash = ${password_hash} and disabled_at is null for share`
  return row !== undefined
}

/** The same password with more rounds; false when it was changed since `old_hash` was read. */
export async function rehashPassword(sql: Sql, id: string, old_hash: string, password_hash: string): Promise<boolean> {
  const { count } =
    await sql`update users set password_hash = ${password_hash} where id = ${id} and password_hash = ${old_hash}`
  return count === 1
}

export async function userExists(sql: Sql, username: string): Promise<boolean> {
  const [row] = await sql`select 1 from users where username_folded = ${foldUsername(username)}`
  return row !== undefined
}

export async function anyAdmin(sql: Sql): Promise<boolean> {
  const [row] = await sql`select 1 from users where role = 'admin' limit 1`
  return row !== undefined
}

/** Every user, for the command line. */
export function listUsers(sql: Sql): Promise<User[]> {
  return sql<User[]>`select ${columns(sql)} from users order by username_folded`
}

/** Folds names again that a migration could only fold as the database does; one that another user has then stays as it is. */
export async function refoldUsernames(sql: Sql): Promise<void> {
  const rows = await sql<Array<Pick<Row, 'id' | 'username' | 'username_folded'>>>`
    select id, username, username_folded from users where username ~ '[^[:ascii:]]'`
  for (const { id, username, username_folded } of rows)
    if (username_folded !== foldUsername(username))
      await sql`
        update users set username_folded = ${foldUsername(username)} where id = ${id}
          and not exists (select 1 from users other where other.username_folded = ${foldUsername(username)})`
}
