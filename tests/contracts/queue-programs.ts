/**
 * Opens a queue the way a program of its own would: with its own connections. A child process reads the same
 * description from its command line.
 */
import pino from 'pino'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import type { Queue } from '../../db/engines/queue/queue.ts'
import { createRabbitmqQueue } from '../../db/engines/queue/rabbitmq/queue.ts'
import { createSqlQueue } from '../../db/engines/queue/sql/queue.ts'

export interface QueueEngine {
  driver: 'sql' | 'rabbitmq'
  /** Of the database. */
  url: string
  /** Of the broker. */
  queue_url?: string
}

export interface QueueTimes {
  /** In sql; a broker notices by the connection. */
  lease_ms: number
  stop_grace_ms?: number
  max_lost?: number
}

export interface QueueProgram {
  queue: Queue
  close(): Promise<void>
}

/** Without its safety net: whatever works here works by NOTIFY and by timers. */
const NO_POLLING_MS = 600_000

export async function openQueueProgram(engine: QueueEngine, times: QueueTimes): Promise<QueueProgram> {
  const sql = openSql(engine.url, 2)
  const log = pino({ level: 'silent' })
  const queue =
    engine.driver === 'sql'
      ? createSqlQueue(sql, { log, poll_ms: NO_POLLING_MS, ...times })
      : await createRabbitmqQueue({ url: engine.queue_url!, sql, log, ...times })
  return {
    queue,
    async close() {
      await queue.close()
      await sql.end({ timeout: 1 })
    },
  }
}
