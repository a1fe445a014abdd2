/**
 * A table in long form, `Mês | Região | Vendas`, with one row for each month and region: a line or a row of bars for each
 * region, instead of a sum over all of them.
 */
import type { Table, TextColumn } from '../table/table.ts'
import { axisOf, pointOf, shapeOf, type Axis } from './axis.ts'
import type { Label } from './choose-label.ts'
import { countDistinct, groupRows, reduceGroups } from './group-rows.ts'
import { inOrder, nameOf, type ChartContext, type Draft } from './draft.ts'
import type { ColumnKinds } from './column-kinds.ts'
import { timeRanksOf } from '../table/ordered-labels.ts'
import { isActual, isPlanned } from './words.ts'

const MOST_SPLITS = 12
const FEW_PERIODS = 4

export function draftSplit(table: Table, kinds: ColumnKinds, label: Label, context: ChartContext): Draft | undefined {
  const split = comparesPlans(kinds) ? undefined : findSplit(table, label, context)
  if (!split) return undefined
  const { axis, by } = split
  const measure = kinds.measures[0]!
  const groups = groupRows(axis.keys)
  const names = [...new Set(by.values)].filter((name) => name !== null)
  return inOrder({
    shape: shapeOf(axis, groups.keys.length, names.length),
    points: groups.keys.map((key) => pointOf(key, axis)),
    series: names.map((name) => ({
      name,
      unit: measure.column.unit,
      decimals: measure.column.decimals,
      values: reduceGroups(groups, measure.column.values, 'sum', (row) => by.values[row] === name),
    })),
    ...(axis.grain ? { grain: axis.grain } : {}),
    ordered: axis.ordered,
    ...(axis.ranks ? { ranks: axis.ranks } : {}),
    additive: measure.method === 'sum',
    label_title: axis.title,
    value_title: nameOf(measure.column, context),
    subject: nameOf(measure.column, context),
    label_column: axis.column,
    used: [measure.column],
    measures: [measure.column.header],
    method: 'each',
    notes: [],
  })
}

/** Planned beside actual says more than one of them for each name. */
function comparesPlans({ measures }: ColumnKinds): boolean {
  const headers = measures.map(({ column }) => column.header)
  return headers.some(isPlanned) && headers.some((header) => isActual(header) && !isPlanned(header))
}

/** A column of few names that, with the label, tells every row from every other. */
function findSplit(table: Table, label: Label, context: ChartContext): { axis: Axis; by: TextColumn } | undefined {
  if (label.kind === 'rows' || label.kind === 'numbers') return undefined
  for (const along of alternatives(table, label)) {
    const axis = axisOf(along, table.rows, context)
    const distinct = countDistinct(axis.keys)
    if (distinct < 2 || distinct === table.rows) continue
    for (const column of table.columns) {
      if (column.kind !== 'text' || (along.kind === 'names' && column === along.column)) continue
      const names = countDistinct(column.values)
      if (names < 2 || names > MOST_SPLITS || names > distinct * 2 || column.values.includes(null)) continue
      const pairs = new Set(column.values.map((name, row) => `${axis.keys[row]}\0${name}`))
      if (pairs.size === table.rows && table.rows >= distinct * 1.5 && table.rows >= distinct * names * 0.5)
        return { axis, by: column }
    }
  }
  return undefined
}

/** Time goes along the axis where there is time, even when the names stand left of it. */
function alternatives(table: Table, label: Label): Exclude<Label, { kind: 'rows' }>[] {
  if (label.kind === 'rows') return []
  const dates = table.columns.filter((column) => column.kind === 'date')
  const times = dates.map((column) => ({ kind: 'times' as const, column }))
  const periods = table.columns.flatMap((column) => {
    const names = column.kind === 'text' ? [...new Set(column.values.filter((value) => value !== null))] : []
    const ranks = timeRanksOf(names)
    return ranks ? [{ kind: 'names' as const, column: column as TextColumn, ranks }] : []
  })
  if (label.kind !== 'names') return [label]
  // The sheets that are compared are series.
  const inner = table.columns.filter(
    (column) => column.kind === 'text' && column.index > label.column.index,
  ) as TextColumn[]
  const within = label.column.index < 0 ? inner.map((column) => ({ kind: 'names' as const, column })) : []
  if (!label.ranks) return [...times, ...periods, ...within, label]
  // Three months of ten products: the products along the axis.
  const texts = table.columns.filter((column) => column.kind === 'text' && column !== label.column) as TextColumn[]
  const few = countDistinct(label.column.values) <= FEW_PERIODS
  return [label, ...(few ? texts.map((column) => ({ kind: 'names' as const, column })) : [])]
}
