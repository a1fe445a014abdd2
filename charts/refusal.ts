/**
 * What a workbook can be refused for. A refusal is no failure of ours: it carries a code for programs and facts for
 * the sentence that tells its owner what to change, which is put into words (texts.ts) only where somebody reads it.
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

/** How a file that is still being copied can look: worth another look before its owner is told. */
export function maybeUnfinished(code: RefusalCode): boolean {
  return code === 'empty_file' || code === 'not_a_workbook' || code === 'damaged'
}
