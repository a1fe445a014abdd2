/**
 * The stream role: partitioned, keyed topics, ordered per key, read by consumer groups at least once.
 *
 * Terminology, as in Kafka. Messages with one key go to one partition; a partition is an ordered log; an offset is a
 * place in it. A group's members share the partitions of a topic; a group's offset says what it has finished, and
 * moves only after the handler returned.
 */

import type { Key } from './key.ts'

export interface Message {
  /** Decides the partition; null spreads messages evenly. */
  key: Key
  /** Null: a tombstone, which says that the key is deleted. */
  value: Uint8Array | null
  headers?: Record<string, string>
}

export interface StoredMessage {
  topic: string
  partition: number
  offset: number
  key: Key
  value: Uint8Array | null
  headers: Record<string, string>
  produced_at: Date
}

export interface ConsumeOptions {
  group: string
  topic: string
  /** Where a group starts that has never committed: the oldest message kept, or only what comes from now on. */
  from: 'earliest' | 'latest'
  /**
   * Messages of one partition in order, at least one, at most `max_batch` (default 500); up to one batch of each
   * partition at the same time. Throwing pauses that partition with a growing delay (100 ms to 30 s) and delivers the
   * same messages again. `signal` aborts when the batch is no longer this consumer's (the partition went to another
   * member, or stop() has waited long enough); such a batch does not move the offset, however its handler ends.
   */
  onBatch: (messages: StoredMessage[], signal: AbortSignal) => Promise<void>
  max_batch?: number
}

export interface StreamConsumer {
  /** Takes no new batch, waits for the running ones, hands the partitions back at once. */
  stop(): Promise<void>
}

export interface PartitionLag {
  topic: string
  partition: number
  committed: number
  end: number
  lag: number
  /** How long the oldest message that is not finished has been in the stream; 0 when there is none, null when it is not known. */
  waited_s: number | null
  /** Which member reads it; null: nobody does. */
  member: string | null
}

export interface TopicPartition {
  topic: string
  partition: number
  /** Offsets of the oldest message kept and of the next one to come. */
  oldest: number
  end: number
}

export interface Stream {
  /**
   * Resolves when every message is durable; an unknown topic is created. Messages of one key keep the order in which
   * they were handed over. When it throws, none, some or all of them may be stored.
   */
  produce(topic: string, messages: Message[]): Promise<void>
  /**
   * Resolves when the consumer has its share of the partitions; an unknown topic is created. While the engine is away,
   * it may resolve without one: the consumer gets its share once the engine is back.
   */
  consume(options: ConsumeOptions): Promise<StreamConsumer>
  /**
   * The messages that the group has not finished yet, per partition of every topic it has read, and of those of `topics`
   * that exist: a topic that it has not begun counts as a whole. One that is gone is left out.
   */
  lag(group: string, topics?: string[]): Promise<PartitionLag[]>
  /** The names of all topics, and of the groups that have an offset, in order. */
  list(): Promise<{ topics: string[]; groups: string[] }>
  /** What is kept of those of `topics` that exist. */
  kept(topics: string[]): Promise<TopicPartition[]>
  /** Forgets where the group is, so that it begins as one that never committed; false while members of it are there. */
  forget(group: string): Promise<boolean>
  /** Stops every consumer. */
  close(): Promise<void>
}
