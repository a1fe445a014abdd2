/** Reads a cell as a decimal by the mark of its file. A cell with the other mark is a mistake; none is guessed. */
import { DECIMAL_FORMS, type DecimalMark } from '../../../lib/spreadsheet/decimal-mark.ts'
import type { Translated } from '../../../lib/texts.ts'
import { shown } from './rejection.ts'

const NAMES = { '.': { en: 'point', pt: 'ponto' }, ',': { en: 'comma', pt: 'vírgula' } } as const

/** The number in plain digits with a point, or `problem`: what to tell about the cell. */
export function readDecimal(cell: string, mark: DecimalMark | undefined): { value: string } | { problem: Translated } {
  const text = cell.trim()
  if (/^\d+$/.test(text)) return { value: text }
  if (/^-[\d.,]+$/.test(text))
    return { problem: { en: `is negative: “${shown(text)}”`, pt: `é negativo: “${shown(text)}”` } }
  if (!/^\d[\d.,]*$/.test(text)) return { problem: notANumber(text) }
  if (!mark)
    return {
      problem: {
        en: `can be read in two ways: “${shown(text)}”, and nothing in the file tells its decimal mark`,
        pt: `pode ser lido de dois jeitos: “${shown(text)}”, e nada no arquivo diz qual é o separador decimal`,
      },
    }
  const form = DECIMAL_FORMS[mark]
  if (form.decimal.test(text)) return { value: text.replace(',', '.') }
  // In a file with points 1,234 may as well be a decimal comma, so that only files with commas have thousands.
  if (mark === ',' && form.grouped.test(text)) return { value: text.replaceAll('.', '').replace(',', '.') }
  if (!text.includes(form.other)) return { problem: notANumber(text) }
  const name = NAMES[mark]
  const other = NAMES[form.other]
  return {
    problem: {
      en: `has a ${other.en} where the file otherwise writes decimals with a ${name.en}: “${shown(text)}”`,
      pt: `tem ${other.pt} onde o resto do arquivo escreve decimais com ${name.pt}: “${shown(text)}”`,
    },
  }
}

function notANumber(text: string): Translated {
  return { en: `is not a number: “${shown(text)}”`, pt: `não é um número: “${shown(text)}”` }
}
