/** What a fetcher makes of answers that a Kafka of one node does not give: no leader, an error of one partition. */
import { afterEach, expect, test } from 'bun:test'
import {
  MultipleErrors,
  ProtocolError,
  type ClusterMetadata,
  type ConnectionPool,
  type Consumer,
  type fetchV17,
  type RecordsBatch,
} from '@platformatic/kafka'
import pino from 'pino'
import { kafkaError, type KafkaClient } from '../../../../db/engines/stream/kafka/client.ts'
import { Fetcher } from '../../../../db/engines/stream/kafka/platformatic/fetcher.ts'
import { behind, messagesOf } from '../../../../db/engines/stream/kafka/platformatic/records.ts'
import { until } from '../../../kit/program.ts'

const CONTROL = 32
const LOG_APPEND_TIME = 8
let over = new AbortController()
afterEach(() => {
  over.abort()
  over = new AbortController()
})

const bytes = (text: string) => Buffer.from(text)

function batch(first: number, values: string[], facts: Partial<RecordsBatch> = {}): RecordsBatch {
  const records = values.map((value, offsetDelta) => {
    return {
      offsetDelta,
      timestampDelta: BigInt(offsetDelta),
      key: bytes('k'),
      value: bytes(value),
      headers: [],
      attributes: 0,
      length: 0,
    }
  })
  const ends = {
    firstOffset: BigInt(first),
    lastOffsetDelta: values.length - 1,
    firstTimestamp: 1_000n,
    maxTimestamp: 9_000n,
  }
  return { attributes: 0, ...ends, records, ...facts } as RecordsBatch
}

/** A topic of two partitions on two brokers, whose answers are `answer`; `take` may throw what their reader would. */
function fetcher(
  answer: (node: number, asked: number[]) => fetchV17.FetchResponse | Promise<fetchV17.FetchResponse>,
  take = () => {},
) {
  const topic = { id: 'id', partitions: [{ leader: 1 }, { leader: 2 }], partitionsCount: 2 }
  let metadatas = 0
  let ended: Error | undefined
  const fetched: Array<[number, string[], number]> = []
  const consumer = {
    get currentMetadata() {
      return { topics: new Map([['t', topic]]) } as unknown as ClusterMetadata
    },
    async metadata() {
      metadatas++
      return this.currentMetadata
    },
    clearMetadata() {},
    fetch: async ({ node, topics }: { node: number; topics: fetchV17.FetchRequestTopic[] }) =>
      answer(
        node,
        topics[0]!.partitions.map(({ partition }) => partition),
      ),
  }
  const shown = { group: 'g', topic: 't' }
  const options = { ...shown, shown, session_ms: 6_000, rejoin_wait_ms: 1_000, heartbeat_ms: 500 }
  const client = { outage: { failed() {} } } as unknown as KafkaClient
  const made = new Fetcher(client, pino({ level: 'silent' }), options, {
    consumer: consumer as unknown as Consumer,
    connections: {} as ConnectionPool,
    over: over.signal,
    onFetched: (partition, messages, next) => {
      take()
      fetched.push([partition, messages.map(({ value }) => String(Buffer.from(value!))), next])
    },
    onGap() {},
    onWiderTopic() {},
    onEnd: (err) => (ended = err),
  })
  made.topic = { id: 'id', partitions: 2 }
  return { made, fetched, topic, metadatas: () => metadatas, ended: () => ended }
}

const answerOf = (...partitions: Array<Partial<fetchV17.FetchResponsePartition>>) =>
  ({ responses: [{ topicId: 'id', partitions }] }) as unknown as fetchV17.FetchResponse
const never = new Promise<fetchV17.FetchResponse>(() => {})

test('a partition without a leader rests until there is one, and holds up no other', async () => {
  const { made, fetched, topic, metadatas } = fetcher((_, [partition]) =>
    fetched.some(([one]) => one === partition)
      ? never
      : answerOf({ partitionIndex: partition!, errorCode: 0, records: [batch(5, ['a'])] }),
  )
  topic.partitions[1]!.leader = -1
  made.found(
    new Map([
      [0, 5],
      [1, 5],
    ]),
  )
  await until('the other', () => fetched.length === 1)
  expect(fetched).toEqual([[0, ['a'], 6]])
  const asked = metadatas()
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  // It does not ask again and again meanwhile.
  expect(metadatas() - asked).toBeLessThan(3)
  topic.partitions[1]!.leader = 2
  await until('the partition with its new leader', () => fetched.length === 2)
  expect(fetched[1]).toEqual([1, ['a'], 6])
})

test('when one partition fails, what came of the others in the same answer is handed on', async () => {
  const { made, fetched, topic } = fetcher(() => {
    if (fetched.length > 0) return never
    const response = answerOf(
      { partitionIndex: 0, errorCode: 56, records: [] },
      { partitionIndex: 1, errorCode: 0, records: [batch(0, ['a', 'b'])] },
    )
    throw Object.assign(new Error('of one partition'), { response })
  })
  topic.partitions[1]!.leader = 1
  made.found(
    new Map([
      [0, 0],
      [1, 0],
    ]),
  )
  await until('the healthy one', () => fetched.length === 1)
  expect(fetched).toEqual([[1, ['a', 'b'], 2]])
})

test('messages that their reader could not take are fetched again', async () => {
  let tries = 0
  const { made, fetched } = fetcher(
    () => (fetched.length > 0 ? never : answerOf({ partitionIndex: 0, errorCode: 0, records: [batch(5, ['a'])] })),
    () => {
      if (++tries === 1) throw new RangeError('too many')
    },
  )
  made.seek(0, 5)
  await until('them', () => fetched.length > 0)
  expect(fetched).toEqual([[0, ['a'], 6]])
})

test('a topic that we may no longer read ends the membership, which says so', async () => {
  const { made, ended } = fetcher(() => {
    throw new MultipleErrors('of a fetch', [new ProtocolError('TOPIC_AUTHORIZATION_FAILED')])
  })
  made.seek(0, 0)
  await until('the end', () => ended() !== undefined)
  expect(kafkaError(ended())).toBe('TOPIC_AUTHORIZATION_FAILED')
})

test('an answer for another offset than the one that is wanted by then is dropped', async () => {
  const first = Promise.withResolvers<fetchV17.FetchResponse>()
  let asked = 0
  const { made, fetched } = fetcher(() => (++asked === 1 ? first.promise : never))
  made.seek(0, 0)
  await until('the request', () => asked === 1)
  made.seek(0, 100)
  first.resolve(answerOf({ partitionIndex: 0, errorCode: 0, records: [batch(0, ['old'])] }))
  await until('the next request', () => asked === 2)
  expect(fetched).toEqual([])
})

test('a topic that was made again ends the membership: its offsets are of other messages', async () => {
  const { made, fetched, topic, ended } = fetcher(() => never)
  topic.id = 'another'
  made.seek(0, 0)
  await until('the end', () => ended() !== undefined)
  expect(ended()!.message).toContain('was deleted and made again')
  expect(fetched).toEqual([])
})

test('of whole batches, only messages from the wanted offset on are handed on, and no marks of transactions', () => {
  const batches = [batch(10, ['a', 'b', 'c']), batch(13, ['mark'], { attributes: CONTROL })]
  expect(messagesOf('t', 0, batches, 11).map(({ offset, value }) => [offset, String(value)])).toEqual([
    [11, 'b'],
    [12, 'c'],
  ])
  // A mark that nobody gets is passed all the same.
  expect(behind(batches, 11)).toBe(14)
  expect(behind([], 11)).toBe(11)
})

test('a message says when it was produced, or when the broker got it where the topic wants that', () => {
  const at = (attributes: number) =>
    messagesOf('t', 0, [batch(0, ['a', 'b'], { attributes })], 1)[0]!.produced_at.getTime()
  expect(at(0)).toBe(1_001)
  expect(at(LOG_APPEND_TIME)).toBe(9_000)
})
