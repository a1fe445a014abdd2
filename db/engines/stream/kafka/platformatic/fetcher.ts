/**
 * Fetches the partitions of a member, one request a broker at a time, of those that are neither paused nor resting after an
 * error. One that fails rests by itself: what came of the others in the same answer is handed on.
 */
import {
  findErrorBy,
  type ClusterMetadata,
  type ConnectionPool,
  type Consumer,
  type fetchV17,
} from '@platformatic/kafka'
import type { Log } from '../../../../../lib/log.ts'
import { backoffDelay, sleep } from '../../../../../lib/retry.ts'
import { kafkaError, type KafkaClient } from '../client.ts'
import { MAX_BYTES_PER_PARTITION, MAX_WAIT_MS, type GroupEvents, type GroupOptions } from '../driver.ts'
import { named } from './connection.ts'
import { behind, messagesOf } from './records.ts'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 1_000
const REST_MS = 500
/** Of one answer. */
const MAX_BYTES = 16 * 1024 * 1024

export interface FetcherContext extends Pick<GroupEvents, 'onFetched' | 'onGap'> {
  /** Knows where the partitions are. */
  consumer: Consumer
  connections: ConnectionPool
  over: AbortSignal
  /** The topic has other partitions than when we joined. */
  onWiderTopic(): void
  /** Nothing will come any more. */
  onEnd(err: Error): void
}

export class Fetcher {
  /** As it was when we joined. */
  topic = { id: '', partitions: 0 }

  readonly #client: KafkaClient
  readonly #log: Log
  readonly #options: GroupOptions
  readonly #context: FetcherContext
  /** What to fetch next of each of our partitions; without it the partition is not fetched. */
  readonly #positions = new Map<number, number>()
  readonly #paused = new Set<number>()
  /** performance.now() until which a partition rests. */
  readonly #resting = new Map<number, number>()
  /** Brokers that have a request of ours. */
  readonly #asked = new Set<number>()
  #failures = 0

  constructor(client: KafkaClient, log: Log, options: GroupOptions, context: FetcherContext) {
    this.#client = client
    this.#log = log
    this.#options = options
    this.#context = context
  }

  /** Nothing is ours until seek() or found(). */
  clear(): void {
    this.#positions.clear()
    this.#paused.clear()
    this.#resting.clear()
  }

  seek(partition: number, offset: number): void {
    this.#positions.set(partition, offset)
    this.#resting.delete(partition)
    this.#fetch()
  }

  /** Begins there where nothing else was said. */
  found(committed: Map<number, number>): void {
    for (const [partition, offset] of committed)
      if (!this.#positions.has(partition)) this.#positions.set(partition, offset)
    this.#fetch()
  }

  setPaused(partitions: number[], paused: boolean): void {
    for (const partition of partitions)
      if (paused) this.#paused.add(partition)
      else this.#paused.delete(partition)
    this.#fetch()
  }

  /** Asks each broker that has no request of ours for what we want of it. */
  #fetch(): void {
    const { consumer, over } = this.#context
    const leaders = consumer.currentMetadata?.topics.get(this.#options.topic)?.partitions ?? []
    const now = performance.now()
    const wanted = [...this.#positions.keys()].filter(
      (partition) => !this.#paused.has(partition) && (this.#resting.get(partition) ?? 0) <= now,
    )
    for (const [node, partitions] of Map.groupBy(wanted, (partition) => leaders[partition]?.leader ?? UNKNOWN))
      if (!this.#asked.has(node) && !over.aborted) void this.#fetchFrom(node, partitions)
  }

  async #fetchFrom(node: number, partitions: number[]): Promise<void> {
    const { consumer, connections } = this.#context
    const { topic, heartbeat_ms } = this.#options
    const asked = new Map(partitions.map((partition) => [partition, this.#positions.get(partition)!]))
    this.#asked.add(node)
    try {
      const metadata = await consumer.metadata({ topics: [topic] })
      if (!this.#isSame(metadata)) return
      if (node === UNKNOWN) return this.#restWithoutLeader(metadata, partitions)
      const response = await consumer.fetch({
        node,
        minBytes: 1,
        maxBytes: MAX_BYTES,
        maxWaitTime: Math.min(MAX_WAIT_MS, heartbeat_ms),
        connectionPool: connections,
        topics: [{ topicId: this.topic.id, partitions: [...asked].map(partitionRequest) }],
      })
      this.#failures = 0
      this.#deliver(asked, response)
    } catch (err) {
      const { response } = err as { response?: fetchV17.FetchResponse }
      if (findErrorBy(err as Error, 'apiId', 'TOPIC_AUTHORIZATION_FAILED')) this.#end(err as Error)
      else if (response?.responses?.length) this.#deliver(asked, response)
      else await this.#rest(named(err) as Error)
    } finally {
      this.#asked.delete(node)
      this.#fetch()
    }
  }

  /** A topic that was made again has other messages under the same offsets; more partitions are dealt anew. */
  #isSame(metadata: ClusterMetadata): boolean {
    const { topic } = this.#options
    const { id, partitionsCount } = metadata.topics.get(topic)!
    if (id === this.topic.id && partitionsCount === this.topic.partitions) return true
    this.#positions.clear()
    if (id === this.topic.id) this.#context.onWiderTopic()
    else this.#end(new Error(`the topic ${topic} was deleted and made again`))
    return false
  }

  #end(err: Error): void {
    this.#positions.clear()
    this.#context.onEnd(err)
  }

  #deliver(asked: Map<number, number>, { responses }: fetchV17.FetchResponse): void {
    const { topic } = this.#options.shown
    for (const { partitionIndex: partition, errorCode, records } of responses.flatMap((one) => one.partitions)) {
      const first = asked.get(partition)
      // It went elsewhere meanwhile, or on from another offset.
      if (first === undefined || this.#positions.get(partition) !== first) continue
      if (errorCode !== 0) this.#restOne(partition, errorCode)
      if (errorCode === OFFSET_OUT_OF_RANGE) void this.#startAtOldest(partition, first)
      if (errorCode !== 0 || !records?.length) continue
      const next = behind(records, first)
      this.#context.onFetched(partition, messagesOf(topic, partition, records, first), next)
      // Not before they were taken: what fails is fetched again.
      if (this.#positions.get(partition) === first) this.#positions.set(partition, next)
    }
  }

  async #startAtOldest(partition: number, first: number): Promise<void> {
    const { topic, shown } = this.#options
    try {
      const ends = await this.#client.ask((admin) => admin.fetchTopicOffsets(topic))
      if (this.#positions.get(partition) !== first) return
      const oldest = Number(ends.find((one) => one.partition === partition)!.low)
      this.#context.onGap(partition, oldest)
      this.seek(partition, oldest)
    } catch (err) {
      this.#log.debug({ err, ...shown, partition }, 'the oldest message will be looked for later')
    }
  }

  /** While the brokers elect one. */
  #restWithoutLeader(metadata: ClusterMetadata, partitions: number[]): void {
    const { partitions: found } = metadata.topics.get(this.#options.topic)!
    for (const partition of partitions) if ((found[partition]?.leader ?? -1) < 0) this.#restOne(partition, NO_LEADER)
  }

  #restOne(partition: number, errorCode: number): void {
    this.#log.debug({ ...this.#options.shown, partition, errorCode }, 'a partition could not be fetched')
    this.#resting.set(partition, performance.now() + REST_MS)
    this.#context.consumer.clearMetadata()
    setTimeout(() => this.#fetch(), REST_MS + 1).unref()
  }

  async #rest(err: Error): Promise<void> {
    const { consumer, over } = this.#context
    if (over.aborted) return
    const error = kafkaError(err)
    if (FINAL.test(error ?? '')) return this.#end(err)
    if (error === undefined) this.#client.outage.failed(err)
    this.#log.debug({ err, ...this.#options.shown }, 'a broker could not be asked for messages')
    consumer.clearMetadata()
    await sleep(backoffDelay(this.#failures++, FIRST_RETRY_MS, MAX_RETRY_MS), over)
  }
}

/** The leader of a partition before anything is known, and while there is none. */
const UNKNOWN = -1
/** Codes of Kafka's. */
const OFFSET_OUT_OF_RANGE = 1
const NO_LEADER = 5
/** Then all of it begins anew, with a look at the topic. */
const FINAL = /AUTHORIZATION_FAILED|^UNKNOWN_TOPIC/

const partitionRequest = ([partition, offset]: [number, number]) => ({
  partition,
  fetchOffset: BigInt(offset),
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
  partitionMaxBytes: MAX_BYTES_PER_PARTITION,
})
