/**
 * The mark that a database carries while a restore prepares what shall take its place. A database with the mark is refused
 * by every program; restoring again, or undoing the restore, is the way out.
 */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'

/** A schema, so that it is there before any table. */
export const RESTORE_MARK = 'doca_restore'

export async function isMarked(sql: Sql): Promise<boolean> {
  return (await sql`select from pg_namespace where nspname = ${RESTORE_MARK}`).length > 0
}

export async function mark(sql: Sql, file: string): Promise<void> {
  await sql.unsafe(`create schema if not exists ${RESTORE_MARK}`)
  await sql.unsafe(`comment on schema ${RESTORE_MARK} is 'a restore of ${file.replaceAll("'", '')} is not finished'`)
}

export async function unmark(sql: ISql): Promise<void> {
  await sql.unsafe(`drop schema if exists ${RESTORE_MARK} cascade`)
}

/** Throws AppError restore_unfinished for a database that carries the mark. */
export async function refuseMarked(sql: Sql): Promise<void> {
  if (!(await isMarked(sql))) return
  throw new AppError('unavailable', 'restore_unfinished', {
    en: 'A restore into this database is under way or was interrupted. Wait for it, or run `bun run restore FILE` again, or `bun run restore --undo` to go on with what was there before it.',
    pt: 'Uma restauração neste banco está em andamento ou foi interrompida. Espere, ou rode `bun run restore FILE` de novo, ou `bun run restore --undo` para seguir com o que havia antes.',
  })
}
