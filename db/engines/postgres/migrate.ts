/** Brings a database to the newest schema; any number of programs may start at once. */
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { join } from 'node:path'
import postgres from 'postgres'
import { refuseMarked } from '../../backup/target.ts'

export const MIGRATIONS = join(import.meta.dir, '../../migrations')

/** Any number that no other advisory lock of ours has. */
const MIGRATE_LOCK = 4_711_002

/**
 * Runs every migration not yet run, under an advisory lock, on a connection of its own. Throws AppError
 * restore_unfinished for a database that holds half a backup.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock(${MIGRATE_LOCK})`
    await refuseMarked(sql)
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS })
  } finally {
    await sql.end({ timeout: 5 })
  }
}
