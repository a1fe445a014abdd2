/** Dates that are kept as text, and the names of months: `31/12/2025`, `2025-12-31`, `dez/25`, `dezembro de 2025`. */
import type { Grain } from '../../lib/chart/plan.ts'

export type DayOrder = 'dmy' | 'mdy'

export interface ReadDate {
  /** ms, UTC. */
  time: number
  grain: Grain
}

const NUMERIC = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T,]+\d{1,2}:\d{2}.*)?$/
const ISO = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?$/
const ISO_MONTH = /^(\d{4})[-/](\d{1,2})$/
const MONTH_YEAR = /^(\d{1,2})[/-](\d{4})$/
const NAMED_MONTH = /^([a-zç]{3,9})\.?(?:\s*(?:[/-]|de|,)\s*|\s+)(\d{4}|'?\d{2})$/i
const NAMED_DAY = /^(\d{1,2})[ºo]?[\s/-]+(?:de\s+)?([a-zç]{3,9})\.?[\s/-]+(?:de\s+)?(\d{4}|\d{2})$/i
const QUARTER = /^(?:([1-4])\s?[ºo°]?\s?(?:t|q|tri|trim|trimestre)\.?|[tq]\s*([1-4]))[\s/-]*(?:de\s+)?(\d{4}|\d{2})$/i

/** `2024 Q1`, `2024-T1`; `2024 Jan`. */
const YEAR_QUARTER = /^(\d{4})[\s/-]*[tq]([1-4])$/i
const YEAR_MONTH = /^(\d{4})[\s/-]+([a-zç]{3,9})\.?$/i

/** Reads a text as a date; undefined when it is none. */
export function readDate(text: string, order: DayOrder): ReadDate | undefined {
  if (text.length < 4 || text.length > 40 || !/\d/.test(text)) return undefined
  let found = NUMERIC.exec(text)
  if (found) {
    const [first, second] = [Number(found[1]), Number(found[2])]
    // With points and a short year, 1.1.02 is an account or a version; a day has two digits then.
    if (text.length < 8 && /^[\d.]+$/.test(text)) return undefined
    const [day, month] = order === 'dmy' ? [first, second] : [second, first]
    return at(fullYear(found[3]!), month, day, 'day')
  }
  found = ISO.exec(text)
  if (found) return at(Number(found[1]), Number(found[2]), Number(found[3]), 'day')
  found = ISO_MONTH.exec(text)
  if (found) return at(Number(found[1]), Number(found[2]), 1, 'month')
  found = MONTH_YEAR.exec(text)
  if (found) return at(Number(found[2]), Number(found[1]), 1, 'month')
  found = NAMED_MONTH.exec(text)
  if (found && monthOf(found[1]!)) return at(fullYear(found[2]!), monthOf(found[1]!)!, 1, 'month')
  found = NAMED_DAY.exec(text)
  if (found && monthOf(found[2]!)) return at(fullYear(found[3]!), monthOf(found[2]!)!, Number(found[1]), 'day')
  found = QUARTER.exec(text)
  if (found) return at(fullYear(found[3]!), Number(found[1] ?? found[2]) * 3 - 2, 1, 'quarter')
  found = YEAR_QUARTER.exec(text)
  if (found) return at(Number(found[1]), Number(found[2]) * 3 - 2, 1, 'quarter')
  found = YEAR_MONTH.exec(text)
  if (found && monthOf(found[2]!)) return at(Number(found[1]), monthOf(found[2]!)!, 1, 'month')
  return undefined
}

/** Whether `03/04/2025` is in April or in March, judged by dates such as `25/04/2025` among the texts. */
export function dayOrderOf(texts: Iterable<string>, otherwise: DayOrder): DayOrder {
  for (const text of texts) {
    const found = NUMERIC.exec(text)
    if (!found) continue
    if (Number(found[1]) > 12) return 'dmy'
    if (Number(found[2]) > 12) return 'mdy'
  }
  return otherwise
}

const MONTHS = [
  ['jan', 'janeiro', 'january', 'enero', 'ene', 'januar', 'jänner', 'janvier', 'janv', 'gen', 'gennaio'],
  ['fev', 'fevereiro', 'feb', 'february', 'febrero', 'februar', 'février', 'fevrier', 'févr', 'fevr', 'febbraio'],
  ['mar', 'março', 'marco', 'march', 'marzo', 'märz', 'maerz', 'mär', 'mrz', 'mars'],
  ['abr', 'abril', 'apr', 'april', 'avr', 'avril', 'aprile'],
  ['mai', 'maio', 'may', 'mayo', 'mag', 'maggio'],
  ['jun', 'junho', 'june', 'junio', 'juni', 'juin', 'giu', 'giugno'],
  ['jul', 'julho', 'july', 'julio', 'juli', 'juillet', 'juil', 'lug', 'luglio'],
  ['ago', 'agosto', 'aug', 'august', 'août', 'aout'],
  ['set', 'setembro', 'sep', 'sept', 'september', 'septiembre', 'setiembre', 'septembre', 'settembre', 'sett'],
  ['out', 'outubro', 'oct', 'october', 'octubre', 'okt', 'oktober', 'octobre', 'ott', 'ottobre'],
  ['nov', 'novembro', 'november', 'noviembre', 'novembre'],
  ['dez', 'dezembro', 'dec', 'december', 'dic', 'diciembre', 'dezember', 'déc', 'décembre', 'decembre', 'dicembre'],
]

const MONTH_NUMBERS = new Map(MONTHS.flatMap((names, at) => names.map((name) => [name, at + 1] as const)))

/** A month's number, 1 to 12, from its Portuguese or English name or abbreviation. */
export function monthOf(name: string): number | undefined {
  return MONTH_NUMBERS.get(name.toLowerCase().replace(/\.$/, ''))
}

function fullYear(text: string): number {
  const year = Number(text.replace("'", ''))
  return text.length >= 4 ? year : year + (year < 70 ? 2000 : 1900)
}

function at(year: number, month: number, day: number, grain: Grain): ReadDate | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1000) return undefined
  const time = Date.UTC(year, month - 1, day)
  return new Date(time).getUTCDate() === day ? { time, grain } : undefined
}
