/** Column kinds that several tables share. */
import { sql } from 'drizzle-orm'
import { customType, json, timestamp } from 'drizzle-orm/pg-core'

/** A point in time, UTC. */
export const time = () => timestamp({ withTimezone: true, mode: 'date' })
/** When the row was written, by the database's clock. */
export const written = () =>
  time()
    .notNull()
    .default(sql`now()`)
/** The same in the middle of a transaction; `written` has its beginning. */
export const writtenNow = () =>
  time()
    .notNull()
    .default(sql`clock_timestamp()`)
export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
/** Text that is compared by its bytes in UTF-8. */
export const bytesOrdered = customType<{ data: string }>({ dataType: () => 'text collate "C"' })
/** A message's headers: json, not jsonb, since a header may hold any text and jsonb refuses \u0000 and lone surrogates. */
export const headers = () =>
  json()
    .$type<Record<string, string>>()
    .notNull()
    .default(sql`'{}'::json`)
