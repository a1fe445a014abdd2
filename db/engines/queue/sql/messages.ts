/**
 * The table queue_messages.
 *
 * `available_at` says when a message may be delivered, `lease_until` how long a consumer has it. When that consumer
 * dies, the message becomes free by itself, at its old place. A claim moves no row in an index, which would cost more
 * than all the rest of it; so the next claims pass over what is being handled, which are few.
 * Claims are numbered: whatever a consumer writes names itself and its claim, and has no effect once the message has
 * been claimed again. The attempt counts decisions, so a crash before one leaves it as it is; `lost` counts those.
 * Rows are locked in the order of their ids, so that no two statements wait for each other in a circle.
 *
 * The table is empty most of the time, so the planner knows little of it. Joins are written so that every order but
 * the right one is closed: row by row (lateral), and by the columns of what was found, not by the queue's name.
 */
import type { ISql, Sql } from 'postgres'
import { bytesArray } from '../../postgres/bytes-array.ts'
import type { Delivery, QueueDepth, QueueMessage } from '../queue.ts'

/** Payload: the queue. */
export const QUEUE_CHANNEL = 'doca_queue'

export interface Claimed {
  delivery: Delivery
  claim: number
}

export interface Claims {
  claimed: Claimed[]
  /** How many were available, up to the number asked for; those that were not claimed have had all their chances. */
  found: number
  /** The database's time of the claim. */
  at: string
}

/** The end of a delivery: `return` puts it back as if it had never been claimed. */
export interface Outcome {
  id: string
  claim: number
  result: 'ack' | 'retry' | 'dead' | 'return'
  /** Why it is dead; empty otherwise. */
  reason: string
}

/** Stores the messages whose ids are not queued, and wakes consumers. */
export async function insertMessages(sql: Sql, queue: string, messages: QueueMessage[]): Promise<void> {
  await sql`
    with stored as (
      insert into queue_messages (queue, id, body, headers, available_at)
      -- A microsecond apart, which keeps a batch in its order.
      select ${queue}, id, body, headers::json, now() - (count(*) over () - n)::float8 * interval '1 microsecond'
      from unnest(
        ${messages.map((m) => m.id)}::text[],
        ${bytesArray(messages.map((m) => m.body))}::bytea[],
        ${messages.map((m) => JSON.stringify(m.headers ?? {}))}::text[]
      ) with ordinality as batch (id, body, headers, n)
      order by id
      on conflict do nothing
      returning 1
    )
    select pg_notify(${QUEUE_CHANNEL}, ${queue}) where exists (select from stored)`
}

/** Whose claim it is, of how many, and when a message has had all its chances. */
export interface Claim {
  queue: string
  consumer: string
  max: number
  max_attempts: number
  max_lost: number
  lease_ms: number
}

/**
 * Claims up to `max` available messages for the consumer, but for those that have had all their chances (see
 * deadLetterSpent). It is planned at each call, which took longer than its work while it did everything that is rare, too.
 */
export async function claimMessages(
  sql: Sql,
  { queue, consumer, max, max_attempts, max_lost, lease_ms }: Claim,
): Promise<Claims> {
  type Row = { found: number; at: string } & ((Delivery & { claim: number }) | { id: null })
  const rows = await sql<Row[]>`
    with found as (
      select queue, id, attempt, available_at, lost + (consumer is not null)::int as lost from queue_messages
      where queue = ${queue} and available_at <= now() and ${isFree(sql)}
      order by available_at limit ${max} for update skip locked
    ),
    claimed as (
      update queue_messages m
      set claim = m.claim + 1, lost = found.lost, consumer = ${consumer},
        lease_until = now() + ${lease_ms}::float8 * interval '1 ms'
      from found
      where m.queue = found.queue and m.id = found.id
        and found.attempt < ${max_attempts} and found.lost < ${max_lost}
      returning m.id, m.body, m.headers, m.attempt + 1 as attempt, m.claim, found.available_at as was_available_at
    )
    select (select count(*)::int from found) as found, now()::text as at,
      claimed.id, claimed.body, claimed.headers, claimed.attempt, claimed.claim
    from (select 1) always left join claimed on true
    order by claimed.was_available_at`
  const claimed = rows.flatMap((row) => {
    if (row.id === null) return []
    const { id, body, headers, attempt } = row
    return [{ delivery: { id, body, headers, attempt }, claim: row.claim }]
  })
  return { claimed, found: rows[0]!.found, at: rows[0]!.at }
}

/** Makes dead letters of up to `max` available messages that have had all their chances. */
export async function deadLetterSpent(sql: Sql, { queue, max, max_attempts, max_lost }: Claim): Promise<void> {
  await sql`
    with found as (
      select queue, id, lost + (consumer is not null)::int as lost from queue_messages
      where queue = ${queue} and available_at <= now() and ${isFree(sql)}
        and (attempt >= ${max_attempts} or lost + (consumer is not null)::int >= ${max_lost})
      order by available_at limit ${max} for update skip locked
    ),
    spent as (
      delete from queue_messages m using found
      where m.queue = found.queue and m.id = found.id
      returning m.queue, m.id, m.body, m.headers, m.attempt, found.lost
    )
    insert into dead_letters (id, queue, message_id, body, headers, attempt, reason)
    select fresh.id, spent.queue, spent.id, spent.body, spent.headers,
      spent.attempt + (spent.attempt < ${max_attempts})::int,
      case when spent.attempt < ${max_attempts}
        then format('Its consumer did not come back from %s deliveries of attempt %s.', spent.lost, spent.attempt + 1)
        else format('Not done after %s attempts.', spent.attempt)
      end
    from (select *, row_number() over () as n from spent) spent
      join unnest(${freshIds(max)}::uuid[]) with ordinality as fresh (id, n) using (n)`
}

/** When the next message becomes available, of those that a claim left; null when there is none. */
export async function nextDueMs(sql: Sql, queue: string, at: string): Promise<number | null> {
  const [row] = await sql<{ due_ms: number | null }[]>`
    select extract(epoch from least(
      (select min(available_at) from queue_messages where queue = ${queue} and available_at > ${at}),
      (select min(lease_until) from queue_messages where queue = ${queue} and available_at <= ${at})
    ) - now())::float8 * 1000 as due_ms`
  return row!.due_ms
}

/** Renews the leases of what the consumer still has; returns those, as id and claim. */
export async function extendLeases(
  sql: Sql,
  held: { queue: string; consumer: string; ids: string[]; lease_ms: number },
): Promise<Array<{ id: string; claim: number }>> {
  const { queue, consumer, ids, lease_ms } = held
  return sql<{ id: string; claim: number }[]>`
    with mine as (
      select m.queue, m.id from unnest(${ids.toSorted()}::text[]) as held (id) cross join lateral (
        select queue, id from queue_messages
        where queue = ${queue} and id = held.id and consumer = ${consumer}
        for update
      ) m
    )
    update queue_messages m set lease_until = now() + ${lease_ms}::float8 * interval '1 ms'
    from mine where m.queue = mine.queue and m.id = mine.id
    returning m.id, m.claim`
}

/** Stores what became of deliveries that are still the consumer's, and wakes consumers for what goes back. */
export async function settleMessages(
  sql: Sql,
  settings: { queue: string; consumer: string; retry_delay_ms: number },
  unordered: Outcome[],
): Promise<void> {
  const outcomes = unordered.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const [done, other] = [outcomes.filter(isDone), outcomes.filter((outcome) => !isDone(outcome))]
  if (done.length > 0) await removeMessages(sql, settings, done)
  if (other.length > 0) await deadLetterOrReturn(sql, settings, other)
}

const isDone = ({ result }: Outcome) => result === 'ack'

/** Nearly all that is settled, hence a statement of its own: it costs a third less than one for every result. */
async function removeMessages(
  sql: Sql,
  { queue, consumer }: { queue: string; consumer: string },
  outcomes: Outcome[],
): Promise<void> {
  await sql`
    with mine as (
      select m.queue, m.id
      from unnest(${outcomes.map((o) => o.id)}::text[], ${outcomes.map((o) => o.claim)}::int[]) as o (id, claim)
        cross join lateral (
          select queue, id from queue_messages
          where queue = ${queue} and id = o.id and claim = o.claim and consumer = ${consumer}
          for update
        ) m
    )
    delete from queue_messages m using mine where m.queue = mine.queue and m.id = mine.id`
}

async function deadLetterOrReturn(
  sql: Sql,
  { queue, consumer, retry_delay_ms }: { queue: string; consumer: string; retry_delay_ms: number },
  outcomes: Outcome[],
): Promise<void> {
  await sql`
    with outcome as (
      select * from unnest(
        ${outcomes.map((o) => o.id)}::text[], ${outcomes.map((o) => o.claim)}::int[],
        ${outcomes.map((o) => o.result)}::text[], ${outcomes.map((o) => o.reason)}::text[],
        ${freshIds(outcomes.length)}::uuid[]
      ) as o (id, claim, result, reason, dead_id)
    ),
    mine as (
      select m.queue, m.id, o.result, o.reason, o.dead_id
      from outcome o cross join lateral (
        select queue, id from queue_messages
        where queue = ${queue} and id = o.id and claim = o.claim and consumer = ${consumer}
        for update
      ) m
    ),
    dead as (
      delete from queue_messages m using mine
      where m.queue = mine.queue and m.id = mine.id and mine.result = 'dead'
      returning m.*, mine.reason, mine.dead_id
    ),
    dead_lettered as (
      insert into dead_letters (id, queue, message_id, body, headers, attempt, reason)
      select dead_id, queue, id, body, headers, attempt + 1, reason from dead
    ),
    back as (
      update queue_messages m
      set consumer = null, lease_until = null, attempt = m.attempt + (mine.result = 'retry')::int,
        lost = case mine.result when 'retry' then 0 else m.lost end,
        available_at = case mine.result
          when 'retry' then now() + ${retry_delay_ms}::float8 * interval '1 ms' else m.available_at
        end
      from mine where m.queue = mine.queue and m.id = mine.id and mine.result in ('retry', 'return')
      returning 1
    )
    select pg_notify(${QUEUE_CHANNEL}, ${queue}) where exists (select from back)`
}

/** Puts dead letters back as new messages, unless their message is queued already; returns how many. */
export async function replayDeadLetters(sql: Sql, queue: string, ids: string[] | undefined): Promise<number> {
  const [row] = await sql<{ replayed: number }[]>`
    with dead as (
      select id, message_id, body, headers from dead_letters
      where queue = ${queue} ${ids === undefined ? sql`` : sql`and id = any(${ids}::uuid[])`}
      order by id for update
    ),
    newest as (select distinct on (message_id) * from dead order by message_id, id desc),
    stored as (
      insert into queue_messages (queue, id, body, headers)
      select ${queue}, message_id, body, headers from newest
      order by message_id
      on conflict do nothing
      returning id
    ),
    removed as (
      delete from dead_letters d using newest n join stored s on s.id = n.message_id where d.id = n.id returning 1
    )
    select (select count(*) from removed)::int as replayed,
      case when exists (select from stored) then pg_notify(${QUEUE_CHANNEL}, ${queue})::text end`
  return row!.replayed
}

export async function queueDepth(sql: Sql, queue: string): Promise<QueueDepth> {
  const [row] = await sql<[QueueDepth]>`
    select count(*) filter (where available_at <= now() and ${isFree(sql)})::int as ready,
      count(*) filter (where available_at > now())::int as delayed,
      count(*) filter (where lease_until > now())::int as in_flight,
      (select count(*) from dead_letters where queue = ${queue})::int as dead
    from queue_messages where queue = ${queue}`
  return row
}

/** No consumer has it, or the one that has it did not come back. */
export const isFree = (sql: Sql) => sql`(lease_until is null or lease_until <= now())`

const freshIds = (count: number) => Array.from({ length: count }, () => Bun.randomUUIDv7())

/** After the database's clock has gone back: nothing waits, and no dead consumer keeps anything, until it is that late again. */
export async function withdrawAheadMessages(sql: ISql, longest_s: number): Promise<void> {
  const latest = sql`now() + make_interval(secs => ${longest_s})`
  await sql`
    update queue_messages set available_at = case when queued_at > now() then now() else least(available_at, ${latest}) end,
      queued_at = least(queued_at, now()), lease_until = case when lease_until > ${latest} then ${latest} else lease_until end
    where queued_at > now() or greatest(available_at, lease_until) > ${latest}`
}
