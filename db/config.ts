/** Where the data lives: every variable that db/ understands, read once per program. */
import { resolve } from 'node:path'
import type { EnvReader } from '../lib/env.ts'

export interface DbConfig {
  /** Absolute folder of the embedded engines, objects and generated secrets. */
  data_dir: string
  /** Unset: the embedded PostgreSQL below data_dir. */
  database_url: string | undefined
  /** Port of the embedded PostgreSQL; unset: a free one, recorded beside the data. */
  embedded_port: number | undefined
  /** How long a program waits at start for its database to appear, seconds. */
  database_wait_s: number
  /** Connections to PostgreSQL per process. */
  database_pool: number
  /** How long a stream consumer that died keeps its partitions, seconds. */
  stream_lease_s: number
}

export function readDbConfig(env: EnvReader): DbConfig {
  const database_url = env.url('DATABASE_URL', ['postgres', 'postgresql'])
  const embedded_port = env.text('EMBEDDED_PORT') === undefined ? undefined : env.port('EMBEDDED_PORT', 0)
  if (env.production && env.text('DATABASE_URL') === undefined)
    env.problem('DATABASE_URL is missing; with NODE_ENV=production name the PostgreSQL to use, postgres://….')
  if (env.text('DATABASE_URL') !== undefined && embedded_port !== undefined)
    env.problem('EMBEDDED_PORT and DATABASE_URL contradict each other; unset EMBEDDED_PORT, or DATABASE_URL.')
  for (const [name, fallback] of Object.entries(EMBEDDED_ONLY))
    if (env.text(name) !== undefined) env.problem(`${name} is not supported yet; unset it to use ${fallback}.`)
  return {
    data_dir: resolve(env.text('DATA_DIR') ?? '.data'),
    database_url,
    embedded_port,
    database_wait_s: env.integer('DATABASE_WAIT_S', 60, { max: 86_400 }),
    database_pool: env.integer('DATABASE_POOL', 4, { min: 1, max: 100 }),
    stream_lease_s: env.integer('STREAM_LEASE_S', 10, { min: 1, max: 3600 }),
  }
}

/** Roles that so far have one driver; a URL for one would be ignored silently, so it is refused. */
const EMBEDDED_ONLY = {
  CACHE_URL: 'a table in PostgreSQL',
  STREAM_URL: 'tables in PostgreSQL',
  QUEUE_URL: 'tables in PostgreSQL',
  HISTORY_URL: 'tables in PostgreSQL',
  JOURNAL_URL: 'a table in PostgreSQL',
  OBJECTS_URL: 'files under DATA_DIR/objects',
}
