/** The stream role on Kafka. kafka/driver.ts says what a client library does; kafka/membership.ts describes how groups share partitions. */
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { batchWrites } from '../../../../lib/batch-writes.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import type { Translated } from '../../../../lib/texts.ts'
import type { Message, Stream } from '../stream.ts'
import { readKafkaUrl, type StreamClient } from './url.ts'
import { DEADLINE_MS, kafkaError, openClient, type KafkaClient } from './client.ts'
import { KafkaConsumer } from './consumer.ts'
import type { KafkaDriver, PartitionedMessage } from './driver.ts'
import { forgetGroup } from './forget-group.ts'
import { groupLag, keptMessages, listStream } from './lag.ts'
import { createSender, type Sender } from './sender.ts'
import { ensureTopic, type TopicFacts } from './topics.ts'
import { checkName, checkSize } from '../limits.ts'
import { keyBytes } from '../key.ts'
import { createPartitioner } from '../partitioner.ts'

export interface KafkaStreamOptions {
  log: Log
  /** The client library; default kafkajs. */
  client?: StreamClient | undefined
  /** How long a member that died keeps its partitions, within what the broker allows. Default 10 s. */
  lease_ms?: number
  /** How long stop() lets a running batch go on before its signal aborts. Default 10 s. */
  stop_grace_ms?: number
}

/** Throws AppError `engine_refused` when Kafka does not let us in; one that is away is waited for. */
export async function createKafkaStream(url: string, options: KafkaStreamOptions): Promise<Stream> {
  const { log, lease_ms = 10_000, stop_grace_ms = 10_000 } = options
  const client = await openClient(readKafkaUrl(url), log)
  const driver = await openDriver(options.client ?? 'kafkajs', client, log)
  const { prefix } = client.settings
  const topics = new Map<string, Promise<Topic>>()
  const senders = new Set<Sender>()
  const consumers = new Set<KafkaConsumer>()
  const writing = new Set<Promise<void>>()
  const partitionOf = createPartitioner()
  let closed = false

  /** The topic, created at its first use; asked of Kafka once per process. */
  function topicOf(name: string): Promise<Topic> {
    const known = topics.get(name) ?? ensureTopic(client, prefix + name, log).then((facts) => openTopic(name, facts))
    topics.set(name, known)
    known.catch(() => topics.delete(name))
    return known
  }

  function openTopic(name: string, facts: TopicFacts): Topic {
    const sender = createSender(client, driver, prefix + name, async () => {
      const { partitions } = await ensureTopic(client, prefix + name, log)
      if (partitions === facts.partitions) return true
      // The next write opens it anew.
      topics.delete(name)
      senders.delete(sender)
      return false
    })
    senders.add(sender)
    const max_bytes = Math.min(MAX_WRITE_BYTES, facts.max_bytes - BATCH_FRAME_BYTES)
    return { ...facts, append: batchWrites(sender.send, { max_items: 1_000, max_bytes, bytesOf }) }
  }

  async function write(name: string, messages: Message[]): Promise<void> {
    const { append, partitions, max_bytes } = await topicOf(name)
    const expires_at = performance.now() + DEADLINE_MS
    const placed = messages.map((message) => partitioned(message, partitions, expires_at))
    for (const message of placed) checkFits(message, max_bytes, name)
    await withDeadline(append(placed), DEADLINE_MS, client.engine)
  }

  return {
    async produce(topic, messages) {
      checkNames('topic', topic)
      messages.forEach(checkSize)
      if (closed)
        throw new AppError('unavailable', 'stream_unavailable', {
          en: 'The stream is closed.',
          pt: 'O stream está fechado.',
        })
      const written = write(topic, messages).catch((cause) => {
        throw produceError(topic, cause)
      })
      const settled = written.catch(() => {}).finally(() => writing.delete(settled))
      writing.add(settled)
      await written
    },

    async consume(consume) {
      checkNames('topic', consume.topic)
      checkNames('group', consume.group)
      const openIt = async () => (await topicOf(consume.topic)).partitions
      const consumer = new KafkaConsumer(client, log, { driver, lease_ms, stop_grace_ms }, consume, openIt)
      consumers.add(consumer)
      await consumer.ready.catch((err: unknown) => {
        consumers.delete(consumer)
        throw err
      })
      return { stop: () => consumer.stop().finally(() => consumers.delete(consumer)) }
    },

    async lag(group, topics) {
      checkNames('group', group)
      return known({ en: `The lag of ${group} is not known`, pt: `O atraso de ${group} não é conhecido` }, () =>
        groupLag(client, group, topics),
      )
    },

    list: () =>
      known({ en: 'The topics are not known', pt: 'Os tópicos não são conhecidos' }, () => listStream(client)),
    kept: (topics) =>
      known({ en: 'The ends of topics are not known', pt: 'Os fins dos tópicos não são conhecidos' }, () =>
        keptMessages(client, topics),
      ),
    async forget(group) {
      checkNames('group', group)
      const failed = {
        en: `Kafka does not forget the group ${group}`,
        pt: `O Kafka não esquece o grupo ${group}`,
      }
      return known(failed, () => forgetGroup(client, group))
    },

    async close() {
      closed = true
      await Promise.all([...consumers].map((consumer) => consumer.stop()))
      await Promise.all(writing)
      await Promise.all([...senders].map((sender) => sender.close()))
      await client.close()
    },
  }

  /** By itself and with its prefix. */
  function checkNames(kind: 'topic' | 'group', name: string): void {
    checkName(kind, name)
    checkName(kind, prefix + name)
  }

  function partitioned({ key, value, headers }: Message, partitions: number, expires_at: number): PartitionedMessage {
    const bytes = bufferOf(keyBytes(key))
    const content = bufferOf(value)
    return { partition: partitionOf(bytes, partitions), key: bytes, value: content, headers: headers ?? {}, expires_at }
  }
}

async function openDriver(name: StreamClient, client: KafkaClient, log: Log): Promise<KafkaDriver> {
  if (name === 'platformatic') return (await import('./platformatic/driver.ts')).platformaticDriver(client, log)
  return (await import('./kafkajs/driver.ts')).kafkajsDriver(client, log)
}

/** The same bytes. */
const bufferOf = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

interface Topic extends TopicFacts {
  append(messages: PartitionedMessage[]): Promise<void>
}

/** Large enough that a request's fixed cost vanishes. */
const MAX_WRITE_BYTES = 4 * 1024 * 1024
const BATCH_FRAME_BYTES = 100

/** Its size in Kafka's format, rounded up. */
function bytesOf({ key, value, headers }: PartitionedMessage): number {
  let bytes = 50 + (key?.byteLength ?? 0) + (value?.byteLength ?? 0)
  for (const name in headers) bytes += 10 + Buffer.byteLength(name) + Buffer.byteLength(headers[name]!)
  return bytes
}

/** Ours take 16 MiB; another program's topic may take less, and large keys and headers may be too much. */
function checkFits(message: PartitionedMessage, max_bytes: number, topic: string): void {
  const bytes = bytesOf(message) + BATCH_FRAME_BYTES
  if (bytes <= max_bytes) return
  const detail = {
    en: `A message of ${bytes} bytes, with key and headers, is too large for the topic ${topic}, which takes ${max_bytes} bytes (max.message.bytes).`,
    pt: `Uma mensagem de ${bytes} bytes, com chave e cabeçalhos, é grande demais para o tópico ${topic}, que aceita ${max_bytes} bytes (max.message.bytes).`,
  }
  throw new AppError('too_large', 'message_too_large', detail)
}

async function known<T>(what: Translated, question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'stream_refused') throw cause
    const why = sentenceOf(cause)
    const detail = { en: `${what.en}: ${why.en}.`, pt: `${what.pt}: ${why.pt}.` }
    throw new AppError('unavailable', 'stream_unavailable', detail, { cause })
  }
}

function produceError(topic: string, cause: unknown): AppError {
  if (cause instanceof AppError && ['message_too_large', 'stream_topic_missing'].includes(cause.code)) return cause
  const error = kafkaError(cause)
  // Of the cluster: we may write to no topic at all, and so get no identity as an idempotent producer.
  if (error === 'TOPIC_AUTHORIZATION_FAILED' || error === 'CLUSTER_AUTHORIZATION_FAILED')
    return new AppError(
      'unavailable',
      'stream_refused',
      {
        en: `Kafka does not let us write to the topic ${topic}.`,
        pt: `O Kafka não nos deixa gravar no tópico ${topic}.`,
      },
      { cause },
    )
  if (error?.endsWith('TOO_LARGE'))
    return new AppError(
      'too_large',
      'message_too_large',
      {
        en: `The broker takes no message that large on ${topic}.`,
        pt: `O broker não aceita mensagem desse tamanho em ${topic}.`,
      },
      { cause },
    )
  const why = sentenceOf(cause)
  const detail = {
    en: `The messages for topic ${topic} are not known to be stored: ${why.en}. Send them again.`,
    pt: `Não se sabe se as mensagens do tópico ${topic} foram gravadas: ${why.pt}. Envie de novo.`,
  }
  return new AppError('unavailable', 'stream_unavailable', detail, { cause })
}
