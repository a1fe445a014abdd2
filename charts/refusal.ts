/**
 * Reasons to refuse a workbook. A refusal is not a failure: it carries a code for programs, and facts for the sentence that
 * tells the owner what to change (texts.ts), which is written only where somebody reads it.
 */
export type RefusalCode =
  | 'empty_file'
  | 'file_too_large'
  | 'not_a_workbook'
  | 'old_excel_format'
  | 'encrypted'
  | 'prefixed_xml'
  | 'other_format'
  | 'damaged'
  | 'inflates_too_much'
  | 'too_many_rows'
  | 'too_many_cells'
  | 'no_sheets'
  | 'empty_sheets'
  | 'no_numbers'
  | 'no_table'
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
  return code === 'empty_file' || code === 'not_a_workbook' || code === 'damaged'
}
