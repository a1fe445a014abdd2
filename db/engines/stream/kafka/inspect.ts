/** Inspects the Kafka behind the stream, for `bun run doctor`. */
import pino from 'pino'
import type { Admin } from 'kafkajs'
import { AppError, messageOf, sentenceOf } from '../../../../lib/errors.ts'
import type { Inspection } from '../../inspection.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { readKafkaUrl, type KafkaSettings, type StreamClient } from './url.ts'
import { createKafka, DEADLINE_MS, firstAnswer, kafkaError, outageOf } from './client.ts'
import { createKafkaStream } from './stream.ts'

/** Made, written, read and deleted at each inspection. */
const SCRATCH = 'doca-scratch'

/** Throws AppError when we cannot get in. `client` is the library that the programs use. */
export async function inspectKafka(url: string, client?: StreamClient): Promise<Inspection> {
  const settings = readKafkaUrl(url)
  const engine = `Kafka (${settings.brokers.join(',')})`
  const log = pino({ level: 'silent' })
  const outage = outageOf(engine, log)
  const work = async () => {
    await firstAnswer(settings, log, outage, engine)
    const admin = createKafka(settings, log, outage).admin()
    try {
      await admin.connect()
      const asked = performance.now()
      const { brokers } = await admin.describeCluster()
      const latency_ms = Math.round((performance.now() - asked) * 100) / 100
      const problems = [...(await tryRights(url, client, settings, admin)), ...fewCopies(settings, brokers.length)]
      return { version: await versionOf(admin), latency_ms, problems }
    } finally {
      await admin.disconnect()
    }
  }
  try {
    return await withDeadline(work(), DEADLINE_MS, engine)
  } catch (err) {
    if (err instanceof AppError && err.code === 'engine_refused') throw err
    const why = sentenceOf(err)
    const detail = { en: `${engine} cannot be used: ${why.en}.`, pt: `${engine} não pode ser usado: ${why.pt}.` }
    throw new AppError('unavailable', 'stream_unavailable', detail, { cause: err })
  }
}

/** Creates a topic, writes to it, reads it in a group, and removes both. */
async function tryRights(
  url: string,
  client: StreamClient | undefined,
  { prefix }: KafkaSettings,
  admin: Admin,
): Promise<Inspection['problems']> {
  const name = `${SCRATCH}-${crypto.randomUUID().slice(0, 8)}`
  const stream = await createKafkaStream(url, { client, log: pino({ level: 'silent' }) })
  const read = Promise.withResolvers<void>()
  try {
    await stream.produce(name, [{ key: 'k', value: new Uint8Array(1) }])
    const consumer = stream.consume({ group: name, topic: name, from: 'earliest', onBatch: async () => read.resolve() })
    await withDeadline(Promise.race([read.promise, consumer.then(() => read.promise)]), READ_MS, 'Kafka')
    return []
  } catch (err) {
    const fix = `allow our user to create, describe, read and write topics and to read groups that begin with "${prefix}".`
    return [{ found: `it does not let us work: ${messageOf(err)}`, fix }]
  } finally {
    await stream.close()
    await admin.deleteTopics({ topics: [prefix + name] }).catch(() => {})
    await admin.deleteGroups([prefix + name]).catch(() => {})
  }
}

/** The first member of a new group waits for others, 3 s by default. */
const READ_MS = 8_000

function fewCopies({ replication }: KafkaSettings, brokers: number): Inspection['problems'] {
  if (replication <= brokers) return []
  const fix = `set replication=${brokers} in STREAM_URL, or start more brokers.`
  return [{ found: `it has ${brokers} broker(s), fewer than the ${replication} copies asked for`, fix }]
}

/** kafkajs cannot ask for the version; but a setting that it knows says which version it is at least. */
async function versionOf(admin: Admin): Promise<string> {
  const { brokers } = await admin.describeCluster()
  const resources = [{ type: BROKER, name: String(brokers[0]!.nodeId) }]
  try {
    const { configEntries } = (await admin.describeConfigs({ includeSynonyms: false, resources })).resources[0]!
    const names = new Set(configEntries.map(({ configName }) => configName))
    return SINCE.find(([setting]) => names.has(setting))?.[1] ?? 'before 2.8'
  } catch (err) {
    // A user who may not read the broker's settings can use it all the same.
    if (/AUTHORIZATION_FAILED/.test(kafkaError(err) ?? '')) return 'unknown'
    throw err
  }
}

const BROKER = 4
const SINCE = [
  ['group.streams.session.timeout.ms', '4.1 or later'],
  ['group.coordinator.rebalance.protocols', '3.7 or later'],
  ['process.roles', '2.8 or later'],
] as const
