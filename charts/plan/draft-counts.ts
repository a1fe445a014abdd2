/** A register without a measure: how many rows each of its categories has. */
import { fold } from '../table/code-words.ts'
import type { Table, TextColumn } from '../table/table.ts'
import { countDistinct, groupRows } from './group-rows.ts'
import { nameOf, type ChartContext, type Draft } from './draft.ts'

const FEWEST = 5
const MOST_CATEGORIES = 40

/** Undefined where nothing repeats. */
export function draftCounts(table: Table, context: ChartContext): Draft | undefined {
  const column = bestCategory(table)
  if (!column) return undefined
  const groups = groupRows(column.values)
  const counts = groups.keys.map(() => 0)
  for (const group of groups.groupOf) if (group >= 0) counts[group]!++
  return {
    shape: 'bars',
    points: groups.keys.map((label) => ({ label })),
    series: [{ name: context.texts.count, unit: { kind: 'plain' }, decimals: 0, values: counts }],
    ordered: false,
    additive: true,
    label_title: nameOf(column, context),
    value_title: context.texts.count,
    label_column: column.header,
    measures: [],
    used: [],
    method: 'count',
    notes: [context.texts.counted(table.rows)],
  }
}

/** The leftmost of the columns that sort the rows into a handful of groups; else any that sorts them at all. */
function bestCategory(table: Table): TextColumn | undefined {
  if (table.rows < FEWEST || isGrid(table)) return undefined
  const clocks = table.columns.filter((column) => column.kind === 'text' && column.clock).length
  const categories = table.columns.filter((column): column is TextColumn => {
    // From one of several times of day to another is what a row is about.
    if (column.kind !== 'text' || column.digits || (column.clock && clocks > 1) || namesPeople(column.header))
      return false
    const filled = column.values.filter((value) => value !== null).length
    const distinct = countDistinct(column.values)
    return filled >= table.rows * 0.8 && distinct >= 2 && distinct <= MOST_CATEGORIES && distinct <= filled * 0.7
  })
  return categories.find((column) => countDistinct(column.values) >= 3) ?? categories[0]
}

/** Two of one first name have nothing else in common. */
const namesPeople = (header: string) =>
  /^((first|last|given|family|full) name|name|surname|forename|nome( completo)?|sobrenome|nombre|apellidos?|vorname|nachname|prenom)$/.test(
    fold(header),
  )

/** A roster, a timetable, a sheet of answers: the same few words in one column beside the other. */
function isGrid({ columns }: Table): boolean {
  const words = columns.flatMap((column) => (column.kind === 'text' ? [new Set(column.values.filter(Boolean))] : []))
  const alike = words.filter((own) =>
    words.some((other) => other !== own && own.size >= 2 && own.intersection(other).size * 2 >= own.size),
  )
  return alike.length >= FEWEST_ALIKE
}

const FEWEST_ALIKE = 3
