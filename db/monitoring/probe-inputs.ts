/** How long input has been waiting to be processed, as far as the database can tell. */
import type { Sql } from 'postgres'
import { isFree } from '../engines/queue/sql/messages.ts'

/** How long the oldest of the queues' messages that may be delivered now has waited, in seconds, where the queue is in sql; 0 when none waits. */
export async function oldestQueuedAge(sql: Sql): Promise<number> {
  const [row] = await sql<{ age_s: number | null }[]>`
    with recursive queues as (
      (select queue from queue_messages order by queue limit 1)
      union all
      select (select m.queue from queue_messages m where m.queue > q.queue order by m.queue limit 1) from queues q
      where q.queue is not null
    )
    select extract(epoch from now() - min(oldest.available_at))::float8 as age_s
    from queues q cross join lateral (
      select available_at from queue_messages m
      where m.queue = q.queue and ${isFree(sql)}
      order by available_at limit 1
    ) oldest
    where oldest.available_at <= now()`
  return row!.age_s ?? 0
}

/** Dead letters of every queue, whatever engine it is on, and of every source that keeps its own. */
export async function countDeadLetters(sql: Sql): Promise<Record<string, number>> {
  const rows = await sql<{ queue: string; dead: number }[]>`
    select queue, count(*)::int as dead from (
      select queue from dead_letters union all select source from letters where state = 'dead'
    ) dead group by queue`
  return Object.fromEntries(rows.map(({ queue, dead }) => [queue, dead]))
}
