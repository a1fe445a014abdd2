/** Recognises tables whose columns are periods, as in `Produto | jan/25 | fev/25 | …`. */
import type { Grain } from '../../lib/chart/plan.ts'
import type { ChartTexts } from '../texts.ts'
import { countIn, countsUp } from '../table/counts.ts'
import { largestTimeFamily, timeRanksOf } from '../table/ordered-labels.ts'
import { monthOf, readDate } from '../table/read-date.ts'
import type { NumberColumn } from '../table/table.ts'

export interface Periods {
  columns: NumberColumn[]
  labels: string[]
  /** ms, UTC, where the headers are dates; undefined where they are bare months or years. */
  times: number[] | undefined
  grain: Grain | undefined
  /** The words that all headers begin with: `Receita` of `Receita 2024`, `Receita 2025`. */
  prefix: string
  /** Above numbers that count up: `Meses desde a compra` over `0 | 1 | 2`. */
  heading?: string
  /** Title of the axis, where the grain does not say it. */
  title(texts: ChartTexts): string
}

/** The number columns that are periods: at least three, in order, and nearly all of the number columns. */
export function findPeriods(columns: NumberColumn[]): Periods | undefined {
  const others = columns.filter(
    (column) => !/^tota(l|is)|^(soma|sum|média|average|mean|acumulado)\b/i.test(column.header),
  )
  for (const read of [readYears, readDates, readNames, readCounts]) {
    const found = read(others)
    if (found && found.columns.length >= 3 && found.columns.length >= others.length * 0.7) return found
  }
  return undefined
}

function readYears(columns: NumberColumn[]): Periods | undefined {
  const found = columns.flatMap((column) => {
    const parts = /^(.*?)\s?((?:19|20)\d\d)$/.exec(column.header.replace(/[\s_]+/g, ' '))
    return parts ? [{ column, prefix: parts[1]!, year: parts[2]! }] : []
  })
  if (new Set(found.map(({ prefix }) => prefix)).size !== 1) return undefined
  if (!rises(found.map(({ year }) => Number(year)))) return undefined
  return {
    columns: found.map(({ column }) => column),
    labels: found.map(({ year }) => year),
    times: undefined,
    grain: undefined,
    // `Ano` above the years says nothing of what was counted.
    prefix: /^(anos?|years?|exerc[íi]cios?)$/i.test(found[0]!.prefix) ? '' : found[0]!.prefix,
    title: (texts) => texts.grain.year,
  }
}

function readDates(columns: NumberColumn[]): Periods | undefined {
  const found = columns.flatMap((column) => {
    // A year above its quarters or months: `2024 T1`, read as `T1 2024`.
    const path = column.header_path?.toReversed().join(' ')
    const date = readDate(column.header, 'dmy') ?? (path === undefined ? undefined : readDate(path, 'dmy'))
    return date ? [{ column, ...date }] : []
  })
  if (found.length === 0 || !rises(found.map(({ time }) => time))) return undefined
  return {
    columns: found.map(({ column }) => column),
    labels: found.map(({ column }) => column.header),
    times: found.map(({ time }) => time),
    grain: found.some(({ grain }) => grain === 'day') ? 'day' : found[0]!.grain,
    prefix: '',
    title: () => '',
  }
}

function readNames(columns: NumberColumn[]): Periods | undefined {
  // `Carga (kg)` over `Sem 1 | Sem 2 | Sem 3`.
  const headings = new Set(columns.map(({ header_path }) => header_path?.[0]))
  const heading = headings.size === 1 ? ([...headings][0] ?? '') : ''
  const named = columns.flatMap((column) => {
    const name = heading === '' ? column.header : column.header_path!.slice(1).join(' ')
    return /\p{L}/u.test(name) ? [{ column, name }] : []
  })
  // `FY23` behind its months is of another family.
  const found = largestTimeFamily(named.map(({ name }) => name)).map((at) => named[at]!)
  const ranks = timeRanksOf(found.map(({ name }) => name))
  if (!ranks || !rises(found.map(({ name }) => ranks.get(name)!))) return undefined
  return {
    columns: found.map(({ column }) => column),
    labels: found.map(({ name }) => name),
    times: undefined,
    grain: undefined,
    prefix: heading,
    title: (texts) => (monthOf(found[0]!.name) ? texts.grain.month : ''),
  }
}

/** `1` to `31`, `08:00` to `17:00`, under one heading where they have one; 101 and on are names of rooms. */
function readCounts(columns: NumberColumn[]): Periods | undefined {
  const found = columns.flatMap((column) => {
    const path = column.header_path ?? [column.header]
    const count = countIn(path.at(-1)!)
    return count === undefined ? [] : [{ column, count, label: path.at(-1)!, heading: path.slice(0, -1).join(' ') }]
  })
  const counts = found.map(({ count }) => count)
  if (
    found.length < 3 ||
    !countsUp(found.map(({ label }) => label)) ||
    (counts[0]! > 100 && counts[1] === counts[0]! + 1)
  )
    return undefined
  const { heading } = found[0]!
  if (found.some((one) => one.heading !== heading)) return undefined
  return {
    columns: found.map(({ column }) => column),
    labels: found.map(({ label }) => label),
    times: undefined,
    grain: undefined,
    prefix: '',
    ...(heading ? { heading } : {}),
    title: () => heading,
  }
}

const rises = (values: number[]) => values.every((value, at) => at === 0 || value > values[at - 1]!)
