/**
 * Which decimal mark a file uses is decided for the whole file, from cells that can be read only one way. A cell of the
 * other kind is then a mistake, and one that could be a thousand times something else is never guessed.
 */
export type DecimalMark = '.' | ','

/** Decides the mark of a file: `add` every numeric cell, then ask. */
export function decimalMark() {
  const seen = { '.': 0, ',': 0 }
  return {
    add(cell: string): void {
      const mark = provenMark(cell)
      if (mark) seen[mark]++
    },
    /** Undefined: nothing in the file tells, and a semicolon or tab as separator does not either. */
    decide(separator: string): DecimalMark | undefined {
      if (seen['.'] !== seen[',']) return seen['.'] > seen[','] ? '.' : ','
      if (separator === ',') return '.'
      return seen['.'] > 0 && separator === ';' ? ',' : undefined
    },
  }
}

const FORMS = {
  '.': {
    decimal: /^\d+\.\d+$/,
    perhapsThousands: /^[1-9]\d{0,2}\.\d{3}$/,
    grouped: /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/,
    name: 'point',
    other: ',',
  },
  ',': {
    decimal: /^\d+,\d+$/,
    perhapsThousands: /^[1-9]\d{0,2},\d{3}$/,
    grouped: /^[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/,
    name: 'comma',
    other: '.',
  },
} as const

/** The decimal mark that `cell` must have; undefined where 1.234 or 1,234 could be thousands, or there is none. */
export function provenMark(cell: string): DecimalMark | undefined {
  const text = cell.trim().replace(/^-/, '')
  for (const mark of ['.', ','] as const) {
    const form = FORMS[mark]
    if (form.decimal.test(text) && !form.perhapsThousands.test(text)) return mark
    if (form.grouped.test(text) && !FORMS[form.other].decimal.test(text)) return mark
  }
  return undefined
}

/** The number in plain digits with a point, or `problem`: what to tell about the cell. */
export function readDecimal(cell: string, mark: DecimalMark | undefined): { value: string } | { problem: string } {
  const text = cell.trim()
  if (/^\d+$/.test(text)) return { value: text }
  if (/^-[\d.,]+$/.test(text)) return { problem: `is negative: “${text}”` }
  if (!/^\d[\d.,]*$/.test(text)) return { problem: `is not a number: “${text.slice(0, 60)}”` }
  if (!mark) return { problem: `can be read in two ways: “${text}”, and nothing in the file tells its decimal mark` }
  const form = FORMS[mark]
  if (form.decimal.test(text)) return { value: text.replace(',', '.') }
  // In a file with points 1,234 may as well be a decimal comma, so that only files with commas have thousands.
  if (mark === ',' && form.grouped.test(text)) return { value: text.replaceAll('.', '').replace(',', '.') }
  if (!text.includes(form.other)) return { problem: `is not a number: “${text.slice(0, 60)}”` }
  const other = FORMS[form.other].name
  return {
    problem: `has a ${other} where the file otherwise writes decimals with a ${form.name}: “${text.slice(0, 60)}”`,
  }
}
