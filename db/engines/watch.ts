/**
 * Measures and traces what a program asks of its engines: calls of roles, batches and deliveries, statements, the pool of
 * connections. Where nobody scrapes and no trace is kept, roles stay as they are.
 */
import type { Sql } from 'postgres'
import { isWatched, type Watch } from '../../lib/watch.ts'
import type { DbConfig } from './config.ts'
import { watchQueue } from './queue/watch.ts'
import type { RoleName, Roles } from './roles.ts'
import { watchStream } from './stream/watch.ts'

type Engine = Exclude<RoleName, 'sql'>

/** Of the roles' calls, those that promise one answer. */
const CALLS = {
  cache: ['get', 'set', 'delete', 'increment', 'invalidate'],
  stream: ['produce', 'lag', 'list', 'kept'],
  queue: ['publish', 'depth', 'dead', 'replay'],
  history: ['write', 'read', 'upsert'],
  journal: ['write', 'find'],
  objects: ['head', 'get', 'put', 'delete'],
} satisfies { [N in Engine]: ReadonlyArray<keyof Roles[N]> }

/** They have a span of their own, which goes with the message. */
const SENDS = new Set(['produce', 'publish'])

type Call = (...given: unknown[]) => Promise<unknown>

/** The same roles, watched. */
export function watchRoles<R extends Partial<Roles>>(roles: R, config: DbConfig, watch: Watch): R {
  if (!isWatched(watch)) return roles
  const took = watch.metrics.histogram(
    'doca_engine_call_duration_seconds',
    'Calls of the roles behind which engines stand, until they were answered or failed.',
    ['role', 'engine', 'operation', 'outcome'],
  )
  const watched: Partial<Roles> = { ...roles }
  const engines = enginesOf(config)
  for (const name of Object.keys(CALLS) as Engine[])
    if (roles[name]) watched[name] = watchCalls(name, roles[name]) as never
  if (watched.stream) watched.stream = watchStream(watched.stream, engines.stream, watch)
  if (watched.queue) watched.queue = watchQueue(watched.queue, engines.queue, watch)
  return watched as R

  function watchCalls<N extends Engine>(role: N, given: Roles[N]): Roles[N] {
    const calls = given as unknown as Record<string, Call>
    const replaced = CALLS[role].map((operation) => [operation, watchCall(role, operation, calls[operation]!)])
    return { ...given, ...Object.fromEntries(replaced) }
  }

  function watchCall(role: Engine, operation: string, call: Call): Call {
    const engine = engines[role]
    const name = `${role}.${operation}`
    const ok = [role, engine, operation, 'ok']
    const failed = [role, engine, operation, 'failed']
    const attributes = { 'db.system.name': engine, 'db.operation.name': operation }
    return async (...given) => {
      const begun_at = performance.now()
      const part = SENDS.has(operation)
        ? undefined
        : watch.tracing.part(name, { ...attributes, ...collectionOf(role, given) })
      try {
        const answer = await call(...given)
        took(ok, (performance.now() - begun_at) / 1000)
        part?.end()
        return answer
      } catch (thrown) {
        took(failed, (performance.now() - begun_at) / 1000)
        part?.end(thrown)
        throw thrown
      }
    }
  }
}

/** A table, a topic, a queue; a key of the cache or of an object may say whose it is. */
const collectionOf = (role: Engine, [first]: unknown[]) =>
  role === 'objects' || role === 'cache' || typeof first !== 'string' ? {} : { 'db.collection.name': first }

/** What stands behind each role. */
export function enginesOf(config: DbConfig): Record<RoleName, string> {
  const behind = (url: string | undefined, engine: string, otherwise = 'postgresql') =>
    url === undefined ? otherwise : engine
  return {
    sql: 'postgresql',
    cache: behind(config.cache_url, 'redis'),
    stream: behind(config.stream_url, 'kafka'),
    queue: behind(config.queue_url, 'rabbitmq'),
    history: behind(config.history_url, 'cassandra'),
    journal: behind(config.journal_url, 'mongodb'),
    objects: behind(config.objects_url, 's3', 'disk'),
  }
}

/** The connections of `sql`, and the statements that wait for one. */
export function watchPool(sql: Sql, { metrics }: Watch): void {
  const { pool } = sql as unknown as { pool(): Record<'idle' | 'busy' | 'connecting' | 'waiting', number> }
  metrics.gauge('doca_sql_pool_connections', "The pool's connections.", ['state'], () => {
    const { waiting: _, ...connections } = pool()
    return Object.entries(connections).map(([state, value]) => ({ values: [state], value }))
  })
  metrics.gauge('doca_sql_pool_waiting', 'Statements that wait for a connection of the pool.', [], () => [
    { values: [], value: pool().waiting },
  ])
}
