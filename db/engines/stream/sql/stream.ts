/** The stream role on tables of PostgreSQL. sql/groups.ts describes how groups share partitions. */
import type { Sql } from 'postgres'
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { bookkeepingPool } from '../../postgres/bookkeeping-pool.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import type { Message, Stream, StreamConsumer } from '../stream.ts'
import { checkName, checkSize } from '../limits.ts'
import { keyBytes } from '../key.ts'
import { createPartitioner } from '../partitioner.ts'
import { startConsumer } from './consumer.ts'
import { forgetGroup } from './groups.ts'
import { groupLag, keptMessages, listStream } from './lag.ts'
import { appendMessages, ensureTopic, type PartitionedMessage } from './messages.ts'

export interface SqlStreamOptions {
  log: Log
  /** A new topic's partitions; a topic that has fewer gets more. Default 4. */
  partitions?: number
  /** How long a member that died keeps its partitions. Default 10 s. */
  lease_ms?: number
  /** How long stop() lets a running batch go on before its signal aborts. Default 10 s. */
  stop_grace_ms?: number
}

export function createSqlStream(sql: Sql, options: SqlStreamOptions): Stream {
  const { log, partitions: at_least = 4, lease_ms = 10_000, stop_grace_ms = 10_000 } = options
  const topics = new Map<string, Promise<Topic>>()
  const consumers = new Set<StreamConsumer>()
  const bookkeeping = bookkeepingPool(sql)
  const partitionOf = createPartitioner()

  /** The topic, created at its first use; asked of the database once per process. */
  function topicOf(name: string): Promise<Topic> {
    const known = topics.get(name) ?? ensureTopic(sql, name, at_least).then((n) => openTopic(name, n))
    topics.set(name, known)
    known.catch(() => topics.delete(name))
    return known
  }

  /** One write at a time per topic, so that messages are stored in the order in which they were handed over. */
  function openTopic(name: string, partitions: number): Topic {
    const append = batchWrites<PartitionedMessage>((messages) => appendMessages(sql, name, messages), WRITE_LIMITS)
    return { append, partitions }
  }

  return {
    async produce(topic, messages) {
      checkName('topic', topic)
      messages.forEach(checkSize)
      try {
        const { append, partitions } = await topicOf(topic)
        await append(messages.map((message) => partitioned(message, partitions)))
      } catch (cause) {
        const why = sentenceOf(cause)
        const detail = {
          en: `The messages for topic ${topic} are not known to be stored: ${why.en}. Send them again.`,
          pt: `Não se sabe se as mensagens do tópico ${topic} foram gravadas: ${why.pt}. Envie de novo.`,
        }
        throw new AppError('unavailable', 'stream_unavailable', detail, { cause })
      }
    },

    async consume(consume) {
      checkName('topic', consume.topic)
      checkName('group', consume.group)
      await topicOf(consume.topic)
      const member = await startConsumer({ sql, bookkeeping }, log, { lease_ms, stop_grace_ms }, consume)
      consumers.add(member)
      return { stop: () => member.stop().finally(() => consumers.delete(member)) }
    },

    lag: (group, topics) => groupLag(sql, group, topics),
    list: () => listStream(sql),
    kept: (topics) => keptMessages(sql, topics),

    forget: (group) => forgetGroup(sql, group),

    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()))
      await bookkeeping.end({ timeout: 5 })
    },
  }

  function partitioned({ key, value, headers }: Message, partitions: number): PartitionedMessage {
    const bytes = keyBytes(key)
    return { partition: partitionOf(bytes, partitions), key: bytes, value, headers: JSON.stringify(headers ?? {}) }
  }
}

interface Topic {
  partitions: number
  append(messages: PartitionedMessage[]): Promise<void>
}

/** Large enough that a statement's fixed cost vanishes, small enough that it holds the partitions for milliseconds. */
const WRITE_LIMITS = {
  max_items: 1_000,
  max_bytes: 4 * 1024 * 1024,
  bytesOf: ({ value }: PartitionedMessage) => value?.byteLength ?? 0,
}
