/** kafkajs by itself, with the same promises as the stream role: on disk everywhere, in order, a commit a batch. */
import { Kafka, logLevel, type Consumer, type SASLOptions } from 'kafkajs'
import type { Message } from '../../../db/engines/stream/stream.ts'
import { readKafkaUrl } from '../../../db/engines/stream/kafka/url.ts'
import type { StreamSide } from './stream.ts'
import { arrivals, sleeper } from './timing.ts'

/** Removes every topic and group of the URL's prefix when it is closed. */
export async function bareKafka(url: string): Promise<StreamSide & { close(): Promise<void> }> {
  const { brokers, user: username, password, mechanism, tls, partitions, prefix } = readKafkaUrl(url)
  const sasl = username === undefined ? undefined : ({ mechanism, username, password } as SASLOptions)
  const kafka = new Kafka({ brokers, ssl: tls, ...(sasl && { sasl }), logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await Promise.all([admin.connect(), producer.connect()])
  const consumers: Consumer[] = []
  const known = new Map<string, Promise<unknown>>()

  function topicOf(name: string): Promise<unknown> {
    const topics = [{ topic: `${prefix}bare.${name}`, numPartitions: partitions }]
    const made = known.get(name) ?? admin.createTopics({ topics, waitForLeaders: true })
    known.set(name, made)
    return made
  }

  async function produce(name: string, messages: Message[]): Promise<void> {
    await topicOf(name)
    const items = messages.map(({ key, value }) => ({ key: String(key), value: Buffer.from(value!.buffer) }))
    await producer.send({ topic: `${prefix}bare.${name}`, acks: -1, messages: items })
  }

  /** From the beginning: "latest" is decided some time after joining, and would miss what comes meanwhile. */
  async function consumer(name: string, onBatch: (count: number) => void): Promise<Consumer> {
    await topicOf(name)
    const joined = kafka.consumer({ groupId: `${prefix}bare.${name}`, minBytes: 1, maxBytesPerPartition: 1024 * 1024 })
    consumers.push(joined)
    await joined.connect()
    await joined.subscribe({ topic: `${prefix}bare.${name}`, fromBeginning: true })
    const ready = Promise.withResolvers<void>()
    joined.on(joined.events.GROUP_JOIN, () => ready.resolve())
    joined.on(joined.events.CRASH, ({ payload }) => {
      throw payload.error
    })
    await joined.run({
      autoCommit: false,
      partitionsConsumedConcurrently: partitions,
      async eachBatch({ batch }) {
        const { topic, partition, messages } = batch
        onBatch(messages.length)
        await joined.commitOffsets([{ topic, partition, offset: String(Number(batch.lastOffset()) + 1) }])
      },
    })
    await ready.promise
    return joined
  }

  return {
    produce,
    async consume(name, count) {
      const { came, all } = arrivals(count)
      const joined = await consumer(name, came)
      const rate = await all
      await joined.disconnect()
      return rate
    },
    sleeper: (name) =>
      sleeper(async (woken) => {
        await consumer(name, woken)
        const value = new Uint8Array(300)
        return () => produce(name, [{ key: null, value }])
      }),
    async close() {
      await Promise.all(consumers.map((one) => one.disconnect()))
      await producer.disconnect()
      const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix))
      await admin.deleteTopics({ topics })
      const { groups } = await admin.listGroups()
      await admin.deleteGroups(groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(prefix)))
      await admin.disconnect()
    },
  }
}
