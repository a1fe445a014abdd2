/** Deletes the files of old reports, of reports that were never published, and old samples of the API. */
import type { Sql } from 'postgres'
import type { Objects } from '../../../db/engines/objects/objects.ts'
import { deleteReportRows, knownReports, REPORT_FORMATS, reportKey } from '../../../db/reports/reports.ts'

const REPORTS = 'relatorios/'
export const SAMPLES = 'monitoramento/'
const BATCH = 100
const DAY_MS = 86_400_000
/** The row of a report follows its files within minutes, or never. */
const ORPHAN_MS = DAY_MS

/** A batch: the rows first, so that no report is shown without files. A crash in between leaves orphans. */
export async function deleteOldReports(sql: Sql, objects: Objects, days: number, signal: AbortSignal): Promise<number> {
  const ids = await deleteReportRows(sql, days, BATCH)
  for (const id of ids) {
    signal.throwIfAborted()
    for (const format of REPORT_FORMATS) await objects.delete(reportKey(id, format))
  }
  return ids.length
}

/** A batch of files of reports without a row, and of samples older than `days`. */
export async function deleteOldFiles(sql: Sql, objects: Objects, days: number, signal: AbortSignal): Promise<number> {
  const old = await firstOf(objects, SAMPLES, Date.now() - days * DAY_MS)
  const orphans = old.length > 0 ? [] : await orphansOf(sql, objects, signal)
  for (const key of [...old, ...orphans]) {
    signal.throwIfAborted()
    await objects.delete(key)
  }
  return old.length + orphans.length
}

/** The first BATCH keys that were last written before `before_ms`. */
async function firstOf(objects: Objects, prefix: string, before_ms: number): Promise<string[]> {
  const found: string[] = []
  for await (const { key, modified_at } of objects.list(prefix)) {
    if (modified_at.getTime() < before_ms) found.push(key)
    if (found.length === BATCH) break
  }
  return found
}

async function orphansOf(sql: Sql, objects: Objects, signal: AbortSignal): Promise<string[]> {
  const orphans: string[] = []
  let asked: Array<{ key: string; id: string }> = []
  const ask = async () => {
    const known = await knownReports(sql, [...new Set(asked.map(({ id }) => id))])
    orphans.push(...asked.filter(({ id }) => !known.has(id)).map(({ key }) => key))
    asked = []
  }
  for await (const { key, modified_at } of objects.list(REPORTS)) {
    const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/)/.exec(key.slice(REPORTS.length))?.[0]
    // A file that somebody put there by hand has no such name.
    if (id && modified_at.getTime() < Date.now() - ORPHAN_MS) asked.push({ key, id })
    if (asked.length === BATCH) await ask()
    if (orphans.length >= BATCH) return orphans
    signal.throwIfAborted()
  }
  if (asked.length > 0) await ask()
  return orphans
}
