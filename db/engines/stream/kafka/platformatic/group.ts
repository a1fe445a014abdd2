/**
 * Takes part in a group through @platformatic/kafka: it joins and sends heartbeats, we fetch and commit. Its own stream of
 * messages is not used: that ends on a commit that Kafka refuses, and its commit joins anew by itself and then moves the
 * offset of a partition that may be another member's. So commits carry the generation in which they were begun.
 *
 * - joining: again and again while Kafka deals the group anew; any other failure ends it.
 * - joined: partitions that are neither paused nor resting are fetched, one request a broker at a time.
 * - ended: left, or over.
 */
import { Connection, ConnectionPool, Consumer, findErrorBy, heartbeatV4, offsetCommitV8 } from '@platformatic/kafka'
import type { ClusterMetadata, fetchV17, GroupPartitionsAssigner } from '@platformatic/kafka'
import type { Log } from '../../../../../lib/log.ts'
import { backoffDelay, sleep } from '../../../../../lib/retry.ts'
import { dealPartitions, PROTOCOL, type Claim } from '../assigner.ts'
import { kafkaError, REQUEST_MS, type KafkaClient } from '../client.ts'
import {
  MAX_BYTES_PER_PARTITION,
  MAX_WAIT_MS,
  METADATA_AGE_MS,
  type GroupEvents,
  type GroupMember,
  type GroupOptions,
} from '../driver.ts'
import { connectionOptions, named, withoutCrash } from './connection.ts'
import { behind, messagesOf } from './records.ts'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 1_000
const MAX_BYTES = 16 * 1024 * 1024

export function joinGroup(client: KafkaClient, log: Log, options: GroupOptions, events: GroupEvents): GroupMember {
  return new PlatformaticMember(client, log, options, events)
}

class PlatformaticMember implements GroupMember {
  readonly #client: KafkaClient
  readonly #log: Log
  readonly #options: GroupOptions
  readonly #events: GroupEvents
  readonly #consumer: Consumer
  /** Of their own: a request that waits for messages would keep heartbeats and commits waiting behind it. */
  readonly #fetches: ConnectionPool
  readonly #over = new AbortController()
  /** What to fetch next of each of our partitions; without it the partition is not fetched. */
  readonly #positions = new Map<number, number>()
  readonly #paused = new Set<number>()
  /** performance.now() until which a partition rests after an error. */
  readonly #resting = new Map<number, number>()
  /** Brokers that have a request of ours. */
  readonly #asked = new Set<number>()
  /** Kafka's id of the topic when we joined, and its partitions. */
  #topic = { id: '', partitions: 0 }
  #failures = 0

  constructor(client: KafkaClient, log: Log, options: GroupOptions, events: GroupEvents) {
    this.#client = client
    this.#log = log
    this.#options = options
    this.#events = events
    const { group, topic, session_ms, rejoin_wait_ms, heartbeat_ms } = options
    this.#consumer = new Consumer({
      // A join takes as long as the slowest member.
      ...connectionOptions(client, rejoin_wait_ms + 10_000 + REQUEST_MS),
      groupId: group,
      // It tries nothing again by itself: what it would do about a refused commit is wrong, and all else we see.
      retries: 0,
      metadataMaxAge: METADATA_AGE_MS,
      sessionTimeout: session_ms,
      rebalanceTimeout: Math.max(rejoin_wait_ms + 10_000, session_ms),
      heartbeatInterval: heartbeat_ms,
      protocols: [PROTOCOL],
      protocolsMetadata: (_protocols, _topics, metadata) => this.#claim(metadata),
      partitionAssigner: assign,
    })
    this.#fetches = withoutCrash(new ConnectionPool('doca', connectionOptions(client, REQUEST_MS)))
    withoutCrash(this.#consumer.connections)
    this.#consumer.topics.track(topic)
    this.#consumer.on('consumer:group:join', () => this.#onJoin())
    this.#consumer.on('consumer:heartbeat:end', () => events.onHeartbeat())
    this.#consumer.on('consumer:heartbeat:error', ({ error }) => client.outage.failed(error))
    // A heartbeat told it to join again, and that failed.
    this.#consumer.on('error', (err: Error) => void this.#join(err))
    void this.#join()
  }

  async commit(offsets: Array<{ partition: number; offset: number }>): Promise<void> {
    const { group, topic } = this.#options
    const { generationId, memberId } = this.#consumer
    const partitions = offsets.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
    }))
    const coordinator = await this.#coordinator()
    await offsetCommitV8.api.async(coordinator, group, generationId, memberId ?? '', null, [
      { name: topic, partitions },
    ])
  }

  found(committed: Map<number, number>): void {
    for (const [partition, offset] of committed)
      if (!this.#positions.has(partition)) this.#positions.set(partition, offset)
    this.#fetch()
  }

  seek(partition: number, offset: number): void {
    this.#positions.set(partition, offset)
    this.#fetch()
  }

  setPaused(partitions: number[], paused: boolean): void {
    for (const partition of partitions)
      if (paused) this.#paused.add(partition)
      else this.#paused.delete(partition)
    this.#fetch()
  }

  async leave(): Promise<void> {
    this.#over.abort()
    await Promise.all([this.#consumer.close(true), this.#fetches.close()])
  }

  async #join(refused?: Error): Promise<void> {
    for (let tries = 0, err = refused; !this.#over.signal.aborted; tries++) {
      if (err && !findErrorBy(err, 'needsRejoin', true)) return this.#end(err)
      if (err) await sleep(backoffDelay(tries, FIRST_RETRY_MS, MAX_RETRY_MS), this.#over.signal)
      try {
        await this.#consumer.joinGroup({})
        return
      } catch (thrown) {
        err = thrown as Error
      }
    }
  }

  #end(err: Error): void {
    if (this.#over.signal.aborted) return
    this.#events.onEnd(err)
    this.leave().catch((cause) => this.#log.debug({ err: cause, ...this.#options.shown }, 'a membership has ended'))
  }

  /** Asked for at every join, while the partitions are still ours. */
  async #claim(metadata: ClusterMetadata): Promise<Buffer> {
    const { memberId, generationId } = this.#consumer
    const heartbeat = async () => {
      await heartbeatV4.api.async(await this.#coordinator(), this.#options.group, generationId, memberId!)
    }
    await this.#events.beforeRejoin(memberId === null ? null : heartbeat)
    const { id, partitionsCount: partitions } = metadata.topics.get(this.#options.topic)!
    this.#topic = { id, partitions }
    const claim: Claim = { ...this.#events.holding(), partitions }
    return Buffer.from(JSON.stringify(claim))
  }

  #onJoin(): void {
    const { memberId, generationId, assignments } = this.#consumer
    const partitions = assignments?.find(({ topic }) => topic === this.#options.topic)?.partitions ?? []
    this.#positions.clear()
    this.#resting.clear()
    this.#paused.clear()
    this.#events.onJoin({ member: memberId!, generation: generationId, partitions })
  }

  async #coordinator(): Promise<Connection> {
    const id = await this.#consumer.findGroupCoordinator()
    const { brokers } = await this.#consumer.metadata({ topics: [] })
    return this.#consumer.connections.get(brokers.get(id)!)
  }

  /** Asks each broker that has no request of ours for what we want of it. */
  #fetch(): void {
    const leaders = this.#consumer.currentMetadata?.topics.get(this.#options.topic)?.partitions ?? []
    const now = performance.now()
    const wanted = [...this.#positions.keys()].filter(
      (partition) => !this.#paused.has(partition) && (this.#resting.get(partition) ?? 0) <= now,
    )
    for (const [node, partitions] of Map.groupBy(wanted, (partition) => leaders[partition]?.leader ?? -1))
      if (!this.#asked.has(node) && !this.#over.signal.aborted) void this.#fetchFrom(node, partitions)
  }

  async #fetchFrom(node: number, partitions: number[]): Promise<void> {
    this.#asked.add(node)
    const { topic, heartbeat_ms } = this.#options
    const asked = new Map(partitions.map((partition) => [partition, this.#positions.get(partition)!]))
    try {
      const metadata = await this.#consumer.metadata({ topics: [topic] })
      if (!this.#isSame(metadata)) return
      const response = await this.#consumer.fetch({
        node,
        minBytes: 1,
        maxBytes: MAX_BYTES,
        maxWaitTime: Math.min(MAX_WAIT_MS, heartbeat_ms),
        connectionPool: this.#fetches,
        topics: [{ topicId: this.#topic.id, partitions: [...asked].map(partitionRequest) }],
      })
      this.#failures = 0
      this.#deliver(asked, response)
    } catch (err) {
      // Of some partitions only: what came of the others is in it.
      const response = (err as { response?: fetchV17.FetchResponse }).response
      if (response?.responses) this.#deliver(asked, response)
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
    if (id === this.#topic.id && partitionsCount === this.#topic.partitions) return true
    this.#positions.clear()
    if (id === this.#topic.id) void this.#join()
    else this.#end(new Error(`the topic ${topic} was deleted and made again`))
    return false
  }

  #deliver(asked: Map<number, number>, { responses }: fetchV17.FetchResponse): void {
    for (const { partitionIndex: partition, errorCode, records } of responses.flatMap((one) => one.partitions)) {
      const first = asked.get(partition)
      // It went elsewhere meanwhile, or on from another offset.
      if (first === undefined || this.#positions.get(partition) !== first) continue
      if (errorCode === OFFSET_OUT_OF_RANGE) void this.#startAtOldest(partition, first)
      else if (errorCode !== 0) this.#restOne(partition, errorCode)
      else if (records?.length) {
        const next = behind(records, first)
        this.#positions.set(partition, next)
        this.#events.onFetched(partition, messagesOf(this.#options.shown.topic, partition, records, first), next)
      }
    }
  }

  async #startAtOldest(partition: number, first: number): Promise<void> {
    const { topic } = this.#options
    this.#restOne(partition, OFFSET_OUT_OF_RANGE)
    try {
      const ends = await this.#client.ask((admin) => admin.fetchTopicOffsets(topic))
      if (this.#positions.get(partition) !== first) return
      this.#events.onGap(partition)
      this.seek(partition, Number(ends.find((one) => one.partition === partition)!.low))
    } catch (err) {
      this.#log.debug({ err, ...this.#options.shown, partition }, 'the oldest message will be looked for later')
    }
  }

  /** The others go on meanwhile. */
  #restOne(partition: number, errorCode: number): void {
    this.#log.debug({ ...this.#options.shown, partition, errorCode }, 'a partition could not be fetched')
    this.#resting.set(partition, performance.now() + MAX_RETRY_MS)
    this.#consumer.clearMetadata()
    setTimeout(() => this.#fetch(), MAX_RETRY_MS + 1).unref()
  }

  async #rest(err: Error): Promise<void> {
    if (this.#over.signal.aborted) return
    const error = kafkaError(err)
    if (FINAL.test(error ?? '')) return this.#end(err)
    if (error === undefined) this.#client.outage.failed(err)
    this.#log.debug({ err, ...this.#options.shown }, 'a broker could not be asked for messages')
    this.#consumer.clearMetadata()
    await sleep(backoffDelay(this.#failures++, FIRST_RETRY_MS, MAX_RETRY_MS), this.#over.signal)
  }
}

const OFFSET_OUT_OF_RANGE = 1
/** Then all of it begins anew, with a look at the topic. */
const FINAL = /AUTHORIZATION_FAILED|^UNKNOWN_TOPIC/

const partitionRequest = ([partition, offset]: [number, number]) => ({
  partition,
  fetchOffset: BigInt(offset),
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
  partitionMaxBytes: MAX_BYTES_PER_PARTITION,
})

/** Not asked for a group of one, which gets everything. */
const assign: GroupPartitionsAssigner = (_leader, members) => {
  const claims = [...members.values()].map(({ memberId: id, topics, metadata }) => {
    return { id, topic: topics![0]!, claim: JSON.parse(String(metadata)) as Claim }
  })
  return Object.entries(dealPartitions(claims)).map(([memberId, dealt]) => ({
    memberId,
    assignments: new Map(Object.entries(dealt).map(([topic, partitions]) => [topic, { topic, partitions }])),
  }))
}
