import { sql } from 'drizzle-orm'
import { bigint, boolean, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { time, written } from '../engines/postgres/columns.ts'

/** One row per backup that was begun, also of those that failed, with the result of its last drill. */
export const backups = pgTable(
  'backups',
  {
    id: uuid().primaryKey(),
    started_at: written(),
    finished_at: time(),
    /** null while it runs. */
    ok: boolean(),
    error: text(),
    /** host:pid of the program that makes it. */
    worker: text().notNull(),
    /** Name of the archive, and the folder it was written to. */
    file: text().notNull(),
    folder: text().notNull(),
    size_bytes: bigint({ mode: 'number' }),
    /** Of the whole file, in hex. */
    sha256: text(),
    encrypted: boolean().notNull(),
    /** Counts of tables, rows and objects, and warnings. */
    summary: jsonb().$type<Record<string, unknown>>(),
    /** When a copy stood in BACKUP_URL and had been read back. */
    copied_at: time(),
    drilled_at: time(),
    drill_ok: boolean(),
    drill_error: text(),
  },
  (t) => [
    index('backups_newest').on(t.started_at, t.id),
    index('backups_good')
      .on(t.started_at)
      .where(sql`${t.ok}`),
  ],
)
