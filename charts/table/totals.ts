/**
 * Rows that sum up other rows: drawn as a category, they would dwarf the rows that they sum. Some are known by their name, some
 * only by their numbers.
 */
import { ranksOf } from './ordered-labels.ts'
import type { Column, NumberColumn } from './table.ts'

/** By row: whether it is a total. */
export function findTotals(columns: Column[], labels: (string | null)[]): boolean[] {
  const numbers = columns.filter((column) => column.kind === 'number')
  const known = labels.filter((label) => label !== null)
  // `Média` between `Baixa` and `Alta` is no mean.
  const isScale = ranksOf([...new Set(known)]) !== undefined
  const isCalled = (label: string | null) => label !== null && !isScale && (SUM.test(label) || MEAN.test(label))
  // Of a table of totals alone, their names tell nothing.
  const trusted = labels.filter(isCalled).length * 2 <= known.length
  const tail = labels.findLastIndex((label) => !isCalled(label))
  const totals: boolean[] = []
  const seen = new Set<string>()
  for (const [row, label] of labels.entries()) {
    const isTotal =
      label !== null &&
      ((trusted && isCalled(label) && (SUM.test(label) || row > tail || isMean(numbers, row, totals))) ||
        REFERENCE.test(label) ||
        (trusted && isTotalOf(label, seen)) ||
        (PERHAPS.test(label) && addsUpRows(numbers, row, totals, labels)) ||
        (row === labels.length - 1 && row >= 3 && addsUpAll(numbers, row, totals)) ||
        (row === labels.length - 1 && isNet(numbers, row, totals)))
    totals.push(isTotal)
    if (label !== null && !isTotal) seen.add(label)
  }
  const known_sums = sumsOfBelow(numbers, labels, totals)
  const sums = known_sums.length > 0 ? known_sums : sumsOfAbove(numbers, labels, totals)
  for (const row of sums) totals[row] = true
  return totals
}

/** Below them an amount is what is left of the first one, not one of its parts. */
const RESULTS = /lucro|preju[ií]zo|resultado|saldo|profit|loss|margin|margem|balance|\bnet\b|gewinn|ergebnis|beneficio/i
/** One row in front of its parts needs this many of them. */
const FEWEST_PARTS = 4
/** So many others do not add up to the first one by chance. */
const MANY_PARTS = 5

/** Regions with their towns below them, `All ages` above the ages: where every row is a sum or a part of the sum above it. */
function sumsOfBelow(numbers: NumberColumn[], labels: (string | null)[], totals: boolean[]): number[] {
  const added = numbers.filter(({ unit }) => unit.kind !== 'percent')
  if (labels.length > MOST_SUMMED) return []
  const rows = labels.flatMap((_, row) => (totals[row] ? [] : [row]))
  if (added.length === 0 || labels.some((label) => RESULTS.test(label ?? ''))) return []
  const isSum = (at: number, end: number) =>
    added.every(({ values }) => {
      const parts = rows.slice(at + 1, end + 1).map((row) => values[row] ?? 0)
      return isClose(sumOf(parts), values[rows[at]!] ?? 0)
    })
  const sums: number[] = []
  for (let at = 0; at < rows.length;) {
    let end = at + 2
    while (end < rows.length && !isSum(at, end)) end++
    if (end >= rows.length || added.every(({ values }) => !values[rows[at]!])) return []
    sums.push(rows[at]!)
    at = end + 1
  }
  if (sums.length > 1) return sums
  const sizes = rows.map((row) => added[0]!.values[row] ?? 0)
  const isRanking = sizes.every((size, at) => at === 0 || size <= sizes[at - 1]!)
  // Of one column, the largest product may happen to sell as much as all others.
  const isCertain =
    added.length > 1 || NAMES_ALL.test(labels[rows[0]!] ?? '') || (rows.length > MANY_PARTS && !isRanking)
  return isCertain && rows.length > FEWEST_PARTS ? sums : []
}

/** Groups of this many rows in all hardly end in their sums by chance. */
const FEWEST_GROUPED = 6

/** Towns above their region, each under a name of its own: every row is a part of the sum below it, but for one that sums up all. */
function sumsOfAbove(numbers: NumberColumn[], labels: (string | null)[], totals: boolean[]): number[] {
  const all = labels.flatMap((_, row) => (totals[row] ? [] : [row]))
  const added = numbers.filter(({ unit }) => unit.kind !== 'percent')
  if (added.length === 0 || all.length > MOST_SUMMED || labels.some((label) => RESULTS.test(label ?? ''))) return []
  const isSumOf = (row: number, parts: number[]) =>
    added.every(({ values }) => isClose(sumOf(parts.map((part) => values[part] ?? 0)), values[row] ?? 0)) &&
    added.some(({ values }) => values[row])
  const groupSums = (rows: number[]): number[] => {
    const sums: number[] = []
    let from = 0
    for (let at = 2; at < rows.length; at++) {
      if (at - from < 2 || !isSumOf(rows[at]!, rows.slice(from, at))) continue
      sums.push(rows[at]!)
      from = ++at
      at++
    }
    return from === rows.length ? sums : []
  }
  const last = all.at(-1)!
  const groups = groupSums(all.slice(0, -1))
  if (groups.length >= 2 && isSumOf(last, groups)) return [...groups, last]
  const alone = groupSums(all)
  return alone.length >= 2 && (added.length > 1 || all.length > FEWEST_GROUPED) ? alone : []
}

const NAMES_ALL = /^\s*(all|every|both|entire|whole|tod[oa]s|ambos|conjunto|geral|gesamt|alle|insgesamt)\b/i

/** Rows without a name that add up those above them, or stand below the last one with a name. */
export function findNamelessTotals(
  columns: Column[],
  labels: (string | null)[],
  named: boolean[],
  totals: boolean[],
): void {
  const numbers = columns.filter((column) => column.kind === 'number')
  const last = named.lastIndexOf(true)
  if (!named[0] && named.length > FEWEST_PARTS && addsUpRest(numbers)) totals[0] = true
  for (const [row, is_named] of named.entries())
    if (!is_named && (row > last || addsUpRows(numbers, row, totals, labels))) totals[row] = true
}

/** The first row is the sum of all below it, in two columns at least: rates beside them have none. */
function addsUpRest(numbers: NumberColumn[]): boolean {
  const sums = numbers.filter(
    ({ values: [first = null, ...rest] }) => first !== null && isClose(sumOf(rest.map((value) => value ?? 0)), first),
  )
  return sums.length >= 2
}

const OF_ALL =
  '(?:\\s(?:geral|general|final|(?:d[oa]|n[oa]) (?:per[ií]odo|m[eê]s|ano|trimestre|semestre)|(?:of|for|in) the (?:period|month|quarter|year)))?\\s?:?'
/** Rows that sum up others, whatever the numbers say: some of those may be hidden. */
const SUM = new RegExp(
  `^(?:sub-?\\s?tota(?:l|is)\\b.*|(?:tota(?:l|is)|grand total|overall|soma|somatório|sum|acumulado)${OF_ALL})$`,
  'i',
)
const MEAN =
  /^(?:grand )?(média|media|average|avg|mean|mínimo|máximo)(\s(geral|general|final|do|da|dos|das|de|por|of|for|the|in)\b.*|\s?\/\s?\p{L}+|\s?:)?$/iu
/** What the other rows are measured by: how many were asked, what could be reached, what can be detected. */
const REFERENCE =
  /^\s*((un)?weighted )?(base|sample size)( \(.*\)|\s?:?\s?[nN]?)?$|^\s*((points|marks|score) possible|(possible|max(imum)?) (points|marks|score)|out of|pontua[çc][ãa]o m[áa]xima|base (n[ãa]o )?ponderada|tamanho da amostra|LO[DQ]|MDL|L[DQ]|limit of (detection|quantification)|detection limit|limite de (detec[çc][ãa]o|quantifica[çc][ãa]o))\s*$/i

/** `Custo total` is a total where it adds up rows, and a quantity where it does not. */
const PERHAPS = /\b(sub)?tota(l|is)\b|^(soma|somatório|sum|acumulado)\b/i

/** For a row whose numbers are not known. */
export const mayBeTotal = (label: string) => SUM.test(label) || MEAN.test(label) || PERHAPS.test(label)

/** `Total Norte`, where `Norte` is among the labels above it. */
function isTotalOf(label: string, seen: ReadonlySet<string>): boolean {
  const of = /^(?:sub-?)?total\s(.+)$/i.exec(label)?.[1] ?? /^(.+?)\s(?:sub-?)?total$/i.exec(label)?.[1]
  return of !== undefined && seen.has(of)
}

/** Tens of thousands of rows called totals would look at one another. */
const MOST_SUMMED = 500

/**
 * Whether the row is the sum of some of the rows right above it, of one where that stands alone. `Total Loja C` below `Total Loja A`
 * and `Total Loja B` is none, even if it happens to be as large as both.
 */
function addsUpRows(numbers: NumberColumn[], row: number, totals: boolean[], labels: (string | null)[]): boolean {
  const name = stemOf(labels[row] ?? '')
  return numbers.some(({ values }) => {
    const value = values[row]
    if (value == null) return false
    let sum = 0
    let added = 0
    for (let at = row - 1; at >= Math.max(0, row - MOST_SUMMED); at--) {
      if (totals[at]) {
        if (added === 1 && isClose(sum, value)) return true
        continue
      }
      if (name !== '' && PERHAPS.test(labels[at] ?? '') && stemOf(labels[at]!) === name) return false
      sum += values[at] ?? 0
      if (++added >= 2 && isClose(sum, value)) return true
    }
    return false
  })
}

/** Without its last word. */
const stemOf = (label: string) => label.split(' ').slice(0, -1).join(' ').toLowerCase()

/** The last row, when it is the sum of all others in every column: `Empresa toda` below its parts, not `Lucro` below what adds to it. */
function addsUpAll(numbers: NumberColumn[], row: number, totals: boolean[]): boolean {
  const known = numbers.filter(({ values }) => values[row] != null && values[row] !== 0)
  return (
    known.length > 0 &&
    known.every(({ values, unit }) => {
      if (unit.kind === 'percent') return false
      const above = valuesBetween(0, row, values, totals).filter((value) => value !== 0)
      const isOneWay = above.every((value) => value > 0) || above.every((value) => value < 0)
      return above.length >= 3 && isOneWay && isClose(sumOf(above), values[row]!)
    })
  )
}

/** `Resultado` below `Total receitas` and `Total despesas`: what is left of one total after the other, in every column. */
function isNet(numbers: NumberColumn[], row: number, totals: boolean[]): boolean {
  const income = totals.indexOf(true)
  const costs = totals.lastIndexOf(true)
  const known = numbers.filter(({ values, unit }) => values[row] != null && unit.kind !== 'percent')
  return (
    income < costs &&
    known.length > 0 &&
    known.every(({ values }) => isClose(Math.abs(values[row]!), Math.abs((values[income] ?? 0) - (values[costs] ?? 0))))
  )
}

/** The mean, the lowest or the highest of the rows above, as far as it is written. */
function isMean(numbers: NumberColumn[], row: number, totals: boolean[]): boolean {
  return numbers.some(({ values }) => {
    const above = valuesBetween(row - MOST_SUMMED, row, values, totals)
    if (values[row] == null || above.length < 2) return false
    const lowest = above.reduce((a, b) => Math.min(a, b))
    const highest = above.reduce((a, b) => Math.max(a, b))
    return [sumOf(above) / above.length, lowest, highest].some(
      (one) => Math.abs(one - values[row]!) <= 0.005 * Math.abs(one),
    )
  })
}

function valuesBetween(from: number, to: number, values: (number | null)[], totals: boolean[]): number[] {
  const start = Math.max(0, from)
  return values.slice(start, to).filter((value, at): value is number => value !== null && !totals[start + at])
}

export const sumOf = (values: number[]) => values.reduce((a, b) => a + b, 0)

/** Exact but for the noise of sums of fractions. */
export const isClose = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
