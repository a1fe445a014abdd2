/** From what a cell's element holds to its value. */
import { BOOLEAN, DATE, ERROR, NUMBER, TEXT, TIME, type Cell, type CellFormat } from '../cells.ts'
import { masked } from '../digit-mask.ts'

/** `days` as the file has it, by its calendar. Never called for what is written as text. */
export function numberCell(number: number, format: CellFormat, is_1904: boolean): Cell {
  // 1e400, NaN: no program means a number by it.
  if (!Number.isFinite(number)) return { value: '#N/A', format: ERROR }
  switch (format.kind) {
    case 'duration':
      return { value: number * 24, format }
    case 'time':
      return { value: hoursOf(number), format }
    case 'date':
      return dateCell(is_1904 ? number + DAYS_TO_1904 : number)
    case 'number': {
      const shown = format.masks && masked(number, format.masks)
      return shown === undefined ? { value: number, format } : { value: shown, format: TEXT }
    }
    case 'text':
      // A number in a cell formatted as text is still a number to whoever reads the sheet.
      return { value: number, format: NUMBER }
  }
  return { value: number, format }
}

export function booleanCell(written: string): Cell {
  return { value: written === '1' || written === 'true', format: BOOLEAN }
}

export function errorCell(written: string): Cell {
  return { value: written, format: ERROR }
}

export function textCell(text: string): Cell | undefined {
  return text.trim() === '' ? undefined : { value: text, format: TEXT }
}

/** A date in ISO 8601, as the strict form of the format has them; a time of day without a zone is UTC here, as all are. */
export function isoDateCell(written: string): Cell {
  const has_zone = !written.includes('T') || /(?:Z|[+-]\d\d:?\d\d)$/.test(written)
  const time = Date.parse(has_zone ? written : `${written}Z`)
  return Number.isNaN(time) ? errorCell('#VALUE!') : { value: time, format: DATE }
}

/** Days since the end of 1899, of which Excel takes 1900 for a leap year: up to its 28 February they are one day off. */
function dateCell(days: number): Cell {
  // Excel shows these as ####.
  if (days < 0 || days >= DAY_AFTER_LAST) return errorCell('#VALUE!')
  // A time of day without a day.
  if (days < 1) return { value: hoursOf(days), format: TIME }
  const since = days < FALSE_LEAP_DAY ? days + 1 : days
  return { value: DAY_ZERO + Math.round(since * DAY_MS), format: DATE }
}

/** Below zero they are owed, as in a bank of hours: Excel shows them by the calendar of 1904 only, and keeps them by both. */
const hoursOf = (days: number) => (days < 0 ? days : days - Math.floor(days)) * 24

const DAY_MS = 86_400_000
const DAY_ZERO = Date.UTC(1899, 11, 30)
const FALSE_LEAP_DAY = 60
/** 31 December 9999 is the last. */
const DAY_AFTER_LAST = 2_958_466
const DAYS_TO_1904 = 1462
