/**
 * One membership of a consumer group, from joining to leaving or losing it.
 *
 * Kafka's classic protocol takes all partitions from all members whenever one comes or goes, and deals them anew. So
 * before we join again, running batches end and move their offset while it is still ours to move; one that takes too
 * long runs on, and may move its offset only if the partition comes back to us in the very next generation.
 *
 * - joining: no partition is ours.
 * - sharing: Kafka has given us partitions; each is read once it is known where the group begins there.
 * - rejoining: running batches end, then nothing is committed until the next share.
 * - ended: given up by us, by Kafka, or on an error that kafkajs holds for final.
 */
import type { Consumer } from 'kafkajs'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { backoffDelay, sleep } from '../../../../lib/retry.ts'
import { createAssigner, type Holding } from './assigner.ts'
import { kafkaError, type KafkaClient } from './client.ts'
import type { GroupStart } from './group-start.ts'
import type { PartitionControl, PartitionReader } from './partition-reader.ts'
import { storedMessage } from './stored-message.ts'

export interface MembershipOptions {
  /** With their prefix, as Kafka knows them. */
  group: string
  topic: string
  shown: { group: string; topic: string }
  session_ms: number
  /** How long joining again waits for running batches. */
  rejoin_wait_ms: number
  start: GroupStart
  leaving: AbortSignal
  /** Called whenever we have a share and know where it begins. */
  onShare(): void
  open(partition: number, control: PartitionControl): PartitionReader
}

/** Wakes at once when there is something; this is how long a request waits when there is nothing. */
const MAX_WAIT_MS = 500
const MAX_HEARTBEAT_MS = 500
/** New partitions are seen within this time. */
const METADATA_AGE_MS = 10_000
/** How many of a session's retries keep the membership over an outage: about 25 s. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 25 }
const MANY_PARTITIONS = 1_000
const FIRST_START_RETRY_MS = 100
const MAX_START_RETRY_MS = 1_000

export class Membership {
  /** Rejects with what ended it; resolves after leave(). */
  readonly ended: Promise<void>

  readonly #client: KafkaClient
  readonly #log: Log
  readonly #options: MembershipOptions
  readonly #consumer: Consumer
  readonly #heartbeat_ms: number
  readonly #end = Promise.withResolvers<void>()
  readonly #readers = new Map<number, PartitionReader>()
  /** Behind the last message that was fetched of each partition, or the group's offset. */
  readonly #positions = new Map<number, number>()
  readonly #rested = createNotify()
  /** Our name in this generation. */
  #member = { id: '', generation: -1 }
  /** Resolves with the group's offsets as they were when we got our share. */
  #share = Promise.resolve(new Map<number, number>())
  /** kafkajs hands it out with each batch. */
  #commitNow: ((offsets: TopicOffsets) => Promise<void>) | undefined

  constructor(client: KafkaClient, log: Log, options: MembershipOptions) {
    const { group, session_ms, rejoin_wait_ms } = options
    this.#client = client
    this.#log = log
    this.#options = options
    this.ended = this.#end.promise
    // Nobody awaits it after leave().
    this.ended.catch(() => {})
    this.#heartbeat_ms = Math.min(MAX_HEARTBEAT_MS, Math.floor(session_ms / 4))
    this.#consumer = client
      .kafka((message, facts) => this.#onLine(message, facts))
      .consumer({
        groupId: group,
        partitionAssigners: [createAssigner(() => this.#holding())],
        sessionTimeout: session_ms,
        rebalanceTimeout: rejoin_wait_ms + 10_000,
        heartbeatInterval: this.#heartbeat_ms,
        metadataMaxAge: METADATA_AGE_MS,
        maxWaitTimeInMs: Math.min(MAX_WAIT_MS, this.#heartbeat_ms),
        minBytes: 1,
        maxBytesPerPartition: 1024 * 1024,
        allowAutoTopicCreation: false,
        retry: { ...RETRY, restartOnFailure: async () => false },
      })
    const { CRASH, GROUP_JOIN, HEARTBEAT } = this.#consumer.events
    this.#consumer.on(CRASH, ({ payload }) => this.#end.reject(payload.error))
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#onJoin(payload))
    this.#consumer.on(HEARTBEAT, () => client.outage.answered())
    this.#run().catch(this.#end.reject)
  }

  /** Hands the partitions back at once. */
  async leave(): Promise<void> {
    await this.#consumer.disconnect()
    this.#end.resolve()
  }

  async #run(): Promise<void> {
    const { topic, shown, leaving } = this.#options
    await this.#consumer.connect()
    // An offset that Kafka no longer has: from the oldest message that it has, never from the newest. Where a group
    // begins that has no offset is up to us.
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: true })
    if (leaving.aborted) return
    await this.#consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: MANY_PARTITIONS,
      beforeRejoin: (heartbeat) => this.#beforeRejoin(heartbeat),
      eachBatch: async ({ batch, commitOffsetsIfNecessary }) => {
        this.#commitNow = commitOffsetsIfNecessary
        const { partition } = batch
        this.#positions.set(partition, Number(batch.lastOffset()) + 1)
        const messages = batch.messages.map((message) => storedMessage(shown.topic, partition, message))
        this.#readers.get(partition)?.add(messages)
      },
    })
  }

  /** `heartbeat` is null when Kafka has put us out: then nothing is ours any more. */
  async #beforeRejoin(heartbeat: (() => Promise<void>) | null): Promise<void> {
    for (const reader of this.#readers.values())
      if (heartbeat) reader.hold()
      else reader.lose()
    const until = performance.now() + this.#options.rejoin_wait_ms
    while (heartbeat && this.#someWork() && performance.now() < until) {
      await this.#rested.notified(Math.min(this.#heartbeat_ms, until - performance.now()))
      // It answers that the group is rebalancing, which we know; but it has heard that we live.
      await heartbeat().catch((err) => this.#log.debug({ err }, 'a heartbeat while batches end'))
    }
    for (const reader of this.#readers.values()) reader.freeze()
  }

  #someWork(): boolean {
    return [...this.#readers.values()].some((reader) => reader.working)
  }

  #holding(): Holding {
    const busy = [...this.#readers].filter(([, reader]) => reader.working).map(([partition]) => partition)
    return { generation: this.#member.generation, owned: [...this.#readers.keys()], busy }
  }

  #onJoin({ memberId, generationId, memberAssignment }: Joined): void {
    const { topic, shown, leaving, open } = this.#options
    this.#client.outage.answered()
    const unbroken = memberId === this.#member.id && generationId === this.#member.generation + 1
    this.#member = { id: memberId, generation: generationId }
    const mine = memberAssignment[topic] ?? []
    this.#positions.clear()
    for (const [partition, reader] of this.#readers) {
      if (unbroken && reader.working && mine.includes(partition)) {
        this.#positions.set(partition, reader.next)
        this.#consumer.seek({ topic, partition, offset: String(reader.next) })
        reader.goOn()
        continue
      }
      if (reader.working) this.#log.info({ ...shown, partition }, 'a partition went to another member')
      reader.lose()
      this.#readers.delete(partition)
    }
    this.#consumer.resume([{ topic, partitions: mine }])
    if (leaving.aborted) return
    const control: PartitionControl = {
      commit: (partition, offset) => this.#commit(partition, offset),
      setPaused: (partition, paused) => this.#setPaused(partition, paused),
      onRest: () => this.#rested.notifyOne(),
    }
    for (const partition of mine)
      if (!this.#readers.has(partition)) this.#readers.set(partition, open(partition, control))
    this.#share = this.#begin(generationId, mine)
  }

  /** Nothing is handled before it is written down where the group begins there; kafkajs fetches from the oldest on. */
  async #begin(generation: number, mine: number[]): Promise<Map<number, number>> {
    const { topic, shown, start, leaving, onShare } = this.#options
    const over = () => generation !== this.#member.generation || leaving.aborted
    const unsure = mine.filter((partition) => !start.known(partition))
    for (const partition of unsure) this.#readers.get(partition)!.hold()
    const begins = new Map<number, number>()
    for (let tries = 0; !over(); tries++)
      try {
        const { committed, missing } = await start.offsets(mine)
        if (over()) break
        for (const [partition, offset] of committed)
          if (!this.#positions.has(partition)) this.#positions.set(partition, offset)
        if (missing.length === 0) {
          for (const partition of unsure) this.#readers.get(partition)!.startAt(begins.get(partition) ?? 0)
          onShare()
          return new Map(committed)
        }
        await this.#consumer.commitOffsets(missing.map(({ partition, offset }) => ({ topic, partition, offset })))
        for (const { partition, offset, at_end } of missing) {
          begins.set(partition, Number(offset))
          if (at_end) this.#consumer.seek({ topic, partition, offset })
        }
        // Then it is asked once more: kafkajs does not say when it did not commit.
      } catch (err) {
        this.#log.debug({ err, ...shown }, 'where the group begins will be decided later')
        await sleep(backoffDelay(tries, FIRST_START_RETRY_MS, MAX_START_RETRY_MS), leaving)
      }
    return new Map()
  }

  async #commit(partition: number, offset: number): Promise<void> {
    const { topic } = this.#options
    try {
      await this.#commitNow!({ topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }] })
    } catch (err) {
      if (!REBALANCE.test(kafkaError(err) ?? '')) this.#client.outage.failed(err)
      throw err
    }
  }

  #setPaused(partition: number, paused: boolean): void {
    const { topic, shown } = this.#options
    const what = [{ topic, partitions: [partition] }]
    try {
      if (paused) this.#consumer.pause(what)
      else this.#consumer.resume(what)
    } catch (err) {
      // kafkajs has just given the membership up; then nothing is fetched anyhow.
      this.#log.debug({ err, ...shown }, 'fetching has ended')
    }
  }

  #onLine(message: string, facts: Record<string, unknown>): void {
    if (message.startsWith('Offset out of range') && facts.topic === this.#options.topic)
      void this.#reportGap(Number(facts.partition))
  }

  async #reportGap(partition: number): Promise<void> {
    const { topic, shown } = this.#options
    // kafkajs fetches before we have asked for the group's offset.
    const expected = this.#positions.get(partition) ?? (await this.#share).get(partition)
    try {
      const ends = await this.#client.ask((admin) => admin.fetchTopicOffsets(topic))
      const oldest = Number(ends.find((one) => one.partition === partition)?.low)
      this.#log.error(
        { ...shown, partition, expected, oldest },
        'the messages that the group wanted next are no longer kept; it goes on with the oldest that are',
      )
    } catch (err) {
      const facts = { err, ...shown, partition, expected }
      this.#log.error(facts, 'the messages that the group wanted next are no longer kept')
    }
  }
}

/** While the group is being dealt anew; what is to be done about it comes with the next share. */
const REBALANCE = /REBALANCE_IN_PROGRESS|ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID|NOT_COORDINATOR|COORDINATOR_NOT_AVAILABLE/

interface TopicOffsets {
  topics: Array<{ topic: string; partitions: Array<{ partition: number; offset: string }> }>
}

interface Joined {
  memberId: string
  generationId: number
  memberAssignment: Record<string, number[]>
}
