/** Brings a database to the newest schema; any number of programs may start at once. */
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import journal from '../../migrations/meta/_journal.json'
import { NO_DEADLINES } from './deadlines.ts'
import { refuseMarked } from './restore-mark.ts'

export const MIGRATIONS = join(import.meta.dir, '../../migrations')

/** Any number that no other advisory lock of ours has. */
const MIGRATE_LOCK = 4_711_002

/**
 * Runs every migration not yet run, under an advisory lock, on a connection of its own. Throws AppError
 * restore_unfinished for a database that holds half a backup, database_too_old for one that no migration leads on from.
 */
export async function migrateDatabase(url: string): Promise<void> {
  // Any number of programs wait for the one that migrates, and it takes what it takes.
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { ...NO_DEADLINES } })
  try {
    await sql`select pg_advisory_lock(${MIGRATE_LOCK})`
    await refuseMarked(sql)
    await refuseTooOld(sql)
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Our first migrations make every table: a database that has older ones, and lacks some, would fail in the middle of them. */
async function refuseTooOld(sql: Sql): Promise<void> {
  const [{ migrated }] = await sql<[{ migrated: boolean }]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as migrated`
  if (!migrated) return
  const [{ newest }] = await sql<[{ newest: number | null }]>`
    select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`
  if (newest === null || newest >= journal.entries[0]!.when) return
  throw new AppError(
    'conflict',
    'database_too_old',
    'The database was made by an early build of Doca and lacks migrations that this one no longer has. Start the last build ' +
      'that has them once (CHANGELOG.md names it), or begin with an empty database (another DATA_DIR or DATABASE_URL).',
  )
}
