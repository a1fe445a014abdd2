/** Sheets of one shape whose names follow one another (Jan, Fev, Mar; Loja 1, Loja 2) are one table in several pieces. */
import type { Sheet } from '../../lib/spreadsheet/cells.ts'
import type { ChartTexts } from '../texts.ts'
import { timeRanksOf } from './ordered-labels.ts'
import { monthOf } from './read-date.ts'
import type { Column, FoundTable, NumberColumn, Table } from './table.ts'

/** Names of the sheets right behind this one that go on with its series. */
export function seriesAfter({ name, following = [] }: Sheet): string[] {
  const end = following.findIndex((next, at) => !continues([name, ...following.slice(0, at)], next))
  return end === -1 ? following : following.slice(0, end)
}

/** `Plan1`, `Plan2` are numbered by the program. */
const NUMBERED_BY_PROGRAM = /^(sheet|planilha|plan|folha|hoja|feuil|tabelle|table|tabela)\s?\d+$/i

function continues(names: string[], next: string): boolean {
  if (timeRanksOf([...names, next])) return true
  if (NUMBERED_BY_PROGRAM.test(next)) return false
  const pattern = (name: string) => name.replace(/\d+|(?<=[\s_-])\p{L}$/u, '#')
  return pattern(next).includes('#') && pattern(next) === pattern(names[0]!)
}

export function haveOneShape(a: FoundTable, b: FoundTable): boolean {
  const shape = ({ headers, columns }: FoundTable) =>
    headers.map((parts, at) => `${columns[at]! - columns[0]!} ${parts.join(' ').toLowerCase()}`).join('\n')
  return shape(a) === shape(b)
}

/** One under the other, with the name of its sheet in front of each row; dates that follow one another need no name. */
export function joinTables(tables: Table[], texts: ChartTexts): Table {
  const [first, ...others] = tables
  const fits = others.every(
    ({ columns }) =>
      columns.length === first!.columns.length && columns.every(({ kind }, at) => kind === first!.columns[at]!.kind),
  )
  if (others.length === 0 || !fits)
    return { ...first!, other_sheets: [...others.map(({ sheet }) => sheet), ...(first!.other_sheets ?? [])] }
  const columns = first!.columns.map((_, at) => joinColumns(tables.map((table) => table.columns[at]!)))
  const header = monthOf(first!.sheet) ? texts.grain.month : texts.sheet
  const names = tables.flatMap(({ sheet, rows }) => Array.from({ length: rows }, () => sheet))
  const dated = first!.columns.some(
    (column, at) => column.kind === 'date' && follow(tables.map((table) => table.columns[at]!)),
  )
  return {
    ...first!,
    sheet: tables.map(({ sheet }) => sheet).join(', '),
    columns: dated ? columns : [{ kind: 'text', index: -1, header, values: names }, ...columns],
    rows: names.length,
  }
}

function joinColumns(pieces: Column[]): Column {
  const [first] = pieces
  const values = pieces.flatMap((piece): (string | number | null)[] => piece.values)
  if (first!.kind !== 'number') return { ...first!, values } as Column
  const words = new Map<number, string>()
  let before = 0
  for (const piece of pieces as NumberColumn[]) {
    for (const [row, word] of piece.words ?? []) words.set(before + row, word)
    before += piece.values.length
  }
  const { words: _, ...rest } = first!
  return { ...rest, values, ...(words.size > 0 ? { words } : {}) } as NumberColumn
}

/** No day of one sheet lies among those of another. */
function follow(pieces: Column[]): boolean {
  const ends = pieces.map(({ values }) => {
    const known = values.filter((value) => typeof value === 'number')
    return { from: Math.min(...known), to: Math.max(...known) }
  })
  return ends.every(({ from }, at) => at === 0 || from > ends[at - 1]!.to)
}
