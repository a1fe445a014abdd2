/** The backups table: a row for each backup that was begun, and what became of it. */
import { hostname } from 'node:os'
import type { ISql, JSONValue } from 'postgres'
import type { backups } from './table.ts'

export type BackupRow = typeof backups.$inferSelect

/** Records that a backup begins. Call it under the backup's lock: rows left open by then are of killed ones. */
export async function beginBackup(
  sql: ISql,
  { id, file, folder, encrypted }: Pick<BackupRow, 'id' | 'file' | 'folder' | 'encrypted'>,
): Promise<void> {
  await sql`
    with interrupted as (
      update backups set ok = false, finished_at = now(), error = 'It was interrupted.' where finished_at is null
    )
    insert into backups (id, file, folder, encrypted, worker)
    values (${id}, ${file}, ${folder}, ${encrypted}, ${`${hostname()}:${process.pid}`})`
}

export async function endBackup(
  sql: ISql,
  id: string,
  { size_bytes, sha256, summary }: { size_bytes: number; sha256: string; summary: Record<string, JSONValue> },
): Promise<void> {
  await sql`
    update backups set ok = true, finished_at = now(), size_bytes = ${size_bytes}, sha256 = ${sha256},
      summary = ${sql.json(summary)}
    where id = ${id}`
}

export async function failBackup(sql: ISql, id: string, error: string): Promise<void> {
  await sql`update backups set ok = false, finished_at = now(), error = ${error} where id = ${id}`
}

/** In a restored database the row of its own backup is still open, as it was at that time. */
export async function forgetOpenBackups(sql: ISql): Promise<void> {
  await sql`delete from backups where finished_at is null`
}

export async function markCopied(sql: ISql, id: string): Promise<void> {
  await sql`update backups set copied_at = now() where id = ${id}`
}

/** The error of a drill; null for an archive that came through it. */
export async function recordDrill(sql: ISql, file: string, error: string | null): Promise<void> {
  await sql`
    update backups set drilled_at = now(), drill_ok = ${error === null}, drill_error = ${error} where file = ${file}`
}

/** The good backup whose data is newest, or null; one that failed a drill does not count. */
export async function newestGoodBackup(sql: ISql): Promise<BackupRow | null> {
  const [row] = await sql<
    BackupRow[]
  >`select * from backups where ok and drill_ok is not false order by started_at desc limit 1`
  return row ?? null
}

export interface BackupAge {
  age_h: number
  newest: Date | null
}

/**
 * How old the data of the newest good backup is, in hours by the database's clock; before the first one, for how long
 * there has been something to lose.
 */
export async function backupAge(sql: ISql): Promise<BackupAge> {
  const [row] = await sql<BackupAge[]>`
    with newest as (select max(started_at) as at from backups where ok and drill_ok is not false)
    select at as newest,
      extract(epoch from now() - coalesce(at, (select min(created_at) from users), now()))::float8 / 3600 as age_h
    from newest`
  return row!
}

/** Newest first. */
export function listBackups(sql: ISql, limit: number): Promise<BackupRow[]> {
  return sql<BackupRow[]>`
    select b.*, size_bytes::float8 as size_bytes from backups b order by started_at desc, id desc limit ${limit}`
}

/** When a backup last came through a drill; null: never. */
export async function lastDrill(sql: ISql): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`select max(drilled_at) as at from backups where drill_ok`
  return row!.at
}
