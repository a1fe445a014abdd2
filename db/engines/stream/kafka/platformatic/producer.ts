/** Writes through @platformatic/kafka. */
import { Producer } from '@platformatic/kafka'
import { CONNECT_MS, REQUEST_MS, type KafkaClient } from '../client.ts'
import { METADATA_AGE_MS, type KafkaProducer, type PartitionedMessage } from '../driver.ts'
import { connectionOptions, named, withoutCrash } from './connection.ts'

/**
 * Once more at most, and then only with the numbers of the first try: its default is to try for ever behind our back, while
 * the next batch is sent. It takes 0 and 1 for that default, too. A batch that failed makes it take a new identity by itself.
 */
const RETRY = { retries: 2, retryDelay: 100 }

export async function openProducer(client: Pick<KafkaClient, 'settings'>): Promise<KafkaProducer> {
  const producer = new Producer({
    ...connectionOptions(client, REQUEST_MS + CONNECT_MS),
    ...RETRY,
    timeout: REQUEST_MS,
    idempotent: true,
    metadataMaxAge: METADATA_AGE_MS,
    autocreateTopics: false,
  })
  withoutCrash(producer.connections)
  return {
    async send(topic, messages) {
      try {
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
  return { topic, partition, value, ...(key && { key }), ...(entries.length > 0 && { headers: new Map(entries) }) }
}
