/** The content of this Doca's backups, and where they go. */
import { join } from 'node:path'
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import type { BackupConfig } from './config.ts'
import { MIGRATIONS } from '../engines/postgres/migrate.ts'
import type { OrdersConfig } from '../orders/config.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import type { Objects } from '../engines/objects/objects.ts'
import type { BackupDatabase } from './dump-database.ts'

export interface BackupPlan {
  /** Where backups are recorded and locked; the first of the databases. */
  sql: Sql
  databases: [BackupDatabase, ...BackupDatabase[]]
  objects: Objects
  data_dir: string
  /** The folder for archives unless another is asked for. */
  folder: string
  key: string | undefined
  copies_url: string | undefined
  /** Where a base of the embedded server goes, too; unset: it keeps no write-ahead log. */
  wal?: string | undefined
  log: Log
}

/** `url` is where `sql` is connected to: a backup has connections of its own. */
export function planBackup(
  config: { data_dir: string; wal?: string | undefined; orders?: OrderUrls } & Omit<BackupConfig, 'backup_max_age_h'>,
  { sql, url, objects }: { sql: Sql; url: string; objects: Objects },
  log: Log,
): BackupPlan {
  return {
    sql,
    databases: databasesAt(url, config.orders),
    objects,
    data_dir: config.data_dir,
    folder: join(config.data_dir, 'backups'),
    key: config.backup_key,
    copies_url: config.backup_url,
    wal: config.wal,
    log,
  }
}

/** Where the order systems and their output have databases of their own. */
export type OrderUrls = Pick<OrdersConfig, 'systems' | 'output_url'>

/**
 * Every database that is backed up and restored; the first is the one that all programs share, with the schemas of order systems that
 * have no other. Two of them may be the same one: distinctDatabases tells.
 */
export function databasesAt(url: string, orders: OrderUrls = NO_ORDERS): BackupPlan['databases'] {
  const others = [
    ...orders.systems.map((system) => ({ name: `system_${system.name}`, url: system.url })),
    { name: 'output', url: orders.output_url },
  ]
  return [
    { name: 'main', url, migrations: MIGRATIONS },
    ...others.flatMap((one) => (one.url === undefined ? [] : [{ ...one, url: one.url, migrations: null }])),
  ]
}

const NO_ORDERS: OrderUrls = { systems: [], output_url: undefined }

/** Without those that are another one under a further name, whatever their URLs say. One that is away is left to its dump. */
export async function distinctDatabases(databases: BackupDatabase[]): Promise<BackupDatabase[]> {
  if (databases.length === 1) return databases
  const known = new Set<string>()
  const found: BackupDatabase[] = []
  for (const database of databases) {
    const identity = await identityOf(database.url)
    if (identity !== null && known.has(identity)) continue
    if (identity !== null) known.add(identity)
    found.push(database)
  }
  return found
}

/** Of a database, as no other of any server has it. */
async function identityOf(url: string): Promise<string | null> {
  const sql = openAlone(url, 'doca backup')
  try {
    const [row] = await sql<[{ identity: string }]>`
      select concat_ws(' ', oid, datname, pg_postmaster_start_time()) as identity
      from pg_database where datname = current_database()`
    return row.identity
  } catch {
    return null
  } finally {
    await sql.end({ timeout: 0 })
  }
}
