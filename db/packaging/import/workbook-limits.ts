const MB = 1024 * 1024

/** What reading one workbook may cost. 50,000 rows × 16 columns inflate to 29 MB and were read in 7.7 s and 740 MB. */
export const WORKBOOK_LIMITS = {
  inflated_bytes: 64 * MB,
  memory_bytes: 1024 * MB,
  time_ms: 60_000,
  rows: 200_000,
  columns: 100,
  /** CSV that comes out. */
  output_bytes: 64 * MB,
} as const
