/**
 * Which decimal mark a file uses is decided for the whole file, from cells that can be read only one way. A cell of the
 * other kind is then a mistake, and one that could be a thousand times something else is never guessed.
 */
import type { Translated } from '../../../lib/texts.ts'

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
    name: { en: 'point', pt: 'ponto' },
    other: ',',
  },
  ',': {
    decimal: /^\d+,\d+$/,
    perhapsThousands: /^[1-9]\d{0,2},\d{3}$/,
    grouped: /^[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/,
    name: { en: 'comma', pt: 'vírgula' },
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
export function readDecimal(cell: string, mark: DecimalMark | undefined): { value: string } | { problem: Translated } {
  const text = cell.trim()
  if (/^\d+$/.test(text)) return { value: text }
  if (/^-[\d.,]+$/.test(text)) return { problem: { en: `is negative: “${text}”`, pt: `é negativo: “${text}”` } }
  if (!/^\d[\d.,]*$/.test(text)) return { problem: notANumber(text) }
  if (!mark)
    return {
      problem: {
        en: `can be read in two ways: “${text}”, and nothing in the file tells its decimal mark`,
        pt: `pode ser lido de dois jeitos: “${text}”, e nada no arquivo diz qual é o separador decimal`,
      },
    }
  const form = FORMS[mark]
  if (form.decimal.test(text)) return { value: text.replace(',', '.') }
  // In a file with points 1,234 may as well be a decimal comma, so that only files with commas have thousands.
  if (mark === ',' && form.grouped.test(text)) return { value: text.replaceAll('.', '').replace(',', '.') }
  if (!text.includes(form.other)) return { problem: notANumber(text) }
  const other = FORMS[form.other].name
  return {
    problem: {
      en: `has a ${other.en} where the file otherwise writes decimals with a ${form.name.en}: “${text.slice(0, 60)}”`,
      pt: `tem ${other.pt} onde o resto do arquivo escreve decimais com ${form.name.pt}: “${text.slice(0, 60)}”`,
    },
  }
}

function notANumber(text: string): Translated {
  return { en: `is not a number: “${text.slice(0, 60)}”`, pt: `não é um número: “${text.slice(0, 60)}”` }
}
