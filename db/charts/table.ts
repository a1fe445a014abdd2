import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { Translated } from '../../lib/texts.ts'
import { time, written } from '../engines/postgres/columns.ts'

/** `waiting`: uploaded, and not seen by a poller yet. */
export const CHART_STATES = ['waiting', 'drawing', 'drawn', 'failed'] as const

/** One row per version of an uploaded workbook: each is drawn once, by whichever poller holds its lease. */
export const charts = pgTable(
  'charts',
  {
    id: uuid().primaryKey(),
    /** Object key below uploads/. */
    source_key: text().notNull(),
    source_version: text().notNull(),
    state: text({ enum: CHART_STATES }).notNull(),
    attempt: integer().notNull().default(1),
    worker: text(),
    lease_until: time(),
    /** Object key below graficos/, without suffix; of every version that a poller has claimed. */
    output_key: text(),
    error_code: text(),
    /** The sentence for the owner of the workbook, in both languages. */
    error: jsonb().$type<Translated>(),
    found_at: written(),
    finished_at: time(),
  },
  (t) => [
    unique('charts_version').on(t.source_key, t.source_version),
    index('charts_leased')
      .on(t.lease_until)
      .where(sql`${t.state} = 'drawing'`),
    index('charts_waiting')
      .on(t.source_key)
      .where(sql`${t.state} = 'waiting'`),
    index('charts_output').on(t.output_key),
  ],
)
