/**
 * The queue role on RabbitMQ. rabbitmq/topology.ts describes what there is on the broker; dead letters are moved into
 * the table in sql that keeps those of every driver.
 */
import type { Sql } from 'postgres'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { initialConnection } from '../../initial-connection.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { countDeadLetters, deadLettersForReplay, listDeadLetters, removeDeadLetters } from '../dead-letters.ts'
import type { Queue, QueueMessage } from '../queue.ts'
import { checkMessage, checkQueueName, checkSettings, MAX_LOST } from '../limits.ts'
import { nameOf, readRabbitmqUrl } from './url.ts'
import { startConsumer, type RabbitmqConsumer } from './consumer.ts'
import { keepConnection } from './connection.ts'
import { deadLetterMessage, outgoing } from './message.ts'
import { unavailable } from './errors.ts'
import { createPublisher } from './publisher.ts'
import { createTopology, deadName, retryQueueName } from './topology.ts'
import { createDeadLetterDrain } from './dead-letter-drain.ts'

export interface RabbitmqQueueOptions {
  url: string
  sql: Sql
  log: Log
  /** How long stop() lets a running handler go on before its signal aborts. Default 10 s. */
  stop_grace_ms?: number
  max_lost?: number
}

const REPLAYED_AT_ONCE = 500
const ASK_MS = 15_000
const CLOSE_MS = 10_000
/** Browsing dead letters waits no longer for those on their way. */
const DRAIN_MS = 5_000

/** Throws AppError engine_refused when RabbitMQ answers and refuses us. */
export async function createRabbitmqQueue(options: RabbitmqQueueOptions): Promise<Queue> {
  const { url, sql, log, stop_grace_ms = 10_000, max_lost = MAX_LOST } = options
  const endpoint = readRabbitmqUrl(url)
  const broker = nameOf(endpoint)
  const outage = createOutage(log, `${broker} is away; the queue waits for it`, `${broker} is back`)
  const consuming = keepConnection(endpoint, 'consuming', outage, log)
  const publishing = keepConnection(endpoint, 'publishing', outage, log)
  const topology = createTopology(consuming, sql)
  const publisher = createPublisher(publishing, log)
  const drain = createDeadLetterDrain(consuming, topology, sql, log)
  const consumers = new Map<RabbitmqConsumer, string>()
  const program = crypto.randomUUID().slice(0, 8)
  let calls = 0

  async function closeConnections() {
    await Promise.all([publishing.close(), consuming.close()])
  }

  async function publish(queue: string, messages: QueueMessage[]): Promise<void> {
    const nonce = `${program}${(calls++).toString(36)}`
    await publisher.publish(
      queue,
      messages.map((message) => outgoing(message, nonce)),
      (missing) => {
        if (missing) topology.forget(queue)
        return topology.queue(queue)
      },
    )
  }

  /** A question about the queue; any failure is one of the engine. */
  async function ask<T>(queue: string, question: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(question(), ASK_MS, broker)
    } catch (err) {
      if (err instanceof AppError && err.code !== 'engine_timeout') throw err
      throw unavailable(
        {
          en: `Queue ${queue} at ${broker} cannot be asked`,
          pt: `A fila ${queue} em ${broker} não pode ser consultada`,
        },
        err,
      )
    }
  }

  /** One portion: a row is locked until its message is stored, and gone with it. */
  const replaySome = (queue: string, ids: string[] | undefined, until: string) =>
    sql.begin(async (transaction) => {
      const dead = await deadLettersForReplay(transaction, { queue, ids, until, limit: REPLAYED_AT_ONCE })
      await publish(
        queue,
        dead.map(({ message_id, body, headers }) => ({ id: message_id, body, headers })),
      )
      await removeDeadLetters(
        transaction,
        dead.map(({ id }) => id),
      )
      return dead.length
    })

  try {
    await initialConnection(broker, log, () => Promise.all([consuming.firstAttempt, publishing.firstAttempt]))
  } catch (err) {
    await closeConnections()
    throw err
  }

  return {
    async publish(queue, messages) {
      checkQueueName(queue)
      messages.forEach(checkMessage)
      await publish(queue, messages)
    },

    async consume(settings, handler, { concurrency = 1 } = {}) {
      checkSettings(settings)
      const { name } = settings
      drain.add(name)
      const all = { ...settings, concurrency, max_lost, stop_grace_ms }
      const consumer = await startConsumer(consuming, topology, log, all, handler, async ({ message }, dead) => {
        await publisher.publish(deadName(name), [deadLetterMessage(name, message, dead)], (missing) => {
          if (missing) topology.forget(name)
          return topology.dead(name)
        })
      })
      consumers.set(consumer, name)
      return { stop: () => consumer.stop().finally(() => consumers.delete(consumer)) }
    },

    depth: (queue) =>
      ask(queue, async () => {
        const own = [...consumers].filter(([, name]) => name === queue)
        const in_flight = own.reduce((sum, [consumer]) => sum + consumer.held(), 0)
        const [state, stored] = await Promise.all([topology.state(queue), countDeadLetters(sql, queue)])
        if (state === null) return { ready: 0, delayed: 0, in_flight, dead: stored }
        const { ready, consumers: all } = state
        const elsewhere = all > own.length && ({ elsewhere: true } as const)
        drain.add(queue)
        const delays = await topology.delays(queue)
        const [waiting, ...delayed] = await Promise.all([
          drain.waiting(queue),
          ...delays.map((delay_ms) => topology.count(retryQueueName(queue, delay_ms))),
        ])
        const sum = delayed.reduce<number>((total, count) => total + (count ?? 0), 0)
        return { ready, delayed: sum, in_flight, dead: stored + waiting, ...elsewhere }
      }),

    async dead(queue, page) {
      // The table can be read while the broker is away.
      await withDeadline(drain.settled(queue), DRAIN_MS, broker).catch((err: unknown) =>
        log.debug({ err, queue }, 'dead letters may be missing'),
      )
      return listDeadLetters(sql, queue, page)
    },

    async replay(queue, ids) {
      await ask(queue, () => drain.settled(queue))
      // A message that dies again meanwhile is not replayed again.
      const until = Bun.randomUUIDv7()
      let replayed = 0
      for (let some = REPLAYED_AT_ONCE; some === REPLAYED_AT_ONCE; replayed += some)
        some = await replaySome(queue, ids, until)
      return replayed
    },

    async close() {
      await Promise.all([...consumers.keys()].map((consumer) => consumer.stop()))
      await withDeadline(publisher.idle(), CLOSE_MS, broker).catch((err: unknown) =>
        log.warn({ err }, 'messages were still being published while the queue closed'),
      )
      await drain.close()
      await closeConnections()
    },
  }
}
