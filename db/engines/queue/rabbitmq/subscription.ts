/**
 * Consumes one queue on a channel of its own, and again after the channel was lost or the broker cancelled it (the queue
 * was deleted). What is delivered belongs to its channel: once that is lost the broker gives the message to somebody
 * else, and what is decided about it here no longer counts.
 */
import type { Channel, ConsumeMessage } from 'amqplib'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { backoffDelay, sleep, withDeadline } from '../../../../lib/retry.ts'
import { nameOf } from './url.ts'
import type { Link } from './connection.ts'

const CALL_MS = 15_000
const FIRST_CONTACT_MS = 5_000
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 3_000

export interface Taken {
  message: ConsumeMessage
  /** Aborts when the message is no longer ours. */
  lost: AbortController
  session: Session
}

export interface SubscriptionOptions {
  queue: string
  /** Messages that may be undecided at once. */
  prefetch: number
  /** Makes what must be there, before each try. */
  prepare(): Promise<unknown>
  onMessage(taken: Taken): void
}

export interface Subscription {
  /** Resolves when it consumes, or the broker is away; throws when the broker refuses. */
  started: Promise<void>
  held(): number
  /** False when the message was lost in the meantime; the broker delivers it again. */
  ack(taken: Taken): boolean
  /** Back to the broker, which dead-letters it. */
  reject(taken: Taken): boolean
  /** Takes no new message; resolves when none will come. */
  cancel(): Promise<void>
  /** Aborts what is still held. */
  giveUp(): void
  /** Gives back what is still held, when everything decided has been sent. */
  close(): Promise<void>
}

/** A channel from its opening to its end. */
export interface Session {
  channel: Channel
  consumer_tag: string
  /** Undecided, in the order of their tags. */
  held: Set<Taken>
  /** Decided in this turn of the event loop. */
  acks: ConsumeMessage[]
  ended: Promise<void>
}

export function subscribe(link: Link, log: Log, options: SubscriptionOptions): Subscription {
  const { queue, prefetch, prepare, onMessage } = options
  const leaving = new AbortController()
  const left = Promise.withResolvers<void>()
  const outage = createOutage(
    log.child({ queue }),
    `queue ${queue} cannot be consumed; it is tried again and again`,
    `queue ${queue} is consumed again`,
  )
  const first = Promise.withResolvers<void>()
  first.promise.catch(() => {})
  let session: Session | null = null
  const running = run()

  async function run(): Promise<void> {
    for (let tries = 0; !leaving.signal.aborted; tries++) {
      const begun_at = performance.now()
      try {
        // However long the broker is away; the link says that it is.
        await Promise.race([link.connection(), left.promise])
        if (leaving.signal.aborted) break
        session = await withDeadline(openSession(), CALL_MS, nameOf(link.place))
        outage.answered(begun_at)
        first.resolve()
        // It was left while it opened.
        if (leaving.signal.aborted) void closeQuietly(session)
        await session.ended
        session = null
        if (performance.now() - begun_at > MAX_DELAY_MS) tries = 0
      } catch (err) {
        first.reject(err)
        if (!leaving.signal.aborted) outage.failed(err, begun_at)
      }
      await sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS), leaving.signal)
    }
  }

  async function openSession(): Promise<Session> {
    await prepare()
    const model = await link.connection()
    const channel = await model.createChannel()
    const end = Promise.withResolvers<void>()
    const opened: Session = { channel, consumer_tag: '', held: new Set(), acks: [], ended: end.promise }
    channel.on('error', (err) => log.debug({ err, queue }, 'the channel of a consumer was lost'))
    channel.on('close', () => {
      for (const { lost } of opened.held) lost.abort()
      opened.held.clear()
      end.resolve()
    })
    await channel.prefetch(prefetch)
    const { consumerTag } = await channel.consume(queue, (message) => {
      // The broker has cancelled us: the queue is gone.
      if (message === null) return void closeQuietly(opened)
      const taken: Taken = { message, lost: new AbortController(), session: opened }
      opened.held.add(taken)
      if (leaving.signal.aborted) settle(taken, () => channel.nack(message, false, true))
      else onMessage(taken)
    })
    opened.consumer_tag = consumerTag
    return opened
  }

  function settle(taken: Taken, send: (channel: Channel) => void): boolean {
    if (!taken.session.held.delete(taken)) return false
    try {
      send(taken.session.channel)
      return true
    } catch {
      // The channel is closing, of which its own listener tells the rest.
      return false
    }
  }

  return {
    started: settledFirst(first.promise),
    held: () => session?.held.size ?? 0,
    ack(taken) {
      const { session } = taken
      if (!session.held.delete(taken)) return false
      if (session.acks.push(taken.message) === 1) setImmediate(() => sendAcks(session))
      return true
    },
    reject: (taken) => settle(taken, (channel) => channel.nack(taken.message, false, false)),
    async cancel() {
      leaving.abort()
      left.resolve()
      if (session === null) return
      await withDeadline(session.channel.cancel(session.consumer_tag), CALL_MS, nameOf(link.place)).catch(
        (err: unknown) => log.debug({ err, queue }, 'the consumer was gone already'),
      )
    },
    giveUp() {
      for (const { lost } of session?.held ?? []) lost.abort()
    },
    async close() {
      if (session !== null) await closeQuietly(session)
      await running
    },
  }
}

/** Sends what was acknowledged in this turn, all that can be in one word: the broker stores one decision, not a hundred. */
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
    // The channel is closing: the broker delivers them again, and its own listener tells the rest.
  }
}

/** Closing says to the broker that what is not decided is free again. */
async function closeQuietly(session: Session): Promise<void> {
  sendAcks(session)
  try {
    await withDeadline(session.channel.close(), CALL_MS)
  } catch {
    // It was closed already, or its connection was: the broker knows.
  }
}

/** What a caller waits for at its start: a refusal is thrown, an outage is not. */
async function settledFirst(first: Promise<void>): Promise<void> {
  try {
    await withDeadline(first, FIRST_CONTACT_MS)
  } catch (err) {
    if (err instanceof AppError && ['queue_mismatch', 'engine_refused'].includes(err.code)) throw err
  }
}
