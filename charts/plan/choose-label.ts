/**
 * Chooses the labels along the axis: names, times or years. People write what identifies a row on the left, so the leftmost
 * column that can label wins, unless rows repeat its names without being about them: then a date tells more.
 */
import { fold, namesCode as isCodeHeader, namesIdentifier } from '../table/code-words.ts'
import { ranksOf } from '../table/ordered-labels.ts'
import type { DateColumn, NumberColumn, Table, TextColumn } from '../table/table.ts'
import type { ColumnKinds } from './column-kinds.ts'
import { countDistinct } from './group-rows.ts'
import { isList, monthsTouched } from './is-list.ts'
import { resultRows } from './result-rows.ts'
import { namesInDigits } from './words.ts'

export type Label =
  | {
      kind: 'names'
      column: TextColumn
      /** Set when the names have an order of their own. */
      ranks?: Map<string, number>
      /** Their order is that of a list: no line leads from one to the next. */
      listed?: true
      /** The rows that sum up those above them, as in a statement. */
      results?: ReadonlySet<number>
    }
  | { kind: 'times'; column: DateColumn }
  | { kind: 'years'; column: NumberColumn }
  | { kind: 'numbers'; column: NumberColumn }
  | { kind: 'rows' }

/** Beyond this many rows nobody tells names apart; a sorted date then makes the better axis. */
const MANY_NAMES = 30

export function chooseLabel(table: Table, kinds: ColumnKinds): Label {
  const label = chooseColumn(table, kinds)
  if (label.kind !== 'names' || (label.ranks && !label.listed)) return label
  const results = resultRows(
    table.rows,
    kinds.measures.map(({ column }) => column),
  )
  const { values } = label.column
  if (results.size === 0 || countDistinct(values) < table.rows) return label
  return { ...label, ranks: new Map(values.map((name, at) => [name!, at])), listed: true, results }
}

function chooseColumn(table: Table, kinds: ColumnKinds): Label {
  const candidates = table.columns
    .filter((column) => canLabel(column, table, kinds))
    .toSorted((a, b) => Number(isCode(a, table)) - Number(isCode(b, table)) || a.index - b.index)
  const first = candidates[0]
  const date = candidates.find((column) => column.kind === 'date')
  if (!first) return labelOfNumbers(table, kinds)
  if (first.kind === 'date') return partiesOf(table, first, candidates) ?? { kind: 'times', column: first }
  if (first.kind === 'number') return { kind: 'years', column: first }
  const names = asNames(first)
  const distinct = countDistinct(first.values)
  // `1 | dom`, `2 | seg`: the days of a month, not its Mondays.
  const numbered = kinds.identifiers.find((column) => column === table.columns[0] && increases(column))
  if (names.ranks && numbered && distinct < table.rows) return { kind: 'numbers', column: numbered }
  if (names.ranks || !date) return names.ranks || !namesRepeat(first) ? names : bestCategory(candidates, table)
  if (distinct >= table.rows * 0.9)
    return table.rows > MANY_NAMES && isSorted(date) ? { kind: 'times', column: date } : names
  const leads = first.index === table.columns[0]!.index && !namesCode(first)
  if (leads && distinct <= Math.max(2, table.rows / 2)) return names
  return { kind: 'times', column: date }
}

/** Payments of a month or two: by whom they were made or to whom, where each has several. */
function partiesOf(table: Table, date: DateColumn, candidates: Table['columns']): Label | undefined {
  const texts = candidates.filter((column): column is TextColumn => column.kind === 'text')
  const parties = texts.find(({ values }) => !values.includes(null) && countDistinct(values) <= values.length * 0.7)
  if (!parties || monthsTouched(date) > 2 || !isList(table, date)) return undefined
  return countDistinct(parties.values) >= 3 ? asNames(parties) : undefined
}

function canLabel(
  column: Table['columns'][number],
  table: Table,
  kinds: ColumnKinds,
): column is TextColumn | DateColumn | NumberColumn {
  if (column.kind === 'number') {
    if (!kinds.years.includes(column)) return false
  } else {
    const filled = column.values.filter((value) => value !== null).length
    if (filled < table.rows * (column.kind === 'text' ? 0.5 : 0.8)) return false
  }
  return table.rows < 2 || countDistinct(column.values) >= 2
}

/** A code identifies a row and says nothing to a reader: it labels only where nothing else can. */
export function namesCode(column: Table['columns'][number]): boolean {
  return (
    column.kind === 'text' &&
    ((column.digits && !namesInDigits(column.header)) ||
      isCodeHeader(column.header) ||
      (namesIdentifier(column.header) && haveDigits(column))) &&
    !(
      column.digits
        ? /cliente|customer|linha|loja|agencia|agência/i
        : /cliente|customer|item|linha|loja|agencia|agência/i
    ).test(column.header)
  )
}

const isCode = (column: Table['columns'][number], table: Table) => namesCode(column) || isSpelledOut(column, table)

/** `4010` in front of `Manutenção`, under `Centro de custo | Descrição`: the second says what the first stands for. */
function isSpelledOut(column: Table['columns'][number], { columns }: Table): boolean {
  const next = columns.find(({ index }) => index === column.index + 1)
  if (column.kind !== 'text' || next?.kind !== 'text' || next.digits || !NAMES.test(fold(next.header))) return false
  const known = column.values.filter((value) => value !== null)
  const codes = known.filter((value) => /\d/.test(value) && !/\p{Ll}/u.test(value)).length
  return codes > known.length * 0.8 && countDistinct(next.values) >= countDistinct(column.values)
}

const NAMES =
  /^(nome|name|nombre|descricao|description|descripcion|denominacao|denominacion|bezeichnung|designation|title|titulo|razao social|department|departamento|setor|customer|cliente|account name|produto|product)$/

/** `Conta` above `Caixa`, `Bancos` names them. */
function haveDigits({ values }: TextColumn): boolean {
  const known = values.filter((value) => value !== null)
  return known.filter((value) => /\d/.test(value)).length * 2 > known.length
}

/** No date, and the leftmost names repeat: the first column that groups the rows into a number of bars one can read. */
function bestCategory(candidates: Table['columns'], table: Table): Label {
  const texts = candidates.filter((column) => column.kind === 'text' && !namesCode(column)) as TextColumn[]
  // Rows that only a code tells apart come together by it.
  const leading = texts[0] ?? (candidates.find((column) => column.kind === 'text') as TextColumn)
  // `UF | Cidade` under one header `Localização`, names beside that of their sheet: the finer one.
  const finer = texts.findLast(
    ({ header_path, values }) =>
      (leading.index < 0 || (header_path && header_path[0] === leading.header_path?.[0])) &&
      countDistinct(values) === table.rows,
  )
  if (finer && table.rows <= MANY_NAMES) return asNames(finer)
  // `Enabled | Brand`, `Paused | Generic`: two of one kind tell less than the names beside them.
  const own = texts.find(({ values }) => countDistinct(values) === table.rows)
  if (own && countDistinct(leading.values) < 3 && table.rows <= MANY_NAMES) return asNames(own)
  if (leading.index === table.columns[0]!.index) return asNames(leading)
  const readable = texts.find((column) => {
    const distinct = countDistinct(column.values)
    return distinct >= 3 && distinct <= 40
  })
  return asNames(readable ?? leading)
}

export function asNames(column: TextColumn): Label & { kind: 'names' } {
  if (column.digits) return { kind: 'names', column }
  const names = [...new Set(column.values.filter((value) => value !== null))]
  if (isStatement(names))
    return { kind: 'names', column, ranks: new Map(names.map((name, at) => [name, at])), listed: true }
  const ranks = ranksOf(names) ?? ranksButEnds(names)
  return { kind: 'names', column, ...(ranks ? { ranks } : {}), ...(ranks && !isScale(names) ? { listed: true } : {}) }
}

/** `1. Recepção`, `04 - Saúde` are numbered and one leads to no other. */
const isScale = (names: string[]) =>
  ranksOf(names) !== undefined && !names.every((name) => /^\d{1,2}(?:[.)]| [-–]) ?\p{L}/u.test(name))

/** `6 meses a 4 anos` above and `Gestantes` below the ages: the sheet's order, which the others have, too. */
function ranksButEnds(names: string[]): Map<string, number> | undefined {
  const rises = [names.slice(0, -1), names.slice(1), names.slice(1, -1)].some((most) => {
    const ranks = most.length >= 4 ? ranksOf(most) : undefined
    return ranks && most.every((name, at) => at === 0 || ranks.get(name)! > ranks.get(most[at - 1]!)!)
  })
  return rises ? new Map(names.map((name, at) => [name, at])) : undefined
}

/** An income statement or a cash flow goes from top to bottom, each result below what it is made of. */
function isStatement(names: string[]): boolean {
  const results = names.filter((name) =>
    /^\(?[=+-]?\)?\s*(receita (bruta|l[ií]quida|operacional)|lucro (bruto|l[ií]quido|operacional)|resultado (bruto|l[ií]quido|operacional)|ebitda?|saldo (inicial|final)|gross (profit|margin|sales)|net (income|profit|revenue|sales)|operating (income|profit)|(opening|closing) balance)\b/i.test(
      name,
    ),
  )
  return results.length >= 2
}

function labelOfNumbers(table: Table, kinds: ColumnKinds): Label {
  const first = table.columns[0]
  if (first?.kind === 'number' && table.columns.length > 1) {
    if (kinds.identifiers.includes(first)) return { kind: 'numbers', column: first }
    if (kinds.measures.length > 1 && increases(first)) return { kind: 'numbers', column: first }
  }
  return { kind: 'rows' }
}

function increases(column: NumberColumn): boolean {
  return (
    column.values.length > 2 &&
    column.values.every((value, at) => value !== null && (at === 0 || value > column.values[at - 1]!))
  )
}

function isSorted(column: DateColumn): boolean {
  const known = column.values.filter((value) => value !== null)
  const up = known.every((value, at) => at === 0 || value >= known[at - 1]!)
  return up || known.every((value, at) => at === 0 || value <= known[at - 1]!)
}

function namesRepeat(column: TextColumn): boolean {
  const known = column.values.filter((value) => value !== null)
  return countDistinct(known) < known.length * 0.9
}
