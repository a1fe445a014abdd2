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
 * - ended: given up by us, by Kafka, or on an error that the client library holds for final.
 */
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { backoffDelay, sleep } from '../../../../lib/retry.ts'
import type { StoredMessage } from '../stream.ts'
import type { Holding } from './assigner.ts'
import { kafkaError, type KafkaClient } from './client.ts'
import type { GroupMember, GroupOptions, KafkaDriver, Share } from './driver.ts'
import type { GroupStart } from './group-start.ts'
import type { PartitionControl, PartitionReader } from './partition-reader.ts'

export interface MembershipOptions extends Omit<GroupOptions, 'heartbeat_ms'> {
  start: GroupStart
  leaving: AbortSignal
  /** Called whenever we have a share and know where it begins. */
  onShare(): void
  open(partition: number, control: PartitionControl): PartitionReader
}

const MAX_HEARTBEAT_MS = 500
const FIRST_START_RETRY_MS = 100
const MAX_START_RETRY_MS = 1_000

export class Membership {
  /** Rejects with what ended it; resolves after leave(). */
  readonly ended: Promise<void>

  readonly #client: KafkaClient
  readonly #log: Log
  readonly #options: MembershipOptions
  readonly #group: GroupMember
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

  constructor(client: KafkaClient, driver: KafkaDriver, log: Log, options: MembershipOptions) {
    this.#client = client
    this.#log = log
    this.#options = options
    this.ended = this.#end.promise
    // Nobody awaits it after leave().
    this.ended.catch(() => {})
    this.#heartbeat_ms = Math.min(MAX_HEARTBEAT_MS, Math.floor(options.session_ms / 4))
    const group_options = { ...options, heartbeat_ms: this.#heartbeat_ms }
    this.#group = driver.joinGroup(group_options, {
      holding: () => this.#holding(),
      beforeRejoin: (heartbeat) => this.#beforeRejoin(heartbeat),
      onJoin: (share) => this.#onJoin(share),
      onFetched: (partition, messages, next) => this.#onFetched(partition, messages, next),
      onGap: (partition, oldest) => void this.#reportGap(partition, oldest),
      onHeartbeat: () => client.outage.answered(),
      onEnd: this.#end.reject,
    })
  }

  /** Hands the partitions back at once. */
  async leave(): Promise<void> {
    try {
      await this.#group.leave()
    } finally {
      this.#end.resolve()
    }
  }

  #onFetched(partition: number, messages: StoredMessage[], next: number): void {
    this.#readers.get(partition)?.add(messages)
    this.#positions.set(partition, next)
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

  #onJoin({ member, generation, partitions: mine }: Share): void {
    const { shown, leaving, open } = this.#options
    this.#client.outage.answered()
    const unbroken = member === this.#member.id && generation === this.#member.generation + 1
    this.#member = { id: member, generation }
    this.#positions.clear()
    for (const [partition, reader] of this.#readers) {
      if (unbroken && reader.working && mine.includes(partition)) {
        this.#positions.set(partition, reader.next)
        this.#group.seek(partition, reader.next)
        reader.goOn()
        continue
      }
      if (reader.working) this.#log.info({ ...shown, partition }, 'a partition went to another member')
      reader.lose()
      this.#readers.delete(partition)
    }
    this.#group.setPaused(mine, false)
    if (leaving.aborted) return
    const control: PartitionControl = {
      commit: (partition, offset) => this.#commit(partition, offset),
      setPaused: (partition, paused) => this.#group.setPaused([partition], paused),
      onRest: () => this.#rested.notifyOne(),
    }
    for (const partition of mine)
      if (!this.#readers.has(partition)) this.#readers.set(partition, open(partition, control))
    this.#share = this.#begin(generation, mine)
  }

  /** Nothing is handled before it is written down where the group begins there; kafkajs fetches from the oldest on meanwhile. */
  async #begin(generation: number, mine: number[]): Promise<Map<number, number>> {
    const { shown, start, leaving, onShare } = this.#options
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
        this.#group.found(committed)
        if (missing.length === 0) {
          for (const partition of unsure) this.#readers.get(partition)!.startAt(begins.get(partition) ?? 0)
          onShare()
          return new Map(committed)
        }
        await this.#group.commit(missing.map(({ partition, offset }) => ({ partition, offset: Number(offset) })))
        for (const { partition, offset, at_end } of missing) {
          begins.set(partition, Number(offset))
          if (at_end) this.#group.seek(partition, Number(offset))
        }
        // Then it is asked once more: kafkajs does not say when it did not commit.
      } catch (err) {
        this.#log.debug({ err, ...shown }, 'where the group begins will be decided later')
        await sleep(backoffDelay(tries, FIRST_START_RETRY_MS, MAX_START_RETRY_MS), leaving)
      }
    return new Map()
  }

  async #commit(partition: number, offset: number): Promise<void> {
    try {
      await this.#group.commit([{ partition, offset }])
    } catch (err) {
      if (!REBALANCE.test(kafkaError(err) ?? '')) this.#client.outage.failed(err)
      throw err
    }
  }

  async #reportGap(partition: number, known?: number): Promise<void> {
    const { topic, shown } = this.#options
    // kafkajs fetches before we have asked for the group's offset.
    const expected = this.#positions.get(partition) ?? (await this.#share).get(partition)
    try {
      const oldest = known ?? (await this.#oldest(topic, partition))
      this.#log.error(
        { ...shown, partition, expected, oldest },
        'the messages that the group wanted next are no longer kept; it goes on with the oldest that are',
      )
    } catch (err) {
      const facts = { err, ...shown, partition, expected }
      this.#log.error(facts, 'the messages that the group wanted next are no longer kept')
    }
  }

  async #oldest(topic: string, partition: number): Promise<number> {
    const ends = await this.#client.ask((admin) => admin.fetchTopicOffsets(topic))
    return Number(ends.find((one) => one.partition === partition)?.low)
  }
}

/** While the group is being dealt anew; what is to be done about it comes with the next share. */
const REBALANCE = /REBALANCE_IN_PROGRESS|ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID|NOT_COORDINATOR|COORDINATOR_NOT_AVAILABLE/
