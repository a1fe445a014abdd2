/**
 * Opens a stream the way a program of its own would: with its own connections. A child process reads the same
 * description from its command line.
 */
import pino from 'pino'
import { openSql } from '../../db/index.ts'
import type { Stream } from '../../db/stream/index.ts'
import { createSqlStream } from '../../db/stream/sql.ts'

export interface StreamEngine {
  driver: 'sql'
  url: string
}

export interface StreamTimes {
  lease_ms: number
  stop_grace_ms?: number
}

export interface StreamProgram {
  stream: Stream
  close(): Promise<void>
}

export function openStreamProgram({ url }: StreamEngine, times: StreamTimes): StreamProgram {
  const sql = openSql(url, 2)
  const stream = createSqlStream(sql, { log: pino({ level: 'silent' }), ...times })
  return {
    stream,
    async close() {
      await stream.close()
      await sql.end({ timeout: 1 })
    },
  }
}
