/** The engine behind each role: its name, its address, and how it is inspected. Only what is inspected is imported. */
import type { DbConfig } from './config.ts'
import type { RecordTable } from './history/records.ts'
import type { Inspection } from './inspection.ts'
import type { RoleName } from './roles.ts'

export interface Engine {
  role: Exclude<RoleName, 'sql'>
  name: string
  /** May hold a password. */
  url: string
  /** Throws AppError when we cannot get in, or may not do what the role needs. */
  inspect(): Promise<Inspection>
}

/** Those that have a variable of their own set; the other roles are tables in sql, or files. `records`: a table whose rights are tried, too. */
export function chosenEngines(config: DbConfig, records?: RecordTable): Engine[] {
  const engines: Array<[Engine['role'], name: string, url: string | undefined, inspect: Inspect]> = [
    ['cache', 'Redis', config.cache_url, async (url) => (await import('./cache/redis/inspect.ts')).inspectRedis(url)],
    [
      'stream',
      'Kafka',
      config.stream_url,
      async (url) => (await import('./stream/kafka/inspect.ts')).inspectKafka(url, config.stream_client),
    ],
    [
      'queue',
      'RabbitMQ',
      config.queue_url,
      async (url) => (await import('./queue/rabbitmq/inspect.ts')).inspectRabbitmq(url),
    ],
    [
      'history',
      'Cassandra',
      config.history_url,
      async (url) => (await import('./history/cassandra/inspect.ts')).inspectCassandra(url, records),
    ],
    [
      'journal',
      'MongoDB',
      config.journal_url,
      async (url) => (await import('./journal/mongodb/inspect.ts')).inspectMongo(url),
    ],
    ['objects', 'S3', config.objects_url, async (url) => (await import('./objects/s3/inspect.ts')).inspectS3(url)],
  ]
  return engines.flatMap(([role, name, url, inspect]) =>
    url === undefined ? [] : [{ role, name, url, inspect: () => inspect(url) }],
  )
}

type Inspect = (url: string) => Promise<Inspection>
