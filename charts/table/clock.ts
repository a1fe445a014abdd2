/** Clock values: `7:30`, `-02:30`, `0:04:32`, `2h30`, in a cell's format or as text. */
import type { Cell } from '../../lib/spreadsheet/cells.ts'
import { clockText } from '../../lib/spreadsheet/clock-text.ts'

export interface Clock {
  hours: number
  /** Two numbers, as text: hours and minutes, or minutes and seconds. */
  either?: true
  /** Minutes alone, which are a clock value among others only. */
  minutes?: true
}

const COLONS =
  /^(\()?\s?([-+−–])?\s?(\d{1,5}):([0-5]\d)(?::([0-5]\d)(?:[.,]\d{1,3})?)?\s?(h|hs|hrs?|horas?|hours?|min)?\.?\)?$/i
const LETTERS =
  /^([-+−–])?\s?(\d{1,4})\s?h(?:s|rs?|oras?|ours?)?\.?(?:\s?(?:e\s)?([0-5]?\d)\s?(?:m|min|minutos?|minutes?)?\.?)?$/i
const MINUTES = /^([-+−–])?\s?(\d{1,4})\s?(?:min|minutos?|minutes?)\.?$/i

/** Undefined for a text that is none. */
export function readClock(text: string): Clock | undefined {
  if (text.length > 20) return undefined
  const colons = COLONS.exec(text)
  if (colons) {
    const [, open, sign, first, second, third, unit = ''] = colons
    const size = Number(first) + Number(second) / 60 + Number(third ?? 0) / 3600
    const signed = open || isMinus(sign) ? -size : size
    if (/^min/i.test(unit)) return { hours: signed / 60 }
    return { hours: signed, ...(third === undefined && unit === '' ? { either: true as const } : {}) }
  }
  const letters = LETTERS.exec(text)
  if (letters) return { hours: (Number(letters[2]) + Number(letters[3] ?? 0) / 60) * (isMinus(letters[1]) ? -1 : 1) }
  const minutes = MINUTES.exec(text)
  return minutes ? { hours: (Number(minutes[2]) / 60) * (isMinus(minutes[1]) ? -1 : 1), minutes: true } : undefined
}

export function clockOf(cell: Cell | undefined): Clock | undefined {
  if (cell?.format.kind === 'time' || cell?.format.kind === 'duration') return { hours: cell.value as number }
  return cell?.format.kind === 'text' ? readClock(String(cell.value)) : undefined
}

/** A time of day as a label: `08:30`. */
export function timeOfDay(hours: number): string {
  const with_seconds = Math.round(hours * 3600) % 60 !== 0
  return clockText(hours, with_seconds).padStart(with_seconds ? 8 : 5, '0')
}

const isMinus = (sign: string | undefined) => sign !== undefined && sign !== '+'
