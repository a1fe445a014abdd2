/** What people see of charts: the newest version of each uploaded workbook, and what became of it. */
import type { Sql } from 'postgres'
import type { Translated } from '../../lib/texts.ts'

export interface Chart {
  id: string
  source_key: string
  state: 'drawing' | 'drawn' | 'failed'
  /** Below graficos/, without suffix; null until it is drawn. */
  output_key: string | null
  error_code: string | null
  error: Translated | null
  found_at: Date
  finished_at: Date | null
}

/** Versions newest first, after the chart `before`; `found_at` may be shared, ids are in its order. */
export async function listCharts(sql: Sql, limit: number, before?: string): Promise<Chart[]> {
  const rows = await sql<Chart[]>`
    select id, source_key, state, output_key, error_code, error, found_at, finished_at from charts
    ${before ? sql`where id < ${before}` : sql``}
    order by id desc limit ${limit}`
  return [...rows]
}

export async function readChart(sql: Sql, id: string): Promise<Chart | null> {
  const [row] = await sql<Chart[]>`
    select id, source_key, state, output_key, error_code, error, found_at, finished_at from charts where id = ${id}`
  return row ?? null
}
