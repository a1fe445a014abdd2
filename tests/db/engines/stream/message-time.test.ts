import { expect, test } from 'bun:test'
import type { RecordsBatch } from '@platformatic/kafka'
import type { KafkaMessage } from 'kafkajs'
import type { KafkaClient } from '../../../../db/engines/stream/kafka/client.ts'
import { storedMessage } from '../../../../db/engines/stream/kafka/kafkajs/stored-message.ts'
import { messagesOf } from '../../../../db/engines/stream/kafka/platformatic/records.ts'
import { producedAt } from '../../../../db/engines/stream/kafka/produced-at.ts'

const DAY = '2026-11-30T12:00:00.000Z'
const day_ms = BigInt(Date.parse(DAY))

test.each([
  ['milliseconds', day_ms, DAY],
  ['microseconds', day_ms * 1_000n, DAY],
  ['nanoseconds', day_ms * 1_000_000n, DAY],
  ['the largest number', 2n ** 63n - 1n, '2262-04-11T23:47:16.854Z'],
  ['no time', -1n, '1970-01-01T00:00:00.000Z'],
  ['a number of before any year', -9n * 10n ** 15n, '1970-01-01T00:00:00.000Z'],
])('a message with %s has a time that all engines store, through either client', (_, timestamp, expected) => {
  const message = { key: null, value: Buffer.from('x'), offset: '0', timestamp: String(timestamp) }
  const record = { offsetDelta: 0, timestampDelta: 0n, key: null, value: message.value, headers: [] }
  const batch = { attributes: 0, firstOffset: 0n, firstTimestamp: timestamp, records: [record] }
  const found = [
    storedMessage('t', 0, message as unknown as KafkaMessage),
    ...messagesOf('t', 0, [batch as unknown as RecordsBatch], 0),
  ]
  expect(found.map(({ produced_at }) => produced_at.toISOString())).toEqual([expected, expected])
})

test.each([
  [String(day_ms * 1_000n), Number(day_ms)],
  ['0', null],
  ['-1', null],
])('how long a message has waited that has the time %s is counted from %p', async (timestamp, expected) => {
  const partitions = [{ messages: [{ offset: '5', timestamp }] }]
  const cluster = {
    connect: async () => {},
    addMultipleTargetTopics: async () => {},
    findLeaderForPartitions: () => ({ 1: [0] }),
    findBroker: async () => ({ fetch: async () => ({ responses: [{ partitions }] }) }),
    disconnect: async () => {},
  }
  type Assigners = { partitionAssigners: Array<(context: { cluster: unknown }) => unknown> }
  const kafka = () => ({ consumer: ({ partitionAssigners: [open] }: Assigners) => open!({ cluster }) })
  const client = { engine: 'Kafka', kafka } as unknown as KafkaClient
  expect(await producedAt(client, [{ topic: 't', partition: 0, offset: 5 }])).toEqual([expected])
})
