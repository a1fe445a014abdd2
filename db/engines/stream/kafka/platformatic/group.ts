/**
 * Takes part in a group through @platformatic/kafka: it joins and sends heartbeats, we fetch and commit. Its own stream of
 * messages is not used: that ends on a commit that Kafka refuses, and its commit joins anew by itself and then moves the
 * offset of a partition that may be another member's. Ours carries the generation in which it was begun.
 *
 * - joining: again and again while Kafka deals the group anew, and for a while when it is away; any other failure ends it.
 * - joined: its partitions are fetched.
 * - over: left, or ended.
 */
import {
  ConnectionPool,
  Consumer,
  findErrorBy,
  heartbeatV4,
  leaveGroupV5,
  offsetCommitV8,
  type ClusterMetadata,
  type Connection,
  type GroupPartitionsAssigner,
} from '@platformatic/kafka'
import type { Log } from '../../../../../lib/log.ts'
import { backoffDelay, sleep } from '../../../../../lib/retry.ts'
import { dealPartitions, PROTOCOL, type Claim } from '../assigner.ts'
import { kafkaError, REQUEST_MS, type KafkaClient } from '../client.ts'
import { METADATA_AGE_MS, type GroupEvents, type GroupMember, type GroupOptions } from '../driver.ts'
import { connectionOptions, withoutCrash } from './connection.ts'
import { Fetcher } from './fetcher.ts'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 1_000
/** How long a join is tried while Kafka is away: a broker that starts again still knows us. */
const KEEP_MS = 25_000

export class PlatformaticMember implements GroupMember {
  readonly #client: KafkaClient
  readonly #log: Log
  readonly #options: GroupOptions
  readonly #events: GroupEvents
  readonly #consumer: Consumer
  /** Of their own: a request that waits for messages would keep heartbeats and commits waiting behind it. */
  readonly #fetches: ConnectionPool
  readonly #fetcher: Fetcher
  readonly #over = new AbortController()
  #joining = false
  /** Batches have had their time to end since the last share. */
  #rested = false
  /** The last share that was told. */
  #told = { member: '', generation: -1 }

  constructor(client: KafkaClient, log: Log, options: GroupOptions, events: GroupEvents) {
    this.#client = client
    this.#log = log
    this.#options = options
    this.#events = events
    const { group, topic, session_ms, rejoin_wait_ms, heartbeat_ms } = options
    const rebalance_ms = Math.max(rejoin_wait_ms + 10_000, session_ms)
    this.#consumer = new Consumer({
      // A join takes as long as the slowest member.
      ...connectionOptions(client, rebalance_ms + REQUEST_MS),
      groupId: group,
      // It tries nothing again by itself: what it would do about a refused commit is wrong, and all else we see.
      retries: 0,
      metadataMaxAge: METADATA_AGE_MS,
      sessionTimeout: session_ms,
      rebalanceTimeout: rebalance_ms,
      heartbeatInterval: heartbeat_ms,
      protocols: [PROTOCOL],
      protocolsMetadata: (_protocols, _topics, metadata) => this.#claim(metadata),
      partitionAssigner: assign,
    })
    this.#fetches = withoutCrash(new ConnectionPool('doca', connectionOptions(client, REQUEST_MS)))
    this.#fetcher = new Fetcher(client, log, options, {
      consumer: this.#consumer,
      connections: this.#fetches,
      over: this.#over.signal,
      onFetched: events.onFetched,
      onGap: events.onGap,
      onWiderTopic: () => void this.#join(),
      onEnd: (err) => this.#end(err),
    })
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
    const { group, topic: name } = this.#options
    const { generationId, memberId } = this.#consumer
    const partitions = offsets.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
    }))
    const coordinator = await this.#coordinator()
    try {
      await offsetCommitV8.api.async(coordinator, group, generationId, memberId ?? '', null, [{ name, partitions }])
    } catch (err) {
      // A group that has no offset yet commits before it fetches, and would not hear of it otherwise.
      if (kafkaError(err)?.endsWith('AUTHORIZATION_FAILED')) this.#end(err as Error)
      throw err
    }
  }

  found(committed: Map<number, number>): void {
    this.#fetcher.found(committed)
  }

  seek(partition: number, offset: number): void {
    this.#fetcher.seek(partition, offset)
  }

  setPaused(partitions: number[], paused: boolean): void {
    this.#fetcher.setPaused(partitions, paused)
  }

  /** On the fetches' connection: on the other, leaving would wait for a join under way. */
  async leave(): Promise<void> {
    this.#over.abort()
    const { memberId } = this.#consumer
    try {
      if (memberId)
        await leaveGroupV5.api.async(await this.#coordinator(this.#fetches), this.#options.group, [{ memberId }])
    } finally {
      // So that it does not leave by itself; but it ends its heartbeats. A connection that is being made may never close.
      this.#consumer.memberId = null
      await this.#consumer.leaveGroup(true)
      void Promise.allSettled([this.#consumer.close(true), this.#fetches.close()])
    }
  }

  async #join(refused?: Error): Promise<void> {
    if (this.#joining) return
    this.#joining = true
    const begun_at = performance.now()
    for (let tries = 0, err = refused; !this.#over.signal.aborted; tries++) {
      if (err && isAway(err) && performance.now() - begun_at < KEEP_MS) this.#client.outage.failed(err)
      else if (err && !findErrorBy(err, 'needsRejoin', true)) return this.#end(err)
      if (err) await sleep(backoffDelay(tries, FIRST_RETRY_MS, MAX_RETRY_MS), this.#over.signal)
      try {
        await this.#consumer.joinGroup({})
        break
      } catch (thrown) {
        err = thrown as Error
      }
    }
    this.#joining = false
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
    if (memberId === null) await this.#events.beforeRejoin(null)
    else if (!this.#rested) await this.#events.beforeRejoin(heartbeat)
    this.#rested = true
    const { id, partitionsCount: partitions } = metadata.topics.get(this.#options.topic)!
    this.#fetcher.topic = { id, partitions }
    const claim: Claim = { ...this.#events.holding(), partitions }
    return Buffer.from(JSON.stringify(claim))
  }

  /** Two reasons to join at once are one join, which is told twice. */
  #onJoin(): void {
    const { memberId, generationId: generation, assignments } = this.#consumer
    const member = memberId!
    if (member === this.#told.member && generation === this.#told.generation) return
    this.#told = { member, generation }
    this.#rested = false
    const partitions = assignments?.find(({ topic }) => topic === this.#options.topic)?.partitions ?? []
    this.#fetcher.clear()
    this.#events.onJoin({ member, generation, partitions })
  }

  async #coordinator(connections = this.#consumer.connections): Promise<Connection> {
    const id = await this.#consumer.findGroupCoordinator()
    const { brokers } = await this.#consumer.metadata({ topics: [] })
    return connections.get(brokers.get(id)!)
  }
}

const isAway = (err: Error) =>
  Boolean(findErrorBy(err, 'code', 'PLT_KFK_NETWORK') ?? findErrorBy(err, 'code', 'PLT_KFK_TIMEOUT'))

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
