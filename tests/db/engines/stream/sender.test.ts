/** What becomes of messages whose partitions are no more: the topic was made again with fewer. */
import { Producer } from '@platformatic/kafka'
import { expect, mock, spyOn, test } from 'bun:test'
import type { PartitionerArgs } from 'kafkajs'
import { createRequire } from 'node:module'
import { kafkaError, type KafkaClient } from '../../../../db/engines/stream/kafka/client.ts'
import type { PartitionedMessage } from '../../../../db/engines/stream/kafka/driver.ts'
import { openProducer as openKafkajs } from '../../../../db/engines/stream/kafka/kafkajs/producer.ts'
import { openProducer as openPlatformatic } from '../../../../db/engines/stream/kafka/platformatic/producer.ts'
import { createSender } from '../../../../db/engines/stream/kafka/sender.ts'
import { readKafkaUrl } from '../../../../db/engines/stream/kafka/url.ts'
import { messageOf } from '../../../../lib/errors.ts'

// It has no types for this.
const createSendMessages = createRequire(import.meta.url)('kafkajs/src/producer/sendMessages.js')

const messageIn = (partition: number): PartitionedMessage => {
  return { partition, key: null, value: Buffer.from('x'), headers: {}, expires_at: Infinity }
}
const thrownBy = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )

test('kafkajs does not pass over a message whose partition is missing', async () => {
  const produce = mock(async () => ({ topics: [] }))
  const broker = { nodeId: 1, produce }
  const cluster = {
    refreshMetadataIfNecessary: async () => {},
    refreshMetadata: async () => {},
    addMultipleTargetTopics: async () => {},
    isConnected: () => true,
    findTopicPartitionMetadata: () => [0, 1, 2, 3].map((partitionId) => ({ partitionId, leader: 1 })),
    findLeaderForPartitions: (_: string, wanted: string[]) => {
      const found = wanted.map(Number).filter((partition) => partition < 4)
      return found.length > 0 ? { 1: found } : {}
    },
    findBroker: async () => broker,
  }
  const eosManager = {
    acquireBrokerLock: async () => {},
    releaseBrokerLock: async () => {},
    isTransactional: () => false,
    getSequence: () => 0,
    updateSequence() {},
    getProducerId: () => 1,
    getProducerEpoch: () => 0,
  }
  const producer = ({ createPartitioner }: { createPartitioner: () => (args: PartitionerArgs) => number }) => {
    const sendMessages = createSendMessages({
      logger: { debug() {}, error() {} },
      cluster,
      eosManager,
      partitioner: createPartitioner(),
      retrier: (act: (bail: (err: unknown) => never) => Promise<unknown>) =>
        act((err) => {
          throw err
        }),
    })
    const send = ({ topic, messages }: { topic: string; messages: PartitionedMessage[] }) =>
      sendMessages({ acks: -1, topicMessages: [{ topic, messages }] })
    return { connect: async () => {}, disconnect: async () => {}, send }
  }
  const opened = await openKafkajs({ kafka: () => ({ producer }) } as unknown as KafkaClient)
  expect(kafkaError(await thrownBy(opened.send('t', [messageIn(1), messageIn(6)])))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
  // Nothing is written twice when all of it is sent again.
  expect(produce).not.toHaveBeenCalled()
})

test('@platformatic/kafka does not put a message whose partition is missing into another', async () => {
  const topics = new Map([['t', { partitionsCount: 3 }]])
  const metadata = spyOn(Producer.prototype, 'metadata').mockImplementation((async () => ({ topics })) as never)
  const send = spyOn(Producer.prototype, 'send').mockImplementation((async () => ({})) as never)
  try {
    const opened = await openPlatformatic({ settings: readKafkaUrl('kafka://127.0.0.1') })
    await opened.send('t', [messageIn(2)])
    const thrown = await thrownBy(opened.send('t', [messageIn(2), messageIn(6)]))
    expect(kafkaError(thrown)).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(send).toHaveBeenCalledTimes(1)
    await opened.disconnect()
  } finally {
    metadata.mockRestore()
    send.mockRestore()
  }
})

test('when a topic has another number of partitions, its messages have to be given them anew: none is sent as it is', async () => {
  const sent: number[] = []
  let gone = true
  const driver = {
    joinGroup: () => expect.unreachable(),
    openProducer: async () => ({
      async send(_: string, messages: PartitionedMessage[]) {
        if (gone) throw Object.assign(new Error('gone'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' })
        sent.push(...messages.map(({ partition }) => partition))
      },
      disconnect: async () => {},
    }),
  }
  const client = { engine: 'Kafka', outage: { answered() {}, failed() {} } } as unknown as KafkaClient
  const recreate = (same: boolean) => async () => {
    gone = false
    return same
  }
  await createSender(client, driver, 't', recreate(true)).send([messageIn(6)])
  expect(sent).toEqual([6])
  gone = true
  const sender = createSender(client, driver, 't', recreate(false))
  for (const partition of [6, 1])
    expect(messageOf(await thrownBy(sender.send([messageIn(partition)])))).toContain('made again')
  expect(sent).toEqual([6])
})
