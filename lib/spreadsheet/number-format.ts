/** Reads a cell's number format: its number is a date, a percentage, money, hours, or just a number. */
import { NUMBER, TEXT, type CellFormat } from './cells.ts'
import { readMasks } from './digit-mask.ts'

/** `code` as the workbook says it, or as the standard does for the built-in ones. */
export function readNumberFormat(code: string | undefined): CellFormat {
  return code === undefined || /^general$/i.test(code) ? NUMBER : classify(code)
}

function classify(code: string): CellFormat {
  // Only the section for positive numbers counts.
  const section = code.split(';')[0] ?? ''
  const currency = currencyOf(section)
  const bare = section
    .replace(/"[^"]*"/g, '')
    .replace(/\\./g, '')
    .replace(/[_*]./g, '')
  if (bare.trim() === '@') return TEXT
  if (/\[(h+|m+|s+)\]/i.test(bare)) return { kind: 'duration', ...secondsOf(bare) }
  const tokens = bare.replace(/\[[^[\]]*\]/g, '')
  const decimals = /[0#?][.]([0#?]+)/.exec(tokens)?.[1]?.length ?? 0
  if (tokens.includes('%')) return { kind: 'percent', decimals }
  if (/[dy]/i.test(tokens) || (/m/i.test(tokens) && !/[hs0#]/i.test(tokens))) return { kind: 'date' }
  if (/[hs]/i.test(tokens))
    return { kind: 'time', ...secondsOf(tokens), ...(/am?\/pm?/i.test(tokens) ? { of_day: true } : {}) }
  if (currency) return { kind: 'money', currency, decimals }
  if (!tokens.includes('0') && !tokens.includes('#')) return NUMBER
  const masks = readMasks(code)
  return { kind: 'number', decimals, ...(masks.length > 0 ? { masks } : {}) }
}

const secondsOf = (tokens: string): { seconds?: true } => (/s/i.test(tokens) ? { seconds: true } : {})

/** [$€-407] is the euro as Germany writes it: the first $ belongs to the bracket, which may hold any currency. */
function currencyOf(section: string): string | undefined {
  const bracket = /\[\$([^-[\]]+)(?:-[^[\]]*)?\]/.exec(section)?.[1]?.trim()
  if (bracket) return bracket
  const written = section.replace(/\[[^[\]]*\]/g, '').replace(/\\(.)/g, '$1')
  return SYMBOL.exec(written)?.[0] ?? CODE.exec(written)?.[1]
}

/** R$, US$, A$, €, £, ¥, ₹. */
const SYMBOL = /[A-Z]{0,2}\$|\p{Sc}/u
/** The rest has letters only, and stands in quotation marks. */
const CODE = /"\s*(CHF|EUR|USD|BRL|GBP|JPY|CNY|ARS|CLP|COP|MXN|PEN|UYU|kr|zł|Kč|Ft)\.?\s*"/
