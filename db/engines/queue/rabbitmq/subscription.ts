/**
 * Consumes one queue on a channel of its own, and again after the channel was lost or the broker cancelled it (the queue
 * was deleted). A message belongs to the channel that delivered it: once that is lost the broker delivers the message
 * again, and a decision made here no longer counts.
 *
 * - waiting: for the connection, for the queue to be made, or for the next try.
 * - consuming: a session is open, and its messages are held until they are decided.
 * - leaving, after cancel(): no message comes any more; what is held can still be decided.
 * - closed: what was not decided has gone back to the broker.
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { createOutage, type Outage } from '../../../../lib/outage.ts'
import { backoffDelay, sleep, withDeadline } from '../../../../lib/retry.ts'
import { INITIAL_CONNECTION_MS } from '../../initial-connection.ts'
import type { Connection } from './connection.ts'
import { nameOf } from './url.ts'

const CALL_MS = 15_000
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 3_000

/** A message from its delivery until it is decided. */
export interface HeldMessage {
  message: ConsumeMessage
  session: Session
}

export interface SubscriptionOptions {
  queue: string
  /** Messages that may be undecided at once. */
  prefetch: number
  /** Makes what must be there, before each try. */
  prepare(): Promise<unknown>
  onMessage(held: HeldMessage): void
}

/** A channel from its opening to its end. */
interface Session {
  channel: Channel
  consumer_tag: string
  /** Aborts when its messages are no longer ours. */
  lost: AbortController
  /** Undecided, in the order of their tags. */
  held: Set<HeldMessage>
  /** Decided in this turn of the event loop. */
  acks: ConsumeMessage[]
  ended: Promise<void>
}

export class Subscription {
  /** Resolves when it consumes, or the broker is away; rejects when the broker refuses. */
  readonly started: Promise<void>

  readonly #connection: Connection
  readonly #log: Log
  readonly #options: SubscriptionOptions
  readonly #outage: Outage
  readonly #first = Promise.withResolvers<void>()
  readonly #leaving = new AbortController()
  readonly #left = Promise.withResolvers<void>()
  readonly #running: Promise<void>
  #session: Session | null = null

  constructor(connection: Connection, log: Log, options: SubscriptionOptions) {
    const { queue } = options
    this.#connection = connection
    this.#log = log
    this.#options = options
    this.#outage = createOutage(
      log.child({ queue }),
      `queue ${queue} cannot be consumed; it is tried again and again`,
      `queue ${queue} is consumed again`,
    )
    this.started = refusalOnly(this.#first.promise)
    this.#running = this.#run()
  }

  held(): number {
    return this.#session?.held.size ?? 0
  }

  /** False when the message was lost in the meantime; the broker delivers it again. */
  ack(held: HeldMessage): boolean {
    const { session } = held
    if (!session.held.delete(held)) return false
    if (session.acks.push(held.message) === 1) setImmediate(() => sendAcks(session))
    return true
  }

  /** Back to the broker, which dead-letters it; false when the message was lost. */
  reject(held: HeldMessage): boolean {
    return settle(held, (channel) => channel.nack(held.message, false, false))
  }

  /** Back to the queue, undecided; false when the message was lost. */
  return(held: HeldMessage): boolean {
    return settle(held, (channel) => channel.nack(held.message, false, true))
  }

  /** Takes no new message; resolves when none will come. */
  async cancel(): Promise<void> {
    this.#leaving.abort()
    this.#left.resolve()
    if (this.#session === null) return
    const { channel, consumer_tag } = this.#session
    try {
      await withDeadline(channel.cancel(consumer_tag), CALL_MS, nameOf(this.#connection.endpoint))
    } catch (err) {
      this.#log.debug({ err, queue: this.#options.queue }, 'the consumer was gone already')
    }
  }

  /** Aborts what is still held. */
  giveUp(): void {
    this.#session?.lost.abort()
  }

  /** Gives back what is still held, when everything decided has been sent. */
  async close(): Promise<void> {
    if (this.#session !== null) await closeQuietly(this.#session)
    await this.#running
  }

  async #run(): Promise<void> {
    const leaving = this.#leaving.signal
    for (let tries = 0; !leaving.aborted; tries++) {
      const begun_at = performance.now()
      try {
        // However long the broker is away; the connection reports that.
        await Promise.race([this.#connection.model(), this.#left.promise])
        if (leaving.aborted) break
        const session = await withDeadline(this.#openSession(), CALL_MS, nameOf(this.#connection.endpoint))
        this.#session = session
        this.#outage.answered(begun_at)
        this.#first.resolve()
        // It was left while it opened.
        if (leaving.aborted) void closeQuietly(session)
        await session.ended
        this.#session = null
        if (performance.now() - begun_at > MAX_DELAY_MS) tries = 0
      } catch (err) {
        this.#first.reject(err)
        if (!leaving.aborted) this.#outage.failed(err, begun_at)
      }
      await sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS), leaving)
    }
  }

  async #openSession(): Promise<Session> {
    const { queue, prefetch, prepare, onMessage } = this.#options
    await prepare()
    const model = await this.#connection.model()
    const channel = await model.createChannel()
    const end = Promise.withResolvers<void>()
    const lost = new AbortController()
    const session: Session = { channel, consumer_tag: '', lost, held: new Set(), acks: [], ended: end.promise }
    channel.on('error', (err) => this.#log.debug({ err, queue }, 'the channel of a consumer was lost'))
    channel.on('close', () => {
      session.lost.abort()
      session.held.clear()
      end.resolve()
    })
    await channel.prefetch(prefetch)
    const { consumerTag } = await channel.consume(queue, (message) => {
      // The broker has cancelled us: the queue is gone.
      if (message === null) return void closeQuietly(session)
      const held: HeldMessage = { message, session }
      session.held.add(held)
      if (this.#leaving.signal.aborted) settle(held, () => channel.nack(message, false, true))
      else onMessage(held)
    })
    session.consumer_tag = consumerTag
    return session
  }
}

/** Waits for the first try: throws a refusal, and does not wait for an outage to end. */
async function refusalOnly(first: Promise<void>): Promise<void> {
  try {
    await withDeadline(first, INITIAL_CONNECTION_MS)
  } catch (err) {
    if (err instanceof AppError && ['queue_mismatch', 'engine_refused'].includes(err.code)) throw err
  }
}

function settle(held: HeldMessage, send: (channel: Channel) => void): boolean {
  if (!held.session.held.delete(held)) return false
  try {
    send(held.session.channel)
    return true
  } catch {
    // The channel is closing; its own listener does the rest.
    return false
  }
}

/** Sends what was acknowledged in this turn, as much as possible in one frame: the broker stores one decision, not a hundred. */
function sendAcks(session: Session): void {
  const { channel, acks, held } = session
  session.acks = []
  const [oldest] = held
  const undecided_tag = oldest?.message.fields.deliveryTag ?? Infinity
  let together: ConsumeMessage | null = null
  try {
    for (const message of acks) {
      const { deliveryTag } = message.fields
      if (deliveryTag > undecided_tag) channel.ack(message)
      else if (together === null || deliveryTag > together.fields.deliveryTag) together = message
    }
    if (together !== null) channel.ack(together, true)
  } catch {
    // The channel is closing: the broker delivers them again, and its own listener does the rest.
  }
}

/** Closing tells the broker that what is not decided is free again. */
async function closeQuietly(session: Session): Promise<void> {
  sendAcks(session)
  try {
    await withDeadline(session.channel.close(), CALL_MS)
  } catch {
    // It was closed already, or its connection was: the broker knows.
  }
}
