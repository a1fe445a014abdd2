/**
 * Reasons to refuse a workbook. A refusal is not a failure: it carries a code for programs, and facts for the sentence that
 * tells the owner what to change (texts.ts), which is written only where somebody reads it.
 */
import type { SpreadsheetFaultCode } from '../lib/spreadsheet/fault.ts'

export type RefusalCode =
  | Exclude<SpreadsheetFaultCode, 'not_text'>
  | 'empty_file'
  | 'file_too_large'
  | 'name_unusable'
  | 'not_readable'
  | 'empty_sheets'
  | 'no_numbers'
  | 'no_table'
  | 'no_measure'
  | 'unsure'
  | 'too_many_columns'
  | 'mixed_currencies'
  | 'chart_setting_unknown'
  | 'chart_kind_unknown'
  | 'chart_sheet_unknown'
  | 'chart_column_unknown'
  | 'chart_column_without_numbers'
  | 'hidden_sheets'
  | 'formulas_without_values'
  | 'time_limit'
  | 'memory_limit'
  | 'drawing_failed'

export type RefusalFacts = Record<string, string | number>

export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly facts: RefusalFacts = {},
    options: { cause?: unknown } = {},
  ) {
    super(code, options)
    this.name = 'Refusal'
  }
}

/** A file that is still being copied is refused so, too: it is tried again before its owner is told. */
export function maybeUnfinished(code: RefusalCode): boolean {
  return code === 'empty_file' || code === 'not_a_workbook' || code === 'damaged' || code === 'bad_row'
}
