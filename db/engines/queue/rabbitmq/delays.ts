/** The table queue_delays: which retry queues there are, since AMQP has no way to list a broker's queues. */
import type { Sql } from 'postgres'

/**
 * After the last message of a left queue has gone on: longer than the broker takes (3 minutes) to try again what it
 * could not hand on at first, which it does not count among the queue's messages.
 */
const LONG_LEFT_MS = 10 * 60_000

/** `delay_ms` is in use from now on, all others of the queue are left. */
export async function recordDelay(sql: Sql, queue: string, delay_ms: number): Promise<void> {
  await sql`
    with used as (
      insert into queue_delays (queue, retry_delay_ms) values (${queue}, ${delay_ms})
      on conflict (queue, retry_delay_ms) do update set left_at = null
    )
    update queue_delays set left_at = now()
    where queue = ${queue} and retry_delay_ms <> ${delay_ms} and left_at is null`
}

export async function delaysOf(sql: Sql, queue: string): Promise<number[]> {
  const rows = await sql<{ retry_delay_ms: number }[]>`
    select retry_delay_ms::float8 from queue_delays where queue = ${queue}`
  return rows.map((row) => row.retry_delay_ms)
}

/** Those whose queues can go when they are empty. */
export async function delaysLongLeft(sql: Sql, queue: string): Promise<number[]> {
  const rows = await sql<{ retry_delay_ms: number }[]>`
    select retry_delay_ms::float8 from queue_delays
    where queue = ${queue} and left_at < now() - (retry_delay_ms + ${LONG_LEFT_MS}) * interval '1 ms'`
  return rows.map((row) => row.retry_delay_ms)
}

export async function forgetDelay(sql: Sql, queue: string, delay_ms: number): Promise<void> {
  await sql`delete from queue_delays where queue = ${queue} and retry_delay_ms = ${delay_ms}`
}
