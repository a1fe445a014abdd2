/** A message as kafkajs hands it out, in the words of the stream role; `topic` without its prefix. */
import type { KafkaMessage } from 'kafkajs'
import { keyOf } from '../../key.ts'
import type { StoredMessage } from '../../stream.ts'
import { messageTime } from '../message-time.ts'

export function storedMessage(topic: string, partition: number, message: KafkaMessage): StoredMessage {
  const { key, value, headers, offset, timestamp } = message
  return {
    topic,
    partition,
    offset: Number(offset),
    key: keyOf(key),
    value,
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, bytes]) => [name, headerText(bytes)])),
    produced_at: messageTime(Number(timestamp)),
  }
}

/** Others may write a header twice: the last counts. */
function headerText(bytes: Buffer | string | Array<Buffer | string> | undefined): string {
  const last = Array.isArray(bytes) ? bytes.at(-1) : bytes
  return typeof last === 'string' ? last : utf8.decode(last ?? new Uint8Array())
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
