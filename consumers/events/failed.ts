import type { Failure } from '../../db/events/failed-message.ts'
import type { Log } from '../../lib/log.ts'

/** Longer details are cut. */
const MAX_DETAIL = 1000

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
