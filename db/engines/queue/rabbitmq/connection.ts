/**
 * One connection to RabbitMQ, made again whenever it is lost, until it is closed. A program has two: the broker stops
 * reading from one that publishes while an alarm is on, and that must not stop the consumers.
 */
import { connect, type Channel, type ChannelModel } from 'amqplib'
import type { Duplex } from 'node:stream'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import type { Outage } from '../../../../lib/outage.ts'
import { backoffDelay, sleep, withDeadline } from '../../../../lib/retry.ts'
import { nameOf, type RabbitmqEndpoint } from './url.ts'
import { connectProblem } from './errors.ts'

/** amqplib notices a silent broker after two to three of these. */
const HEARTBEAT_S = 10
const CONNECT_MS = 5_000
const CALL_MS = 15_000
const CLOSE_MS = 2_000
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 3_000

export interface Connection {
  endpoint: RabbitmqEndpoint
  /** Resolves with the live connection of amqplib, as soon as there is one; rejects only when this one is closed. */
  model(): Promise<ChannelModel>
  /** Settles with the first attempt to connect. */
  firstAttempt: Promise<void>
  /** Why the broker reads nothing that we publish (an alarm of its own), else null. */
  blocked(): string | null
  /** Called when that has changed. */
  onBlocked(listener: () => void): void
  close(): Promise<void>
}

/** `use` names it at the broker and in the log. */
export function keepConnection(endpoint: RabbitmqEndpoint, use: string, outage: Outage, log: Log): Connection {
  const closing = new AbortController()
  const listeners = new Set<() => void>()
  const first = Promise.withResolvers<void>()
  let next = nextModel()
  let live: ChannelModel | null = null
  let blocked: string | null = null
  const keeping = keepConnected()

  function turnBlocked(reason: string | null): void {
    if (reason === blocked) return
    blocked = reason
    if (reason !== null) log.warn({ use }, `${nameOf(endpoint)} takes no messages now: ${reason}`)
    else log.info({ use }, `${nameOf(endpoint)} takes messages again`)
    for (const listener of listeners) listener()
  }

  async function keepConnected(): Promise<void> {
    for (let tries = 0; !closing.signal.aborted; tries++) {
      const begun_at = performance.now()
      try {
        const model = await openConnection(endpoint, use)
        const gone = whenGone(model)
        model.on('blocked', turnBlocked)
        model.on('unblocked', () => turnBlocked(null))
        outage.answered(begun_at)
        first.resolve()
        live = model
        next.resolve(model)
        const why = await gone
        live = null
        next = nextModel()
        turnBlocked(null)
        if (!closing.signal.aborted) outage.failed(why)
        if (performance.now() - begun_at > MAX_DELAY_MS) tries = 0
      } catch (thrown) {
        const err = await connectProblem(endpoint, thrown)
        outage.failed(err, begun_at)
        first.reject(err)
      }
      await sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS), closing.signal)
    }
  }
  first.promise.catch(() => {})

  return {
    endpoint,
    model: () => next.promise,
    firstAttempt: first.promise,
    blocked: () => blocked,
    onBlocked: (listener) => void listeners.add(listener),
    async close() {
      closing.abort()
      first.reject(closed(endpoint))
      if (live !== null) {
        // A broker that no longer answers is not waited for.
        const model = live
        await withDeadline(model.close(), CLOSE_MS, nameOf(endpoint)).catch((err: unknown) => {
          log.debug({ err }, 'the connection was gone already')
          socketOf(model).destroy()
        })
      }
      next.reject(closed(endpoint))
      await Promise.race([keeping, sleep(CLOSE_MS, NEVER)])
    },
  }
}

/** Runs `work` on a channel that is thrown away: the broker answers a question that it refuses by closing the channel. */
export async function onChannel<T>(connection: Connection, work: (channel: Channel) => Promise<T>): Promise<T> {
  async function all(): Promise<T> {
    const model = await connection.model()
    const channel = await model.createChannel()
    // The call itself rejects.
    channel.on('error', () => {})
    const result = await work(channel)
    await channel.close()
    return result
  }
  return withDeadline(all(), CALL_MS, nameOf(connection.endpoint))
}

export async function openConnection(endpoint: RabbitmqEndpoint, use: string): Promise<ChannelModel> {
  const { host, port, username, password, vhost, tls } = endpoint
  const opening = connect(
    {
      protocol: tls ? 'amqps' : 'amqp',
      hostname: host,
      port,
      username,
      password,
      vhost: encodeURIComponent(vhost),
      heartbeat: HEARTBEAT_S,
    },
    { noDelay: true, timeout: CONNECT_MS, clientProperties: { connection_name: `doca ${use}` } },
  )
  try {
    return await withDeadline(opening, CONNECT_MS, nameOf(endpoint))
  } catch (err) {
    // It may come after all.
    opening.then(
      (late) => {
        late.on('error', () => {})
        socketOf(late).destroy()
      },
      () => {},
    )
    throw err
  }
}

/** Resolves with the reason when the connection is closed, by whomever. */
function whenGone(model: ChannelModel): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  let why: unknown = new AppError('unavailable', 'queue_unavailable', {
    en: 'the connection was closed',
    pt: 'a conexão foi fechada',
  })
  model.on('error', (err) => (why = err))
  model.on('close', (err) => {
    resolve(err ?? why)
    // amqplib ends the socket and waits for the broker to do so, too; one that hangs never does.
    setTimeout(() => socketOf(model).destroy(), CLOSE_MS).unref()
  })
  return promise
}

/** amqplib's types do not show it. */
const socketOf = (model: ChannelModel) => (model.connection as unknown as { stream: Duplex }).stream

function nextModel() {
  const next = Promise.withResolvers<ChannelModel>()
  next.promise.catch(() => {})
  return next
}

const closed = (endpoint: RabbitmqEndpoint) =>
  new AppError('unavailable', 'queue_unavailable', {
    en: `The queue on ${nameOf(endpoint)} is closed in this program.`,
    pt: `A fila em ${nameOf(endpoint)} está fechada neste programa.`,
  })

const NEVER = new AbortController().signal
