/** Opens the queue role: the driver that its URL names. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createSqlQueue } from './sql/queue.ts'
import type { Queue } from './queue.ts'

export interface QueueOptions {
  /** QUEUE_URL; unset: the role lives in `sql`, where dead letters are kept in any case. */
  url: string | undefined
  sql: Sql
  log: Log
}

export async function openQueue({ url, sql, log }: QueueOptions): Promise<Queue> {
  if (url === undefined) return createSqlQueue(sql, { log })
  const { createRabbitmqQueue } = await import('./rabbitmq/queue.ts')
  return createRabbitmqQueue({ url, sql, log })
}
