/** Imports a catalogue file, all or nothing: a process of its own reads it, and this one hands the items to the database. */
import type { Sql } from 'postgres'
import { readInChild } from './read-in-child.ts'
import { countImport, mergeImport, openImport, stageImport, type ImportCounts } from './stage-rows.ts'

/**
 * A function that imports a file: creates or updates an item per row, by sku; with `dry_run` it only says what it would do.
 * It throws AppError that lists every bad row by line and column. Files wait for each other, so that imports never hold all
 * database connections.
 */
export function createImporter(sql: Sql) {
  let last: Promise<unknown> = Promise.resolve()
  return (bytes: Uint8Array, { dry_run = false } = {}): Promise<ImportCounts> => {
    const next = last.then(() => importFile(sql, bytes, dry_run))
    last = next.catch(() => {})
    return next
  }
}

async function importFile(sql: Sql, bytes: Uint8Array, dry_run: boolean): Promise<ImportCounts> {
  const file = await readInChild(bytes)
  try {
    return (await sql.begin(async (transaction) => {
      await openImport(transaction)
      for await (const batch of file.batches()) await stageImport(transaction, batch)
      return (dry_run ? countImport : mergeImport)(transaction, file.columns)
    })) as ImportCounts
  } finally {
    file.close()
  }
}
