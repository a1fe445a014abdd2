/** The table api_keys: every function is one statement. A key acts as its user, with its own role or the user's if that is less. */
import type { ISql, Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../../lib/page.ts'
import type { Session } from '../sessions.ts'
import { api_keys, USER_ROLES } from '../table.ts'
import { mustEnrol, NOBODY, type FactorNeed } from '../two-factor/two-factor.ts'
import { foldUsername } from '../usernames.ts'
import type { UserRole } from '../users.ts'

type Row = typeof api_keys.$inferSelect

/** What tells a key from others; never the key itself. */
export type ApiKey = Omit<Row, 'user_id' | 'name_folded' | 'hash'>

/** How long an ended key stays in the list, so that its owner sees why a script fails. */
const KEPT_DAYS = 30

/** A key's use is written at most once in this time. */
const USE_S = 60

const columns = (sql: ISql) => sql`id, name, start, role, created_at, expires_at, last_used_at, last_used_address`

/** How many keys the user has, without those that ended long ago, which are deleted. */
export async function countKeys(sql: ISql, user_id: string): Promise<number> {
  const [row] = await sql<{ keys: number }[]>`
    with old as (
      delete from api_keys where user_id = ${user_id} and expires_at < now() - make_interval(days => ${KEPT_DAYS}) returning id
    )
    select count(*)::int as keys from api_keys where user_id = ${user_id} and id not in (select id from old)`
  return row!.keys
}

/** `hash`: in hexadecimal, as everywhere here. null when a key of the user has the name, whatever its case. */
export async function insertKey(
  sql: ISql,
  key: Pick<Row, 'user_id' | 'name' | 'start' | 'role' | 'expires_at'> & { hash: string },
): Promise<ApiKey | null> {
  const { user_id, name, hash, start, role, expires_at } = key
  const [row] = await sql<ApiKey[]>`
    insert into api_keys (id, user_id, name, name_folded, hash, start, role, expires_at)
    values (${Bun.randomUUIDv7()}, ${user_id}, ${name}, ${foldUsername(name)}, decode(${hash}, 'hex'), ${start}, ${role}, ${expires_at})
    on conflict (user_id, name_folded) do nothing
    returning ${columns(sql)}`
  return row ?? null
}

/** A user's keys, ended ones too, newest first. */
export async function pageKeys(
  sql: Sql,
  user_id: string,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<ApiKey, { id: string }>> {
  const rows = await sql<ApiKey[]>`
    select ${columns(sql)} from api_keys where user_id = ${user_id} ${after ? sql`and id < ${after.id}::uuid` : sql``}
    order by id desc limit ${limit + 1}`
  return pageOf(rows, limit, ({ id }) => ({ id }))
}

/** Ends a key; null when the user has none of that id. */
export async function deleteKey(sql: ISql, user_id: string, id: string): Promise<ApiKey | null> {
  const [row] = await sql<ApiKey[]>`
    delete from api_keys where id = ${id} and user_id = ${user_id} returning ${columns(sql)}`
  return row ?? null
}

/** Ends every key of a user; how many were good until now. */
export async function deleteKeysOf(sql: ISql, user_id: string): Promise<number> {
  const rows = await sql<{ live: boolean }[]>`
    delete from api_keys where user_id = ${user_id} returning expires_at > now() as live`
  return rows.filter(({ live }) => live).length
}

export interface LiveKey {
  session: Session
  /** Its last use was written a while ago, or never. */
  use_due: boolean
}

/** The keys behind hashes, by hash, with their users as they are now; one that ended, or whose user was disabled, is not there. */
export async function findLiveKeys(
  sql: Sql,
  hashes: string[],
  need: FactorNeed = NOBODY,
): Promise<Map<string, LiveKey>> {
  const rows = await sql<LiveRow[]>`
    ${live(sql, need)} and k.hash = any(array(select decode(hex, 'hex') from unnest(${hashes}::text[]) as hex))`
  return new Map(rows.map((row) => [row.hash, { session: sessionOf(row), use_due: row.use_due }]))
}

/** The same by id, for keys that were found by their hash before. */
export async function findLiveKeysById(
  sql: Sql,
  ids: string[],
  need: FactorNeed = NOBODY,
): Promise<Map<string, Session>> {
  const rows = await sql<LiveRow[]>`${live(sql, need)} and k.id = any(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, sessionOf(row)]))
}

interface LiveRow extends Omit<Session, 'role'> {
  hash: string
  key_role: UserRole
  user_role: UserRole
  use_due: boolean
}

const live = (sql: Sql, need: FactorNeed) => sql`
  select encode(k.hash, 'hex') as hash, k.id, k.user_id, u.username, k.role as key_role, u.role as user_role,
    u.must_change_password, ${mustEnrol(sql, need)} as must_enrol,
    k.last_used_at is null or k.last_used_at < now() - make_interval(secs => ${USE_S}) as use_due
  from api_keys k join users u on u.id = k.user_id where k.expires_at > now() and u.disabled_at is null`

function sessionOf({ hash: _, use_due: __, key_role, user_role, ...user }: LiveRow): Session {
  return { ...user, api_key_id: user.id, role: lesserRole(key_role, user_role) }
}

/** Writes that the key was used now, unless that was written within the minute. */
export async function recordKeyUse(sql: Sql, id: string, address: string | null): Promise<void> {
  await sql`
    update api_keys set last_used_at = now(), last_used_address = ${address}
    where id = ${id} and (last_used_at is null or last_used_at < now() - make_interval(secs => ${USE_S}))`
}

export const lesserRole = (a: UserRole, b: UserRole): UserRole =>
  USER_ROLES[Math.min(USER_ROLES.indexOf(a), USER_ROLES.indexOf(b))]!
