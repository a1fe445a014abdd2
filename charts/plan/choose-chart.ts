/** Decides what a good analyst would draw for a table: which column along the axis, which measures, lines or bars. */
import type { Table } from '../table/table.ts'
import { chooseLabel, countDistinct } from './choose-label.ts'
import { bySize, type ChartContext, type Draft, type SourcedPlan } from './draft.ts'
import { draftPeriods } from './draft-periods.ts'
import { draftRows } from './draft-rows.ts'
import { draftSplit } from './draft-split.ts'
import { assignRoles, type Measure, type Roles } from './roles.ts'
import { titleChart } from './title.ts'

/** The chart for a table; undefined when nothing in it can be measured. */
export function chooseChart(table: Table, context: ChartContext): SourcedPlan | undefined {
  const all = withFallback(assignRoles(table))
  if (all.measures.length === 0 || table.rows === 0) return undefined
  const label = chooseLabel(table, all)
  const roles = {
    ...all,
    measures: all.measures.filter(({ column }) => label.kind === 'rows' || column !== label.column),
  }
  const draft =
    draftPeriods(table, roles, label, context) ??
    draftSplit(table, roles, label, context) ??
    draftRows(table, roles, label, context)
  const arranged = arrange(draft, context)
  const better = isArbitrary(draft, arranged) ? draftByCategory(table, roles, context) : undefined
  const chosen = better ? arrange(better, context) : arranged
  return chosen.points.length === 0 ? undefined : titleChart(chosen, table, context)
}

function arrange(draft: Draft, context: ChartContext): Draft {
  return draft.ordered ? draft : bySize(draft, context)
}

/** The "largest" are hardly larger than one another, as in a catalogue with the same stock of everything. */
function isArbitrary(draft: Draft, shown: Draft): boolean {
  const values = shown.series[0]?.values ?? []
  return shown.points.length < draft.points.length && shown.others === undefined && countDistinct(values) <= 3
}

function draftByCategory(table: Table, roles: Roles, context: ChartContext): Draft | undefined {
  const column = table.columns.find((one) => {
    const distinct = one.kind === 'text' ? countDistinct(one.values) : 0
    return distinct >= 3 && distinct <= 15 && !one.values.includes(null as never)
  })
  return column?.kind === 'text' ? draftRows(table, roles, { kind: 'names', column }, context) : undefined
}

/** A column that only looked like a number of the row (Nota, Item) is the measure when there is no other. */
function withFallback(roles: Roles): Roles {
  if (roles.measures.length > 0) return roles
  const measures = roles.identifiers
    .filter(({ values }) => values.length === 1 || countDistinct(values) > 1)
    .map((column): Measure => ({ column, score: 0, method: 'mean' }))
  return { ...roles, measures, identifiers: [] }
}
