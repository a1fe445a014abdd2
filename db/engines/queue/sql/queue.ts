/** The queue role on tables of PostgreSQL. sql/messages.ts describes how messages are claimed and settled. */
import type { Sql } from 'postgres'
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { bookkeepingPool } from '../../postgres/bookkeeping-pool.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import { listDeadLetters } from '../dead-letters.ts'
import type { Queue, QueueConsumer, QueueMessage } from '../queue.ts'
import { checkMessage, checkQueueName, checkSettings, MAX_LOST } from '../limits.ts'
import { startConsumer } from './consumer.ts'
import { insertMessages, queueDepth, replayDeadLetters } from './messages.ts'

export interface SqlQueueOptions {
  log: Log
  /** How long a consumer that died keeps its messages. Default 15 s. */
  lease_ms?: number
  /** The safety net under NOTIFY. Default 10 s. */
  poll_ms?: number
  /** How long stop() lets a running handler go on before its signal aborts. Default 10 s. */
  stop_grace_ms?: number
  max_lost?: number
}

export function createSqlQueue(sql: Sql, options: SqlQueueOptions): Queue {
  const { log, lease_ms = 15_000, poll_ms = 10_000, stop_grace_ms = 10_000, max_lost = MAX_LOST } = options
  const consumers = new Set<QueueConsumer>()
  const bookkeeping = bookkeepingPool(sql)
  const writers = new Map<string, (messages: QueueMessage[]) => Promise<void>>()

  function writerOf(queue: string) {
    const writer = writers.get(queue) ?? batchWrites((messages) => insertMessages(sql, queue, messages), WRITE_LIMITS)
    writers.set(queue, writer)
    return writer
  }

  return {
    async publish(queue, messages) {
      checkQueueName(queue)
      messages.forEach(checkMessage)
      try {
        await writerOf(queue)(messages)
      } catch (cause) {
        const why = sentenceOf(cause)
        const detail = {
          en: `The messages for queue ${queue} are not known to be stored: ${why.en}. Send them again.`,
          pt: `Não se sabe se as mensagens da fila ${queue} foram gravadas: ${why.pt}. Envie de novo.`,
        }
        throw new AppError('unavailable', 'queue_unavailable', detail, { cause })
      }
    },

    async consume(settings, handler, { concurrency = 1 } = {}) {
      checkSettings(settings)
      const all = { ...settings, concurrency, max_lost, lease_ms, poll_ms, stop_grace_ms }
      const consumer = await startConsumer({ sql, bookkeeping }, log, all, handler)
      consumers.add(consumer)
      return { stop: () => consumer.stop().finally(() => consumers.delete(consumer)) }
    },

    depth: (queue) => queueDepth(sql, queue),
    dead: (queue, page) => listDeadLetters(sql, queue, page),
    replay: (queue, ids) => replayDeadLetters(sql, queue, ids),

    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()))
      await bookkeeping.end({ timeout: 5 })
    },
  }
}

/** Large enough that a statement's fixed cost vanishes, small enough to be done in milliseconds. */
const WRITE_LIMITS = {
  max_items: 1_000,
  max_bytes: 4 * 1024 * 1024,
  bytesOf: ({ body }: QueueMessage) => body.byteLength,
}
