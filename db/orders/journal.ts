/** The journal of attempts: a document for each, gone after its time. An attempt that is made again replaces its document. */
import type { Journal, JournalDocument } from '../engines/journal/journal.ts'
import type { Attempt } from './ledger.ts'

export const ATTEMPTS_COLLECTION = 'order_attempts'
/** Documents of one message that are read: more than all its attempts, and those of many replays. */
const MOST = 1000

export interface MadeAttempt {
  attempt: Attempt
  status: 'succeeded' | 'failed' | 'dead'
  error: string | null
  begun_at: Date
  deliveries: number
  now: Date
}

export function attemptDocument({
  attempt: made,
  status,
  error,
  begun_at,
  deliveries,
  now,
}: MadeAttempt): JournalDocument {
  const { message, travel, attempt, worker } = made
  const { message_id, required_attempts, origin } = message
  return {
    id: `${message_id}/${travel.replay}/${attempt}`,
    key: message_id,
    at: now,
    data: {
      message_id,
      replay: travel.replay,
      attempt,
      status,
      required_attempts,
      origin,
      payload: message,
      error,
      worker,
      deliveries,
      trace_id: travel.trace_id,
      begun_at: begun_at.toISOString(),
      processed_at: now.toISOString(),
    },
  }
}

/** An attempt as the journal has it. */
export interface JournalledAttempt {
  replay: number
  attempt: number
  status: MadeAttempt['status']
  error: string | null
  worker: string
  deliveries: number
  begun_at: string
  processed_at: string
}

/** Oldest first; those whose time is over are gone. */
export async function attemptsOf(journal: Pick<Journal, 'find'>, message_id: string): Promise<JournalledAttempt[]> {
  const documents = await journal.find(ATTEMPTS_COLLECTION, message_id, MOST)
  return documents.map(({ data }) => {
    const { replay, attempt, status, error, worker, deliveries, begun_at, processed_at } =
      data as unknown as JournalledAttempt
    return { replay, attempt, status, error, worker, deliveries, begun_at, processed_at }
  })
}
