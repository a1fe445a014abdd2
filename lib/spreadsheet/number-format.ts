/** Reads a cell's number format: its number is a date, a percentage, money, hours, or just a number. */
import { NUMBER, TEXT, type CellFormat } from './cells.ts'

/** `code` as the workbook or, for the built-in ones, exceljs says it. */
export function readNumberFormat(code: string | undefined): CellFormat {
  return code === undefined || /^general$/i.test(code) ? NUMBER : classify(code)
}

function classify(code: string): CellFormat {
  // Only the section for positive numbers counts.
  const section = code.split(';')[0] ?? ''
  // [$€-407] is the euro of a country: the first $ belongs to the bracket.
  const currency = CURRENCY.exec(section.replace(/\[\$([^-[\]]*)(?:-[^[\]]*)?\]/g, '$1'))?.[0]
  const bare = section
    .replace(/"[^"]*"/g, '')
    .replace(/\\./g, '')
    .replace(/[_*]./g, '')
  if (bare.trim() === '@') return TEXT
  if (/\[(h+|m+|s+)\]/i.test(bare)) return { kind: 'duration' }
  const tokens = bare.replace(/\[[^[\]]*\]/g, '')
  const decimals = /[0#?][.]([0#?]+)/.exec(tokens)?.[1]?.length ?? 0
  if (tokens.includes('%')) return { kind: 'percent', decimals }
  if (/[dy]/i.test(tokens) || (/m/i.test(tokens) && !/[hs0#]/i.test(tokens))) return { kind: 'date' }
  if (/[hs]/i.test(tokens)) return { kind: 'time' }
  if (currency) return { kind: 'money', currency, decimals }
  return tokens.includes('0') || tokens.includes('#') ? { kind: 'number', decimals } : NUMBER
}

const CURRENCY = /R\$|US\$|€|£|¥|\$/
