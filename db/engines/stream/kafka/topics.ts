/** Topics: created at first use, and widened where another program made them too small. */
import { ConfigResourceTypes, type Admin } from 'kafkajs'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { MAX_MESSAGE_BYTES } from '../limits.ts'
import { kafkaError, type KafkaClient } from './client.ts'

export interface TopicFacts {
  partitions: number
  /** The largest batch of records that the topic takes. */
  max_bytes: number
}

/** Room for key, headers and framing beside the largest value. */
const WANTED_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024
/** Kafka's default. */
const KAFKA_DEFAULT_BYTES = 1_048_588
const SETTING = 'max.message.bytes'

/** Creates the topic `name` (with its prefix) or widens it; throws AppError that says how to create it by hand. */
export async function ensureTopic(client: KafkaClient, name: string, log: Log): Promise<TopicFacts> {
  const { partitions: wanted } = client.settings
  let partitions = await client.ask((admin) => countPartitions(admin, name))
  if (partitions === 0) {
    await create(client, name)
    partitions = Math.max(wanted, await client.ask((admin) => countPartitions(admin, name)))
  } else if (partitions < wanted)
    partitions = await allowed(log, name, partitions, async () => {
      await client.ask((admin) => admin.createPartitions({ topicPartitions: [{ topic: name, count: wanted }] }))
      return wanted
    })
  return { partitions, max_bytes: await raiseLimit(client, name, log) }
}

async function countPartitions(admin: Admin, name: string): Promise<number> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] })
    return topics[0]?.partitions.length ?? 0
  } catch (err) {
    // Without the right to describe it we do not learn whether it is there; it is if it cannot be created.
    if (/^UNKNOWN_TOPIC|^TOPIC_AUTHORIZATION/.test(kafkaError(err) ?? '')) return 0
    throw err
  }
}

async function create({ ask, settings, engine }: KafkaClient, name: string): Promise<void> {
  const { partitions, replication, brokers } = settings
  const configEntries = [{ name: SETTING, value: String(WANTED_BYTES) }]
  try {
    const topic = { topic: name, numPartitions: partitions, replicationFactor: replication, configEntries }
    // False when another program was quicker.
    await ask((admin) => admin.createTopics({ topics: [topic], waitForLeaders: true }))
  } catch (err) {
    if (!/AUTHORIZATION_FAILED/.test(kafkaError(err) ?? '')) throw err
    const command =
      `kafka-topics.sh --bootstrap-server ${brokers[0]} --create --topic ${name} ` +
      `--partitions ${partitions} --config ${SETTING}=${WANTED_BYTES}`
    const detail = {
      en: `The topic ${name} is missing at ${engine}, or hidden from us, and we may not create it. Create it (${command}), or allow us to.`,
      pt: `O tópico ${name} não existe em ${engine}, ou está oculto para nós, e não podemos criá-lo. Crie-o (${command}), ou permita que o criemos.`,
    }
    throw new AppError('unavailable', 'stream_topic_missing', detail, { cause: err })
  }
}

/** Returns the limit that holds from now on. */
async function raiseLimit({ ask }: KafkaClient, name: string, log: Log): Promise<number> {
  const entries = await allowed(log, name, [], () => ask((admin) => topicSettings(admin, name)))
  const found = Number(entries.find(({ configName }) => configName === SETTING)?.configValue ?? KAFKA_DEFAULT_BYTES)
  if (found >= WANTED_BYTES || entries.length === 0) return found
  // This call replaces all that was ever set on the topic: what others set has to be in it.
  const kept = entries.filter(({ configSource, configName }) => configSource === SET_ON_TOPIC && configName !== SETTING)
  const configEntries = [
    ...kept.map(({ configName, configValue }) => ({ name: configName, value: configValue })),
    { name: SETTING, value: String(WANTED_BYTES) },
  ]
  return allowed(log, name, found, async () => {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name, configEntries }]
    await ask((admin) => admin.alterConfigs({ validateOnly: false, resources }))
    return WANTED_BYTES
  })
}

const SET_ON_TOPIC = 1

async function topicSettings(admin: Admin, name: string) {
  const resources = [{ type: ConfigResourceTypes.TOPIC, name }]
  return (await admin.describeConfigs({ includeSynonyms: false, resources })).resources[0]!.configEntries
}

/** A change that Kafka does not allow is left out, with a warning. */
async function allowed<T>(log: Log, topic: string, otherwise: T, change: () => Promise<T>): Promise<T> {
  try {
    return await change()
  } catch (err) {
    if (!/AUTHORIZATION_FAILED|POLICY_VIOLATION/.test(kafkaError(err) ?? '')) throw err
    log.warn({ err, topic }, 'the topic stays as it is: Kafka does not let us read or change its settings')
    return otherwise
  }
}
