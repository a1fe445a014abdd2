/** The output database: each order that was handled, once. */
import type { Sql } from 'postgres'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { OrdersDatabase } from './databases.ts'
import type { OrderMessage } from './message.ts'
import { priceText } from './rows.ts'

export interface OutputRow extends Pick<
  OrderMessage,
  'message_id' | 'origin' | 'product' | 'price' | 'security_check'
> {
  written_at: Date
}

/** Writes those that are not there yet. */
export function writeOutput(output: OrdersDatabase, messages: OrderMessage[]): Promise<void> {
  // In order of id, so that two consumers never wait for each other in a circle.
  const sorted = messages.toSorted((a, b) => (a.message_id < b.message_id ? -1 : 1))
  return output.use(async (sql, schema) => {
    await sql`
      insert into ${sql(schema)}.orders (message_id, origin, product, price, security_check)
      select * from unnest(
        ${sorted.map(({ message_id }) => message_id)}::uuid[], ${sorted.map(({ origin }) => origin)}::text[],
        ${sorted.map(({ product }) => product)}::text[], ${sorted.map(({ price }) => price)}::numeric[],
        ${sorted.map(({ security_check }) => String(security_check))}::text[]::boolean[]
      )
      on conflict (message_id) do nothing`
  })
}

const columns = (sql: Sql) => sql`message_id, origin, product, ${priceText(sql)} as price, security_check, written_at`

/** Newest first; `origin`: those of one system. */
export function listOutput(
  output: OrdersDatabase,
  origin: string | undefined,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<OutputRow, { id: string }>> {
  return output.use(async (sql, schema) => {
    const rows = await sql<Array<OutputRow & { id: number }>>`
      select id, ${columns(sql)} from ${sql(schema)}.orders
      where true ${origin === undefined ? sql`` : sql`and origin = ${origin}`} ${after ? sql`and id < ${after.id}::text::bigint` : sql``} order by id desc limit ${limit + 1}`
    const { rows: page, last } = pageOf([...rows], limit, ({ id }) => ({ id: String(id) }))
    return { rows: page.map(({ id: _, ...row }) => row), last }
  })
}

export function findOutput(output: OrdersDatabase, message_id: string): Promise<OutputRow | null> {
  return output.use(async (sql, schema) => {
    const [row] = await sql<OutputRow[]>`
      select ${columns(sql)} from ${sql(schema)}.orders where message_id = ${message_id}`
    return row ?? null
  })
}
