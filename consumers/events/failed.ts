import type { Message, StoredMessage } from '../../db/engines/stream/stream.ts'
import type { Log } from '../../lib/log.ts'

export interface Failure {
  message: StoredMessage
  reason: 'not_json' | 'invalid' | 'unknown_sku' | 'conflict' | 'unstorable'
  detail: string
}

/** Longer details are cut. */
const MAX_DETAIL = 1000

/** The original bytes and key, with headers for the reason, the source and the time. */
export function failedMessage({ message, reason, detail }: Failure, now: Date): Message {
  const { key, value, headers, topic, partition, offset } = message
  return {
    key,
    value,
    headers: {
      ...headers,
      reason,
      // A parser's message may quote characters that no engine stores.
      detail: detail.slice(0, MAX_DETAIL).replaceAll('\0', '�').toWellFormed(),
      source_topic: topic,
      source_partition: String(partition),
      source_offset: String(offset),
      failed_at: now.toISOString(),
    },
  }
}

/** Logs a line per reason, with its first message; the topic of failed events has all of them. */
export function logFailures(log: Log, failures: Failure[]): void {
  const byReason = Map.groupBy(failures, ({ reason }) => reason)
  for (const [reason, some] of byReason) {
    const { message, detail } = some[0]!
    const { partition, offset, headers } = message
    const first = { partition, offset, detail: detail.slice(0, MAX_DETAIL), trace_id: headers.trace_id }
    log.warn({ reason, failed: some.length, first }, 'events failed')
  }
}
