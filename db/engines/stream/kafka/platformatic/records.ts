/** Records as @platformatic/kafka hands them out, in the words of the stream role. */
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka'
import { keyOf } from '../../key.ts'
import type { StoredMessage } from '../../stream.ts'
import { messageTime } from '../message-time.ts'

/** Bits of a batch's attributes. */
const LOG_APPEND_TIME = 8
const CONTROL = 32

/** The messages from `first` on: Kafka answers whole batches. `topic` without its prefix. */
export function messagesOf(topic: string, partition: number, batches: RecordsBatch[], first: number): StoredMessage[] {
  const messages: StoredMessage[] = []
  for (const batch of batches) {
    if (batch.attributes & CONTROL) continue
    for (const record of batch.records) {
      const offset = Number(batch.firstOffset) + record.offsetDelta
      if (offset >= first) messages.push(messageOf(topic, partition, offset, batch, record))
    }
  }
  return messages
}

/** Behind the last of them; `first` when there is none. */
export function behind(batches: RecordsBatch[], first: number): number {
  const last = batches.at(-1)
  return last ? Math.max(first, Number(last.firstOffset) + last.lastOffsetDelta + 1) : first
}

function messageOf(topic: string, partition: number, offset: number, batch: RecordsBatch, record: KafkaRecord) {
  const { attributes, firstTimestamp, maxTimestamp } = batch
  const at = attributes & LOG_APPEND_TIME ? maxTimestamp : firstTimestamp + record.timestampDelta
  return {
    topic,
    partition,
    offset,
    key: keyOf(record.key),
    value: record.value ?? null,
    // Others may write a header twice: the last counts.
    headers: Object.fromEntries(record.headers.map(([name, text]) => [decoded(name), decoded(text)])),
    produced_at: messageTime(Number(at)),
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const decoded = (bytes: Buffer | null) => utf8.decode(bytes ?? new Uint8Array())
