/** The roles of an isolated attempt: each is opened when the job first uses it, so that a light job starts lightly. */
import type { Objects } from '../../../db/engines/objects/objects.ts'
import type { Stream } from '../../../db/engines/stream/stream.ts'
import type { JobsConfig } from '../../config.ts'
import type { JobRoles } from '../../job.ts'
import { withApi } from '../../with-api.ts'

/** Where the worker's stdout is; that of this process is the run's log. */
const WORKERS_STDOUT = 3

export function lazyRoles(config: JobsConfig): JobRoles {
  const { db } = config
  const url = db.database_url!
  const sql = once(() =>
    load<typeof import('../../../db/engines/postgres/open-sql.ts')>('../../../db/engines/postgres/open-sql.ts').openSql(
      url,
      db.database_pool,
    ),
  )
  const log = once(() =>
    load<typeof import('../../../lib/log.ts')>('../../../lib/log.ts').createLog(
      'jobs',
      config.log_level,
      WORKERS_STDOUT,
    ),
  )
  const objects = lazyObjects(
    once(async () => {
      const { openObjects } = await import('../../../db/engines/objects/open.ts')
      const { waitWithDeletions } = await import('../../../db/backup/locks.ts')
      return waitWithDeletions(await openObjects({ url: db.objects_url, data_dir: db.data_dir, log: log() }), sql())
    }),
  )
  const stream = lazyStream(
    once(async () => {
      const { openStream } = await import('../../../db/engines/stream/open.ts')
      return openStream({ url: db.stream_url, sql: sql(), log: log(), lease_ms: db.stream_lease_s * 1000 })
    }),
  )
  const backup = once(() => {
    const { planBackup } = load<typeof import('../../../db/backup/plan.ts')>('../../../db/backup/plan.ts')
    return planBackup(db, { sql: sql(), url, objects }, log())
  })
  return withApi(config, {
    objects,
    stream,
    get sql() {
      return sql()
    },
    get backup() {
      return backup()
    },
  })
}

/** An import that has no need to be waited for. */
const load = <T>(path: string): T => require(path) as T

function lazyObjects(open: () => Promise<Objects>): Objects {
  return {
    async *list(prefix) {
      yield* (await open()).list(prefix)
    },
    head: async (key) => (await open()).head(key),
    get: async (key) => (await open()).get(key),
    put: async (key, body) => (await open()).put(key, body),
    delete: async (key) => (await open()).delete(key),
    close: async () => (await open()).close(),
  }
}

function lazyStream(open: () => Promise<Stream>): Stream {
  return {
    produce: async (topic, messages) => (await open()).produce(topic, messages),
    consume: async (options) => (await open()).consume(options),
    lag: async (group, topics) => (await open()).lag(group, topics),
    close: async () => (await open()).close(),
  }
}

function once<T>(open: () => T): () => T {
  let opened: { value: T } | undefined
  return () => (opened ??= { value: open() }).value
}
