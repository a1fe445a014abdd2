import type { Sql } from 'postgres'
import { enterEvents, readEvents, type LedgerEntry } from '../../db/events/ledger.ts'
import type { StockEvent } from '../../db/events/event.ts'
import type { StoredMessage } from '../../db/engines/stream/stream.ts'
import type { Failure } from '../../db/events/failed-message.ts'

export interface Candidate {
  message: StoredMessage
  event: StockEvent
  content_hash: Uint8Array
}

/**
 * Sorts events into fresh ones, conflicts and repeats. The first content of an id stands: other content is a conflict, the
 * same content a repeat. An id that is known but was never produced is fresh, whichever message brings it: its first attempt
 * may have been cut short by a crash, or by an engine that refused it.
 */
export async function consultLedger(sql: Sql, candidates: Candidate[]) {
  const first = new Map<string, Candidate>()
  for (const item of candidates) if (!first.has(item.event.event_id)) first.set(item.event.event_id, item)
  const ledger = await enterEvents(
    sql,
    [...first.values()].map(({ event, content_hash, message }) => ({
      event_id: event.event_id,
      content_hash,
      source: sourceOf(message),
    })),
  )
  const fresh = new Map<string, Candidate>()
  const conflicts: Failure[] = []
  const repeats: Candidate[] = []
  for (const item of candidates) {
    const { event_id } = item.event
    const entry = ledger.get(event_id)!
    if (!isSame(entry, item))
      conflicts.push({
        message: item.message,
        reason: 'conflict',
        detail: `event_id ${event_id} came before with other content, from ${entry.source}; the first stands.`,
        event_id,
      })
    else if (entry.processed || fresh.has(event_id)) repeats.push(item)
    else fresh.set(event_id, item)
  }
  return { fresh: [...fresh.values()], conflicts, repeats }
}

/** Those that were passed on before, with the same content: they change nothing, whatever the catalogue has by now. */
export async function passedOn(sql: Sql, candidates: Candidate[]): Promise<Set<Candidate>> {
  const ledger = await readEvents(
    sql,
    candidates.map(({ event }) => event.event_id),
  )
  return new Set(
    candidates.filter((item) => {
      const entry = ledger.get(item.event.event_id)
      return entry?.processed && isSame(entry, item)
    }),
  )
}

const isSame = (entry: LedgerEntry, { content_hash }: Candidate): boolean =>
  Buffer.from(entry.content_hash).equals(Buffer.from(content_hash))

/** The place of a message, as one text. */
export const sourceOf = ({ topic, partition, offset }: Pick<StoredMessage, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}/${partition}/${offset}`
