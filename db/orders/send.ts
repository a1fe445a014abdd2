/**
 * Sends the rows of a system that were not sent yet. A batch is locked, published, and marked once the broker has confirmed
 * all of it, in one transaction of the system's own database:
 *
 * - two sends at once pass over each other's rows;
 * - a row that was committed late is found by the index over unsent rows, whatever its id;
 * - a process that dies, at any point, leaves rows unmarked. They are sent again; see message.ts on what comes twice.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import type { Cache } from '../engines/cache/cache.ts'
import type { Queue } from '../engines/queue/queue.ts'
import type { RetryPolicy } from './config.ts'
import type { OrdersDatabase } from './databases.ts'
import { messageOfRow, ORDERS_QUEUE, toQueue } from './message.ts'
import { orderColumns, type OrderRow } from './rows.ts'

/** Large enough to keep a broker busy, published within a fraction of its deadline. */
const BATCH = 1000
const LAST_ID_TTL_S = 366 * 86_400

export const lastIdKey = (system: string) => `orders:last:${system}`

export interface Sent {
  sent: number
  /** Ids of the first and the last row; null when there was none. */
  from: number | null
  to: number | null
}

export interface SendContext {
  queue: Pick<Queue, 'publish'>
  cache: Pick<Cache, 'set'>
  policy: RetryPolicy
  log: Log
  /** Called when a batch is marked. */
  changed?: () => void
}

/** Sends what waits now, oldest first; rows that come meanwhile are left to the next call. */
export function sendOrders(system: OrdersDatabase, context: SendContext, trace_id: string): Promise<Sent> {
  return system.use(async (sql, schema) => {
    const [{ until }] = await sql<[{ until: number | null }]>`
      select max(id) as until from ${sql(schema)}.orders where sent_at is null`
    const total: Sent = { sent: 0, from: null, to: null }
    while (until !== null) {
      const ids = await sendBatch(sql, system, until, context, trace_id)
      if (ids.length === 0) break
      context.changed?.()
      total.sent += ids.length
      total.from = Math.min(total.from ?? Infinity, ids[0]!)
      total.to = Math.max(total.to ?? 0, ids.at(-1)!)
    }
    if (total.to !== null) await noteLast(context, system.name, total.to)
    return total
  })
}

/** The ids of the rows, in order. */
async function sendBatch(
  sql: Sql,
  { name, schema }: OrdersDatabase,
  until: number,
  { queue, policy }: SendContext,
  trace_id: string,
): Promise<number[]> {
  return sql.begin(async (tx) => {
    const rows = await tx<OrderRow[]>`
      select ${orderColumns(sql)} from ${tx(schema)}.orders
      where sent_at is null and id <= ${until} order by id limit ${BATCH} for update skip locked`
    if (rows.length === 0) return []
    const travel = { trace_id, replay: 0, attempts_before: 0 }
    await queue.publish(
      ORDERS_QUEUE,
      rows.map((row) => toQueue(messageOfRow(name, row, policy), travel)),
    )
    const ids = rows.map(({ id }) => id)
    await tx`update ${tx(schema)}.orders set sent_at = clock_timestamp() where id = any(${ids}::bigint[])`
    return ids
  })
}

/** For whoever looks there; nothing of ours reads it, and it may be lost. */
async function noteLast({ cache, log }: SendContext, system: string, id: number): Promise<void> {
  try {
    await cache.set(lastIdKey(system), String(id), LAST_ID_TTL_S)
  } catch (err) {
    log.debug({ err, system }, 'the id of the last row that was sent is not in the cache')
  }
}
