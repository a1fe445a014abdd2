/** Attempts in the ledger; table.ts says what it is for. */
import type { ISql, Sql } from 'postgres'
import type { OrderMessage, Travel } from './message.ts'
import { priceText } from './rows.ts'
import type { order_messages } from './table.ts'

export type LedgerRow = typeof order_messages.$inferSelect

export interface Attempt {
  message: OrderMessage
  travel: Travel
  /** 1, 2, … in each replay. */
  attempt: number
  worker: string
}

/**
 * - begun: it is to be made; `deliveries` above 1: again, since nobody knows how far it came before.
 * - failed: it was made, and the message is to be retried.
 * - over: a later attempt, or the end of the message, is recorded: this is a stale copy.
 */
export type Begun = { state: 'begun'; deliveries: number; begun_at: Date } | { state: 'failed' } | { state: 'over' }

/** Records attempts as running unless they are known; the answers in their order. */
export async function beginAttempts(sql: ISql, attempts: Attempt[]): Promise<Begun[]> {
  // In order of id, so that two consumers never wait for each other in a circle; an id that is there twice, later attempt first.
  const sorted = attempts.toSorted((a, b) => {
    const [one, other] = [a.message.message_id, b.message.message_id]
    return one < other ? -1 : one > other ? 1 : b.travel.replay - a.travel.replay || b.attempt - a.attempt
  })
  const newest = sorted.filter(({ message }, i) => sorted[i - 1]?.message.message_id !== message.message_id)
  const messages = newest.map(({ message }) => message)
  // Copies that come together are made together.
  const copies = Map.groupBy(attempts, keyOfAttempt)
  const begun = await sql<Array<Key & { deliveries: number; begun_at: Date }>>`
    insert into order_messages as m (message_id, origin, order_id, product, price, security_check, required_attempts, trace_id,
      replay, attempt, worker, deliveries)
    select * from unnest(
      ${messages.map(({ message_id }) => message_id)}::uuid[], ${messages.map(({ origin }) => origin)}::text[],
      ${messages.map(({ order_id }) => order_id)}::bigint[], ${messages.map(({ product }) => product)}::text[],
      ${messages.map(({ price }) => price)}::numeric[], ${messages.map(({ security_check }) => String(security_check))}::text[]::boolean[],
      ${messages.map(({ required_attempts }) => required_attempts)}::int[],
      ${newest.map(({ travel }) => travel.trace_id)}::text[], ${newest.map(({ travel }) => travel.replay)}::int[],
      ${newest.map(({ attempt }) => attempt)}::int[], ${newest.map(({ worker }) => worker)}::text[],
      ${newest.map((one) => copies.get(keyOfAttempt(one))!.length)}::int[]
    )
    on conflict (message_id) do update set
      deliveries = case when (m.replay, m.attempt) = (excluded.replay, excluded.attempt) then m.deliveries else 0 end
        + excluded.deliveries,
      required_attempts = excluded.required_attempts, replay = excluded.replay, attempt = excluded.attempt, state = 'running',
      worker = excluded.worker, begun_at = now(), ended_at = null, next_at = null, error = null
    where m.replay < excluded.replay
      or (m.replay = excluded.replay and m.state in ('running', 'retrying')
        and (m.attempt < excluded.attempt or (m.attempt = excluded.attempt and m.state = 'running')))
    returning message_id, replay, attempt, deliveries, begun_at`
  const known = new Map(begun.map((row) => [keyOf(row), row]))
  const refused = attempts.filter((attempt) => !known.has(keyOfAttempt(attempt)))
  const failed = new Set((await currentAttempts(sql, refused)).filter(isRetrying).map(keyOf))
  return attempts.map((attempt): Begun => {
    const key = keyOfAttempt(attempt)
    const row = known.get(key)
    if (row) return { state: 'begun', deliveries: row.deliveries, begun_at: row.begun_at }
    return { state: failed.has(key) ? 'failed' : 'over' }
  })
}

type Key = Pick<LedgerRow, 'message_id' | 'replay' | 'attempt'>

const keyOf = ({ message_id, replay, attempt }: Key) => `${message_id} ${replay} ${attempt}`
export const keyOfAttempt = ({ message, travel, attempt }: Attempt) =>
  keyOf({ message_id: message.message_id, replay: travel.replay, attempt })
const isRetrying = ({ state }: Pick<LedgerRow, 'state'>) => state === 'retrying'

async function currentAttempts(sql: ISql, attempts: Attempt[]): Promise<Array<Key & Pick<LedgerRow, 'state'>>> {
  if (attempts.length === 0) return []
  return sql<Array<Key & Pick<LedgerRow, 'state'>>>`
    select message_id, replay, attempt, state from order_messages
    where message_id = any(${attempts.map(({ message }) => message.message_id)}::uuid[])`
}

export interface Ended {
  attempt: Attempt
  state: 'retrying' | 'output' | 'dead'
  /** Until the next attempt. */
  delay_s: number
  error: string | null
}

/** Records how attempts ended, where they still run; of which this was news. */
export async function endAttempts(sql: ISql, ended: Ended[]): Promise<Set<string>> {
  const last = new Map(ended.map((one) => [keyOfAttempt(one.attempt), one]))
  const unique = [...last.values()].toSorted((a, b) =>
    a.attempt.message.message_id < b.attempt.message.message_id ? -1 : 1,
  )
  const rows = await sql<Key[]>`
    with ended as (
      select * from unnest(
        ${unique.map(({ attempt }) => attempt.message.message_id)}::uuid[],
        ${unique.map(({ attempt }) => attempt.travel.replay)}::int[], ${unique.map(({ attempt }) => attempt.attempt)}::int[],
        ${unique.map(({ state }) => state)}::text[], ${unique.map(({ delay_s }) => delay_s)}::float8[],
        ${unique.map(({ error }) => error)}::text[]
      ) as ended (message_id, replay, attempt, state, delay_s, error)
    ),
    held as (
      select m.message_id, e.replay, e.attempt, e.state, e.delay_s, e.error from ended e cross join lateral (
        select message_id from order_messages
        where message_id = e.message_id and replay = e.replay and attempt = e.attempt and state = 'running'
        for update
      ) m
    )
    update order_messages m set state = held.state, ended_at = now(), error = held.error,
      next_at = case held.state when 'retrying' then now() + held.delay_s * interval '1 s' end
    from held where m.message_id = held.message_id
    returning m.message_id, m.replay, m.attempt`
  return new Set(rows.map(keyOf))
}

/** A message that the queue gave up ends dead, unless it has ended. */
export async function endGivenUp(sql: ISql, message_id: string, error: string): Promise<void> {
  await sql`
    update order_messages set state = 'dead', ended_at = now(), next_at = null, error = ${error}
    where message_id = ${message_id} and state in ('running', 'retrying')`
}

export async function findMessage(sql: Sql, message_id: string): Promise<LedgerRow | null> {
  const [row] = await sql<LedgerRow[]>`
    select message_id, origin, order_id, product, ${priceText(sql)} as price, security_check, required_attempts, trace_id, replay,
      attempt, state, deliveries, worker, first_at, begun_at, ended_at, next_at, error
    from order_messages where message_id = ${message_id}`
  return row ?? null
}

/** What the ledger knows of these. */
export async function statesOf(
  sql: Sql,
  ids: string[],
): Promise<Map<string, Pick<LedgerRow, 'message_id' | 'state' | 'attempt'>>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<Array<Pick<LedgerRow, 'message_id' | 'state' | 'attempt'>>>`
    select message_id, state, attempt from order_messages where message_id = any(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.message_id, row]))
}

/** Which of these no consumer has met, or are in their first attempt. */
export async function notTried(sql: Sql, ids: string[]): Promise<Set<string>> {
  const rows = await sql<{ message_id: string }[]>`
    select asked.message_id from unnest(${ids}::uuid[]) as asked (message_id)
    left join order_messages m using (message_id)
    where m.message_id is null or (m.state = 'running' and m.attempt = 1)`
  return new Set(rows.map(({ message_id }) => message_id))
}

export interface StatusCount {
  origin: string
  /** waiting: in its first attempt. replayed: no consumer has met it since. */
  status: 'waiting' | 'retrying' | 'output' | 'dead' | 'purged' | 'replayed'
  count: number
}

/** How many messages of each system are where. */
export async function countStatuses(sql: Sql): Promise<StatusCount[]> {
  return sql<StatusCount[]>`
    select origin, case when state <> 'running' then state when attempt = 1 then 'waiting' else 'retrying' end as status,
      count(*)::int as count
    from order_messages group by 1, 2`
}

/** Since an attempt last began or ended. */
export async function ledgerQuietSeconds(sql: Sql): Promise<number> {
  const [row] = await sql<[{ quiet_s: number | null }]>`
    select extract(epoch from now() - max(greatest(begun_at, ended_at)))::float8 as quiet_s from order_messages`
  return row.quiet_s ?? Infinity
}
