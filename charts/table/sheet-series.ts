/** Sheets of one shape whose names follow one another (Jan, Fev, Mar; Loja 1, Loja 2) are one table in several pieces. */
import type { Sheet } from '../../lib/spreadsheet/cells.ts'
import type { ChartTexts } from '../texts.ts'
import { cellKind } from './cell-kind.ts'
import { timeRanksOf } from './ordered-labels.ts'
import { monthOf } from './read-date.ts'
import type { Column, FoundTable, NumberColumn, Table } from './table.ts'

/** Names of the sheets right behind this one that go on with its series. */
export function seriesAfter({ name, following = [] }: Sheet): string[] {
  const names = following.map((next) => next.name)
  const end = names.findIndex((next, at) => !continues([name, ...names.slice(0, at)], next))
  return end === -1 ? names : names.slice(0, end)
}

/** Sheets of one shape are compared by their names, which copies and sheets that the program named do not have. */
export const tellsWhatItHolds = (name: string): boolean =>
  !NUMBERED_BY_PROGRAM.test(name) &&
  !/^(tota(l|is)|geral|consolidad[oa]|resumo|consolidated|summary|overall|all)$/i.test(name.trim()) &&
  !/\(\d+\)$|(^|[^\p{L}])(c[oó]pia|copy|backup|bkp|antig[oa]|old|modelo|template|exemplo|example|rascunho|draft|teste?)($|[^\p{L}])/iu.test(
    name,
  )

/** `Plan1`, `Plan2` are numbered by the program. */
const NUMBERED_BY_PROGRAM = /^(sheet|planilha|plan|folha|hoja|feuil|tabelle|table|tabela)\s?\d+$/i

function continues(names: string[], next: string): boolean {
  if (timeRanksOf([...names, next])) return true
  if (NUMBERED_BY_PROGRAM.test(next)) return false
  const pattern = (name: string) => name.replace(/\d+|(?<=[\s_-])\p{L}$/u, '#')
  return pattern(next).includes('#') && pattern(next) === pattern(names[0]!)
}

export function haveOneShape(a: FoundTable, b: FoundTable): boolean {
  return a.columns.length === b.columns.length && shapeOf(a) === shapeOf(b)
}

/** Of thousands of tables each is compared with several. */
const shapes = new WeakMap<FoundTable, string>()

function shapeOf(table: FoundTable): string {
  let shape = shapes.get(table)
  if (shape === undefined) {
    const { headers, columns } = table
    shape = headers.map((parts, at) => `${columns[at]! - columns[0]!} ${parts.join(' ').toLowerCase()}`).join('\n')
    shapes.set(table, shape)
  }
  return shape
}

const LEAST_COMMON = 0.6
const FEW_ROWS = 12

/** Tables of one shape for the same products or months are compared with each other, and few rows of different ones. */
export function areCompared(a: FoundTable, b: FoundTable): boolean {
  if (!haveOneShape(a, b)) return false
  const [one, other] = [labelsOf(a), labelsOf(b)]
  const both = [...one].filter((label) => other.has(label)).length
  const rows = a.body.length + b.body.length
  if (both === 0) return rows <= FEW_ROWS && one.size + other.size === rows
  return both >= LEAST_COMMON * Math.max(one.size, other.size)
}

/** What its first column of names or dates holds. */
function labelsOf({ columns, body }: FoundTable): Set<string> {
  const isLabel = (column: number) => {
    const kinds = body.slice(0, SAMPLE).map((row) => cellKind(row.cells[column]))
    return kinds.filter((kind) => kind === 'text' || kind === 'date').length * 2 > kinds.length
  }
  const label = columns.find(isLabel)
  if (label === undefined) return new Set()
  return new Set(body.flatMap(({ cells }) => (cells[label] ? [String(cells[label].value)] : [])))
}

const SAMPLE = 20

/** One under the other, with the name of its sheet in front of each row; dates that follow one another need no name. */
export function joinTables(tables: Table[], texts: ChartTexts): Table {
  const [first, ...others] = tables
  const fits = others.every(
    ({ columns }) =>
      columns.length === first!.columns.length &&
      columns.every((column, at) => unitOf(column) === unitOf(first!.columns[at]!)),
  )
  if (others.length === 0) return first!
  if (!fits && first!.block !== undefined)
    return { ...first!, other_tables: [...others.map(({ block }) => block!), ...(first!.other_tables ?? [])] }
  if (!fits) return { ...first!, other_sheets: [...others.map(({ sheet }) => sheet), ...(first!.other_sheets ?? [])] }
  const columns = first!.columns.map((_, at) => joinColumns(tables.map((table) => table.columns[at]!)))
  const isOneSheet = first!.block !== undefined
  const header = isOneSheet ? texts.table : monthOf(first!.sheet) ? texts.grain.month : texts.sheet
  const names = tables.flatMap(({ sheet, block = sheet, rows }) => Array.from({ length: rows }, () => block))
  const dated = first!.columns.some(
    (column, at) => column.kind === 'date' && follow(tables.map((table) => table.columns[at]!)),
  )
  return {
    ...first!,
    sheet: isOneSheet ? first!.sheet : tables.map(({ sheet }) => sheet).join(', '),
    ...(isOneSheet
      ? { values_outside: 1 - tables.reduce((sum, table) => sum + 1 - (table.values_outside ?? 0), 0) }
      : { titles: sharedTitles(tables) }),
    columns: dated ? columns : [{ kind: 'text', index: -1, header, values: names }, ...columns],
    rows: names.length,
  }
}

/** Reais under dollars are no one column. */
const unitOf = (column: Column) =>
  column.kind !== 'number'
    ? column.kind
    : column.unit.kind === 'money'
      ? `money ${column.unit.currency}`
      : column.unit.kind

/** `Vendas por produto` of `Vendas por produto - Janeiro` and `… - Fevereiro`. */
function sharedTitles([first, ...others]: Table[]): string[] {
  return first!.titles.flatMap((title, at) => {
    const words = title.split(' ')
    const end = words.findIndex((word, place) => others.some(({ titles }) => titles[at]?.split(' ')[place] !== word))
    if (end === -1) return [title]
    const shared = words.slice(0, end)
    while (/^([^\p{L}]+|d[aeo]s?|em|n[ao]|of|in|for|m[êe]s)$/iu.test(shared.at(-1) ?? '')) shared.pop()
    return shared.length < 2 ? [] : [shared.join(' ')]
  })
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
