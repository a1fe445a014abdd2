/** The table dead_letters, which keeps the dead of every queue driver, so that they can be browsed without touching the queue. */
import type { Sql } from 'postgres'
import type { DeadLetter } from './index.ts'

/** Newest first, after the dead letter `cursor`; ids are UUIDv7, so their order is that of dying. */
export async function listDeadLetters(
  sql: Sql,
  queue: string,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<DeadLetter[]> {
  return [
    ...(await sql<DeadLetter[]>`
      select id, queue, message_id, body, headers, attempt, reason, died_at from dead_letters
      where queue = ${queue} ${cursor === undefined ? sql`` : sql`and id < ${cursor}`}
      order by id desc limit ${limit}`),
  ]
}

/** A reason as a text column can hold it. */
export function storableReason(reason: string): string {
  return reason.replaceAll('\0', '\u{fffd}').slice(0, 2_000)
}
