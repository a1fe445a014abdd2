/** Imports a catalogue file, all or nothing: a process of its own reads it, and this one hands the items to the database. */
import type { Sql } from 'postgres'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { auditedFile, type NamedFile } from '../../audit/audited-file.ts'
import { readInChild } from './read-in-child.ts'
import {
  countImport,
  mergeImport,
  openImport,
  showImport,
  stageImport,
  type ImportChange,
  type ImportCounts,
} from './stage-rows.ts'

/** `changes`: of a dry run. */
export type ImportResult = ImportCounts & { changes?: ImportChange[] }

/**
 * A function that imports a file: creates or updates an item per row, by sku, with one audit row for all of them; with
 * `dry_run` it only says what it would do, and shows the first changes. It throws AppError that lists every bad row by line and column. Files wait for each other, so that imports never hold all
 * database connections.
 */
export function createImporter(sql: Sql) {
  let last: Promise<unknown> = Promise.resolve()
  return (file: NamedFile, actor: Actor, { dry_run = false } = {}): Promise<ImportResult> => {
    const next = last.then(() => importFile(sql, file, dry_run ? null : actor))
    last = next.catch(() => {})
    return next
  }
}

/** `actor` null: a dry run. */
async function importFile(sql: Sql, sent: NamedFile, actor: Actor | null): Promise<ImportResult> {
  const file = await readInChild(sent.bytes)
  try {
    const { target, details: of_file } = await auditedFile(sent)
    return (await sql.begin(async (transaction) => {
      await openImport(transaction)
      for await (const batch of file.batches()) await stageImport(transaction, batch)
      if (!actor)
        return {
          ...(await countImport(transaction, file.columns)),
          changes: await showImport(transaction, file.columns),
        }
      const counts = await mergeImport(transaction, file.columns)
      const details = { ...counts, ...of_file }
      await recordAudit(transaction, { ...actor, action: 'packaging.imported', target, details })
      return counts
    })) as ImportResult
  } finally {
    file.close()
  }
}
