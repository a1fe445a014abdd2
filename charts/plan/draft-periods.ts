/** A table whose columns are periods: the periods become the axis and the rows become the series. */
import type { Series } from '../../lib/chart/plan.ts'
import { timeRanksOf } from '../table/ordered-labels.ts'
import { timeText } from '../../lib/chart/ticks.ts'
import type { NumberColumn, Table, TextColumn } from '../table/table.ts'
import { countDistinct, groupRows, reduceGroups, startOf } from './group-rows.ts'
import { asNames, type Label } from './choose-label.ts'
import type { ChartContext, Draft } from './draft.ts'
import { findPeriods, type Periods } from './find-periods.ts'
import { isLevel, readable } from './words.ts'
import type { ColumnKinds } from './column-kinds.ts'

/** Two or three periods are compared side by side for each row; more make lines. */
const LINES_FROM = 4
const MOST_LINES = 12
/** Of a longer statement its results are drawn. */
const MOST_COMPARED = 4

export function draftPeriods(table: Table, kinds: ColumnKinds, label: Label, context: ChartContext): Draft | undefined {
  const numbers = table.columns.filter((column) => column.kind === 'number' && !kinds.identifiers.includes(column))
  const found = findPeriods(numbers as NumberColumn[])
  const periods = found && { ...found, prefix: found.prefix || nameOfAll(table) }
  if (periods?.heading && label.kind === 'times')
    return draftPeriods(table, kinds, namesOfTimes(label, context), context)
  if (!periods || (label.kind !== 'names' && table.rows > 1)) return undefined
  if (label.kind === 'names' && isLonger(label, periods)) return undefined
  const finer = label.kind === 'names' && table.rows <= MOST_LINES ? finerNames(table, label) : undefined
  if (finer) return draftPeriods(table, kinds, asNames(finer), context)
  const { names, columns, ...summed } = rowsOf(table, periods, label, context)
  const common = {
    used: periods.columns,
    label_column: label.kind === 'names' ? label.column.header : '',
    measures: periods.columns.map(({ header }) => header),
    ...summed,
  }
  if (table.rows > 1 && columns.length < LINES_FROM)
    return sideBySide({ ...periods, columns, labels: periodNames(periods, context) }, label, names, common)
  return across({ ...periods, columns }, names, context, common, label.kind === 'names' ? label.results : undefined)
}

/** `A | Supino`, `A | Crucifixo`: a line for each row, where its group repeats and its own name does not. */
function finerNames({ columns, rows }: Table, { column }: Label & { kind: 'names' }): TextColumn | undefined {
  if (countDistinct(column.values) === rows) return undefined
  return columns.find((other) => other.kind === 'text' && !other.digits && countDistinct(other.values) === rows) as
    TextColumn | undefined
}

/** Twelve hours below seven weekdays: a line for each weekday over the hours. */
function isLonger({ column, ranks }: Label & { kind: 'names' }, periods: Periods): boolean {
  const names = new Set(column.values.filter((name) => name !== null))
  return ranks !== undefined && names.size > periods.columns.length && timeRanksOf([...names]) !== undefined
}

/** `Population, total` in each row of a column beside the countries. */
function nameOfAll({ columns, rows }: Table): string {
  const names = columns.flatMap((column) => {
    const [first, ...others] = column.kind === 'text' && rows >= 3 ? column.values : []
    return first && /\p{Ll}/u.test(first) && first.includes(' ') && others.every((name) => name === first)
      ? [first]
      : []
  })
  return names.toSorted((a, b) => b.length - a.length).find(({ length }) => length <= 80) ?? ''
}

/** `jan 2024` and `fev 2024`, each with what came of it after so many months. */
function namesOfTimes({ column }: Label & { kind: 'times' }, { locale }: ChartContext): Label {
  const { index, header, grain } = column
  const values = column.values.map((time) => (time === null ? null : timeText(time, grain, locale)))
  return { kind: 'names', column: { kind: 'text', index, header, values } }
}

type Common = Pick<Draft, 'label_column' | 'measures' | 'used' | 'method' | 'notes'>

/** Rows of one name come together. */
function rowsOf(
  table: Table,
  periods: Periods,
  label: Label,
  { texts }: ChartContext,
): Pick<Common, 'method' | 'notes'> & { names: string[]; columns: NumberColumn[] } {
  const { columns } = periods
  const all = label.kind === 'names' ? label.column.values.map((name) => name ?? '') : ['']
  const groups = groupRows(all)
  const names = groups.keys
  if (names.length === all.length) return { names, columns, method: 'each', notes: [] }
  const method = isLevel(periods.prefix) || columns[0]!.unit.kind === 'percent' ? 'mean' : 'sum'
  const reduced = columns.map((column) => ({ ...column, values: reduceGroups(groups, column.values, method) }))
  return { names, columns: reduced, method, notes: [texts[method](table.rows)] }
}

/** `results`: the rows of a statement that sum up others. */
function across(
  periods: Periods,
  names: string[],
  context: ChartContext,
  common: Common,
  results?: ReadonlySet<number>,
): Draft {
  const first = periods.columns[0]!
  const subject = readable(periods.prefix)
  const additive = !isLevel(periods.prefix) && first.unit.kind !== 'percent'
  // `Entregas no prazo` in percent among amounts.
  const isRate = (row: number) =>
    common.method === 'each' && periods.columns.every(({ percents }) => percents?.has(row))
  const rows = names.map((name, row): Series => ({
    name: name || subject,
    unit: isRate(row) ? { kind: 'percent', fraction: true } : first.unit,
    decimals: first.decimals,
    values: periods.columns.map((column) => column.values[row] ?? null),
  }))
  const { series, notes, ...lines } =
    results && rows.length > MOST_COMPARED
      ? {
          series: rows.filter((_, row) => results.has(row)),
          notes: [],
          left: names.filter((_, row) => !results.has(row)),
        }
      : largest(rows.filter(hasValues), additive, context)
  const { grain } = periods
  const shape = names.length > 1 || periods.columns.length > 12 ? 'lines' : 'bars'
  return {
    ...(isPatchy(series, additive) ? ({ shape: 'bars', stacked: true } as const) : { shape }),
    points: periods.columns.map((_, at) => {
      const time = grain && startOf(periods.times![at]!, grain)
      return { label: periods.labels[at]!, ...(time === undefined ? {} : { time }) }
    }),
    series,
    ...(grain ? { grain } : {}),
    ordered: true,
    ranks: new Map(periods.labels.map((label, at) => [label, at])),
    additive,
    label_title: grain ? context.texts.grain[grain] : periods.title(context.texts),
    value_title: subject,
    ...(subject ? { subject } : {}),
    ...common,
    ...lines,
    notes: [...common.notes, ...notes],
  }
}

/** Stages of a work, each in a few of the months: a line would lead nowhere. */
function isPatchy(series: Series[], additive: boolean): boolean {
  const values = series.flatMap((one) => one.values)
  const known = values.filter((value) => value !== null)
  return (
    additive &&
    series.length >= 3 &&
    series[0]!.values.length <= MOST_LINES &&
    known.length * 3 <= values.length * 2 &&
    series.filter((one) => one.values[0] === null).length * 2 >= series.length &&
    known.every((value) => value >= 0)
  )
}

const hasValues = (series: Series) => series.values.some((value) => value !== null)

type Lines = Pick<Draft, 'series' | 'notes' | 'left' | 'together'>

/** The largest lines; the rest as one line where they may be added up. */
function largest(rows: Series[], additive: boolean, context: ChartContext): Lines {
  if (rows.length <= MOST_LINES) return { series: rows, notes: [] }
  const size = (series: Series) => series.values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0)
  const order = rows.toSorted((a, b) => size(b) - size(a))
  const [kept, small] = [order.slice(0, MOST_LINES - 1), order.slice(MOST_LINES - 1)]
  const left = small.map(({ name }) => name)
  const sums = kept[0]!.values.map((_, at) => small.reduce((sum, series) => sum + (series.values[at] ?? 0), 0))
  const dwarfs = Math.max(...sums) > 1.5 * Math.max(...kept.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const haveGaps = small.some(({ values }) => values.includes(null))
  if (!additive || dwarfs || haveGaps)
    return { series: kept, notes: [context.texts.largest(kept.length, rows.length)], left }
  const others = { ...kept[0]!, name: context.texts.others(left.length), values: sums }
  return { series: [...kept, others], notes: [], together: left }
}

/** Days as the reader writes them. */
function periodNames({ labels, times, grain }: Periods, { locale }: ChartContext): string[] {
  if (grain !== 'day') return labels
  return times!.map((time) => new Date(time).toLocaleDateString(locale, { timeZone: 'UTC' }))
}

function sideBySide(periods: Periods, label: Label, names: string[], common: Common): Draft {
  const subject = readable(periods.prefix)
  return {
    shape: 'bars',
    points: names.map((name) => ({ label: name })),
    series: periods.columns.map((column, at) => ({
      name: periods.labels[at]!,
      unit: column.unit,
      decimals: column.decimals,
      values: column.values.slice(0, names.length),
    })),
    ordered: label.kind === 'names' && label.ranks !== undefined,
    ...(label.kind === 'names' && label.ranks ? { ranks: label.ranks } : {}),
    additive: !isLevel(periods.prefix),
    label_title: readable(common.label_column),
    value_title: subject,
    ...(subject ? { subject } : {}),
    ...common,
  }
}
