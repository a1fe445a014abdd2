import { EVENTS_FAILED_TOPIC } from '../../db/events/event.ts'
import type { Stream } from '../../db/engines/stream/stream.ts'
import { failedMessage, type Failure, type Worker } from '../../db/events/failed-message.ts'
import type { Log } from '../../lib/log.ts'

/** The first try with a message that does not fit; half of it is for the value. */
const MAX_CUT_BYTES = 2 * 1024 * 1024
/** No topic takes less. */
const MIN_CUT_BYTES = 1024

/**
 * Produces failures in their order. What is too large for the topic, which may take less than that of events, is found by halves and
 * cut, so that it holds nothing up.
 */
export async function produceFailures(
  stream: Pick<Stream, 'produce'>,
  failures: Failure[],
  worker: Worker,
  now: Date,
  max_bytes = Infinity,
): Promise<void> {
  try {
    await stream.produce(
      EVENTS_FAILED_TOPIC,
      failures.map((failure) => failedMessage(failure, worker, now, max_bytes)),
    )
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== 'message_too_large' || max_bytes <= MIN_CUT_BYTES) throw thrown
    if (failures.length === 1)
      return produceFailures(stream, failures, worker, now, Math.min(MAX_CUT_BYTES, max_bytes / 2))
    const middle = Math.ceil(failures.length / 2)
    await produceFailures(stream, failures.slice(0, middle), worker, now)
    await produceFailures(stream, failures.slice(middle), worker, now)
  }
}

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
