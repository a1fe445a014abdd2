/** The table dead_letters, which keeps the dead of every queue driver, so that they can be browsed without touching the queue. */
import type { Sql, TransactionSql } from 'postgres'
import { bytesArray } from '../postgres/bytes-array.ts'
import { storableDetail } from '../postgres/storable.ts'
import type { DeadLetter } from './queue.ts'

/** Newest first, after the dead letter `after`; ids are UUIDv7, so their order is that of storing. */
export async function listDeadLetters(
  sql: Sql,
  queue: string,
  { limit, after }: { limit: number; after?: string },
): Promise<DeadLetter[]> {
  return [
    ...(await sql<DeadLetter[]>`
      select id, queue, message_id, body, headers, attempt, reason, died_at from dead_letters
      where queue = ${queue} ${after === undefined ? sql`` : sql`and id < ${after}`}
      order by id desc limit ${limit}`),
  ]
}

export interface DeadLetterRow extends Omit<DeadLetter, 'id'> {
  /** The same text when the same death is reported again; null where that cannot happen. */
  death: string | null
}

/** Stores those whose death is not known yet. */
export async function storeDeadLetters(sql: Sql, rows: DeadLetterRow[]): Promise<void> {
  await sql`
    insert into dead_letters (id, queue, message_id, body, headers, attempt, reason, died_at, death)
    select id, queue, message_id, body, headers::json, attempt, reason, died_at, death
    from unnest(
      ${rows.map(() => Bun.randomUUIDv7())}::uuid[], ${rows.map((row) => row.queue)}::text[],
      ${rows.map((row) => row.message_id)}::text[], ${bytesArray(rows.map((row) => row.body))}::bytea[],
      ${rows.map((row) => JSON.stringify(row.headers))}::text[], ${rows.map((row) => row.attempt)}::int[],
      ${rows.map((row) => storableDetail(row.reason))}::text[], ${rows.map((row) => row.died_at.toISOString())}::timestamptz[],
      ${rows.map((row) => row.death)}::text[]
    ) as rows (id, queue, message_id, body, headers, attempt, reason, died_at, death)
    on conflict do nothing`
}

/**
 * Up to `limit` of those stored before `until` (a new id then), oldest first, locked for this transaction; those that
 * another has locked are left to it.
 */
export async function deadLettersForReplay(
  sql: TransactionSql,
  { queue, ids, until, limit }: { queue: string; ids: string[] | undefined; until: string; limit: number },
): Promise<DeadLetter[]> {
  return sql<DeadLetter[]>`
    select id, queue, message_id, body, headers, attempt, reason, died_at from dead_letters
    where queue = ${queue} ${ids === undefined ? sql`` : sql`and id = any(${ids}::uuid[])`}
      and id < ${until}
    order by id limit ${limit} for update skip locked`
}

/** Takes up to `limit` of the queue's, oldest first, out of the table in this transaction, whose owner keeps them from now on. */
export async function takeDeadLetters(sql: TransactionSql, queue: string, limit: number): Promise<DeadLetter[]> {
  const dead = await deadLettersForReplay(sql, { queue, ids: undefined, until: Bun.randomUUIDv7(), limit })
  const ids = dead.map(({ id }) => id)
  if (ids.length > 0) await removeDeadLetters(sql, ids)
  return dead
}

export async function removeDeadLetters(sql: TransactionSql, ids: string[]): Promise<void> {
  await sql`delete from dead_letters where id = any(${ids}::uuid[])`
}

/** How many there are of the queue. */
export async function countDeadLetters(sql: Sql, queue: string): Promise<number> {
  const [row] = await sql<{ dead: number }[]>`select count(*)::int as dead from dead_letters where queue = ${queue}`
  return row!.dead
}
