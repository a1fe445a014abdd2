/**
 * The roles that a program can name, and how each is opened: at the program's start, or at its first call. The engine
 * behind a role is decided by the configuration alone. Only types are imported here, so that a process which needs no
 * role yet starts lightly.
 */
import type { Sql } from 'postgres'
import { createOutage, type Outage } from '../../lib/outage.ts'
import type { Log } from '../../lib/log.ts'
import type { Cache } from './cache/cache.ts'
import type { DbConfig } from './config.ts'
import type { History } from './history/history.ts'
import type { Journal } from './journal/journal.ts'
import type { Objects } from './objects/objects.ts'
import type { Queue } from './queue/queue.ts'
import type { Stream } from './stream/stream.ts'

export interface Roles {
  sql: Sql
  cache: Cache
  stream: Stream
  queue: Queue
  history: History
  journal: Journal
  objects: Objects
}

export type RoleName = keyof Roles

export const ROLE_NAMES = ['sql', 'cache', 'stream', 'queue', 'history', 'journal', 'objects'] as const

/** Opened lazily, since an attempt of a job may need none of it. */
export interface RoleParts {
  config: DbConfig
  sql: () => Sql
  log: () => Log
}

type Opener<N extends RoleName> = (parts: RoleParts) => Promise<Roles[N]>

const OPENERS: { [N in Exclude<RoleName, 'sql'>]: Opener<N> } = {
  cache: async ({ config, sql, log }) =>
    (await import('./cache/open.ts')).openCache({ url: config.cache_url, sql: sql(), log: log() }),
  stream: async ({ config, sql, log }) => {
    const lease_ms = config.stream_lease_s * 1000
    const { stream_url: url, stream_client: client } = config
    return (await import('./stream/open.ts')).openStream({ url, client, sql: sql(), log: log(), lease_ms })
  },
  queue: async ({ config, sql, log }) =>
    (await import('./queue/open.ts')).openQueue({ url: config.queue_url, sql: sql(), log: log() }),
  history: async ({ config, sql, log }) =>
    (await import('./history/open.ts')).openHistory({ url: config.history_url, sql: sql(), log: log() }),
  journal: async ({ config, sql, log }) =>
    (await import('./journal/open.ts')).openJournal({ url: config.journal_url, sql: sql(), log: log() }),
  objects: async ({ config, sql, log }) => {
    const { objects_url: url, data_dir } = config
    return (await import('./objects/open.ts')).openObjects({ url, data_dir, sql: sql(), log: log() })
  },
}

/** All at once; when an engine refuses us, those already open are closed, and its AppError is thrown. */
export async function openRoles<N extends RoleName>(names: readonly N[], parts: RoleParts) {
  const engines = (names as readonly RoleName[]).filter((name) => name !== 'sql')
  const opening = engines.map(async (name) => [name, await OPENERS[name](parts)] as const)
  const outcomes = await Promise.allSettled(opening)
  const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const close = () => closeAll(opened.map(([, role]) => role))
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  if (refusals.length > 0) {
    await close()
    throw refusals.length === 1 ? refusals[0] : new AggregateError(refusals)
  }
  return { roles: Object.fromEntries<unknown>([['sql', parts.sql()], ...opened]) as Pick<Roles, N>, close }
}

/** Waits for all of them; throws AggregateError of what they threw. */
export async function closeAll(roles: Array<{ close(): Promise<void> }>): Promise<void> {
  const closed = await Promise.allSettled(roles.map((role) => role.close()))
  const failed = closed.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (failed.length > 0) throw new AggregateError(failed)
}

/** Roles whose calls can wait for the role to be opened: all of them promise their answers. */
export type LazyRole = 'stream' | 'queue' | 'journal' | 'objects'

const LAZY: { [N in LazyRole]: (open: () => Promise<Roles[N]>) => Omit<Roles[N], 'close'> } = {
  stream: (open) => ({
    produce: async (topic, messages) => (await open()).produce(topic, messages),
    consume: async (options) => (await open()).consume(options),
    lag: async (group, topics) => (await open()).lag(group, topics),
    list: async () => (await open()).list(),
    kept: async (topics) => (await open()).kept(topics),
    forget: async (group) => (await open()).forget(group),
  }),
  queue: (open) => ({
    publish: async (queue, messages) => (await open()).publish(queue, messages),
    consume: async (settings, handler, options) => (await open()).consume(settings, handler, options),
    depth: async (queue) => (await open()).depth(queue),
    dead: async (queue, options) => (await open()).dead(queue, options),
    replay: async (queue, ids) => (await open()).replay(queue, ids),
  }),
  journal: (open) => ({
    write: async (collection, documents, ttl_s) => (await open()).write(collection, documents, ttl_s),
    find: async (collection, key, limit) => (await open()).find(collection, key, limit),
  }),
  objects: (open) => ({
    async *list(prefix) {
      yield* (await open()).list(prefix)
    },
    head: async (key) => (await open()).head(key),
    get: async (key) => (await open()).get(key),
    put: async (key, body) => (await open()).put(key, body),
    delete: async (key, options) => (await open()).delete(key, options),
  }),
}

/**
 * Roles that are opened by their first call, which rejects when the engine refuses us; the next call tries again. So an
 * engine that the program hardly uses can neither stop its start nor slow it.
 */
export function lazyRoles<N extends LazyRole>(names: readonly N[], parts: RoleParts) {
  const lazy = names.map((name) => {
    let outage: Outage | undefined
    let opening: ReturnType<Opener<N>> | undefined
    async function open(): Promise<Roles[N]> {
      const begun_at = performance.now()
      try {
        const role = await (opening ??= (OPENERS[name] as Opener<N>)(parts))
        outage?.answered(begun_at)
        return role
      } catch (err) {
        opening = undefined
        outage ??= createOutage(
          parts.log(),
          `the role ${name} cannot be opened; each call tries again`,
          `${name} is open`,
        )
        outage.failed(err, begun_at)
        throw err
      }
    }
    const close = async () => (await opening?.catch(() => undefined))?.close()
    return { name, role: { ...LAZY[name](open), close }, close }
  })
  return {
    roles: Object.fromEntries(lazy.map(({ name, role }) => [name, role])) as unknown as Pick<Roles, N>,
    close: () => closeAll(lazy),
  }
}
