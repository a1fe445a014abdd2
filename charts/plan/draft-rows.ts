/** The usual chart: a point per row, or per label where rows repeat it, and the best measures of the table. */
import { timeText } from '../../lib/chart/ticks.ts'
import { fold } from '../table/code-words.ts'
import type { DateColumn, NumberColumn, Table } from '../table/table.ts'
import { axisOf, pointOf, shapeOf, type Key } from './axis.ts'
import type { Label } from './choose-label.ts'
import { countDistinct, grainFor, groupRows, reduceGroups, startOf } from './group-rows.ts'
import { chooseMeasures, findBand } from './related-measures.ts'
import { inOrder, nameOf, type ChartContext, type Draft } from './draft.ts'
import type { Measure, ColumnKinds } from './column-kinds.ts'
import type { Grain } from '../../lib/chart/plan.ts'
import { isList, monthsTouched } from './is-list.ts'
import { classOf, isFlow, namesWait, readable, sharedWords } from './words.ts'

/** More times than this are drawn by month or year: a screen has no room for them. */
const MOST_TIMES = 1_500

export function draftRows(table: Table, kinds: ColumnKinds, label: Label, context: ChartContext): Draft {
  const own = axisOf(label, table.rows, context)
  const labelled = own.keys.filter((key) => key !== null).length
  const list =
    label.kind === 'times' &&
    (kinds.measures[0]!.method === 'sum' || namesWait(kinds.measures[0]!.column.header)) &&
    isList(table, label.column)
  const repeats =
    countDistinct(own.keys) < labelled ||
    (label.kind === 'times' && (areEvents(label.column) || areAnswers(table, label.column)))
  const coarser =
    list && label.column.grain === 'day' && monthsTouched(label.column) >= 3
      ? coarserOf('month', grainFor(label.column.values, label.column.grain))
      : label.kind === 'times' && (repeats || labelled > MOST_TIMES)
        ? grainFor(label.column.values, label.column.grain)
        : undefined
  const brought = coarser ? axisOf(label, table.rows, context, coarser) : own
  const isRead = coarser !== undefined && label.kind === 'times' && areReadings(label.column)
  const partial = isRead ? partialEnds(brought.keys) : []
  const axis =
    partial.length === 0
      ? brought
      : { ...brought, keys: brought.keys.map((key) => (partial.includes(key!) ? null : key)) }
  const groups = groupRows(axis.keys)
  const merged = groups.keys.length < labelled

  const read = merged && isRead ? kinds.measures.map(asReading) : kinds.measures
  const measures = merged && !kinds.chosen ? preferSums(read) : read
  const best = measures[0]!
  const band = axis.grain && !merged ? findBand(best, kinds) : undefined
  const shown = band
    ? [best]
    : chooseMeasures({ ...kinds, measures }, merged ? 'grouped' : 'each', axis.ordered ? 'times' : 'names')
  const main = shown.includes(best) ? best : shown[0]!
  const valuesOf = (column: NumberColumn, method: Measure['method']) => reduceGroups(groups, column.values, method)

  // Of an open ticket no hours are known.
  const brought_together = axis.keys.filter(
    (key, row) => key !== null && shown.some(({ column }) => column.values[row] != null),
  ).length
  return inOrder({
    shape: shapeOf(axis, groups.keys.length, shown.length),
    points: groups.keys.map((key) => pointOf(key, axis)),
    series: shown.map(({ column, method }) => ({
      name: nameOf(column, context),
      unit: column.unit,
      decimals: column.decimals,
      values: valuesOf(column, method),
    })),
    ...(band
      ? {
          band: {
            name: `${nameOf(band.lower, context)} – ${nameOf(band.upper, context)}`,
            lower: valuesOf(band.lower, 'mean'),
            upper: valuesOf(band.upper, 'mean'),
          },
        }
      : {}),
    ...(axis.grain ? { grain: axis.grain } : {}),
    ...(partial.length > 0 ? { left: partial.map((key) => timeText(key as number, axis.grain!, context.locale)) } : {}),
    ordered: axis.ordered,
    ...(axis.ranks ? { ranks: axis.ranks } : {}),
    additive: main.method === 'sum',
    label_title: coarser ? context.texts.grain[coarser] : axis.title,
    value_title: shown.length === 1 ? nameOf(main.column, context) : commonName(shown),
    label_column: axis.column,
    used: shown.map(({ column }) => column),
    measures: [...shown.map(({ column }) => column), ...(band ? [band.lower, band.upper] : [])].map(
      ({ header }) => header,
    ),
    method: merged ? main.method : 'each',
    notes: merged ? [context.texts[main.method](brought_together)] : [],
  })
}

const coarserOf = (a: Grain, b: Grain): Grain => (b === 'year' || b === 'quarter' ? b : a)

/** The words that the names of all measures share: `Price` of Current_Price and New_Product_Price. */
function commonName(shown: Measure[]): string {
  const headers = shown.map(({ column }) => column.header)
  // `30 dias`, `60 dias` are names.
  if (headers.every((header) => /^\d/.test(header))) return ''
  const [first = '', ...others] = headers
  const common = others.reduce(
    (words, header) => words.filter((word) => sharesAll(word, header)),
    readable(first).split(' '),
  )
  return common.join(' ')
}

/** `Full-time` is no word of `Part-time`, `Current_Price` has two. */
const sharesAll = (word: string, header: string) => {
  const parts = fold(word).split(' ')
  return sharedWords(word, header).length > 0 && parts.every((part) => fold(header).split(' ').includes(part))
}

/** Times at uneven distances, several a day, as of sales or calls: their sum by day or month tells something. */
function areEvents({ values }: DateColumn): boolean {
  const times = values.filter((time) => time !== null).toSorted((a, b) => a - b)
  const days = new Set(times.map((time) => startOf(time, 'day'))).size
  if (times.length < 20 || days > times.length * 0.9) return false
  const gaps = countDistinct(times.slice(1).map((time, at) => time - times[at]!))
  return gaps > times.length * 0.2
}

/** Times within the day of single answers or tickets, at whatever distances: no line leads from one to the next. */
function areAnswers(table: Table, column: DateColumn): boolean {
  const times = column.values.filter((time) => time !== null)
  const within = times.filter((time) => time % 86_400_000 !== 0).length
  return times.length >= 20 && within * 2 > times.length && isList(table, column)
}

const FEWEST_READINGS = 48

/** Times within the day at even distances, as an instrument takes them. */
function areReadings({ values }: DateColumn): boolean {
  const times = values.filter((time) => time !== null).toSorted((a, b) => a - b)
  if (times.length < FEWEST_READINGS) return false
  const step = times[1]! - times[0]!
  const even = times.filter((time, at) => at > 0 && time - times[at - 1]! === step).length
  return step > 0 && step < 86_400_000 && even >= (times.length - 1) * 0.95
}

/** The first and the last day, where the readings began or ended within it: their mean is not that of a day. */
function partialEnds(keys: (Key | null)[]): Key[] {
  const { keys: periods, groupOf } = groupRows(keys)
  const counts = periods.map(() => 0)
  for (const group of groupOf) if (group >= 0) counts[group]!++
  const usual = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)]!
  const last = periods.length - 1
  return periods.length < 4 ? [] : [0, last].filter((at) => counts[at]! < usual * 0.75).map((at) => periods[at]!)
}

/** Readings have a mean; what is counted or flows by is added up. */
function asReading(measure: Measure): Measure {
  const { header } = measure.column
  return classOf(header) === undefined && !isFlow(header) ? { ...measure, method: 'mean' } : measure
}

/** Of rows that come together, a sum says more than an average of prices. */
function preferSums(measures: Measure[]): Measure[] {
  const weight = (measure: Measure) => measure.score - (measure.method === 'mean' ? 4 : 0)
  return measures.toSorted((a, b) => weight(b) - weight(a))
}
