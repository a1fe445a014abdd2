/**
 * One connection to Redis that is there for good: it comes back by itself, and while it is away every call fails at
 * once or within the deadline, so that its callers go on without a cache. Nothing is queued for later.
 *
 * - opening: until the first answer, or the initial connection is given up.
 * - serving: calls pass.
 * - away: the connection is lost, or Redis is there and does not serve (loading, full, a replica); it is tried again.
 * - closing: calls under way have until the deadline.
 */
import { isIP } from 'node:net'
import { Redis } from 'ioredis'
import { AppError, messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { initialConnection } from '../../initial-connection.ts'
import { createOutage, type Outage } from '../../../../lib/outage.ts'
import { backoffDelay, withDeadline } from '../../../../lib/retry.ts'
import { tryRights } from './commands.ts'
import { isAboutCommand, refusalOf, tlsMismatch, unavailable } from './errors.ts'
import { nameOf, type RedisEndpoint } from './url.ts'

const FIRST_DELAY_MS = 50
const MAX_DELAY_MS = 3_000
/** How soon a Redis that is there but does not serve (loading, full, …) is tried again. */
const TRY_AGAIN_MS = 1_000
/** Calls that wait for an answer; more than this in two seconds means that Redis is stuck. */
const MAX_WAITING = 20_000

/** A client that fails fast and connects when told; also for the doctor. */
export function redisClient({ host, port, username, password, tls, db }: RedisEndpoint, deadline_ms: number): Redis {
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
export async function connectRedis(endpoint: RedisEndpoint, log: Log, deadline_ms: number): Promise<RedisConnection> {
  const connection = new RedisConnection(endpoint, log, deadline_ms)
  try {
    await connection.open()
    return connection
  } catch (err) {
    await connection.close()
    throw err
  }
}

export class RedisConnection {
  readonly #endpoint: RedisEndpoint
  readonly #name: string
  readonly #log: Log
  readonly #deadline_ms: number
  readonly #redis: Redis
  readonly #outage: Outage
  /** Settles with the first answer, or why there is none. */
  readonly #first = Promise.withResolvers<void>()
  readonly #idle = Promise.withResolvers<void>()
  #state: 'opening' | 'open' | 'closing' = 'opening'
  /** Why Redis does not serve; null while it does. */
  #problem: unknown = null
  /** The last of the client's error events since it began to connect. */
  #last_error: unknown = null
  #waiting = 0
  #again: Timer | undefined

  constructor(endpoint: RedisEndpoint, log: Log, deadline_ms: number) {
    this.#endpoint = endpoint
    this.#name = nameOf(endpoint)
    this.#log = log
    this.#deadline_ms = deadline_ms
    this.#redis = redisClient(endpoint, deadline_ms)
    this.#outage = createOutage(log, 'the cache is away', `the cache is back: ${this.#name} answers again`)
    this.#first.promise.catch(() => {})
    this.#redis.on('connecting', () => (this.#last_error = null))
    this.#redis.on('error', (err: Error) => (this.#last_error = err))
    this.#redis.on('ready', () => this.#tryOut())
    this.#redis.on('close', () => this.#onAway(this.#last_error ?? CLOSED))
  }

  async open(): Promise<void> {
    const endpoint = this.#endpoint
    await initialConnection(this.#name, this.#log, async () => {
      // Its own rejection says only that it was closed.
      this.#redis.connect().catch(() => {})
      await this.#first.promise.catch(async (err: unknown) => {
        const mismatch = () => (this.#redis.status === 'ready' ? undefined : tlsMismatch(endpoint))
        throw refusalOf(endpoint, err) ?? (await mismatch()) ?? err
      })
    })
    this.#state = 'open'
  }

  /** Makes one call; throws AppError `cache_unavailable` when it is not answered in time. */
  async ask<T>(call: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = this.#redis
    if (this.#problem !== null && redis.status !== 'ready') throw this.#unavailable(this.#problem)
    if (this.#waiting >= MAX_WAITING) throw this.#unavailable(tooManyWait())
    this.#waiting++
    try {
      return await withDeadline(call(redis), this.#deadline_ms, this.#name)
    } catch (err) {
      const about_server = !isAboutCommand(err) && !(err instanceof AppError)
      if (about_server && redis.status === 'ready' && this.#problem === null) {
        this.#onAway(err)
        this.#tryAgain()
      }
      throw this.#unavailable(this.#problem !== null && redis.status !== 'ready' ? this.#problem : err)
    } finally {
      if (--this.#waiting === 0 && this.#state === 'closing') this.#idle.resolve()
    }
  }

  async close(): Promise<void> {
    this.#state = 'closing'
    clearTimeout(this.#again)
    // QUIT would overtake what was asked for in this very tick.
    if (this.#waiting > 0) await withDeadline(this.#idle.promise, this.#deadline_ms, this.#name).catch(() => {})
    await withDeadline(this.#redis.quit(), this.#deadline_ms, this.#name).catch(() => {})
    this.#redis.disconnect()
  }

  /** Whether it really serves: a server that has just accepted us may be loading, full, or a replica. */
  async #tryOut(): Promise<void> {
    clearTimeout(this.#again)
    if (this.#redis.status !== 'ready') return
    try {
      await withDeadline(tryRights(this.#redis, this.#endpoint.prefix), this.#deadline_ms, this.#name)
      // SELECT of a missing database shows here only, and ioredis goes on in database 0.
      if (this.#last_error !== null) throw this.#last_error
      this.#onServing()
    } catch (err) {
      this.#onAway(err)
      // The name may lead to another server by now, after a failover.
      if (messageOf(err).startsWith('READONLY')) this.#redis.disconnect(true)
      else if (this.#state !== 'closing') this.#tryAgain()
    }
  }

  #tryAgain(): void {
    this.#again = setTimeout(() => this.#tryOut(), TRY_AGAIN_MS)
  }

  #onAway(why: unknown): void {
    this.#first.reject(refusalOf(this.#endpoint, why) ?? this.#unavailable(why))
    // The initial connection reports its own failure.
    if (this.#state === 'open') this.#outage.failed(this.#unavailable(why))
    else this.#outage.assume(true)
    this.#problem = why
  }

  #onServing(): void {
    this.#first.resolve()
    if (this.#state === 'opening') this.#outage.assume(false)
    else this.#outage.answered()
    this.#problem = null
  }

  #unavailable(why: unknown): Error {
    return unavailable(this.#endpoint, why)
  }
}

const CLOSED = new AppError('unavailable', 'cache_unavailable', {
  en: 'the connection was closed',
  pt: 'a conexão foi fechada',
})

const tooManyWait = () =>
  new AppError('unavailable', 'cache_unavailable', {
    en: `${MAX_WAITING} calls wait for its answer`,
    pt: `${MAX_WAITING} chamadas esperam a resposta dele`,
  })
