/**
 * Finds header rows. A header is a row of words above data: it has text (or a year, or a date) where the rows below have
 * numbers or dates. More header rows may stand above it (groups over several columns), and title rows above those.
 */
import type { Cell, CellRange, Row, Sheet } from '../../lib/spreadsheet/cells.ts'
import { clockText } from '../../lib/spreadsheet/clock-text.ts'
import { countOf, risesEvenly } from './counts.ts'
import { filledColumns, isValue, cellKind, type CellKind } from './cell-kind.ts'

/** Rows of data that decide whether the row above them is their header. */
const SAMPLE = 3
/** A blank row or two may stand between a header and its data. */
const LARGEST_GAP = 3

/** Whether row `at` is, in these columns, the (last) header row of a table that starts below it. */
export function isHeaderRow(rows: Row[], at: number, columns: number[]): boolean {
  const row = rows[at]!
  const below = rows.slice(at + 1, at + 1 + SAMPLE).filter((next) => next.number - row.number <= LARGEST_GAP + SAMPLE)
  if (below.length === 0 || below[0]!.number - row.number > LARGEST_GAP) return false
  const counted = countedColumns(rows, at, below, columns)
  let words = 0
  let supports = counted.length
  let conflicts = 0
  for (const column of columns) {
    if (counted.includes(column)) continue
    const kind = isNumberedName(row.cells[column], below, column) ? 'text' : cellKind(row.cells[column])
    const kindsBelow = sampleOf(rows, at, below, column)
    const values = kindsBelow.filter(isValue).length
    const hasValues = values > 0 && values * 2 >= kindsBelow.length
    if (kind === 'text') {
      words++
      if (hasValues) supports++
    } else if (kind === 'year' || kind === 'date') {
      // 2024 above 1,250 is a header; 2024 above 2025 is data.
      if (hasValues && kindsBelow.every((next) => next !== kind)) supports++
      else if (hasValues) conflicts++
    } else if (kind === 'number' && hasValues) conflicts++
  }
  if (supports === 0 || supports <= conflicts) return false
  return words > 0 || supports >= 2
}

/**
 * `1 | 2 | … | 31`, `08:00 | 09:00 | 10:00` above numbers, beside a text or a blank above labels: the columns of numbers that name
 * theirs.
 */
function countedColumns(rows: Row[], at: number, below: Row[], columns: number[]): number[] {
  const even = countsIn(rows[at]!, columns)
  const counts = even.length > 0 ? even : sizesIn(rows[at]!, below, columns)
  if (counts.length === 0) return []
  const kinds = (column: number) => sampleOf(rows, at, below, column)
  const isLabel = (column: number) => {
    const corner = cellKind(rows[at]!.cells[column])
    if (corner === 'text') return kinds(column).length > 0
    return corner === 'empty' && kinds(column).some((kind) => kind === 'text' || kind === 'date')
  }
  if (!columns.some((column) => column < counts[0]! && isLabel(column))) return []
  const measured = counts.filter((column) => kinds(column).some((kind) => kind === 'number'))
  return measured.length * 2 > counts.length && counts.every((column) => !kinds(column).includes('text')) ? counts : []
}

const FEWEST_COUNTS = 3

/** Columns whose cells count up, side by side or, when all of them do, with subtotals between them. */
export function countsIn(row: Row, columns: number[]): number[] {
  const isCount = (column: number) =>
    cellKind(row.cells[column]) === 'number' && countOf(row.cells[column]) !== undefined
  const from = columns.findIndex(isCount)
  if (from === -1) return []
  const end = columns.findIndex((column, at) => at > from && !isCount(column))
  const countUp = (some: number[]) =>
    some.length >= FEWEST_COUNTS &&
    (areTimes(some.map((column) => row.cells[column]!)) ||
      risesEvenly(some.map((column) => countOf(row.cells[column])!)))
  return [columns.filter(isCount), columns.slice(from, end === -1 ? undefined : end)].find(countUp) ?? []
}

/** Of day, at any distance. */
const areTimes = (cells: Cell[]) =>
  cells.every(({ value, format }) => format.kind === 'time' || String(value).includes(':')) &&
  cells.every((cell, at) => at === 0 || countOf(cell)! > countOf(cells[at - 1])!)

/** `100 | 250 | 500`: sizes that rise in round numbers, above numbers that are not as round. */
function sizesIn(row: Row, below: Row[], columns: number[]): number[] {
  const isNumber = (column: number) => cellKind(row.cells[column]) === 'number'
  const sizes = columns.filter((column) => isNumber(column) && typeof row.cells[column]!.value === 'number')
  const numbers = sizes.map((column) => row.cells[column]!.value as number)
  const rises = numbers.every((size, at) => Number.isInteger(size) && (at === 0 ? size > 0 : size > numbers[at - 1]!))
  if (numbers.length < FEWEST_COUNTS || !rises || columns.filter(isNumber).length > numbers.length) return []
  const values = below.flatMap(({ cells }) => sizes.flatMap((column) => cells[column]?.value ?? []))
  const roundness = divisorOf(numbers)
  return roundness >= ROUND && divisorOf(values.map(Number)) * ROUND <= roundness ? sizes : []
}

const ROUND = 5

/** The largest number that divides all of them; 1 where one of them is no whole number. */
function divisorOf(numbers: number[]): number {
  if (!numbers.every(Number.isInteger)) return 1
  return numbers.map(Math.abs).reduce((a, b) => {
    while (b > 0) [a, b] = [b, a % b]
    return a
  }, 0)
}

/** The kinds of the cells right below; further down where words stand for all of these numbers. */
function sampleOf(rows: Row[], at: number, below: Row[], column: number): CellKind[] {
  const kinds = (some: Row[]) => some.map((next) => cellKind(next.cells[column])).filter((kind) => kind !== 'empty')
  const near = kinds(below).filter((kind) => kind !== 'other')
  if (near.length > 0 || kinds(below).length === 0) return near
  return kinds(rows.slice(at + 1, at + 1 + 3 * SAMPLE)).filter((kind) => kind !== 'other')
}

/** `1T`, `30 dias`, `500 ml` above bare numbers name their column; above `12 kg`, `20 kg` they are data. */
function isNumberedName(cell: Cell | undefined, below: Row[], column: number): boolean {
  if (typeof cell?.value !== 'string' || cellKind(cell) !== 'number' || !/\d\s?\p{L}/u.test(cell.value)) return false
  const values = below.flatMap((row) => row.cells[column] ?? [])
  return values.length > 0 && values.every(({ value }) => typeof value === 'number' || !/\p{L}/u.test(value as string))
}

/** Rows above `at` that belong to the same header, topmost first. */
export function upperHeaderRows(sheet: Sheet, at: number, columns: number[], floor: number): number[] {
  const bottom = sheet.rows[at]!
  const above = sheet.rows[at - 1]
  if (at - 1 < floor || !above || above.number !== bottom.number - 1) return []
  const inside = filledColumns(above).filter((column) => columns.includes(column))
  if (inside.length === 0 || inside.some((column) => cellKind(above.cells[column]) === 'number')) return []
  const counts = countsIn(bottom, columns)
  const isOverCounts = inside.length === 1 && counts.includes(inside[0]!)
  if (!isOverCounts && !isGroupRow(sheet, above, inside, columns) && !completes(above, bottom, inside, columns))
    return []
  // No table has more than three header rows.
  return [...(isTall(sheet, at - 2, above, columns, floor) ? [at - 2] : []), at - 1]
}

/** `UF | Cidade` under `Localização`, beside a header that is merged downwards into this row. */
export function completesHeader(sheet: Sheet, at: number, columns: number[]): boolean {
  const { rows, merges } = sheet
  const row = rows[at]
  const above = rows[at - 1]
  if (!row || !above || above.number !== row.number - 1 || merges.length === 0) return false
  const kinds = columns.map((column) => cellKind(row.cells[column])).filter((kind) => kind !== 'empty')
  if (kinds.length === 0 || !kinds.every((kind) => kind === 'text' || kind === 'year' || kind === 'date')) return false
  return mergesIn(sheet, row.number).some(
    ({ left, top, bottom }) =>
      bottom === row.number &&
      top === above.number &&
      columns.includes(left) &&
      cellKind(above.cells[left]) === 'text' &&
      above.cells.some((_, column) => column !== left && columns.includes(column)),
  )
}

/** Every cell spans several of the table's columns, though not all: `Receita` above `2024` and `2025`. */
function isGroupRow(sheet: Sheet, row: Row, inside: number[], columns: number[]): boolean {
  return inside.every((column) => {
    const range = mergedAt(sheet, row.number, column)
    if (!range) return false
    if (range.bottom > row.number) return true
    const width = columns.filter((other) => other >= range.left && other <= range.right).length
    return width >= 2 && width < columns.length
  })
}

/**
 * The bottom row alone does not name its columns: it has blanks or repeats under names above it, or holds only units and
 * remarks such as `(in grams)`.
 */
function completes(above: Row, bottom: Row, inside: number[], columns: number[]): boolean {
  if (inside.length < 2 || filledColumns(above).some((column) => !reaches(column, above, columns))) return false
  const names = columns.map((column) => String(bottom.cells[column]?.value ?? ''))
  const remarks = names.filter((name) => /^[([].*[)\]]$|^(R\$|US\$|\$|€|%|un\.?|kg|g|ml|l|m²|mm|h)$/i.test(name)).length
  if (remarks * 2 >= names.length) return inside.length * 2 >= columns.length
  const blanks = columns.some((column) => !bottom.cells[column] && above.cells[column])
  const repeats = new Set(names.filter(Boolean)).size < names.filter(Boolean).length
  return blanks || repeats
}

/** In the table, or a name in the upper row right of it, above blanks or texts. */
function reaches(column: number, row: Row, columns: number[]): boolean {
  const right = columns.at(-1)!
  return columns.includes(column) || (column > right && column <= right + 3 && row.cells[right] !== undefined)
}

function isTall(sheet: Sheet, at: number, below: Row, columns: number[], floor: number): boolean {
  const row = sheet.rows[at]
  if (at < floor || !row || row.number !== below.number - 1) return false
  const inside = filledColumns(row).filter((column) => columns.includes(column))
  // `Sparte` above two blanks names the labels.
  const isOverBlank = (column: number) => column === columns[0] && !below.cells[column]
  const groups = inside.filter((column) => !isOverBlank(column))
  return inside.length > 1 && groups.length > 0 && isGroupRow(sheet, row, groups, columns)
}

/** The header of one column, topmost part first: `Receita`, `2025`. */
export function headerOf(sheet: Sheet, headerRows: Row[], column: number): string[] {
  const parts: string[] = []
  for (const [at, row] of headerRows.entries()) {
    const text = headerText(sheet, row, column, headerRows[at + 1])
    if (text && parts.at(-1) !== text) parts.push(text)
  }
  return parts
}

function headerText(sheet: Sheet, row: Row, column: number, lower: Row | undefined): string {
  const range = mergedAt(sheet, row.number, column)
  const cell = row.cells[range?.left ?? column] ?? (range ? undefined : groupToTheLeft(row, column, lower))
  if (!cell) return ''
  if (cell.format.kind === 'time') return clockText(cell.value as number).padStart(5, '0')
  if (cell.format.kind === 'percent') return `${Number(((cell.value as number) * 100).toPrecision(12))}%`
  if (cell.format.kind !== 'date') return String(cell.value)
  const iso = new Date(cell.value as number).toISOString()
  return iso.slice(8, 10) === '01' ? iso.slice(0, 7) : iso.slice(0, 10)
}

/** `Receita` written once above two columns without merging them; only in a row that has such gaps. */
function groupToTheLeft(row: Row, column: number, lower: Row | undefined) {
  // A name over a blank cell is no group: it names its column alone.
  const filled = filledColumns(row).filter((other) => !lower || lower.cells[other])
  // `Bimestre` above `1 | 2 | 3 | 4`.
  const counts = lower ? countsIn(lower, filledColumns(lower)) : []
  if (filled.length === 1 && counts.includes(filled[0]!) && counts.includes(column)) return row.cells[filled[0]!]
  const gaps = filled.length >= 2 && filled.slice(1).every((next, at) => next - filled[at]! >= 2)
  if (!gaps || column < filled[0]! || (lower && !lower.cells[column])) return undefined
  const left = filled.findLast((other) => other < column)
  return left === undefined ? undefined : row.cells[left]
}

const indexes = new WeakMap<Sheet, Map<number, CellRange[]>>()

export function mergedAt(sheet: Sheet, row: number, column: number): CellRange | undefined {
  return mergesIn(sheet, row).find((range) => column >= range.left && column <= range.right)
}

export function mergesIn(sheet: Sheet, row: number): CellRange[] {
  let index = indexes.get(sheet)
  if (!index) {
    index = new Map()
    for (const range of sheet.merges)
      for (let at = range.top; at <= Math.min(range.bottom, range.top + 2_000); at++) {
        const ranges = index.get(at)
        if (ranges) ranges.push(range)
        else index.set(at, [range])
      }
    indexes.set(sheet, index)
  }
  return index.get(row) ?? []
}
