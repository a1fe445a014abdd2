/**
 * Queues and exchanges on the broker for a queue NAME; by its colon none can be a queue of ours:
 *
 *   NAME ─ a rejected message → exchange NAME:retry ─ its alternate → exchange NAME:retry:MS → queue NAME:retry:MS
 *     ↑──────────────────────── when MS have passed ──────────────────────────────────────────────┘
 *   NAME:dead: dead letters on their way to the table
 *
 * All queues are quorum queues, and dead-lettering is at-least-once, so no step loses a message. NAME:retry has no
 * binding: its alternate exchange says where to, so a changed delay is one changed property, which the broker compares.
 * The retry queue of the former delay empties by itself. The broker counts each message's rejections in x-death, which is its attempt.
 *
 * x-delivery-limit is out of reach on purpose: what it dead-letters the broker takes for an endless circle on the way
 * back from the retry queue, and keeps it there for ever. The consumer counts by x-delivery-count instead.
 */
import type { Channel } from 'amqplib'
import type { Sql } from 'postgres'
import { delaysLongLeft, delaysOf, forgetDelay, recordDelay } from './delays.ts'
import { onChannel, type Connection } from './connection.ts'
import { declareProblem } from './errors.ts'

const OUT_OF_REACH = 1_000_000_000
const PRECONDITION_FAILED = 406
const NOT_FOUND = 404

export const deadName = (queue: string) => `${queue}:dead`
const retryName = (queue: string) => `${queue}:retry`
export const retryQueueName = (queue: string, delay_ms: number) => `${queue}:retry:${delay_ms}`

export interface Topology {
  /** Makes the queue, once; for publishers, who know nothing of delays. */
  queue(name: string): Promise<void>
  dead(name: string): Promise<void>
  /** Makes what a consumer needs, whatever is there by now, and sends retries through the queue of that delay from now on. */
  consumable(name: string, delay_ms: number): Promise<void>
  /** The queue may be missing. */
  forget(name: string): void
  /** Delays of the retry queues that may hold messages. */
  delays(name: string): Promise<number[]>
  /** Messages that are ready in the queue of that very name; null when there is no such queue. */
  count(name: string): Promise<number | null>
  /** The same, and how many consumers of all processes it has. */
  state(name: string): Promise<{ ready: number; consumers: number } | null>
}

export function createTopology(connection: Connection, sql: Sql): Topology {
  const made = new Map<string, Promise<void>>()
  const recorded = new Set<string>()

  const declare = (queue: string, work: (channel: Channel) => Promise<unknown>) =>
    onChannel(connection, work).then(
      () => {},
      (err: unknown) => {
        throw declareProblem(connection.endpoint, queue, err) ?? err
      },
    )

  function once(name: string, make: () => Promise<void>): Promise<void> {
    const making = made.get(name) ?? make()
    made.set(name, making)
    making.catch(() => made.delete(name))
    return making
  }

  /** Sets the alternate of NAME:retry, which only an exchange that is made anew can change. */
  async function routeRetries(name: string, delay_ms: number): Promise<void> {
    const make = (channel: Channel) =>
      channel.assertExchange(retryName(name), 'fanout', {
        durable: true,
        alternateExchange: retryQueueName(name, delay_ms),
      })
    try {
      await onChannel(connection, make)
    } catch (err) {
      if (codeOf(err) !== PRECONDITION_FAILED) throw declareProblem(connection.endpoint, name, err) ?? err
      // A message that is rejected just now waits in its queue until there is a way again.
      await declare(name, async (channel) => {
        await channel.deleteExchange(retryName(name))
        await make(channel)
      })
    }
  }

  const state = (name: string) =>
    unlessMissing(
      onChannel(connection, async (channel) => {
        const { messageCount: ready, consumerCount: consumers } = await channel.checkQueue(name)
        return { ready, consumers }
      }),
    )
  const count = async (name: string) => (await state(name))?.ready ?? null

  function forget(name: string): void {
    made.delete(name)
    made.delete(deadName(name))
  }

  const queue = (name: string) =>
    once(name, () =>
      declare(name, (channel) => makeQueue(channel, name, { 'x-dead-letter-exchange': retryName(name) })),
    )
  const dead = (name: string) =>
    once(deadName(name), () => declare(name, (channel) => makeQueue(channel, deadName(name))))

  return {
    queue,
    dead,
    forget,

    async consumable(name, delay_ms) {
      forget(name)
      await declare(name, (channel) => makeRetryQueue(channel, name, delay_ms))
      await routeRetries(name, delay_ms)
      await Promise.all([queue(name), dead(name)])
      // The table is for those who count what waits; consuming needs it once.
      if (recorded.has(`${name} ${delay_ms}`)) return
      await recordDelay(sql, name, delay_ms)
      recorded.add(`${name} ${delay_ms}`)
      for (const old_ms of await delaysLongLeft(sql, name))
        if ((await count(retryQueueName(name, old_ms))) === 0) {
          await declare(name, (channel) => removeRetryQueue(channel, name, old_ms))
          await forgetDelay(sql, name, old_ms)
        }
    },

    delays: (name) => delaysOf(sql, name),
    count,
    state,
  }
}

const makeQueue = (channel: Channel, name: string, more: Record<string, unknown> = {}) =>
  channel.assertQueue(name, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': OUT_OF_REACH,
      ...('x-dead-letter-exchange' in more && AT_LEAST_ONCE),
      ...more,
    },
  })

/** The broker takes the first only with the second. */
const AT_LEAST_ONCE = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' }

async function makeRetryQueue(channel: Channel, queue: string, delay_ms: number): Promise<void> {
  const name = retryQueueName(queue, delay_ms)
  await makeQueue(channel, name, {
    'x-message-ttl': delay_ms,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': queue,
  })
  await channel.assertExchange(name, 'fanout', { durable: true })
  await channel.bindQueue(name, name, '')
}

async function removeRetryQueue(channel: Channel, queue: string, delay_ms: number): Promise<void> {
  await channel.deleteExchange(retryQueueName(queue, delay_ms))
  await channel.deleteQueue(retryQueueName(queue, delay_ms))
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (err) {
    if (codeOf(err) === NOT_FOUND) return null
    throw err
  }
}

const codeOf = (err: unknown) => (err as { code?: unknown }).code
