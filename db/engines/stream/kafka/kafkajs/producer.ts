/** Writes through kafkajs. */
import type { PartitionerArgs } from 'kafkajs'
import { abandon, REQUEST_MS, type KafkaClient } from '../client.ts'
import { checkPartition, type KafkaProducer } from '../driver.ts'

export async function openProducer({ kafka }: KafkaClient): Promise<KafkaProducer> {
  const opened = kafka().producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => placed,
    retry: { retries: 1 },
  })
  try {
    await opened.connect()
  } catch (err) {
    abandon(opened)
    throw err
  }
  return {
    async send(topic, messages) {
      await opened.send({ topic, acks: -1, timeout: REQUEST_MS, messages })
    },
    disconnect: () => opened.disconnect(),
  }
}

function placed({ message, partitionMetadata }: PartitionerArgs): number {
  checkPartition(message.partition!, partitionMetadata.length)
  return message.partition!
}
