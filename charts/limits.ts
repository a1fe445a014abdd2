import type { WorkbookLimits } from '../lib/spreadsheet/read-workbook.ts'

/** Limits on one workbook. Beyond them a drawing process refuses it, or is killed. */
export interface Limits extends Omit<WorkbookLimits, 'columns'> {
  file_bytes: number
  time_s: number
  memory_bytes: number
}

export const MB = 1024 * 1024

/** 100,000 rows × 6 columns are about 27 MB of XML, 600,000 cells and, once read, close to 1 GB: all leave room above that. */
export const DEFAULT_LIMITS: Limits = {
  file_bytes: 25 * MB,
  inflated_bytes: 256 * MB,
  rows: 200_000,
  cells: 3_000_000,
  time_s: 60,
  memory_bytes: 1536 * MB,
}
