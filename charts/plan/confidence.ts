/**
 * How sure it is that the chart says what the table says. Each doubt takes a part of the confidence: with little of it left
 * there is a sentence instead of a picture, with some of it a note in the picture. A broken rule of drawing leaves nothing.
 */
import { fold } from '../table/code-words.ts'
import { LEAVES, type Doubt } from '../doubts.ts'
import type { NumberColumn, Table } from '../table/table.ts'
import { isClose, sumOf } from '../table/totals.ts'
import type { Label } from './choose-label.ts'
import { countsUp, type ColumnKinds } from './column-kinds.ts'
import type { Draft } from './draft.ts'
import { brokenRules } from './drawing-rules.ts'
import { countDistinct } from './group-rows.ts'
import { classOf } from './words.ts'

export interface Confidence {
  /** 0 to 1. */
  confidence: number
  doubts: Doubt[]
}

export function confidenceIn(draft: Draft, table: Table, kinds: ColumnKinds, label: Label): Confidence {
  const rows_unnamed = label.kind === 'rows' && draft.points.length > 1 && draft.method !== 'count'
  const alike = draft.used.length - new Set(draft.used.map(({ header }) => header)).size
  const has: Record<Doubt, boolean> = {
    rule_broken: brokenRules(draft, kinds.chosen).length > 0,
    rows_unnamed: rows_unnamed && table.columns.length > draft.used.length,
    rows_numbered: rows_unnamed && table.columns.length === draft.used.length,
    only_zeros: draft.series.every(({ values }) => values.every((value) => value === null || value === 0)),
    rows_unlabelled: lacksLabels(draft, label),
    columns_alike: alike > 0,
    headers_unread: alike > 2,
    measure_unnamed: draft.used.some(({ header }) => header === ''),
    header_missing: table.columns.every(({ header }) => header === ''),
    measure_numbers_rows: draft.used.some((column) => mayNumberRows(column)),
    table_is_a_matrix: isMatrix(table, label),
    total_beside_parts: hasTotalSeries(draft),
    total_among_rows: hasTotalPoint(draft),
    table_counts_on: (label.kind === 'rows' || label.kind === 'numbers') && countsOn(table),
    rows_of_different_units: haveDifferentUnits(draft),
    values_missing: isSparse(draft),
    names_are_sentences: areSentences(draft),
    columns_left: kinds.measures.length >= 6 && draft.used.length * 4 < kinds.measures.length,
    one_value: draft.points.length === 1 && draft.series.length === 1,
    currencies_mixed: draft.method !== 'count' && mixesCurrencies(table, draft, label),
    units_mixed: mixesUnits(table, label) && draft.used.some(isQuantity),
    values_elsewhere: (table.values_outside ?? 0) > 0.5,
  }
  const found = (Object.keys(has) as Doubt[]).filter((doubt) => has[doubt])
  // What the workbook asks for by name is no guess.
  const doubts = kinds.chosen ? found.filter((doubt) => doubt === 'rule_broken') : found
  return { confidence: doubts.reduce((left, doubt) => left * LEAVES[doubt], 1), doubts }
}

/** Rows with values that stand under no label. */
function lacksLabels({ used }: Draft, label: Label): boolean {
  if (label.kind === 'rows') return false
  const measured = label.column.values.flatMap((_, row) =>
    used.some(({ values }) => values[row] != null) ? [row] : [],
  )
  return measured.filter((row) => label.column.values[row] === null).length > measured.length * 0.1
}

/** A series that is the sum of two others or more at every point. */
function hasTotalSeries({ series, points, stacked, panels }: Draft): boolean {
  if (series.length < 3 || points.length < 3 || stacked || panels) return false
  return series.some((total) => {
    const others = series.filter((one) => one !== total)
    return points.every((_, at) =>
      isSum(
        total.values[at] ?? 0,
        others.map(({ values }) => values[at] ?? 0),
      ),
    )
  })
}

/** A point that is the sum of all others in each series. */
function hasTotalPoint({ series, points, method, ordered }: Draft): boolean {
  if (points.length < 4 || ordered || method === 'mean') return false
  return points.some((_, at) =>
    series.every(({ values }) =>
      isSum(
        values[at] ?? 0,
        values.flatMap((value, other) => (other === at ? [] : [value ?? 0])),
      ),
    ),
  )
}

/** Of at least two that are not zero. */
const isSum = (total: number, parts: number[]) =>
  parts.filter((part) => part !== 0).length >= 2 && isClose(sumOf(parts), total)

/** The same names down and across: correlations, distances, who played whom. */
function isMatrix({ columns }: Table, label: Label): boolean {
  if (label.kind !== 'names') return false
  const names = new Set(label.column.values)
  const across = columns.filter(({ kind, header }) => kind === 'number' && names.has(header)).length
  return across >= 3 && across * 2 > names.size
}

const FEWEST_ACROSS = 4

/** A calendar, the seats of a hall, whose rows have no names: from cell to cell, row by row, each number is the next one. */
function countsOn({ columns, rows }: Table): boolean {
  const numbers = columns.filter((column) => column.kind === 'number')
  const read = Array.from({ length: rows }, (_, row) => numbers.flatMap(({ values }) => values[row] ?? [])).flat()
  return (
    numbers.length >= FEWEST_ACROSS &&
    read.length >= 3 * FEWEST_ACROSS &&
    read.every((value, at) => at === 0 || value === read[at - 1]! + 1)
  )
}

const UNIT_OF_ROW =
  /\((r\$|us\$|\$|€|£|%|mm|cm|m|km|m[²³23]|ha|g|kg|t|ml|l|h|min|s|dias?|days?|anos?|years?|un|pcs?|[kM]?Wh?|[kM]?VA|°C|bar|kPa|V|A|Hz)\)\s*$/iu

/** `Comprimento (m)`, `Carga (t)`: a data sheet of one thing, not amounts to compare. */
function haveDifferentUnits({ points, panels, shape }: Draft): boolean {
  const units = points.map(({ label }) => UNIT_OF_ROW.exec(label)?.[1]?.toLowerCase())
  return shape === 'bars' && !panels && new Set(units.filter((unit) => unit !== undefined)).size >= 2
}

/** 1, 2, 3 and on, or 4400, 4401 and on, under a header that names no quantity. */
function mayNumberRows(column: NumberColumn): boolean {
  const { header, values } = column
  return values.length >= (values[0] === 1 ? 4 : 8) && classOf(header) === undefined && countsUp(column)
}

function isSparse({ points, series, stacked }: Draft): boolean {
  const known = series.reduce((sum, { values }) => sum + values.filter((value) => value !== null).length, 0)
  // In a stack what is missing is no part.
  return points.length > 1 && known * (stacked ? 4 : 2) < points.length * series.length
}

/** Letters; questions of a survey have fewer. Beyond them it is notes beside numbers, as in forms. */
const LONG = 120

function areSentences({ points, grain }: Draft): boolean {
  const long = points.filter(({ label }) => label.length > LONG && /\s/.test(label)).length
  return grain === undefined && points.length > 1 && long * 2 > points.length
}

/** What is counted or weighed; prices are told for each unit, whichever it is. */
const isQuantity = ({ unit, header }: NumberColumn) =>
  unit.kind === 'plain' && (fold(header) === 'amount' || !['price', 'amount'].includes(classOf(header) ?? ''))

/** `kg` in one row and `un` in another: their quantities have no sum. */
function mixesUnits({ columns }: Table, label: Label): boolean {
  return columns.some(
    (column) =>
      column.kind === 'text' &&
      column.index !== ('column' in label ? label.column.index : undefined) &&
      /^(un|um|unid|unidade( de medida)?|medida|unit|units|uom|measure)$/.test(fold(column.header)) &&
      countDistinct(column.values.map((value) => value?.toLowerCase() ?? null)) > 1,
  )
}

/** `EUR` in one row and `USD` in another, which are not series of their own. */
function mixesCurrencies({ columns }: Table, { series }: Draft, label: Label): boolean {
  return columns.some((column) => {
    if (column.kind !== 'text' || !/^(moeda|currency|divisa|moneda|wahrung|devise|valuta)$/.test(fold(column.header)))
      return false
    if ('column' in label && label.column.index === column.index) return false
    return countDistinct(column.values) > 1 && !series.every(({ name }) => column.values.includes(name))
  })
}
