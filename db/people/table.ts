import { sql, type SQL } from 'drizzle-orm'
import { customType, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { time, written } from '../engines/postgres/columns.ts'

const words = customType<{ data: string }>({ dataType: () => 'tsvector' })

/** The projection of the people that the consumer `users` has kept, for search. */
export const people = pgTable(
  'people',
  {
    id: uuid().primaryKey(),
    first_name: text(),
    last_name: text(),
    gender: text(),
    address: text(),
    postcode: text(),
    country: text(),
    email: text().notNull(),
    username: text(),
    /** Null also where it is no point in time. */
    born_at: time(),
    registered_at: time(),
    phone: text(),
    /** A URL, of whatever kind: what shows it must check it. */
    picture: text(),
    /** When the message was produced that says so. */
    written_at: time().notNull(),
    /** When it came here, or last changed. */
    stored_at: written(),
    /** Without case and accents, cut to what an index takes; a list is in its order. */
    name_key: text()
      .notNull()
      .generatedAlwaysAs((): SQL => sql`people_name(first_name, last_name)`),
    country_key: text().generatedAlwaysAs((): SQL => sql`left(fold_text(country), 100)`),
    /** What `q` is searched in. The functions are in the migration of this table. */
    words: words()
      .notNull()
      .generatedAlwaysAs(
        (): SQL => sql`people_words(first_name, last_name, email, username, address, postcode, phone)`,
      ),
  },
  (t) => [
    index('people_name').on(t.name_key, t.id),
    index('people_country').on(t.country_key, t.name_key, t.id),
    index('people_words').using('gin', t.words),
  ],
)

/** Letters whose replay brought a person: how a replay knows that its message succeeded. */
export const people_replayed = pgTable('people_replayed', {
  letter_id: uuid().primaryKey(),
  at: written(),
})
