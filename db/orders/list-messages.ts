/**
 * Messages by what has become of them. Those that a consumer has met are read from the ledger, whose states have no index: an
 * attempt would change it (see table.ts), and a look through the whole costs as much as the balance does. The others are rows of
 * their system without an entry there.
 */
import type { Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { RetryPolicy } from './config.ts'
import type { OrdersDatabase, OrdersDatabases } from './databases.ts'
import { notTried, type LedgerRow } from './ledger.ts'
import { messageOfRow, type OrderMessage } from './message.ts'
import { findOrders, listOrders, listSentIds, ofFilters, priceText, type OrderRow, type RowFilters } from './rows.ts'
import { statusOf, type MessageStatus } from './status.ts'

export interface ListedMessage extends OrderMessage {
  status: MessageStatus
  replay: number
  /** The newest; null where no consumer has met it. */
  attempt: number | null
  begun_at: Date | null
  error: string | null
  next_attempt_at: Date | null
}

export interface MessageFilters extends RowFilters {
  /** The system. */
  origin?: string | undefined
}

export interface ListContext {
  sql: Sql
  databases: OrdersDatabases
  policy: RetryPolicy
}

type MetKey = { at: string; order: string; id: string }

/** Newest first; without a status all that a consumer has met. */
export async function listMet(
  { sql }: Pick<ListContext, 'sql'>,
  status: 'retrying' | 'output' | 'dead' | 'purged' | undefined,
  { origin, ...filters }: MessageFilters,
  { limit, after }: PageRequest<MetKey>,
): Promise<Page<ListedMessage, MetKey>> {
  type Row = Omit<ListedMessage, 'status'> & Pick<LedgerRow, 'state'> & { attempt: number; at: string }
  const rows = await sql<Row[]>`
    select message_id, origin, order_id, product, ${priceText(sql)} as price, security_check, required_attempts, replay, attempt,
      begun_at, error, next_at as next_attempt_at, state, first_at::text as at
    from order_messages
    where true ${status === undefined ? sql`` : inStatus(sql, status)}
      ${origin === undefined ? sql`` : sql`and origin = ${origin}`} ${ofFilters(sql, filters)}
      ${after ? sql`and (first_at, order_id, message_id) < (${after.at}::text::timestamptz, ${after.order}::text::bigint, ${after.id}::text::uuid)` : sql``}
    order by first_at desc, order_id desc, message_id desc limit ${limit + 1}`
  const { rows: page, last } = pageOf([...rows], limit, ({ at, order_id, message_id }) => ({
    at,
    order: String(order_id),
    id: message_id,
  }))
  return {
    rows: page.map(({ state, at: _, ...row }) => ({ ...row, status: statusOf({ ...row, state }, undefined) })),
    last,
  }
}

/** As statusOf has it. */
const inStatus = (sql: Sql, status: string) =>
  status === 'retrying'
    ? sql`and (state = 'retrying' or (state = 'running' and attempt > 1))`
    : sql`and state = ${status}`

/** `id`: '' where the system begins. */
type RowKey = { origin: string; id: string }

/** Rows that were not sent, system by system; the next to be sent first. */
export function listPending(context: ListContext, filters: MessageFilters, page: PageRequest<RowKey>) {
  return listOfSystems(context, filters.origin, page, async (system, limit, after) => {
    const asked = { ...filters, is_pending: true, order: 'oldest_first' } as const
    const { rows, last } = await listOrders(system, asked, { limit, after })
    return { rows: rows.map((row) => toListed(context, system, row, 'pending')), last }
  })
}

/** Rows that were sent and are not tried yet, system by system, newest first. */
export function listWaiting(context: ListContext, filters: MessageFilters, page: PageRequest<RowKey>) {
  return listOfSystems(context, filters.origin, page, (system, limit, after) =>
    waitingOf(context, system, filters, { limit, after }),
  )
}

/** The waiting are among the newest that were sent. A page looks at so many rows at most, and may then be a short one. */
const MOST_ROWS = 50_000
const AT_ONCE = 5000

async function waitingOf(
  context: ListContext,
  system: OrdersDatabase,
  filters: RowFilters,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<ListedMessage, { id: string }>> {
  const found: number[] = []
  let last = after
  for (let seen = 0; seen < MOST_ROWS; seen += AT_ONCE) {
    const { rows, last: next } = await listSentIds(system, filters, { limit: AT_ONCE, after: last })
    const unmet = await notTried(
      context.sql,
      rows.map(({ message_id }) => message_id),
    )
    for (const { id, message_id } of rows) {
      if (!unmet.has(message_id)) continue
      if (found.length === limit) return { rows: await listed(), last }
      found.push(id)
      last = { id: String(id) }
    }
    last = next
    if (!last) break
  }
  return { rows: await listed(), last }

  async function listed(): Promise<ListedMessage[]> {
    const rows = await findOrders(system, found)
    return rows.map((row) => toListed(context, system, row, 'waiting'))
  }
}

/** A page that begins in one system may end in the next. */
async function listOfSystems(
  { databases }: ListContext,
  origin: string | undefined,
  { limit, after }: PageRequest<RowKey>,
  list: (
    system: OrdersDatabase,
    limit: number,
    after: { id: string } | undefined,
  ) => Promise<Page<ListedMessage, { id: string }>>,
): Promise<Page<ListedMessage, RowKey>> {
  const systems = databases.systems.filter(({ name }) => origin === undefined || name === origin)
  const from = after ? systems.findIndex(({ name }) => name === after.origin) : 0
  const rows: ListedMessage[] = []
  for (const [i, system] of (from < 0 ? [] : systems.slice(from)).entries()) {
    const begin = i === 0 && after?.id ? { id: after.id } : undefined
    if (rows.length === limit) return { rows, last: { origin: system.name, id: '' } }
    const page = await list(system, limit - rows.length, begin)
    rows.push(...page.rows)
    if (page.last) return { rows, last: { origin: system.name, id: page.last.id } }
  }
  return { rows, last: undefined }
}

const toListed = (
  { policy }: Pick<ListContext, 'policy'>,
  system: OrdersDatabase,
  row: OrderRow,
  status: MessageStatus,
): ListedMessage => ({
  ...messageOfRow(system.name, row, policy),
  status,
  replay: 0,
  attempt: null,
  begun_at: null,
  error: null,
  next_attempt_at: null,
})
