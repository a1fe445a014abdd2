/** A Doca to back up and a place to restore it to: two fresh databases and two folders. */
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import postgres, { type Sql } from 'postgres'
import { databasesAt, planBackup, type BackupPlan } from '../../../db/backup/plan.ts'
import type { RestoreTarget } from '../../../db/backup/restore.ts'
import { createDiskObjects } from '../../../db/engines/objects/disk/objects.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

export const KEY = 'a key for tests that is long enough'

export interface Place extends BackupPlan {
  database: TestDatabase
  close(): Promise<void>
}

export async function place(change: { backup_key?: string; backup_url?: string; bare?: boolean } = {}): Promise<Place> {
  const database = await testDatabase(change)
  const data_dir = await realpath(temporaryFolder())
  const objects = await createDiskObjects(join(data_dir, 'objects'))
  const config = { data_dir, backup_key: change.backup_key, backup_url: change.backup_url }
  const plan = planBackup(config, { sql: database.sql, url: database.url, objects }, pino({ level: 'silent' }))
  return { ...plan, database, close: database.close }
}

/**
 * A database as it is when it was created a moment ago, beside an empty folder, and how to open both for a restore. Its
 * `sql` goes by another name than that of programs, which would keep a restore out.
 */
export async function emptyPlace(): Promise<Place & { open(): Promise<RestoreTarget> }> {
  const made = await place({ bare: true })
  const { objects, data_dir, database } = made
  await database.sql.end()
  const sql = postgres(database.url, { max: 2, onnotice: () => {}, connection: { application_name: 'a test' } })
  const open = async () => ({
    databases: databasesAt(database.url),
    embedded: false,
    objects,
    in_bucket: false,
    data_dir,
    close: async () => {},
  })
  const close = async () => {
    await sql.end({ timeout: 1 })
    await made.close()
  }
  return { ...made, sql: sql as unknown as Sql, open, close }
}
