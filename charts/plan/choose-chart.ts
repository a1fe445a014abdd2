/** Decides what a good analyst would draw of a table: the column along the axis, the measures, lines or bars. */
import { SURE } from '../doubts.ts'
import { Refusal } from '../refusal.ts'
import type { Column, Table } from '../table/table.ts'
import { isNamed, type ChartSettings } from '../workbook/chart-sheet.ts'
import { chooseLabel, type Label } from './choose-label.ts'
import { countDistinct } from './group-rows.ts'
import { bySize, nameOf, type ChartContext, type Draft, type SourcedPlan } from './draft.ts'
import { draftCounts } from './draft-counts.ts'
import { draftPeriods } from './draft-periods.ts'
import { draftRows } from './draft-rows.ts'
import { draftSplit } from './draft-split.ts'
import { fillDown } from './fill-down.ts'
import { confidenceIn } from './confidence.ts'
import { columnKinds, numbersRows, type Measure, type ColumnKinds } from './column-kinds.ts'
import { joinYearAndMonth } from './join-year-and-month.ts'
import { arrangeSeries } from './arrange-series.ts'
import { inKind, wishedKinds, wishedLabel } from './follow-settings.ts'
import { leftOut, leftOutNotes, MOST_NAMED } from './left-out.ts'
import { nameCodes } from './name-codes.ts'
import { nameRows } from './name-rows.ts'
import { titleChart } from './title.ts'

/** The chart for a table; undefined when nothing in it can be measured or counted. Throws Refusal for what would mislead. */
export function chooseChart(typed: Table, context: ChartContext, settings?: ChartSettings): SourcedPlan | undefined {
  if (settings && (settings.x || settings.y.length > 0)) return asWished(typed, context, settings)
  const table = fillDown(nameCodes(joinYearAndMonth(typed)))
  const all = withFallback(columnKinds(table), table)
  if (table.rows === 0) return undefined
  if (all.measures.length === 0) return countInstead(table, all, context)
  const label = chooseLabel(table, all)
  const kinds = {
    ...all,
    measures: all.measures.filter(({ column }) => label.kind === 'rows' || column !== label.column),
  }
  const rows = nameRows(table, label)
  const across = draftPeriods(table, kinds, rows, context)
  const draft = across ?? draftSplit(table, kinds, label, context) ?? draftRows(table, kinds, label, context)
  const kept = arrangeSeries(inKind(draft, settings), table, context)
  const arranged = arrange(kept, context)
  const better = isArbitrary(draft, arranged) ? draftByCategory(table, kinds, context) : undefined
  const chosen = better ? arrange(inKind(better, settings), context) : arranged
  return chosen.points.length === 0 ? undefined : finish(chosen, table, kinds, across ? rows : label, context)
}

/** With the labels or measures that the workbook names; the others as ever. */
function asWished(typed: Table, context: ChartContext, settings: ChartSettings): SourcedPlan | undefined {
  const isMeasure = (column: Column) => settings.y.some((wish) => isNamed(column.header, wish))
  const named = nameCodes(typed)
  const table = {
    ...typed,
    columns: typed.columns.map((column, at) => (isMeasure(column) ? column : named.columns[at]!)),
  }
  const all = wishedKinds(table, withFallback(columnKinds(table), table), settings)
  const label = wishedLabel(table, settings) ?? chooseLabel(table, all)
  const measures = all.measures.filter(({ column }) => label.kind === 'rows' || column !== label.column)
  if (measures.length === 0) return undefined
  const kinds = { ...all, measures }
  const draft = arrangeSeries(inKind(draftRows(table, kinds, label, context), settings), table, context)
  return finish(arrange(draft, context), table, kinds, label, context)
}

function finish(draft: Draft, table: Table, kinds: ColumnKinds, label: Label, context: ChartContext): SourcedPlan {
  const left_out = leftOut(table, kinds, label, draft, context)
  const { confidence, doubts } = confidenceIn(draft, table, kinds, label)
  const doubt = confidence < SURE ? [context.texts.doubts(doubts)] : []
  const unit = table.unit_above === undefined ? [] : [table.unit_above]
  const notes = [...unit, ...draft.notes, ...leftOutNotes(left_out, draft, context), ...doubt]
  const names = [...left_out, ...(draft.together ?? []), ...(draft.cut ?? [])]
  const said = { left_out: names.slice(0, MOST_NAMED), confidence, doubts }
  return titleChart({ ...draft, notes }, table, said, context)
}

function countInstead(table: Table, kinds: ColumnKinds, context: ChartContext): SourcedPlan | undefined {
  const mixed = kinds.unmeasured.find(({ currencies }) => currencies)
  if (mixed)
    throw new Refusal('mixed_currencies', {
      column: nameOf(mixed, context),
      currencies: mixed.currencies!.join(', '),
      ...(mixed.other_currency && { cell: mixed.other_currency }),
    })
  const draft = draftCounts(table, context)
  return draft && finish(arrange(draft, context), table, { ...kinds, unmeasured: [] }, { kind: 'rows' }, context)
}

function arrange(draft: Draft, context: ChartContext): Draft {
  return draft.ordered ? draft : bySize(draft, context)
}

/** The "largest" are hardly larger than one another, as in a catalogue with the same stock of everything. */
function isArbitrary(draft: Draft, shown: Draft): boolean {
  const values = shown.series[0]?.values ?? []
  return shown.points.length < draft.points.length && shown.others === undefined && countDistinct(values) <= 3
}

function draftByCategory(table: Table, kinds: ColumnKinds, context: ChartContext): Draft | undefined {
  const column = table.columns.find((one) => {
    const distinct = one.kind === 'text' ? countDistinct(one.values) : 0
    return distinct >= 3 && distinct <= 15 && !one.values.includes(null as never)
  })
  return column?.kind === 'text' ? draftRows(table, kinds, { kind: 'names', column }, context) : undefined
}

/** Beside this many columns of words a number is that of a house or a case: the table is a register. */
const REGISTER = 4

/** A column taken for a code (Nota, Item) is the measure where there is no other. */
function withFallback(kinds: ColumnKinds, { columns }: Table): ColumnKinds {
  if (kinds.measures.length > 0 || columns.filter(({ kind }) => kind === 'text').length >= REGISTER) return kinds
  const measures = kinds.identifiers
    .filter((column) => (column.values.length === 1 || countDistinct(column.values) > 1) && !numbersRows(column))
    .map((column): Measure => ({ column, score: 0, method: 'mean' }))
  return { ...kinds, measures, identifiers: [] }
}
