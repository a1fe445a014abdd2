/**
 * What a client library does for the stream: it writes messages, and takes part in a group. All else is ours: partitions and
 * limits, when to try again, whose a partition is, where a group begins. kafkajs answers questions about topics for both.
 */
import { AppError } from '../../../../lib/errors.ts'
import type { StoredMessage } from '../stream.ts'
import type { Holding } from './assigner.ts'

export interface KafkaDriver {
  /** Idempotent: a batch that it sends again by itself is stored once. */
  openProducer(): Promise<KafkaProducer>
  /** Begins to join; `events` tells what comes of it. */
  joinGroup(options: GroupOptions, events: GroupEvents): GroupMember
}

export interface PartitionedMessage {
  partition: number
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, string>
  /** performance.now() after which nobody waits for it. */
  expires_at: number
}

export interface KafkaProducer {
  /** Resolves when all replicas have them; they may be stored when it throws. Throws UNKNOWN_TOPIC_OR_PARTITION where one is missing. */
  send(topic: string, messages: PartitionedMessage[]): Promise<void>
  /** Ends what it is doing. */
  disconnect(): Promise<void>
}

/** To be called before messages are sent: for a partition that is missing, kafkajs sends nothing and @platformatic/kafka takes another. */
export function checkPartition(partition: number, count: number): void {
  if (partition < count) return
  const err = new AppError('unavailable', 'stream_unavailable', {
    en: `There is no partition ${partition}: the topic has ${count}.`,
    pt: `Não há partição ${partition}: o tópico tem ${count}.`,
  })
  throw Object.assign(err, { type: 'UNKNOWN_TOPIC_OR_PARTITION' })
}

export interface GroupOptions {
  /** With their prefix, as Kafka knows them. */
  group: string
  topic: string
  shown: { group: string; topic: string }
  session_ms: number
  /** How long joining again waits for running batches. */
  rejoin_wait_ms: number
  heartbeat_ms: number
}

export interface GroupEvents {
  holding(): Holding
  /** Awaited before every join; `heartbeat` is null when Kafka has put us out: then nothing is ours any more. */
  beforeRejoin(heartbeat: (() => Promise<void>) | null): Promise<void>
  onJoin(share: Share): void
  /** `next`: behind the last of them, and what lies between. */
  onFetched(partition: number, messages: StoredMessage[], next: number): void
  /** Kafka no longer has the offset that was to be fetched; the oldest message that it has is next, at `oldest` where that is known. */
  onGap(partition: number, oldest?: number): void
  onHeartbeat(): void
  /** The membership is over, and not because of leave(). */
  onEnd(err: unknown): void
}

export interface Share {
  member: string
  generation: number
  partitions: number[]
}

export interface GroupMember {
  /** Moves the group's offsets; throws when Kafka refuses. */
  commit(offsets: Array<{ partition: number; offset: number }>): Promise<void>
  /** The group's offsets after a join, for a client that does not ask for them itself. */
  found(committed: Map<number, number>): void
  seek(partition: number, offset: number): void
  setPaused(partitions: number[], paused: boolean): void
  /** Hands the partitions back at once. */
  leave(): Promise<void>
}

/** Wakes at once when there is something; this is how long a request waits when there is nothing. */
export const MAX_WAIT_MS = 500
/** New partitions are seen within this time. */
export const METADATA_AGE_MS = 10_000
export const MAX_BYTES_PER_PARTITION = 1024 * 1024
