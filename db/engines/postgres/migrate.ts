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
 * Runs every migration not yet run, under an advisory lock, on a connection of its own. Throws AppError as `checkMigratable`.
 */
export async function migrateDatabase(url: string): Promise<void> {
  await whileMigrating(url, (sql) => migrate(drizzle(sql), { migrationsFolder: MIGRATIONS }))
}

/** Does `work`, which migrates the database, while any number of programs that start wait for it. */
export async function whileMigrating<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  // It takes what it takes.
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { ...NO_DEADLINES } })
  try {
    await sql`select pg_advisory_lock(${MIGRATE_LOCK})`
    await pendingMigrations(sql)
    return await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * The migrations that the database lacks, oldest first; all of them for one that is empty. Throws AppError restore_unfinished
 * for a database that holds half a backup, database_too_old for one that no migration leads on from, database_newer for one
 * that has migrations of a later build.
 */
export async function pendingMigrations(sql: Sql): Promise<Migration[]> {
  await refuseMarked(sql)
  const [{ migrated }] = await sql<[{ migrated: boolean }]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as migrated`
  if (!migrated) return journal.entries
  const [{ newest }] = await sql<[{ newest: number | null }]>`
    select max(created_at)::float8 as newest from drizzle.__drizzle_migrations`
  if (newest === null) return journal.entries
  refuseOther(newest)
  return journal.entries.filter(({ when }) => when > newest)
}

/** How many the database has run, and the newest. */
export async function ranMigrations(sql: Sql): Promise<{ count: number; newest: string | null }> {
  const [row] = await sql<[{ count: number; newest: number | null }]>`
    select count(*)::int as count, max(created_at)::float8 as newest from drizzle.__drizzle_migrations`
  return { count: row.count, newest: journal.entries.find(({ when }) => when === row.newest)?.tag ?? null }
}

export interface Migration {
  when: number
  /** The name of its file. */
  tag: string
}

function refuseOther(newest: number): void {
  // Our first migrations make every table: a database that has older ones, and lacks some, would fail in the middle of them.
  if (newest < journal.entries[0]!.when)
    throw new AppError('conflict', 'database_too_old', {
      en: 'The database was made by an early build of Doca and lacks migrations that this one no longer has. Start the last build that has them once (CHANGELOG.md names it), or begin with an empty database (another DATA_DIR or DATABASE_URL).',
      pt: 'O banco foi criado por uma versão antiga do Doca e faltam nele migrações que esta não tem mais. Inicie uma vez a última versão que as tem (CHANGELOG.md diz qual), ou comece com um banco vazio (outro DATA_DIR ou DATABASE_URL).',
    })
  if (newest > journal.entries.at(-1)!.when)
    throw new AppError('conflict', 'database_newer', {
      en: 'A newer Doca has changed this database, and this one would not understand it. Start that one, or update this one (its files, then `bun install`). To go back for good, restore a backup of before (`bun run restore FILE --into DIR`), or take the folder that `bun run upgrade` kept (DATA_DIR/postgres.before-…), as README.md says.',
      pt: 'Um Doca mais novo mudou este banco, e este não o entenderia. Inicie aquele, ou atualize este (os arquivos, depois `bun install`). Para voltar de vez, restaure um backup anterior (`bun run restore FILE --into DIR`), ou use a pasta que `bun run upgrade` guardou (DATA_DIR/postgres.before-…), como diz o README.md.',
    })
}
