/**
 * One connection to Redis that is there for good: it comes back by itself, and while it is away every call fails at
 * once or within the deadline, so that whoever asks goes on without a cache. Nothing is queued for later.
 */
import { isIP } from 'node:net'
import { Redis } from 'ioredis'
import { AppError, messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { initialConnection } from '../../initial-connection.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { backoffDelay, withDeadline } from '../../../../lib/retry.ts'
import { tryRights } from './commands.ts'
import { isAboutCommand, refusalOf, tlsMismatch, unavailable } from './errors.ts'
import { nameOf, type RedisPlace } from './url.ts'

const FIRST_DELAY_MS = 50
const MAX_DELAY_MS = 3_000
/** How soon a Redis that is there but does not serve (loading, full, …) is tried again. */
const TRY_AGAIN_MS = 1_000
/** Calls that wait for an answer; more than this in two seconds means that Redis is stuck. */
const MAX_WAITING = 20_000

export interface RedisConnection {
  /** Makes one call; throws AppError `cache_unavailable` when it is not answered in time. */
  ask<T>(call: (redis: Redis) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A client that fails fast and connects when told; also for the doctor. */
export function redisClient({ host, port, username, password, tls, db }: RedisPlace, deadline_ms: number): Redis {
  return new Redis({
    host,
    port,
    username,
    password,
    db,
    // A server with several names needs to know which one is meant; an address is no name.
    tls: tls ? (isIP(host) ? {} : { servername: host }) : undefined,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A peer that has stopped answering is hung up on, which also bounds what waits for it.
    socketTimeout: deadline_ms,
    connectTimeout: deadline_ms,
    // It asks INFO, prints when the user may not, and then goes on regardless; we try what we need instead.
    enableReadyCheck: false,
    disableClientInfo: true,
    // Calls of one tick share one write: 2.3 times as many a second at 100 callers.
    enableAutoPipelining: true,
    retryStrategy: (times) => backoffDelay(times - 1, FIRST_DELAY_MS, MAX_DELAY_MS),
  })
}

/** Throws AppError `engine_refused` when Redis is there and does not let us in; one that is away is waited for in the background. */
export async function connectRedis(place: RedisPlace, log: Log, deadline_ms: number): Promise<RedisConnection> {
  const name = nameOf(place)
  const redis = redisClient(place, deadline_ms)
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => {})
  let opening = true
  let closing = false
  let waiting = 0
  const idle = Promise.withResolvers<void>()
  const outage = createOutage(log, 'the cache is away', `the cache is back: ${name} answers again`)
  /** What is wrong; null while Redis serves. */
  let problem: unknown = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function away(why: unknown): void {
    first.reject(refusalOf(place, why) ?? unavailable(place, why))
    // The initial connection reports its own failure.
    if (opening || closing) outage.assume(true)
    else outage.failed(unavailable(place, why))
    problem = why
  }

  function back(): void {
    first.resolve()
    if (opening) outage.assume(false)
    else outage.answered()
    problem = null
  }

  /** Whether it really serves: a server that has just accepted us may be loading, full, or a replica. */
  async function tryOut(): Promise<void> {
    clearTimeout(timer)
    if (redis.status !== 'ready') return
    try {
      await withDeadline(tryRights(redis, place.prefix), deadline_ms, name)
      // SELECT of a database that is not there is told here only, and ioredis goes on in database 0.
      if (last_error !== null) throw last_error
      back()
    } catch (err) {
      away(err)
      // The name may lead to another server by now, after a failover.
      if (messageOf(err).startsWith('READONLY')) redis.disconnect(true)
      else if (!closing) timer = setTimeout(tryOut, TRY_AGAIN_MS)
    }
  }

  let last_error: unknown = null
  redis.on('connecting', () => (last_error = null))
  redis.on('error', (err: Error) => (last_error = err))
  redis.on('ready', tryOut)
  redis.on('close', () => away(last_error ?? new Error('the connection was closed')))

  async function close(): Promise<void> {
    closing = true
    clearTimeout(timer)
    // QUIT would overtake what was asked for in this very tick.
    if (waiting > 0) await withDeadline(idle.promise, deadline_ms, name).catch(() => {})
    await withDeadline(redis.quit(), deadline_ms, name).catch(() => {})
    redis.disconnect()
  }

  try {
    await initialConnection(name, log, async () => {
      // Its own rejection says only that it was closed.
      redis.connect().catch(() => {})
      await first.promise.catch(async (err: unknown) => {
        throw (refusalOf(place, err) ?? (redis.status === 'ready' ? undefined : await tlsMismatch(place))) || err
      })
    })
  } catch (err) {
    await close()
    throw err
  }
  opening = false

  return {
    async ask(call) {
      if (problem !== null && redis.status !== 'ready') throw unavailable(place, problem)
      if (waiting >= MAX_WAITING) throw unavailable(place, new Error(`${MAX_WAITING} calls wait for its answer`))
      waiting++
      try {
        return await withDeadline(call(redis), deadline_ms, name)
      } catch (err) {
        if (!isAboutCommand(err) && !(err instanceof AppError) && redis.status === 'ready' && problem === null) {
          away(err)
          timer = setTimeout(tryOut, TRY_AGAIN_MS)
        }
        throw unavailable(place, problem !== null && redis.status !== 'ready' ? problem : err)
      } finally {
        if (--waiting === 0 && closing) idle.resolve()
      }
    },
    close,
  }
}
