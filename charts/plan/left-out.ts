/** Names what a chart does not show of its table: rows with a word for a number, measures and names beyond those drawn. */
import type { NumberColumn, Table } from '../table/table.ts'
import type { Label } from './choose-label.ts'
import { nameOf, type ChartContext, type Draft } from './draft.ts'
import type { ColumnKinds } from './column-kinds.ts'
import { mayBeTotalHeader, readable } from './words.ts'

/** In the JSON; a list of hundreds tells nobody anything. */
export const MOST_NAMED = 50
/** In the picture. */
const MOST_SAID = 4

export function leftOut(table: Table, kinds: ColumnKinds, label: Label, draft: Draft, context: ChartContext): string[] {
  const words = rowsWithWords(table, label, draft.used)
  const told = new Set(words.map(({ name }) => name))
  const names = [
    ...words.map(({ name, said }) => `${name} (${said})`),
    ...(table.summed ?? []),
    ...(draft.left ?? []).filter((name) => !told.has(name)),
    ...rowsWithoutName(label, draft, context),
    ...otherMeasures(table, kinds, draft, context),
    ...timesOfDay(table, label, draft),
    ...(table.other_tables ?? []),
    ...(table.other_sheets ?? []),
  ]
  return [...new Set(names)].slice(0, MOST_NAMED)
}

/** For the picture. */
export function leftOutNotes(left_out: string[], { together = [] }: Draft, { texts }: ChartContext): string[] {
  const say = (names: string[], sentence: (names: string[], more: number) => string) => {
    const said = names.length <= MOST_SAID + 1 ? names : names.slice(0, MOST_SAID)
    return names.length === 0 ? [] : [sentence(said, names.length - said.length)]
  }
  return [...say(together, texts.within_others), ...say(left_out, texts.left_out)]
}

function rowsWithWords(table: Table, label: Label, used: NumberColumn[]): { name: string; said: string }[] {
  const labels = 'column' in label ? label.column : table.columns.find((column) => column.kind === 'text')
  const words = new Map<number, string[]>()
  for (const column of used)
    for (const [row, word] of column.words ?? [])
      words.set(row, [...(words.get(row) ?? []), used.length > 1 ? `${readable(column.header)}: ${word}` : word])
  return [...words]
    .toSorted(([a], [b]) => a - b)
    .map(([row, said]) => ({ name: nameOfRow(labels, row), said: said.join(', ') }))
}

function rowsWithoutName(label: Label, { used, method }: Draft, { texts }: ChartContext): string[] {
  if (label.kind === 'rows' || method === 'count') return []
  const { values } = label.column
  const count = values.filter(
    (value, row) => value === null && used.some((column) => column.values[row] != null),
  ).length
  return count === 0 ? [] : [texts.nameless(count)]
}

function nameOfRow(labels: Table['columns'][number] | undefined, row: number): string {
  const value = labels?.values[row] ?? null
  if (value === null) return `${row + 1}`
  return labels!.kind === 'date' ? new Date(value as number).toISOString().slice(0, 10) : String(value)
}

/** Other texts tell rows apart; `Entrada` and `Saída` beside a label say something of their own. */
function timesOfDay({ columns }: Table, label: Label, { series }: Draft): string[] {
  const isDrawn = (values: (string | null)[]) => series.some(({ name }) => values.includes(name))
  return columns.flatMap((column) =>
    column.kind === 'text' && column.clock && !('column' in label && label.column === column) && !isDrawn(column.values)
      ? [readable(column.header)].filter(Boolean)
      : [],
  )
}

/** A total whose parts are drawn is not missed. */
function otherMeasures(table: Table, kinds: ColumnKinds, draft: Draft, context: ChartContext): string[] {
  const drawn = new Set(draft.used)
  const names = draft.used.map(({ header }) => header)
  const bands = new Set(draft.measures.filter((header) => !names.includes(header)))
  const measures = [...kinds.measures.map(({ column }) => column), ...kinds.unmeasured]
  return table.columns
    .filter((column) => column.kind === 'number' && measures.includes(column) && !drawn.has(column))
    .filter(({ header }) => !bands.has(header) && !(draft.used.length >= 2 && mayBeTotalHeader(header)))
    .map((column) => nameOf(column, context))
    .concat((table.never_computed ?? []).map((header) => context.texts.never_computed(readable(header))))
}
