/** What a cell's number format says about its number: a date, a percentage, money, hours, or just a number. */
import { NUMBER, TEXT, type CellFormat } from './cells.ts'

/** Formats that a workbook refers to by number alone (ECMA-376 part 1, 18.8.30). */
const BUILT_IN: Record<number, string> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  5: '"$"#,##0',
  6: '"$"#,##0',
  7: '"$"#,##0.00',
  8: '"$"#,##0.00',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  14: 'dd/mm/yyyy',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'dd/mm/yyyy h:mm',
  37: '#,##0',
  38: '#,##0',
  39: '#,##0.00',
  40: '#,##0.00',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
  48: '##0.0E+0',
  49: '@',
}

/** The format behind a cell style: `code` is what the workbook defines itself, else the built-in of that `id`. */
export function readNumberFormat(id: number, code: string | undefined): CellFormat {
  const text = code ?? BUILT_IN[id]
  if (text === undefined || /^general$/i.test(text)) return NUMBER
  return classify(text)
}

function classify(code: string): CellFormat {
  // Only the section for positive numbers counts.
  const section = code.split(';')[0] ?? ''
  const currency = CURRENCY.exec(section)?.[0]
  const bare = section
    .replace(/"[^"]*"/g, '')
    .replace(/\\./g, '')
    .replace(/[_*]./g, '')
  if (bare.trim() === '@') return TEXT
  if (/\[(h+|m+|s+)\]/i.test(bare)) return { kind: 'duration' }
  const tokens = bare.replace(/\[[^\]]*\]/g, '')
  const decimals = /[0#?][.]([0#?]+)/.exec(tokens)?.[1]?.length ?? 0
  if (tokens.includes('%')) return { kind: 'percent', decimals }
  if (/[dy]/i.test(tokens) || (/m/i.test(tokens) && !/[hs0#]/i.test(tokens))) return { kind: 'date' }
  if (/[hs]/i.test(tokens)) return { kind: 'time' }
  if (currency)
    return { kind: 'money', currency: currency === '$' && /\$R\$|R\$/.test(section) ? 'R$' : currency, decimals }
  return tokens.includes('0') || tokens.includes('#') ? { kind: 'number', decimals } : NUMBER
}

const CURRENCY = /R\$|US\$|€|£|¥|\$(?!-)/
