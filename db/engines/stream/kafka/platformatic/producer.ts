/** Writes through @platformatic/kafka. */
import { Producer } from '@platformatic/kafka'
import { DEADLINE_MS, type KafkaClient } from '../client.ts'
import { checkPartition, METADATA_AGE_MS, type KafkaProducer, type PartitionedMessage } from '../driver.ts'
import { connectionOptions, named, withoutCrash } from './connection.ts'

/**
 * Three tries fit into the deadline of a produce; they carry the same sequence numbers. Its default is to try for ever behind
 * our back, while the next batch is sent, and it takes 0 and 1 for that default. After a batch that failed it takes a new
 * identity by itself.
 */
const RETRY = { retries: 2, retryDelay: 100 }
const TRY_MS = DEADLINE_MS / 3 - 200

export async function openProducer(client: Pick<KafkaClient, 'settings'>): Promise<KafkaProducer> {
  const producer = new Producer({
    ...connectionOptions(client, TRY_MS),
    ...RETRY,
    timeout: TRY_MS,
    idempotent: true,
    metadataMaxAge: METADATA_AGE_MS,
    autocreateTopics: false,
  })
  withoutCrash(producer.connections)
  return {
    async send(topic, messages) {
      try {
        const { topics } = await producer.metadata({ topics: [topic] })
        for (const { partition } of messages) checkPartition(partition, topics.get(topic)?.partitionsCount ?? 0)
        await producer.send({ messages: messages.map((message) => inItsWords(topic, message)) })
      } catch (err) {
        throw named(err)
      }
    },
    disconnect: () => producer.close(true),
  }
}

function inItsWords(topic: string, { partition, key, value, headers }: PartitionedMessage) {
  const entries = Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)] as const)
  return {
    topic,
    partition,
    ...(value && { value }),
    ...(key && { key }),
    ...(entries.length > 0 && { headers: new Map(entries) }),
  }
}
