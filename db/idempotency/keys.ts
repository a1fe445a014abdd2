/** The table idempotency_keys: requests that clients may send again, and the answers they got. */
import type { Sql } from 'postgres'
import type { idempotency_keys } from './table.ts'

type Row = typeof idempotency_keys.$inferSelect

/** `fingerprint` tells whether the key comes with the same request again. */
export type KeyedRequest = Pick<Row, 'user_id' | 'key' | 'fingerprint'>

export interface StoredAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export interface KeyRow extends Pick<Row, 'id' | 'fingerprint' | 'created_at'> {
  /** null while the request has not been answered. */
  answer: StoredAnswer | null
}

/** How long an answer is kept. */
const KEPT = '24 hours'
/** More than a request adds, so that old keys cannot pile up. */
const SWEEP_ROWS = 10

/**
 * The key's row, made when there is none. While a transaction that made it is open, other requests with the key wait.
 */
export async function claimKey(sql: Sql, { user_id, key, fingerprint }: KeyedRequest): Promise<KeyRow> {
  await deleteOldKeys(sql, SWEEP_ROWS)
  for (;;) {
    await sql`
      insert into idempotency_keys (user_id, key, id, fingerprint)
      values (${user_id}, ${key}, ${Bun.randomUUIDv7()}, ${fingerprint})
      on conflict do nothing`
    const [row] = await sql<Array<Omit<KeyRow, 'answer'> & { status: number | null } & StoredAnswer>>`
      select id, fingerprint, created_at, status, headers, body from idempotency_keys
      where user_id = ${user_id} and key = ${key}`
    // Swept between the two statements.
    if (!row) continue
    const { id, fingerprint: first, created_at, status, headers, body } = row
    return { id, fingerprint: first, created_at, answer: status === null ? null : { status, headers, body } }
  }
}

export async function storeAnswer(
  sql: Sql,
  { user_id, key }: Pick<KeyedRequest, 'user_id' | 'key'>,
  { status, headers, body }: StoredAnswer,
): Promise<void> {
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
