/**
 * Which decimal mark a file uses is decided for the whole file, from texts that can be read only one way: 1.234 could be
 * a thousand times 1,234.
 */
export type DecimalMark = '.' | ','

export interface DecimalMarks {
  add(text: string): void
  /**
   * Undefined: nothing in the file tells, and its `separator` does not either. Between commas a number has a point; a
   * file with semicolons needed them for its commas.
   */
  decide(separator: string | undefined): DecimalMark | undefined
}

/** Decides the mark of a file: `add` every number that is text, then ask. */
export function decimalMarks(): DecimalMarks {
  const seen = { '.': 0, ',': 0 }
  return {
    add(text) {
      const mark = provenMark(text)
      if (mark) seen[mark]++
    },
    decide(separator) {
      if (seen['.'] !== seen[',']) return seen['.'] > seen[','] ? '.' : ','
      if (separator === ',') return '.'
      return seen['.'] > 0 && separator === ';' ? ',' : undefined
    },
  }
}

/** Forms of numbers by their decimal mark. */
export const DECIMAL_FORMS = {
  '.': {
    decimal: /^\d+\.\d+$/,
    perhapsThousands: /^[1-9]\d{0,2}\.\d{3}$/,
    grouped: /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/,
    other: ',',
  },
  ',': {
    decimal: /^\d+,\d+$/,
    perhapsThousands: /^[1-9]\d{0,2},\d{3}$/,
    grouped: /^[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/,
    other: '.',
  },
} as const

/** No number that a person writes is longer. */
const LONGEST_NUMBER = 100

/** The decimal mark that `text` must have; undefined where 1.234 or 1,234 could be thousands, or there is none. */
export function provenMark(text: string): DecimalMark | undefined {
  if (text.length > LONGEST_NUMBER) return undefined
  const digits = text.trim().replace(/^-/, '')
  for (const mark of ['.', ','] as const) {
    const form = DECIMAL_FORMS[mark]
    if (form.decimal.test(digits) && !form.perhapsThousands.test(digits)) return mark
    if (form.grouped.test(digits) && !DECIMAL_FORMS[form.other].decimal.test(digits)) return mark
  }
  return undefined
}
