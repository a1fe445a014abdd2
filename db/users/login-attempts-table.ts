import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { time } from '../engines/postgres/columns.ts'

/**
 * Wrong passwords and codes in a row: a row for each account from each address, and one for the account from
 * everywhere, whose address is ''. In sql, because a count that a restart forgets protects nobody.
 */
export const login_attempts = pgTable(
  'login_attempts',
  {
    /** A user name in small letters; also of nobody, so that names do not differ by whether they exist. */
    account: text().notNull(),
    address: text().notNull(),
    failures: integer().notNull(),
    attempted_at: time().notNull(),
    /** When the account last signed in from this address. */
    succeeded_at: time(),
  },
  (t) => [primaryKey({ columns: [t.account, t.address] }), index('login_attempts_age').on(t.attempted_at)],
)
