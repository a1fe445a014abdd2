import type { WorkbookLimits } from '../lib/spreadsheet/read-workbook.ts'

/** Limits on one workbook. Beyond them a drawing process refuses it, or is killed. */
export interface Limits extends Omit<WorkbookLimits, 'columns'> {
  file_bytes: number
  /** Of the processor, for reading, choosing and drawing. */
  time_s: number
  /** Resident, of the whole drawing process. */
  memory_bytes: number
}

export const MB = 1024 * 1024

/**
 * Measured: 200,000 rows × 6 columns take 370 MB and 5 s of processor time, the 3,000,000 cells of 200,000 × 15 some 600 MB and 10 s.
 * The time is that of the processor: on a machine that does much else, a legal workbook may wait for long, and costs no more.
 */
export const DEFAULT_LIMITS: Limits = {
  file_bytes: 25 * MB,
  inflated_bytes: 256 * MB,
  rows: 200_000,
  cells: 3_000_000,
  time_s: 20,
  memory_bytes: 800 * MB,
}
