/** Takes part in a group through kafkajs, which fetches by itself and hands out what it has fetched. */
import type { Log } from '../../../../../lib/log.ts'
import type { KafkaClient } from '../client.ts'
import {
  MAX_BYTES_PER_PARTITION,
  MAX_WAIT_MS,
  METADATA_AGE_MS,
  type GroupEvents,
  type GroupMember,
  type GroupOptions,
} from '../driver.ts'
import { createAssigner } from './assigner.ts'
import { storedMessage } from './stored-message.ts'

/** How many of a session's retries keep the membership over an outage: about 25 s. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 25 }
const MANY_PARTITIONS = 1_000

export function joinGroup(client: KafkaClient, log: Log, options: GroupOptions, events: GroupEvents): GroupMember {
  const { group, topic, shown, session_ms, rejoin_wait_ms, heartbeat_ms } = options
  let left = false
  /** kafkajs hands it out with each batch. */
  let commitBatch: ((offsets: TopicOffsets) => Promise<void>) | undefined
  const consumer = client.kafka(onLine).consumer({
    groupId: group,
    partitionAssigners: [createAssigner(events.holding)],
    sessionTimeout: session_ms,
    rebalanceTimeout: rejoin_wait_ms + 10_000,
    heartbeatInterval: heartbeat_ms,
    metadataMaxAge: METADATA_AGE_MS,
    maxWaitTimeInMs: Math.min(MAX_WAIT_MS, heartbeat_ms),
    minBytes: 1,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, restartOnFailure: async () => false },
  })
  const { CRASH, GROUP_JOIN, HEARTBEAT } = consumer.events
  consumer.on(CRASH, ({ payload }) => events.onEnd(payload.error))
  consumer.on(GROUP_JOIN, ({ payload: { memberId, generationId, memberAssignment } }) =>
    events.onJoin({ member: memberId, generation: generationId, partitions: memberAssignment[topic] ?? [] }),
  )
  consumer.on(HEARTBEAT, events.onHeartbeat)

  async function run(): Promise<void> {
    await consumer.connect()
    // An offset that Kafka no longer has: from the oldest message that it has, never from the newest. Where a group
    // begins that has no offset is up to us.
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    if (left) return
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: MANY_PARTITIONS,
      beforeRejoin: events.beforeRejoin,
      eachBatch: async ({ batch, commitOffsetsIfNecessary }) => {
        commitBatch = commitOffsetsIfNecessary
        const { partition } = batch
        const stored = batch.messages.map((message) => storedMessage(shown.topic, partition, message))
        events.onFetched(partition, stored, Number(batch.lastOffset()) + 1)
      },
    })
  }

  function onLine(message: string, facts: Record<string, unknown>): void {
    if (message.startsWith('Offset out of range') && facts.topic === topic) events.onGap(Number(facts.partition))
  }

  run().catch(events.onEnd)
  return {
    async commit(offsets) {
      const partitions = offsets.map(({ partition, offset }) => ({ partition, offset: String(offset) }))
      // Before the first batch there is only the call that does not say when it did not commit.
      if (commitBatch) await commitBatch({ topics: [{ topic, partitions }] })
      else await consumer.commitOffsets(partitions.map((one) => ({ topic, ...one })))
    },
    found() {},
    seek: (partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    setPaused(partitions, paused) {
      try {
        if (paused) consumer.pause([{ topic, partitions }])
        else consumer.resume([{ topic, partitions }])
      } catch (err) {
        // kafkajs has just given the membership up; then nothing is fetched anyhow.
        log.debug({ err, ...shown }, 'fetching has ended')
      }
    },
    async leave() {
      left = true
      await consumer.disconnect()
    },
  }
}

interface TopicOffsets {
  topics: Array<{ topic: string; partitions: Array<{ partition: number; offset: string }> }>
}
