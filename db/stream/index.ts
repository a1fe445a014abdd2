/**
 * The stream role: partitioned, keyed topics, ordered per key, read by consumer groups at least once.
 *
 * Terminology, as in Kafka. Messages with one key go to one partition; a partition is an ordered log; an offset is a
 * place in it. A group's members share the partitions of a topic; a group's offset says what it has finished, and
 * moves only after the handler returned.
 */
export interface Message {
  /** Decides the partition; null spreads messages evenly. */
  key: string | null
  value: Uint8Array
  headers?: Record<string, string>
}

export interface StoredMessage {
  topic: string
  partition: number
  offset: number
  key: string | null
  value: Uint8Array
  headers: Record<string, string>
  produced_at: Date
}

export interface ConsumeOptions {
  group: string
  topic: string
  /** Where a group starts that has never committed: the oldest message kept, or only what comes from now on. */
  from: 'earliest' | 'latest'
  /** Messages of one partition in order, at least one, at most `max_batch` (default 500). Throwing pauses that
   *  partition with a growing delay and delivers the same messages again. `signal` aborts when the batch is no
   *  longer this consumer's (stop, or the partition went to another member). */
  onBatch: (messages: StoredMessage[], signal: AbortSignal) => Promise<void>
  max_batch?: number
}

export interface StreamConsumer {
  /** Takes no new batch, waits for the running ones, hands the partitions back. */
  stop(): Promise<void>
}

export interface PartitionLag {
  topic: string
  partition: number
  committed: number
  end: number
  lag: number
}

export interface Stream {
  /** Resolves when every message is durable; an unknown topic is created. */
  produce(topic: string, messages: Message[]): Promise<void>
  consume(options: ConsumeOptions): Promise<StreamConsumer>
  /** What the group has not finished yet, per partition of every topic it has read. */
  lag(group: string): Promise<PartitionLag[]>
  close(): Promise<void>
}
