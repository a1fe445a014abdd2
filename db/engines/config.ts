/** Where the data lives: every variable that db/ understands, read once per program. */
import { join, resolve } from 'node:path'
import { ConfigError, type EnvReader } from '../../lib/env.ts'
import { readRedisUrl } from './cache/redis/url.ts'
import { readCassandraUrl } from './history/cassandra/url.ts'
import { readMongoUrl } from './journal/mongodb/url.ts'
import { readS3Url } from './objects/s3/url.ts'
import { STATEMENT_TIMEOUT_S, type Deadlines } from './postgres/deadlines.ts'
import { readRabbitmqUrl } from './queue/rabbitmq/url.ts'
import { readKafkaUrl, STREAM_CLIENTS, type StreamClient } from './stream/kafka/url.ts'

export interface DbConfig {
  /** Absolute folder of the embedded engines, objects and generated secrets. */
  data_dir: string
  /** Unset: the embedded PostgreSQL below data_dir. */
  database_url: string | undefined
  /** Port of the embedded PostgreSQL; unset: a free one, recorded beside the data. */
  embedded_port: number | undefined
  /** The folder where the embedded PostgreSQL keeps its write-ahead log, for a restore to a time; unset: it keeps none. */
  wal: string | undefined
  /** How long a program waits at start for its database to appear, seconds. */
  database_wait_s: number
  /** Connections to PostgreSQL per process. */
  database_pool: number
  /** How long a statement may take, seconds. */
  statement_timeout_s: number
  /** How long it may wait for a lock, seconds; unset: as long as it may take. */
  lock_timeout_s: number | undefined
  /** Each role's engine; unset: the role's tables in sql, or for objects files below data_dir. */
  cache_url: string | undefined
  stream_url: string | undefined
  queue_url: string | undefined
  history_url: string | undefined
  journal_url: string | undefined
  objects_url: string | undefined
  /** The client library for Kafka. */
  stream_client: StreamClient
  /** How long a stream consumer that died keeps its partitions, seconds. */
  stream_lease_s: number
}

/** `deadlines`: what statements of this program may take unless STATEMENT_TIMEOUT_S says otherwise. */
export function readDbConfig(
  env: EnvReader,
  deadlines: Deadlines = { statement_timeout_s: STATEMENT_TIMEOUT_S },
): DbConfig {
  const database_url = env.url('DATABASE_URL', ['postgres', 'postgresql'])
  const embedded_port = env.text('EMBEDDED_PORT') === undefined ? undefined : env.port('EMBEDDED_PORT', 0)
  if (env.production && env.text('DATABASE_URL') === undefined)
    env.problem('DATABASE_URL is missing; with NODE_ENV=production name the PostgreSQL to use, postgres://….')
  if (env.text('DATABASE_URL') !== undefined && embedded_port !== undefined)
    env.problem('EMBEDDED_PORT and DATABASE_URL contradict each other; unset EMBEDDED_PORT, or DATABASE_URL.')
  const data_dir = resolve(env.text('DATA_DIR', '.data'))
  const keep_wal = env.choice('KEEP_WAL', ['on', 'off'], 'off') === 'on'
  if (keep_wal && database_url !== undefined)
    env.problem(
      'KEEP_WAL is of the embedded PostgreSQL; unset it, and use what comes with yours (pgBackRest, or its provider’s).',
    )
  return {
    data_dir,
    database_url,
    embedded_port,
    wal: keep_wal ? walFolder(data_dir) : undefined,
    database_wait_s: env.integer('DATABASE_WAIT_S', 60, { max: 86_400 }),
    database_pool: env.integer('DATABASE_POOL', 4, { min: 1, max: 100 }),
    statement_timeout_s: env.integer('STATEMENT_TIMEOUT_S', deadlines.statement_timeout_s, { min: 1, max: 86_400 }),
    lock_timeout_s: deadlines.lock_timeout_s,
    cache_url: readable(env, env.url('CACHE_URL', ['redis', 'rediss']), readRedisUrl),
    stream_url: readable(env, env.url('STREAM_URL', ['kafka']), readKafkaUrl),
    queue_url: readable(env, env.url('QUEUE_URL', ['amqp', 'amqps']), readRabbitmqUrl),
    history_url: readHistoryUrl(env),
    journal_url: readable(env, env.url('JOURNAL_URL', ['mongodb']), readMongoUrl),
    objects_url: readObjectsUrl(env),
    stream_client: env.choice('STREAM_CLIENT', STREAM_CLIENTS, 'kafkajs'),
    stream_lease_s: env.integer('STREAM_LEASE_S', 10, { min: 1, max: 3600 }),
  }
}

/** Where the write-ahead log of the embedded PostgreSQL of `data_dir` is kept, with the copies of its folder that it leads on from. */
export const walFolder = (data_dir: string): string => join(data_dir, 'backups', 'wal')

/** `url` when the driver's own `read` understands it; else what that throws is a problem. */
function readable(env: EnvReader, url: string | undefined, read: (url: string) => unknown): string | undefined {
  if (url === undefined) return undefined
  try {
    read(url)
    return url
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    thrown.problems.forEach(env.problem)
    return undefined
  }
}

function readHistoryUrl(env: EnvReader): string | undefined {
  const text = env.url('HISTORY_URL', ['cassandra'])
  if (text !== undefined) for (const problem of readCassandraUrl(text).problems) env.problem(`HISTORY_URL ${problem}`)
  return text
}

function readObjectsUrl(env: EnvReader): string | undefined {
  const text = env.url('OBJECTS_URL', ['s3'])
  if (text !== undefined) checkBucket(env, 'OBJECTS_URL', text)
  return text
}

/** Adds what is wrong with the s3:// URL `text` of the variable `name`, and with the keys to it, to the problems. */
export function checkBucket(env: EnvReader, name: string, text: string): void {
  const { address, problems } = readS3Url(text)
  for (const problem of problems) env.problem(`${name} ${problem}`)
  const key = env.text('AWS_ACCESS_KEY_ID')
  const secret = env.text('AWS_SECRET_ACCESS_KEY')
  if ((key === undefined) !== (secret === undefined))
    env.problem('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; set both, or neither.')
  // On AWS a machine or a profile may have a role instead.
  else if (address.endpoint !== undefined && key === undefined)
    env.problem(`${name} names an endpoint, but there are no keys; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`)
}
