/** Numbers and times that count up in a header: days 1 to 31, the hours from 08:00 to 17:00. */
import type { Cell } from '../../lib/spreadsheet/cells.ts'

export function countOf(cell: Cell | undefined): number | undefined {
  if (cell === undefined || typeof cell.value === 'boolean') return undefined
  return typeof cell.value === 'number' ? cell.value : countIn(cell.value)
}

/** Of a header as it is written; a time is in hours. */
export function countIn(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):([0-5]\d)(?::00)?$/.exec(text) ?? []
  if (hours !== undefined) return Number(hours) + Number(minutes) / 60
  return /^\d{1,4}%?$/.test(text) ? Number.parseInt(text, 10) : undefined
}

/** Whether what stands in the header counts up; times of day at any distance. */
export function countsUp(texts: string[]): boolean {
  const counts = texts.map(countIn)
  if (counts.includes(undefined)) return false
  const rises = counts.every((count, at) => at === 0 || count! > counts[at - 1]!)
  return rises && (texts.every((text) => text.includes(':')) || risesEvenly(counts as number[]))
}

const FEW = 4

/** By one step; of many, some may be missing, as weekends are among the days of a month. */
export function risesEvenly(values: number[]): boolean {
  const steps = values.slice(1).map((value, at) => value - values[at]!)
  const smallest = Math.min(...steps)
  const even = steps.filter((step) => Math.abs(step - smallest) < 1e-6).length
  return smallest > 0 && (even === steps.length || (steps.length > FEW && even * 5 >= steps.length * 3))
}
