/**
 * One membership of a consumer group, from joining to leaving or losing it.
 *
 * Kafka's classic protocol takes all partitions from all members whenever one comes or goes, and deals them anew. So
 * before we join again, running batches end and move their offset while it is still ours to move; one that takes too
 * long runs on, and may move its offset only if the partition comes back to us in the very next generation.
 */
import type { KafkaMessage } from 'kafkajs'
import type { Log } from '../../../../lib/log.ts'
import { createNotify } from '../../../../lib/notify.ts'
import { backoffDelay, sleep } from '../../../../lib/retry.ts'
import type { StoredMessage } from '../stream.ts'
import { createAssigner } from './assigner.ts'
import { kafkaError, type KafkaClient } from './client.ts'
import type { GroupStart } from './group-start.ts'
import type { PartitionReader } from './partition-reader.ts'

export interface MembershipOptions {
  /** With their prefix, as Kafka knows them. */
  group: string
  topic: string
  shown: { group: string; topic: string }
  session_ms: number
  /** How long joining again waits for running batches. */
  patience_ms: number
  start: GroupStart
  leaving: AbortSignal
  /** Called whenever we have a share and know where it begins. */
  onShare(): void
  open(partition: number, link: ReaderLink): PartitionReader
}

export interface ReaderLink {
  /** Moves the group's offset; throws when Kafka refuses. */
  commit(partition: number, offset: number): Promise<void>
  /** Stops, or goes on with, fetching. */
  setPaused(partition: number, paused: boolean): void
  /** A batch has ended, with its commit. */
  onRest(): void
}

export interface Membership {
  /** Rejects with what ended it; resolves after leave(). */
  ended: Promise<void>
  /** Hands the partitions back at once. */
  leave(): Promise<void>
}

/** Wakes at once when there is something; this is how long a request waits when there is nothing. */
const MAX_WAIT_MS = 500
const MAX_HEARTBEAT_MS = 500
/** New partitions are seen within this time. */
const METADATA_AGE_MS = 10_000
/** How many of a session's retries keep the membership over an outage: about 25 s. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 25 }
const MANY_PARTITIONS = 1_000

export function createMembership(client: KafkaClient, log: Log, options: MembershipOptions): Membership {
  const { group, topic, shown, session_ms, patience_ms, start, leaving, onShare, open } = options
  const heartbeat_ms = Math.min(MAX_HEARTBEAT_MS, Math.floor(session_ms / 4))
  const readers = new Map<number, PartitionReader>()
  /** Behind the last message that was fetched of each partition, or the group's offset. */
  const positions = new Map<number, number>()
  /** Resolves with the group's offsets as they were when we got our share. */
  let share = Promise.resolve(new Map<number, number>())
  const notify = createNotify()
  const end = Promise.withResolvers<void>()
  let member = { id: '', generation: -1 }
  let commitNow: ((offsets: TopicOffsets) => Promise<void>) | undefined

  const consumer = client.kafka(onLine).consumer({
    groupId: group,
    partitionAssigners: [createAssigner(holding)],
    sessionTimeout: session_ms,
    rebalanceTimeout: patience_ms + 10_000,
    heartbeatInterval: heartbeat_ms,
    metadataMaxAge: METADATA_AGE_MS,
    maxWaitTimeInMs: Math.min(MAX_WAIT_MS, heartbeat_ms),
    minBytes: 1,
    maxBytesPerPartition: 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, restartOnFailure: async () => false },
  })
  consumer.on(consumer.events.CRASH, ({ payload }) => end.reject(payload.error))
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => joined(payload))
  consumer.on(consumer.events.HEARTBEAT, () => client.outage.answered())
  run().catch(end.reject)
  // Whoever has left does not hear of it any more.
  end.promise.catch(() => {})
  return {
    ended: end.promise,
    async leave() {
      await consumer.disconnect()
      end.resolve()
    },
  }

  async function run(): Promise<void> {
    await consumer.connect()
    // An offset that Kafka no longer has: from the oldest message that it has, never from the newest. Where a group
    // begins that has no offset is up to us.
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    if (leaving.aborted) return
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: MANY_PARTITIONS,
      beforeRejoin,
      async eachBatch({ batch, commitOffsetsIfNecessary }) {
        commitNow = commitOffsetsIfNecessary
        const { partition } = batch
        positions.set(partition, Number(batch.lastOffset()) + 1)
        readers.get(partition)?.add(batch.messages.map((message) => stored(shown.topic, partition, message)))
      },
    })
  }

  /** `heartbeat` is null when Kafka has put us out: then nothing is ours any more. */
  async function beforeRejoin(heartbeat: (() => Promise<void>) | null): Promise<void> {
    for (const reader of readers.values())
      if (heartbeat) reader.hold()
      else reader.lose()
    const until = performance.now() + patience_ms
    while (heartbeat && someWork() && performance.now() < until) {
      await notify.notified(Math.min(heartbeat_ms, until - performance.now()))
      // It answers that the group is rebalancing, which we know; but it has heard that we live.
      await heartbeat().catch((err) => log.debug({ err }, 'a heartbeat while batches end'))
    }
    for (const reader of readers.values()) reader.freeze()
  }

  function someWork(): boolean {
    return [...readers.values()].some((reader) => reader.working)
  }

  function holding() {
    const busy = [...readers].filter(([, reader]) => reader.working).map(([partition]) => partition)
    return { generation: member.generation, owned: [...readers.keys()], busy }
  }

  function joined({ memberId, generationId, memberAssignment }: Joined): void {
    client.outage.answered()
    const unbroken = memberId === member.id && generationId === member.generation + 1
    member = { id: memberId, generation: generationId }
    const mine = memberAssignment[topic] ?? []
    positions.clear()
    for (const [partition, reader] of readers) {
      if (unbroken && reader.working && mine.includes(partition)) {
        positions.set(partition, reader.next)
        consumer.seek({ topic, partition, offset: String(reader.next) })
        reader.goOn()
        continue
      }
      if (reader.working) log.info({ ...shown, partition }, 'a partition went to another member')
      reader.lose()
      readers.delete(partition)
    }
    consumer.resume([{ topic, partitions: mine }])
    if (leaving.aborted) return
    for (const partition of mine)
      if (!readers.has(partition))
        readers.set(partition, open(partition, { commit, setPaused, onRest: notify.notifyOne }))
    share = begin(generationId, mine)
  }

  /** Nothing is handled before it is written down where the group begins there; kafkajs fetches from the oldest on. */
  async function begin(generation: number, mine: number[]): Promise<Map<number, number>> {
    const unsure = mine.filter((partition) => !start.known(partition))
    for (const partition of unsure) readers.get(partition)!.hold()
    const begins = new Map<number, number>()
    for (let tries = 0; generation === member.generation && !leaving.aborted; tries++)
      try {
        const { committed, missing } = await start.look(mine)
        if (generation !== member.generation || leaving.aborted) break
        for (const [partition, offset] of committed) if (!positions.has(partition)) positions.set(partition, offset)
        if (missing.length === 0) {
          for (const partition of unsure) readers.get(partition)!.startAt(begins.get(partition) ?? 0)
          onShare()
          return new Map(committed)
        }
        await consumer.commitOffsets(missing.map(({ partition, offset }) => ({ topic, partition, offset })))
        for (const { partition, offset, at_end } of missing) {
          begins.set(partition, Number(offset))
          if (at_end) consumer.seek({ topic, partition, offset })
        }
        // Then it is looked at once more: kafkajs says nothing when it did not commit.
      } catch (err) {
        log.debug({ err, ...shown }, 'where the group begins will be decided later')
        await sleep(backoffDelay(tries, 100, 1_000), leaving)
      }
    return new Map()
  }

  async function commit(partition: number, offset: number): Promise<void> {
    try {
      await commitNow!({ topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }] })
    } catch (err) {
      if (!REBALANCE.test(kafkaError(err) ?? '')) client.outage.failed(err)
      throw err
    }
  }

  function setPaused(partition: number, paused: boolean): void {
    const what = [{ topic, partitions: [partition] }]
    try {
      if (paused) consumer.pause(what)
      else consumer.resume(what)
    } catch (err) {
      // kafkajs has just given the membership up; then nothing is fetched anyhow.
      log.debug({ err, ...shown }, 'fetching has ended')
    }
  }

  function onLine(message: string, facts: Record<string, unknown>): void {
    if (message.startsWith('Offset out of range') && facts.topic === topic) void tellGap(Number(facts.partition))
  }

  async function tellGap(partition: number): Promise<void> {
    // kafkajs fetches before we have asked for the group's offset.
    const expected = positions.get(partition) ?? (await share).get(partition)
    try {
      const ends = await client.ask((admin) => admin.fetchTopicOffsets(topic))
      const oldest = Number(ends.find((one) => one.partition === partition)?.low)
      log.error(
        { ...shown, partition, expected, oldest },
        'the messages that the group wanted next are no longer kept; it goes on with the oldest that are',
      )
    } catch (err) {
      log.error({ err, ...shown, partition, expected }, 'the messages that the group wanted next are no longer kept')
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

function stored(topic: string, partition: number, { key, value, headers, offset, timestamp }: KafkaMessage) {
  return {
    topic,
    partition,
    offset: Number(offset),
    key: key && utf8.decode(key),
    value: value ?? new Uint8Array(),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, bytes]) => [name, headerText(bytes)])),
    produced_at: new Date(Number(timestamp)),
  } satisfies StoredMessage
}

/** Others may write a header twice: the last counts. */
function headerText(bytes: Buffer | string | Array<Buffer | string> | undefined): string {
  const last = Array.isArray(bytes) ? bytes.at(-1) : bytes
  return typeof last === 'string' ? last : utf8.decode(last ?? new Uint8Array())
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
