import { sql } from 'drizzle-orm'
import { customType, timestamp } from 'drizzle-orm/pg-core'

/** A point in time, UTC. */
export const time = () => timestamp({ withTimezone: true, mode: 'date' })
/** When the row was written, by the database's clock. */
export const written = () =>
  time()
    .notNull()
    .default(sql`now()`)
export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })
/** Text that is compared by its bytes in UTF-8. */
export const bytesOrdered = customType<{ data: string }>({ dataType: () => 'text collate "C"' })
