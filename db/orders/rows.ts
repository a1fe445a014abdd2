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

/** Oldest first; `pending`: those not yet sent. */
export function listOrders(
  system: OrdersDatabase,
  pending: boolean,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<OrderRow, { id: string }>> {
  return system.use(async (sql, schema) => {
    const rows = await sql<OrderRow[]>`
      select ${orderColumns(sql)} from ${sql(schema)}.orders
      where true ${pending ? sql`and sent_at is null` : sql``} ${after ? sql`and id > ${after.id}::text::bigint` : sql``}
      order by id limit ${limit + 1}`
    return pageOf([...rows], limit, ({ id }) => ({ id: String(id) }))
  })
}

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
