/** The rows of an order system, as they are read. */
import type { Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { OrdersDatabase } from './databases.ts'

export interface OrderRow {
  id: number
  product: string
  price: string
  security_check: boolean
  created_at: Date
  message_id: string
  /** When the broker had confirmed its message. */
  sent_at: Date | null
}

export const orderColumns = (sql: Sql) =>
  sql`id, product, ${priceText(sql)} as price, security_check, created_at, message_id, sent_at`

/** 1.9700 is 1.97 to a person, and 1 is 1.00. */
export const priceText = (sql: Sql) => sql`round(price, greatest(2, scale(trim_scale(price))))::text`

export interface RowFilters {
  security_check?: boolean | undefined
  /** Part of the product, or the beginning of the message id; case does not matter. */
  q?: string | undefined
}

export interface RowsAsked extends RowFilters {
  /** Those that are not sent. */
  is_pending?: boolean | undefined
  order: 'oldest_first' | 'newest_first'
}

export function listOrders(
  system: OrdersDatabase,
  { is_pending = false, order, ...filters }: RowsAsked,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<OrderRow, { id: string }>> {
  const isNewestFirst = order === 'newest_first'
  return system.use(async (sql, schema) => {
    const rows = await sql<OrderRow[]>`
      select ${orderColumns(sql)} from ${sql(schema)}.orders
      where true ${is_pending ? sql`and sent_at is null` : sql``}
        ${ofFilters(sql, filters)}
        ${after ? sql`and id ${isNewestFirst ? sql`<` : sql`>`} ${after.id}::text::bigint` : sql``}
      order by id ${isNewestFirst ? sql`desc` : sql``} limit ${limit + 1}`
    return pageOf([...rows], limit, ({ id }) => ({ id: String(id) }))
  })
}

/** The ids of rows that were sent, newest first. */
export function listSentIds(
  system: OrdersDatabase,
  filters: RowFilters,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<Pick<OrderRow, 'id' | 'message_id'>, { id: string }>> {
  return system.use(async (sql, schema) => {
    const rows = await sql<Pick<OrderRow, 'id' | 'message_id'>[]>`
      select id, message_id from ${sql(schema)}.orders
      where sent_at is not null ${ofFilters(sql, filters)} ${after ? sql`and id < ${after.id}::text::bigint` : sql``}
      order by id desc limit ${limit + 1}`
    return pageOf([...rows], limit, ({ id }) => ({ id: String(id) }))
  })
}

/** Newest first. */
export function findOrders(system: OrdersDatabase, ids: number[]): Promise<OrderRow[]> {
  return system.use(async (sql, schema) => {
    if (ids.length === 0) return []
    return sql<OrderRow[]>`
      select ${orderColumns(sql)} from ${sql(schema)}.orders where id = any(${ids}::bigint[]) order by id desc`
  })
}

/** For rows and the ledger, which have these columns alike. */
export const ofFilters = (sql: Sql, { security_check, q }: RowFilters) => sql`
  ${security_check === undefined ? sql`` : sql`and security_check = ${security_check}`}
  ${q === undefined ? sql`` : sql`and (strpos(lower(product), lower(${q})) > 0 or starts_with(message_id::text, lower(${q})))`}`

export function countPending(system: OrdersDatabase): Promise<number> {
  return system.use(async (sql, schema) => {
    const [{ pending }] = await sql<[{ pending: number }]>`
      select count(*)::int as pending from ${sql(schema)}.orders where sent_at is null`
    return pending
  })
}

/** The row of a message, or null. */
export function findOrder(system: OrdersDatabase, message_id: string): Promise<OrderRow | null> {
  return system.use(async (sql, schema) => {
    const [row] = await sql<OrderRow[]>`
      select ${orderColumns(sql)} from ${sql(schema)}.orders where message_id = ${message_id}`
    return row ?? null
  })
}
