/** The ledger of event ids: which content an id stands for, and whether it has been passed on. */
import type { Sql } from 'postgres'
import { bytesArray } from '../engines/postgres/bytes-array.ts'
import type { events_seen } from './table.ts'

/** `source`: topic/partition/offset of the message that brought it. */
export type SeenEvent = Pick<typeof events_seen.$inferSelect, 'event_id' | 'content_hash' | 'source'>

export interface LedgerEntry extends SeenEvent {
  processed: boolean
}

/** Enters what is new and returns what the ledger holds for each id, new or known: the first content seen stands. */
export async function enterEvents(sql: Sql, events: SeenEvent[]): Promise<Map<string, LedgerEntry>> {
  if (events.length === 0) return new Map()
  const sorted = events.toSorted((a, b) => (a.event_id < b.event_id ? -1 : 1))
  const ids = sorted.map((event) => event.event_id)
  const hashes = sorted.map((event) => event.content_hash)
  // In order of id, so that two consumers never wait for each other in a circle.
  await sql`
    insert into events_seen (event_id, content_hash, source)
    select * from unnest(
      ${ids}::uuid[], ${bytesArray(hashes)}::bytea[], ${sorted.map((event) => event.source)}::text[]
    )
    on conflict (event_id) do nothing`
  return readEvents(sql, ids)
}

/** Of these ids, what the ledger holds. */
export async function readEvents(sql: Sql, event_ids: string[]): Promise<Map<string, LedgerEntry>> {
  if (event_ids.length === 0) return new Map()
  const known = await sql<LedgerEntry[]>`
    select event_id, content_hash, source, processed_at is not null as processed
    from events_seen where event_id = any(${event_ids}::uuid[])`
  return new Map(known.map((entry) => [entry.event_id, entry]))
}

/**
 * Notes that these events are in the history and passed on, so that their messages change nothing any more; and that the replays of
 * these letters have ended well.
 */
export async function markProcessed(sql: Sql, event_ids: string[], letter_ids: string[] = []): Promise<void> {
  if (event_ids.length === 0 && letter_ids.length === 0) return
  // Locked in order of id, as above.
  await sql`
    with held as (
      select event_id from events_seen where event_id = any(${event_ids}::uuid[]) order by event_id for update
    ),
    replayed as (
      insert into event_replays (letter_id) select unnest(${letter_ids.toSorted()}::uuid[]) on conflict do nothing
    )
    update events_seen e set processed_at = now() from held where e.event_id = held.event_id`
}

/** Forgets an event that an engine refused, unless another message brought it, so that it may come again with other content. */
export async function forgetEvent(sql: Sql, event_id: string, source: string): Promise<void> {
  await sql`
    delete from events_seen where event_id = ${event_id} and source = ${source} and processed_at is null`
}

/**
 * Deletes at most `limit` ids of events that were processed more than `days` ago; how many. Sent again after that, such an
 * event is a new one.
 */
export async function deleteOldEventIds(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from events_seen where event_id in (
      select event_id from events_seen where processed_at < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

/** Deletes at most `limit` notes of replays that ended so long ago; how many. */
export async function deleteOldEventReplays(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from event_replays where letter_id in (
      select letter_id from event_replays where processed_at < now() - make_interval(days => ${days}) limit ${limit}
    )`
  return count
}
