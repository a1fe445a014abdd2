import { jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { written } from '../engines/postgres/columns.ts'

/** A report that process_data wrote; its files are objects under relatorios/. The row makes it visible, whole. */
export const reports = pgTable(
  'reports',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    run_id: uuid(),
    /** The figures that a list shows without opening the files. */
    summary: jsonb().$type<Record<string, unknown>>().notNull(),
    created_at: written(),
  },
  (t) => [unique('reports_run').on(t.run_id)],
)
