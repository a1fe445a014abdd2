/** Opens the stream role: the driver that its URL names. */
import type { Sql } from 'postgres'
import type { Log } from '../../../lib/log.ts'
import { createSqlStream } from './sql/stream.ts'
import type { StreamClient } from './kafka/url.ts'
import type { Stream } from './stream.ts'

export interface StreamOptions {
  /** STREAM_URL; unset: the role lives in `sql`. */
  url: string | undefined
  /** STREAM_CLIENT; counts where the role lives in Kafka. */
  client?: StreamClient
  sql: Sql
  log: Log
  /** How long a consumer that died keeps its partitions. */
  lease_ms: number
}

export async function openStream({ url, client, sql, log, lease_ms }: StreamOptions): Promise<Stream> {
  if (url === undefined) return createSqlStream(sql, { log, lease_ms })
  const { createKafkaStream } = await import('./kafka/stream.ts')
  return createKafkaStream(url, { client, log, lease_ms })
}
