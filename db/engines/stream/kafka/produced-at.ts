/**
 * Reads when messages were produced, without a group. kafkajs has no call for it; but it hands its cluster, whose brokers can be
 * asked for a message, to the assigners of a consumer, here one that never connects. The connections are closed after the
 * answer, since kafkajs spends time on those that are idle.
 */
import type { Cluster, Kafka } from 'kafkajs'
import { abandon, type KafkaClient } from './client.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { messageTime } from './message-time.ts'

/** Whoever asks for a lag waits little longer for this. */
const DEADLINE_MS = 1_500

export interface Place {
  /** With its prefix. */
  topic: string
  partition: number
  offset: number
}

/** In milliseconds since 1970, in the order of `places`, of the first message from each on; null where it is not known, or the message has none. Never throws. */
export async function producedAt(client: KafkaClient, places: Place[]): Promise<Array<number | null>> {
  const cluster = clusterOf(client.kafka())
  const answer = (async () => {
    await cluster.connect()
    await cluster.addMultipleTargetTopics([...new Set(places.map(({ topic }) => topic))])
    return Promise.all(places.map((place) => timeAt(cluster, place).catch(() => null)))
  })()
  try {
    return await withDeadline(answer, DEADLINE_MS, client.engine)
  } catch {
    // A partition is on its way to another broker, its topic is just gone; the lag in messages is known all the same.
    return places.map(() => null)
  } finally {
    abandon(cluster)
  }
}

async function timeAt(cluster: Cluster, { topic, partition, offset }: Place): Promise<number | null> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))
  if (nodeId === undefined) return null
  const broker = await cluster.findBroker({ nodeId })
  // Of a partition that is asked for alone, Kafka answers one whole batch, whatever the limit.
  const asked = { partition, fetchOffset: String(offset), maxBytes: 1 }
  const { responses } = (await broker.fetch({
    replicaId: -1,
    isolationLevel: READ_UNCOMMITTED,
    maxWaitTime: 100,
    minBytes: 1,
    maxBytes: 1,
    topics: [{ topic, partitions: [asked] }],
  })) as Fetched
  // The batch may begin before.
  const messages = responses[0]?.partitions[0]?.messages ?? []
  const first = messages.find((one) => Number(one.offset) >= offset && !one.isControlRecord)
  // Without a time it has 0 or -1.
  return first && Number(first.timestamp) > 0 ? messageTime(Number(first.timestamp)).getTime() : null
}

const READ_UNCOMMITTED = 0

interface Fetched {
  responses: Array<{
    partitions: Array<{ messages: Array<{ offset: string; timestamp: string; isControlRecord?: boolean }> }>
  }>
}

function clusterOf(kafka: Kafka): Cluster {
  let found: Cluster | undefined
  kafka.consumer({
    groupId: 'none',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster
        return { name: 'none', version: 0, assign: async () => [], protocol: () => NO_PROTOCOL }
      },
    ],
  })
  return found!
}

const NO_PROTOCOL = { name: 'none', metadata: Buffer.alloc(0) }
