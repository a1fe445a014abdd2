/** Imports a catalogue file, all or nothing: a process of its own reads it, and this one hands the items to the database. */
import type { Sql } from 'postgres'
import { readInChild } from './read-in-child.ts'
import { mergeImport, openImport, stageImport, type ImportCounts } from './stage-rows.ts'

/**
 * A function that imports a file: creates or updates an item per row, by sku. It throws AppError that lists every
 * bad row by line and column. Files wait for each other, so that imports never hold all database connections.
 */
export function createImporter(sql: Sql): (bytes: Uint8Array) => Promise<ImportCounts> {
  let last: Promise<unknown> = Promise.resolve()
  return (bytes) => {
    const next = last.then(() => importFile(sql, bytes))
    last = next.catch(() => {})
    return next
  }
}

async function importFile(sql: Sql, bytes: Uint8Array): Promise<ImportCounts> {
  const file = await readInChild(bytes)
  try {
    return (await sql.begin(async (transaction) => {
      await openImport(transaction)
      for await (const batch of file.batches()) await stageImport(transaction, batch)
      return mergeImport(transaction, file.columns)
    })) as ImportCounts
  } finally {
    file.close()
  }
}
