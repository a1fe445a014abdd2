/** A file that cannot be read as a table, by its own fault: `code` and `facts` are for its reader's sentence. */
export class SpreadsheetFault extends Error {
  override name = 'SpreadsheetFault'

  constructor(
    readonly code: SpreadsheetFaultCode,
    readonly facts: Record<string, string | number> = {},
    options: { cause?: unknown } = {},
  ) {
    super(code, options)
  }
}

export type SpreadsheetFaultCode =
  | 'not_text'
  /** A row of a CSV that cannot be split: `line`, from 1, `why`, a CsvFault, and `cell`, as A1, where one is at fault. */
  | 'bad_row'
  | 'not_a_workbook'
  | 'old_excel_format'
  | 'encrypted'
  | 'other_format'
  | 'damaged'
  | 'inflates_too_much'
  | 'too_many_rows'
  | 'too_many_cells'
  | 'no_sheets'
