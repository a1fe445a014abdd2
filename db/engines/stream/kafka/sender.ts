/**
 * Writes one topic, one request at a time, so that messages are stored in the order in which they were handed over.
 *
 * The producer is idempotent: a batch that is sent again carries the same sequence numbers and is stored once. kafkajs
 * takes the numbers of a batch that failed back, though it may have been stored, and the next batch of that size would
 * pass for it and vanish: so a producer is not used again after a batch was given up. @platformatic/kafka gives a batch new
 * numbers once its own tries have failed: what was stored unknown to us is then stored twice, in its order.
 */
import { AppError } from '../../../../lib/errors.ts'
import { backoffDelay } from '../../../../lib/retry.ts'
import { abandon, kafkaError, type KafkaClient } from './client.ts'
import type { KafkaDriver, KafkaProducer, PartitionedMessage } from './driver.ts'

export interface Sender {
  /** Resolves when all replicas have them; throws what Kafka said last. */
  send(messages: PartitionedMessage[]): Promise<void>
  close(): Promise<void>
}

/** `recreate` is called when the topic, or a partition of it, has vanished; false when it has another number of partitions now. */
export function createSender(
  { outage, engine }: KafkaClient,
  driver: KafkaDriver,
  topic: string,
  recreate: () => Promise<boolean>,
) {
  let producer: Promise<KafkaProducer> | undefined
  let closed = false
  /** The topic has other partitions than those that our messages were given. */
  let moved = false

  async function send(messages: PartitionedMessage[]): Promise<void> {
    const expires_at = messages.reduce((soonest, message) => Math.min(soonest, message.expires_at), Infinity)
    if (performance.now() > expires_at)
      throw new AppError('unavailable', 'engine_timeout', {
        en: `${engine} has kept messages for ${topic} waiting for too long.`,
        pt: `${engine} deixou mensagens para ${topic} esperando tempo demais.`,
      })
    for (let tries = 0; ; tries++) {
      if (moved)
        throw new AppError('unavailable', 'stream_unavailable', {
          en: `The topic ${topic} was made again with another number of partitions.`,
          pt: `O tópico ${topic} foi criado de novo com outro número de partições.`,
        })
      const began = performance.now()
      const used = (producer ??= connect())
      try {
        await (await used).send(topic, messages)
        return outage.answered()
      } catch (err) {
        const error = kafkaError(err)
        // The next try may well take as long as this one.
        const late = 2 * performance.now() - began > expires_at
        if (late || closed || FINAL.test(error ?? '')) {
          discard(used)
          throw err
        }
        if (FRESH.test(error ?? '')) discard(used)
        if (error === 'UNKNOWN_TOPIC_OR_PARTITION') moved = !(await recreate().catch(ifRefused))
        else outage.failed(err)
        await Bun.sleep(backoffDelay(tries, 100, 1_000))
      }
    }
  }

  async function connect(): Promise<KafkaProducer> {
    try {
      return await driver.openProducer()
    } catch (err) {
      producer = undefined
      throw err
    }
  }

  function discard(used: Promise<KafkaProducer>): void {
    if (producer === used) producer = undefined
    void used.then(abandon, () => {})
  }

  return {
    send,
    async close() {
      closed = true
      await (await producer?.catch(() => undefined))?.disconnect()
    },
  } satisfies Sender
}

/** No other try would end differently. */
const FINAL = /AUTHORIZATION_FAILED|TOO_LARGE|INVALID_TOPIC|INVALID_RECORD|CORRUPT|SASL|UNSUPPORTED/

/** Whatever else keeps the topic from being made may be over at the next try. */
function ifRefused(err: unknown): true {
  if (err instanceof AppError && err.code === 'stream_topic_missing') throw err
  return true
}

/** Kafka has forgotten this producer. */
const FRESH = /SEQUENCE|PRODUCER|UNKNOWN_TOPIC/
