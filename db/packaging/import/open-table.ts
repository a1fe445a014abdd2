/** The table in an uploaded file, row by row, whatever the file's format. */
import { spreadsheetKind } from '../../../lib/spreadsheet/spreadsheet-kind.ts'
import { openCsv, type CsvFile } from '../../../lib/spreadsheet/read-csv.ts'
import type { WorkbookLimits } from '../../../lib/spreadsheet/read-workbook.ts'
import { recogniseColumn } from './columns.ts'
import { readWorkbookRows } from './workbook-rows.ts'

/** Rows of a workbook that are passed on together. */
const BATCH_ROWS = 500

/** Told apart by content. Throws SpreadsheetFault. */
export async function openTable(bytes: Uint8Array, limits: WorkbookLimits): Promise<CsvFile> {
  if (spreadsheetKind(bytes) === 'text')
    return openCsv(bytes, { knows: (header) => recogniseColumn(header) !== undefined })
  const rows = await readWorkbookRows(bytes, limits)
  return {
    separator: ',',
    *rows() {
      for (let at = 0; at < rows.length; at += BATCH_ROWS) yield rows.slice(at, at + BATCH_ROWS)
    },
  }
}
