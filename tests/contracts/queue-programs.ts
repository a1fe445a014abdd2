/**
 * Opens a queue the way a program of its own would: with its own connections. A child process reads the same
 * description from its command line.
 */
import pino from 'pino'
import { openSql } from '../../db/index.ts'
import type { Queue } from '../../db/queue/index.ts'
import { createSqlQueue } from '../../db/queue/sql.ts'

export interface QueueEngine {
  driver: 'sql'
  url: string
}

export interface QueueTimes {
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

export function openQueueProgram({ url }: QueueEngine, times: QueueTimes): QueueProgram {
  const sql = openSql(url, 2)
  const queue = createSqlQueue(sql, { log: pino({ level: 'silent' }), poll_ms: NO_POLLING_MS, ...times })
  return {
    queue,
    async close() {
      await queue.close()
      await sql.end({ timeout: 1 })
    },
  }
}
