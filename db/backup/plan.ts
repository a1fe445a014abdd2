/** The content of this Doca's backups, and where they go. Another database is one line here. */
import { join } from 'node:path'
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import type { BackupConfig } from './config.ts'
import { MIGRATIONS } from '../engines/postgres/migrate.ts'
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
  config: { data_dir: string; wal?: string | undefined } & Omit<BackupConfig, 'backup_max_age_h'>,
  { sql, url, objects }: { sql: Sql; url: string; objects: Objects },
  log: Log,
): BackupPlan {
  return {
    sql,
    databases: databasesAt(url),
    objects,
    data_dir: config.data_dir,
    folder: join(config.data_dir, 'backups'),
    key: config.backup_key,
    copies_url: config.backup_url,
    wal: config.wal,
    log,
  }
}

/** Every database that is backed up and restored; the first is the one that all programs share. */
export function databasesAt(url: string): BackupPlan['databases'] {
  return [{ name: 'main', url, migrations: MIGRATIONS }]
}
