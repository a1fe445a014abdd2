/** The table in an uploaded file. A workbook becomes CSV in a process of its own, which is ended when it costs too much. */
import { join } from 'node:path'
import { ChildFailed, ChildWorker } from '../../../lib/child/child-worker.ts'
import { spreadsheetKind } from '../../../lib/spreadsheet/check-package.ts'
import { openCsv, type CsvFile } from '../../../lib/spreadsheet/read-csv.ts'
import { recogniseColumn } from './columns.ts'
import { faultyFile } from './file-faults.ts'
import type { WorkbookAnswer, WorkbookOrder } from './workbook-to-csv.ts'

const MB = 1024 * 1024

/** What reading one workbook may cost. 50,000 rows × 16 columns inflate to 29 MB and were read in 7.7 s and 740 MB. */
export const WORKBOOK_LIMITS = {
  inflated_bytes: 64 * MB,
  memory_bytes: 1024 * MB,
  time_ms: 60_000,
  rows: 200_000,
  columns: 100,
  cells: Infinity,
  /** CSV that comes out. */
  output_bytes: 64 * MB,
}

/** Told apart by content. Throws SpreadsheetFault, or AppError that says what to change. */
export async function openTable(bytes: Uint8Array): Promise<CsvFile> {
  const csv = spreadsheetKind(bytes) === 'xlsx' ? await workbookToCsv(bytes) : bytes
  return openCsv(csv, { knows: (header) => recogniseColumn(header) !== undefined })
}

/** The first visible sheet as CSV, a line per row. Throws AppError that says what to change. */
export async function workbookToCsv(bytes: Uint8Array, limits = WORKBOOK_LIMITS): Promise<Uint8Array> {
  const { time_ms, memory_bytes } = limits
  const worker = new ChildWorker<WorkbookOrder, WorkbookAnswer>(join(import.meta.dir, 'workbook-to-csv.ts'))
  try {
    const answer = await worker.ask({ bytes, limits }, { time_ms, memory_bytes })
    if ('csv' in answer) return answer.csv
    throw faultyFile(answer.fault, answer.facts)
  } catch (thrown) {
    // At its limits, or by the system when memory runs out.
    const killed = thrown instanceof ChildFailed && thrown.signal === 'SIGKILL'
    throw killed ? faultyFile('too_costly', {}, thrown) : thrown
  } finally {
    worker.end()
  }
}
