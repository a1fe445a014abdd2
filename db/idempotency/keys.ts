/** The table idempotency_keys: requests that clients may send again, and the answers they got. */
import type { ISql, Sql } from 'postgres'
import type { idempotency_keys } from './table.ts'

type Row = typeof idempotency_keys.$inferSelect

/** `fingerprint` tells whether the key comes with the same request again. */
export type KeyedRequest = Pick<Row, 'user_id' | 'key' | 'fingerprint'>
type KeyOf = Pick<KeyedRequest, 'user_id' | 'key'>

export interface StoredAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** `running` elsewhere, taken by `another` request, answered, or else the caller's to run. */
export type KeyClaim = 'running' | 'another' | (Pick<Row, 'id' | 'created_at'> & { answer?: StoredAnswer })

/** How long an answer is kept. */
const KEPT = '24 hours'
/** More than a request adds, so that old keys cannot pile up. */
const SWEEP_ROWS = 10

/**
 * Claims the key for a request: in a transaction until that ends, otherwise for `lease_s`, or until its answer is stored or
 * the key released.
 */
export async function claimKey(sql: Sql, { user_id, key, fingerprint }: KeyedRequest, lease_s = 0): Promise<KeyClaim> {
  await deleteOldKeys(sql, SWEEP_ROWS)
  // The insert would wait for a transaction with the key.
  const [lock] = await sql<{ free: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`idempotency ${user_id} ${key}`}, 0)) as free`
  if (!lock!.free) return 'running'
  const [claimed] = await sql<Pick<Row, 'id' | 'created_at'>[]>`
    insert into idempotency_keys as k (user_id, key, id, fingerprint, running_until)
    values (${user_id}, ${key}, ${Bun.randomUUIDv7()}, ${fingerprint}, now() + ${lease_s} * interval '1 second')
    on conflict (user_id, key) do update set running_until = excluded.running_until
    where k.status is null and k.fingerprint = excluded.fingerprint and k.running_until <= now()
    returning id, created_at`
  if (claimed) return claimed
  const [row] = await sql<Row[]>`select * from idempotency_keys where user_id = ${user_id} and key = ${key}`
  // Released between the two statements.
  if (!row) return 'running'
  if (Buffer.compare(row.fingerprint, fingerprint) !== 0) return 'another'
  const { id, created_at, status, headers, body } = row
  return status === null ? 'running' : { id, created_at, answer: { status, headers: headers!, body: body! } }
}

/** For a request that changed nothing: the key is as if it had never come. */
export async function releaseKey(sql: Sql, { user_id, key }: KeyOf): Promise<void> {
  await sql`delete from idempotency_keys where user_id = ${user_id} and key = ${key} and status is null`
}

/** For a request whose outcome nobody knows: it may be sent again at once, and makes the same ids. */
export async function endLease(sql: Sql, { user_id, key }: KeyOf): Promise<void> {
  await sql`
    update idempotency_keys set running_until = now() where user_id = ${user_id} and key = ${key} and status is null`
}

export async function storeAnswer(sql: Sql, { user_id, key }: KeyOf, answer: StoredAnswer): Promise<void> {
  const { status, headers, body } = answer
  await sql`
    update idempotency_keys set status = ${status}, headers = ${sql.json(headers)}, body = ${body}
    where user_id = ${user_id} and key = ${key}`
}

/** Deletes at most `limit` keys whose answer is kept no longer; how many. */
export async function deleteOldKeys(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from idempotency_keys where (user_id, key) in (
      select user_id, key from idempotency_keys where created_at < now() - ${KEPT}::interval
      limit ${limit} for update skip locked
    )`
  return count
}

/** After the database's clock has gone back: the request of a dead process is not taken for running until it is that late again. */
export async function withdrawAheadKeys(sql: ISql, longest_s: number): Promise<void> {
  await sql`
    update idempotency_keys set running_until = now() + make_interval(secs => ${longest_s})
    where status is null and running_until > now() + make_interval(secs => ${longest_s})`
}
