/** The ledger of event ids. */
import type { Sql } from 'postgres'
import { bytesArray } from './bytes-array.ts'

export interface SeenEvent {
  event_id: string
  content_hash: Uint8Array
  source: string
}

/** Enters what is new and returns what the ledger holds for each id, new or known: the first content seen stands. */
export async function enterEvents(sql: Sql, events: SeenEvent[]): Promise<Map<string, SeenEvent>> {
  if (events.length === 0) return new Map()
  // In order of id, so that two consumers never wait for each other in a circle.
  const sorted = events.toSorted((a, b) => (a.event_id < b.event_id ? -1 : 1))
  await sql`
    insert into events_seen (event_id, content_hash, source)
    select * from unnest(
      ${sorted.map((event) => event.event_id)}::uuid[],
      ${bytesArray(sorted.map((event) => event.content_hash))}::bytea[],
      ${sorted.map((event) => event.source)}::text[]
    )
    on conflict (event_id) do nothing`
  const known = await sql<SeenEvent[]>`
    select event_id, content_hash, source from events_seen
    where event_id = any(${sorted.map((event) => event.event_id)}::uuid[])`
  return new Map(known.map((event) => [event.event_id, event]))
}
