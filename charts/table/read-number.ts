/** Numbers that are kept as text: `1.234,56`, `R$ 99,90`, `12,5%`, `(1,234.50)`, `3,5 kg`. */
import type { FormatKind } from '../../lib/spreadsheet/cells.ts'
import { decimalMarks, type DecimalMark } from '../../lib/spreadsheet/decimal-mark.ts'

export interface ReadNumber {
  value: number
  kind: Extract<FormatKind, 'number' | 'percent' | 'money'>
  currency?: string
  /** The unit behind the number: kg, un, km/h. */
  suffix?: string
}

const SHAPE =
  /^(?<open>\()?\s?(?<sign1>[-+−–])?\s?(?<currency>R\$|US\$|\$|€|£|¥|BRL|USD|EUR)?\s?(?<sign2>[-+−–])?\s?(?<digits>\d[\d.,'\s]*|[.,]\d+)\s?(?<percent>%)?(?<close>\))?\s?(?<sign3>-)?\s?(?<suffix>€|R\$|[a-zµ²³°º]{1,4}(?:\/[a-z²³]{1,3})?\.?)?$/i

/** `20.7*`, `1.234[2]`, `56¹`. */
const FOOTNOTE = /(?<=\d)\s?(?:[*†‡]{1,3}|\[[a-z\d]{1,2}\]|[¹²³⁴⁵⁶⁷⁸⁹]\)?)$/i

const PLAIN = { ',': /^-?\d{1,15},\d{1,15}$/, '.': /^-?\d{1,15}\.\d{1,15}$/ }

/** Reads a text as a number; undefined when a person would not. */
export function readNumber(text: string, decimal: DecimalMark): ReadNumber | undefined {
  if (text.length > 40 || !/\d/.test(text)) return undefined
  // Nearly all of them: spare them the long pattern.
  if (/^-?\d{1,15}$/.test(text)) return { value: Number(text), kind: 'number' }
  if (PLAIN[decimal].test(text)) return { value: Number(text.replace(',', '.')), kind: 'number' }
  const parts = SHAPE.exec(text.replace(FOOTNOTE, ''))?.groups
  if (!parts) return undefined
  const digits = parts.digits!.replace(/[\s']/g, '').replace(/[.,]$/, '')
  const grouping = decimal === ',' ? '.' : ','
  const [whole = '', fraction, ...more] = digits.split(decimal)
  if (more.length > 0 || fraction?.includes(grouping)) return undefined
  const groups = whole.split(grouping)
  if (groups.length > 1 && groups.slice(1).some((group) => group.length !== 3)) return undefined
  const size = Number(`${groups.join('') || '0'}.${fraction || '0'}`)
  if (!Number.isFinite(size)) return undefined
  const negative = Boolean(parts.open && parts.close) || [parts.sign1, parts.sign2, parts.sign3].some(isMinus)
  const value = negative ? -size : size
  if (parts.percent) return { value: value / 100, kind: 'percent' }
  const currency = parts.currency ?? (/€|R\$/.test(parts.suffix ?? '') ? parts.suffix : undefined)
  if (currency) return { value, kind: 'money', currency: SYMBOLS[currency.toUpperCase()] ?? currency }
  return { value, kind: 'number', ...(parts.suffix ? { suffix: parts.suffix } : {}) }
}

/** True when the text is a number under one of the two conventions. */
export function looksNumeric(text: string): boolean {
  return readNumber(text, ',') !== undefined || readNumber(text, '.') !== undefined
}

/** Which decimal mark these texts use, by what they prove, or by the separator of their CSV; else `otherwise`. */
export function decimalMarkOf(texts: Iterable<string>, otherwise: DecimalMark, separator?: string): DecimalMark {
  const marks = decimalMarks()
  for (const text of texts) {
    const digits = SHAPE.exec(text.replace(FOOTNOTE, ''))?.groups?.digits?.replace(/[\s']/g, '')
    // .5 is 0.5 to whoever writes so.
    if (digits) marks.add(digits.replace(/^(?=[.,])/, '0'))
  }
  return marks.decide(separator) ?? otherwise
}

const isMinus = (sign: string | undefined) => sign !== undefined && sign !== '' && sign !== '+'

const SYMBOLS: Record<string, string> = { BRL: 'R$', USD: 'US$', EUR: '€' }

/** Whether the text stands for a missing value. */
export function isPlaceholder(text: string): boolean {
  return /^(-+|–|—|\.+|\?+|n\/?[acd]\.?|nd|null|nan|none|sem dados?|#n\/[ad]|x)$/i.test(text)
}
