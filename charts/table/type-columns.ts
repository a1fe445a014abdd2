/** Turns a found table into typed columns: what each column holds is decided by most of its cells, not by the first. */
import type { Grain, Unit } from '../../lib/chart/plan.ts'
import { columnName, indexFrom, indexOfRow, type Cell, type Row, type Sheet } from '../../lib/spreadsheet/cells.ts'
import type { DecimalMark } from '../../lib/spreadsheet/decimal-mark.ts'
import { cellAt } from './find-table.ts'
import { groupsGivenOnce } from './groups-given-once.ts'
import { isYear } from './cell-kind.ts'
import { clockOf } from './clock.ts'
import { holdCodes, namesQuantity } from './code-words.ts'
import { isGapWord } from './gap-words.ts'
import { clockColumn, withNeighbours } from './hours.ts'
import { areSeasons } from './ordered-labels.ts'
import { dayOrderOf, readDate, type DayOrder, type ReadDate } from './read-date.ts'
import { decimalMarkOf, isPlaceholder, readNumber, type ReadNumber } from './read-number.ts'
import type { Column, DateColumn, FoundTable, NumberColumn, Table, TextColumn } from './table.ts'
import { unitAbove } from './titles.ts'
import { findNamelessTotals, findTotals, mayBeTotal } from './totals.ts'
import { columnsWithoutValues } from '../workbook/missing-values.ts'

export interface ReadingHabits {
  decimal: DecimalMark
  dayOrder: DayOrder
}

type Cells = (Cell | undefined)[]

/** This many texts show how a sheet writes its numbers and dates. */
const SAMPLE = 5_000

export function typeColumns(found: FoundTable, habits: ReadingHabits): Table {
  const givenOnce = groupsGivenOnce(found, (row, column) => cellAt(found.sheet, row, column))
  const cellsOf = (body: Row[], column: number) =>
    body.map((row) => givenOnce.get(column)?.get(row) ?? cellAt(found.sheet, row, column))
  // A list, since both read all of it.
  const texts = [...sampleTexts(found)]
  const read: Required<ReadingHabits> = {
    decimal: decimalMarkOf(texts, habits.decimal, found.sheet.separator),
    dayOrder: dayOrderOf(texts, habits.dayOrder),
  }
  const type = (body: Row[]) =>
    withNeighbours(
      found.columns
        .map((column, at) => {
          const place = {
            index: column,
            header: found.headers[at]!.join(' '),
            is_first: at === 0 && found.columns.length > 1,
          }
          const cells = cellsOf(body, column)
          const typed = withPath(typeColumn(cells, place, read), found.headers[at]!)
          return typed?.kind === 'number' && typed.currencies ? withOther(typed, cells, body, read.decimal) : typed
        })
        .filter((column) => column !== undefined),
    )
  const all = type(found.body)
  const { body, summed } = withoutTotals(found, all)
  const columns = body.length === found.body.length ? all : type(body)
  const lacking = columnsWithoutValues(found.sheet)
  const never = found.columns.flatMap((column, at) =>
    lacking.has(column) && !columns.some(({ index }) => index === column) ? found.headers[at]!.join(' ') : [],
  )
  const unit_above = unitAbove(found.sheet, indexOfRow(found.sheet.rows, found.top))
  return {
    sheet: found.sheet.name,
    ...(found.block === undefined ? {} : { block: found.block }),
    range: rangeOf(found, body),
    titles: found.titles,
    ...(unit_above === undefined ? {} : { unit_above }),
    columns: withSections(columns, body, found),
    ...(never.length > 0 ? { never_computed: never } : {}),
    ...(summed.length > 0 ? { summed } : {}),
    ...(found.other_sheets ? { other_sheets: found.other_sheets } : {}),
    rows: body.length,
    values_outside: valuesOutside(found),
  }
}

function valuesOutside({ sheet, body, columns, top }: FoundTable): number {
  const isNumber = (cell: Cell | undefined) => typeof cell?.value === 'number'
  let all = numbersOn.get(sheet)
  if (all === undefined) {
    all = sheet.rows.reduce((sum, { cells }) => sum + cells.filter(isNumber).length, 0)
    numbersOn.set(sheet, all)
  }
  if (all === 0) return 0
  const rows = sheet.rows.slice(indexFrom(sheet.rows, top), indexFrom(sheet.rows, body.at(-1)!.number + 1))
  const within = rows.reduce(
    (sum, { cells }) => sum + cells.slice(columns[0]!, columns.at(-1)! + 1).filter(isNumber).length,
    0,
  )
  return 1 - within / all
}

/** Each of a sheet's tables asks for it. */
const numbersOn = new WeakMap<Sheet, number>()

function withOther(column: NumberColumn, cells: Cells, body: Row[], decimal: DecimalMark): NumberColumn {
  const [first] = column.currencies!
  const row = cells.findIndex((cell) => (asNumber(cell, decimal)?.currency ?? first) !== first)
  return row === -1 ? column : { ...column, other_currency: `${columnName(column.index)}${body[row]!.number}` }
}

const withPath = (column: Column | undefined, path: string[]): Column | undefined =>
  column && path.length > 1 ? { ...column, header_path: path } : column

function* sampleTexts(found: FoundTable): Generator<string> {
  let given = 0
  for (const row of found.body)
    for (const column of found.columns) {
      const cell = row.cells[column]
      if (cell?.format.kind !== 'text') continue
      if (++given > SAMPLE) return
      yield String(cell.value)
    }
}

/** Also leaves out rows that have numbers but no label, where nearly all others have one: totals again, or notes below them. */
function withoutTotals({ body, sections }: FoundTable, columns: Column[]): { body: Row[]; summed: string[] } {
  const labels = columns.filter((column) => column.kind !== 'number')
  const isLabelled = (_: unknown, at: number) => labels.some((column) => column.values[at] !== null)
  const labelled = body.filter(isLabelled).length
  const demand = labels.length > 0 && labelled * 2 > body.length
  const names = body.map((_, at) => nameIn(columns, at))
  const totals = findTotals(columns, names)
  // A blank where a name belongs; a label that could not be read is none.
  const isBlank = ({ cells }: Row) => labels.every(({ index }) => cells[index] === undefined)
  if (demand) findNamelessTotals(columns, names, body.map(isLabelled), totals)
  const isLost = (row: Row, at: number) => demand && !isLabelled(row, at) && !isBlank(row)
  const codes = body.map(({ cells }) => cells[columns[0]?.index ?? 0])
  const parents = findParents(codes, columns)
  const last = body.findLastIndex((row, at) => !totals[at] && !holdsShares(row, columns))
  const isShare = (at: number) =>
    (at > last || totals[at - 1] === true) && (holdsShares(body[at]!, columns) || /^%/.test(names[at] ?? ''))
  const end = footerFrom(body, totals, sections)
  return {
    body: body.filter((row, at) => at < end && !totals[at] && !parents.has(at) && !isLost(row, at) && !isShare(at)),
    summed: names.filter(
      (name, at): name is string => name !== null && (at >= end || isNamedLeftOut(name, totals[at]!, isShare(at))),
    ),
  }
}

const LONGEST_FOOTER = 6

/** Balances, funds and rates that a blank row separates from the last total are no more of what it sums up. */
function footerFrom(body: Row[], totals: boolean[], sections: FoundTable['sections']): number {
  const total = totals.lastIndexOf(true)
  const [last, next] = [body[total], body[total + 1]]
  const isFooter =
    last !== undefined &&
    next !== undefined &&
    next.number - last.number > 1 &&
    total >= 3 &&
    body.length - total - 1 <= Math.min(LONGEST_FOOTER, total) &&
    sections.get(next) === sections.get(last)
  return isFooter ? total + 1 : body.length
}

/** `Total` and `% do total` are missed by nobody. */
const isNamedLeftOut = (name: string, isTotal: boolean, isShare: boolean) =>
  (isTotal && !mayBeTotal(name)) || (isShare && !name.includes('%'))

/** The leftmost text of a row; `Total` may stand below the numbers of days. */
function nameIn(columns: Column[], row: number): string | null {
  for (const column of columns) {
    const name =
      column.kind === 'text' ? column.values[row] : column.kind === 'number' ? numberedName(column, row) : null
    if (name) return name
  }
  return null
}

/** Of a row whose neighbours have words for a number. */
function numberedName({ words, values }: NumberColumn, row: number): string | null {
  if (!words) return null
  return words.get(row) ?? (values[row] == null ? null : String(values[row]))
}

/** `% do total`: percentages below amounts. */
function holdsShares({ cells }: Row, columns: Column[]): boolean {
  const isShare = (cell: Cell) => cell.format.kind === 'percent' || /\d\s?%$/.test(String(cell.value))
  const filled = columns.filter((column) => column.kind === 'number' && cells[column.index])
  return (
    filled.length > 0 &&
    filled.every(
      (column) => column.kind === 'number' && column.unit.kind !== 'percent' && isShare(cells[column.index]!),
    )
  )
}

/** Rows of named accounts that others add up to: `1` and `1.1` above `1.1.1`. */
function findParents(codes: Cells, columns: Column[]): Set<number> {
  const written = codes.map((code) => String(code?.value))
  const parents = new Set<number>()
  if (!columns.some(({ kind, index }) => kind === 'text' && index !== columns[0]!.index)) return parents
  if (written.filter((code) => /^\d+(\.\d+)*$/.test(code)).length < codes.length * 0.8) return parents
  const children = Map.groupBy(written.keys(), (at) =>
    written[at]!.slice(0, Math.max(0, written[at]!.lastIndexOf('.'))),
  )
  for (const [at, code] of written.entries()) {
    const parts = children.get(code) ?? []
    const isSum = (column: Column) =>
      column.kind === 'number' &&
      !!column.values[at] &&
      Math.abs(parts.reduce((sum, part) => sum + (column.values[part] ?? 0), 0) - column.values[at]) < 0.01
    if (parts.length > 0 && columns.some(isSum)) parents.add(at)
  }
  return parents
}

/**
 * Equal names under different headings are different things. Where the headings split one measure of the same names, each is a
 * series; else they are part of the name: `Importações / Ásia`, `Exportações / Ásia`.
 */
function withSections(columns: Column[], body: Row[], { sections }: FoundTable): Column[] {
  const labels = columns.find((column) => column.kind === 'text')
  const under = body.map((row) => sections.get(row))
  if (labels?.kind !== 'text' || new Set(under).size < 2) return columns
  const known = labels.values.filter((value) => value !== null)
  const named = labels.values.map((value, at) =>
    value !== null && under[at] !== undefined ? `${under[at]} / ${value}` : value,
  )
  if (new Set(known).size === known.length || new Set(named).size < named.length) return columns
  const repeated = known.length - new Set(known).size
  const measures = columns.filter(({ kind }) => kind === 'number').length
  if (measures === 1 && repeated * 2 >= new Set(known).size && under.every((heading) => heading !== undefined)) {
    const heading: Column = { kind: 'text', index: labels.index + 0.5, header: '', values: under as string[] }
    return columns.flatMap((column) => (column === labels ? [labels, heading] : [column]))
  }
  return columns.map((column) => (column === labels ? { ...labels, values: named } : column))
}

export function rangeOf(found: FoundTable, body: Row[] = found.body): string {
  const last = body.at(-1) ?? found.body.at(-1)!
  return `${columnName(found.columns[0]!)}${found.top}:${columnName(found.columns.at(-1)!)}${last.number}`
}

/** This many cells, spread over all rows, decide the type of a column. */
const JUDGED = 2_000

interface Place {
  index: number
  header: string
  /** Of several. */
  is_first: boolean
}

function typeColumn(cells: Cells, place: Place, read: ReadingHabits): Column | undefined {
  const { index, header, is_first } = place
  const judged = spread(cells.filter((cell) => cell && cell.format.kind !== 'error' && !isBlankText(cell)) as Cell[])
  if (judged.length === 0) return undefined
  const written = judged.filter((cell) => cell.format.kind === 'text').map((cell) => String(cell.value))
  if (written.length * 2 >= judged.length && holdCodes(header, written, read.dayOrder))
    return textColumn(cells, index, header, true)
  const dates = judged.map((cell) => asDate(cell, read.dayOrder)).filter((date) => date !== undefined)
  const seasons = areSeasons(judged.map((cell) => String(cell.value)))
  if (!seasons && dates.length >= judged.length * 0.6) return dateColumn(cells, dates, index, header, read.dayOrder)
  const gaps = judged.filter((cell) => isGapWord(String(cell.value))).length
  const clocks = judged.map(clockOf).filter((clock) => clock !== undefined)
  if (clocks.length >= (judged.length - gaps) * 0.6 && clocks.some(({ minutes }) => !minutes))
    return withWords(
      clockColumn(cells, place, is_first, (cell) => asBareHours(cell, read.decimal)),
      cells,
    )
  const numbers = judged.map((cell) => asNumber(cell, read.decimal)).filter((number) => number !== undefined)
  const padded =
    !namesQuantity(header) && judged.some((cell) => typeof cell.value === 'string' && /^0\d+$/.test(cell.value))
  if (
    !padded &&
    numbers.length >= (judged.length - gaps) * 0.6 &&
    numbers.length > gaps * 0.6 &&
    haveOneSuffix(numbers)
  )
    return numberColumn(cells, numbers, index, header, read.decimal)
  // The key of an invoice, the number of a card.
  const areLong = written.length === judged.length && written.every((text) => /^\d{12,}$/.test(text))
  return textColumn(cells, index, header, padded || areLong)
}

/** `Folga` among hours worked. */
const withWords = (column: NumberColumn | TextColumn, cells: Cells) =>
  column.kind === 'number' ? { ...column, ...wordsIn(cells, column.values) } : column

/** By row: the text of a cell that holds no number. */
function wordsIn(cells: Cells, values: (number | null)[]): Pick<NumberColumn, 'words'> {
  const words = new Map<number, string>()
  for (const [row, cell] of cells.entries())
    if (values[row] === null && cell?.format.kind === 'text' && !isBlankText(cell)) words.set(row, String(cell.value))
  return words.size > 0 ? { words } : {}
}

function textColumn(cells: Cells, index: number, header: string, digits: boolean): TextColumn | undefined {
  const values = cells.map((cell) => (cell && isLabel(cell) ? String(cell.value) : null))
  if (values.every((text) => text === null)) return undefined
  return { kind: 'text', index, header, values, ...(digits ? { digits } : {}) }
}

/** `6,5 h` among clock values; of bare numbers only nothing is as much in hours as in days. */
function asBareHours(cell: Cell, decimal: DecimalMark): number | null {
  const number = asNumber(cell, decimal)
  return number && (number.suffix?.toLowerCase() === 'h' || number.value === 0) ? number.value : null
}

function spread(cells: Cell[]): Cell[] {
  const every = Math.ceil(cells.length / JUDGED)
  return every <= 1 ? cells : cells.filter((_, at) => at % every === 0)
}

const isBlankText = (cell: Cell) => cell.format.kind === 'text' && isPlaceholder(String(cell.value))

/** `X` stands for a number that is not told, and is a name between `W` and `Y`. */
const isLetter = (cell: Cell) => /^\p{Lu}$/u.test(String(cell.value))

/** A number among names is a name too (a shop called 24); a date, time or truth value among them is not. */
const isLabel = (cell: Cell) =>
  (cell.format.kind === 'text' && (!isBlankText(cell) || isLetter(cell))) || cell.format.kind === 'number'

function asNumber(cell: Cell | undefined, decimal: DecimalMark): ReadNumber | undefined {
  switch (cell?.format.kind) {
    case 'text':
      return readNumber(String(cell.value), decimal)
    case 'number':
    case 'percent':
    case 'money':
      return { value: cell.value as number, kind: cell.format.kind, ...pickCurrency(cell) }
  }
  return undefined
}

const pickCurrency = (cell: Cell) => (cell.format.currency ? { currency: cell.format.currency } : {})

function asDate(cell: Cell | undefined, order: DayOrder): ReadDate | undefined {
  if (cell?.format.kind === 'date') return { time: cell.value as number, grain: 'day' }
  if (cell?.format.kind === 'text') return readDate(String(cell.value), order)
  return undefined
}

/** `12B`, `14A` are names; `12 kg`, `14 kg` are numbers. */
function haveOneSuffix(numbers: ReadNumber[]): boolean {
  const suffixes = new Set(numbers.map((number) => number.suffix?.toLowerCase()))
  return suffixes.size === 1 || (suffixes.size === 2 && suffixes.has(undefined))
}

function numberColumn(
  cells: Cells,
  judged: ReadNumber[],
  index: number,
  header: string,
  decimal: DecimalMark,
): NumberColumn {
  const numbers = cells.map((cell) => asNumber(cell, decimal))
  const unit = unitOf(
    judged,
    header,
    numbers.map((number) => number?.value ?? null),
  )
  const scaleOf = scales(unit, cells, numbers)
  const values = numbers.map((number) => (number ? number.value * scaleOf(number) : null))
  const decimals = cells.reduce((most, cell) => Math.max(most, cell?.format.decimals ?? -1), -1)
  const percents = new Set(
    cells.keys().filter((row) => unit.kind !== 'percent' && cells[row]?.format.kind === 'percent'),
  )
  const currencies = [...new Set(judged.flatMap(({ currency }) => currency ?? []))]
  return {
    kind: 'number',
    index,
    header,
    values,
    ...wordsIn(cells, values),
    ...(currencies.length > 1 ? { currencies } : {}),
    ...(percents.size > 0 ? { percents } : {}),
    unit,
    decimals: decimals < 0 ? undefined : decimals,
  }
}

/** `12%` among 10 and 8 is 12 as they are; 10 among `12%` and `8%` is a tenth, unless those are formats of fractions. */
function scales(unit: Unit, cells: Cells, numbers: (ReadNumber | undefined)[]): (number: ReadNumber) => number {
  if (unit.kind !== 'percent') return () => 1
  if (!unit.fraction) return ({ kind }) => (kind === 'percent' ? 100 : 1)
  const written = numbers.filter((number, row) => number?.kind === 'percent' && cells[row]!.format.kind === 'text')
  const areWritten = written.length * 2 > numbers.filter((number) => number?.kind === 'percent').length
  return ({ kind }) => (areWritten && kind === 'number' ? 0.01 : 1)
}

/** Amounts in thousands or millions are not so many pounds. */
const IN_THOUSANDS =
  /[£€$]\s?['’]?0{3}|\b(?:TEUR|kEUR|MEUR)\b|T€|k€|(?:R\$|US\$|€|£|\$)\s?(?:em )?(?:mil|milh[õo]es|bi|bilh[õo]es|thousands?|millions?|m|bn|mio)\b|\b(?:mil|milh[õo]es|bilh[õo]es|thousands?|millions?|Mio\.?|Tsd\.?)\s(?:de\s|of\s)?(?:reais|R\$|US\$|€|£|\$|euros?|EUR|USD)/i

function unitOf(numbers: ReadNumber[], header: string, values: (number | null)[]): Unit {
  if (IN_THOUSANDS.test(header)) return { kind: 'plain' }
  const share = (kind: ReadNumber['kind']) => numbers.filter((number) => number.kind === kind).length / numbers.length
  if (share('percent') > 0.5) return { kind: 'percent', fraction: true }
  const currency = numbers.find((number) => number.currency)?.currency ?? /R\$|US\$|€|£|\$/.exec(header)?.[0]
  if (share('money') > 0.5 || (currency && /R\$|US\$|€|£|\$/.test(header)))
    return { kind: 'money', currency: currency ?? '' }
  // 0,42 may be 0,42 % or, as Excel stores it, 42 %: a column without a number above 1 is shown as written, and its header tells of %.
  if (/(^|[^\d\s])\s*%|\bpercent(age|ual|agem)?\b/i.test(header) && values.some((value) => Math.abs(value ?? 0) > 1))
    return { kind: 'percent', fraction: false }
  const suffix = numbers.find((number) => number.suffix)?.suffix
  if (suffix === 'h') return { kind: 'hours' }
  return { kind: 'plain', ...(suffix ? { suffix } : {}) }
}

function dateColumn(cells: Cells, judged: ReadDate[], index: number, header: string, order: DayOrder): DateColumn {
  const values = cells.map((cell) => asDate(cell, order)?.time ?? null)
  const written = cells.find((cell) => cell)?.format.kind === 'text'
  if (!written) return { kind: 'date', index, header, values, grain: grainOf(judged) }
  if (judged.some((date) => date.grain === 'day')) return { kind: 'date', index, header, values, grain: 'day' }
  // Quarters and then months of the same years: one of them.
  const grain = mostOf(judged.map((date) => date.grain))
  const own = cells.map((cell, at) => (asDate(cell, order)?.grain === grain ? values[at]! : null))
  return { kind: 'date', index, header, values: own, grain }
}

function mostOf(grains: Grain[]): Grain {
  const count = (grain: Grain) => grains.filter((one) => one === grain).length
  return [...new Set(grains)].toSorted((a, b) => count(b) - count(a))[0]!
}

/** Dates that are all the first (or all the last) of a month stand for months. */
function grainOf(dates: { time: number }[]): Grain {
  const days = dates.map(({ time }) => new Date(time))
  const next = dates.map(({ time }) => new Date(time + 86_400_000))
  const starts = (list: Date[]) => list.every((day) => day.getUTCDate() === 1)
  const distinct = new Set(dates.map(({ time }) => time)).size
  if (distinct < 2 || !(starts(days) || starts(next))) return 'day'
  const years = starts(days) && days.every((day) => day.getUTCMonth() === 0)
  return years || (starts(next) && next.every((day) => day.getUTCMonth() === 0)) ? 'year' : 'month'
}

/** 2019, 2020, 2021: years, whatever the header says. */
export function holdsYears(column: NumberColumn): boolean {
  const known = column.values.filter((value) => value !== null)
  return column.unit.kind === 'plain' && known.length > 0 && known.every(isYear)
}
