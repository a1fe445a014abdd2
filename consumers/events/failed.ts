import type { Message, StoredMessage } from '../../db/stream/index.ts'

export interface Failure {
  message: StoredMessage
  reason: 'not_json' | 'invalid' | 'unknown_sku' | 'conflict' | 'unstorable'
  detail: string
}

/** Longer details are cut: a header is no place for a novel. */
const MAX_DETAIL = 1000

/** The original bytes and key, with headers that say why, where from and when. */
export function failedMessage({ message, reason, detail }: Failure, now: Date): Message {
  const { key, value, headers, topic, partition, offset } = message
  return {
    key,
    value,
    headers: {
      ...headers,
      reason,
      detail: detail.slice(0, MAX_DETAIL),
      source_topic: topic,
      source_partition: String(partition),
      source_offset: String(offset),
      failed_at: now.toISOString(),
    },
  }
}
