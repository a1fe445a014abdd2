/**
 * Opens a stream the way a program of its own would: with its own connections. A child process reads the same
 * description from its command line.
 */
import pino from 'pino'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import type { Stream } from '../../db/engines/stream/stream.ts'
import { createKafkaStream } from '../../db/engines/stream/kafka/stream.ts'
import type { StreamClient } from '../../db/engines/stream/kafka/url.ts'
import { createSqlStream } from '../../db/engines/stream/sql/stream.ts'

export interface StreamEngine {
  driver: 'sql' | 'kafka'
  url: string
  /** Of Kafka. */
  client?: StreamClient
}

export interface StreamTimes {
  lease_ms: number
  stop_grace_ms?: number
}

export interface StreamProgram {
  stream: Stream
  close(): Promise<void>
}

export async function openStreamProgram(
  { driver, url, client }: StreamEngine,
  times: StreamTimes,
): Promise<StreamProgram> {
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination({ dest: 2, sync: true }))
  if (driver === 'kafka') {
    const stream = await createKafkaStream(url, { client, log, ...times })
    return { stream, close: stream.close }
  }
  const sql = openSql(url, 2)
  const stream = createSqlStream(sql, { log, ...times })
  return {
    stream,
    async close() {
      await stream.close()
      await sql.end({ timeout: 1 })
    },
  }
}
