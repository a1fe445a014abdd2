/** Numbers that name things (a code, a postcode, store 101) become names before anything is measured. */
import { fold, namesCode, namesIdentifier } from '../table/code-words.ts'
import type { Column, NumberColumn, Table } from '../table/table.ts'
import { isYear } from '../table/cell-kind.ts'
import { classOf, namesInDigits, namesPhone } from './words.ts'

/** `1.1`, `1.2` under such a header are chapters and items. */
const NUMBERED_IN_PARTS = /^(item|itens|clausula|clause|secao|section|capitulo|chapter|artigo|article|versao|version)$/

export function nameCodes(table: Table): Table {
  if (table.columns.length < 2) return table
  return { ...table, columns: table.columns.map((column) => (isCode(column, table) ? toNames(column) : column)) }
}

function isCode(column: Column, table: Table): column is NumberColumn {
  if (column.kind !== 'number' || column.unit.kind !== 'plain' || column.unit.suffix) return false
  const known = column.values.filter((value) => value !== null)
  if (NUMBERED_IN_PARTS.test(fold(column.header)) && !known.every(Number.isInteger)) return true
  if (known.length === 0 || !known.every((value) => Number.isInteger(value) && value >= 0)) return false
  if (namesPhone(column.header)) return known.every((value) => value >= 1_000_000)
  if (namesCode(column.header)) return true
  if (namesInDigits(column.header) && standsForNames(column, known, table)) return true
  if (classOf(column.header) !== undefined) return false
  return (
    haveFixedLength(known) ||
    registersPeople(column, known, table) ||
    numbersNames(column, known, table) ||
    numbersGroups(column, known, table) ||
    pointsToRows(column, known, table)
  )
}

/** `Rodada`: 1, 1, 2, 2, 3, 3 in front of the rows of each. */
function numbersGroups(column: NumberColumn, known: number[], table: Table): boolean {
  if (column !== table.columns[0] || column.header === '' || known.length < table.rows || known[0] !== 1) return false
  const steps = known.slice(1).map((value, at) => value - known[at]!)
  const repeats = steps.filter((step) => step === 0).length
  return known.length >= 4 && steps.every((step) => step === 0 || step === 1) && repeats * 2 >= steps.length
}

/** `Pai`, `Chefe`, `Predecessora`: each number is that of another row, under the header that numbers the rows. */
function pointsToRows(column: NumberColumn, known: number[], table: Table): boolean {
  const [first] = table.columns
  if (first?.kind !== 'number' || column === first || !namesIdentifier(first.header)) return false
  const ids = new Set(first.values)
  const hasNames = table.columns.some(({ kind }) => kind === 'text')
  return hasNames && ids.size === table.rows && known.length < table.rows && known.every((value) => ids.has(value))
}

/** `Brinco`, `Nº sócio`: another, larger number in front of each name. Places of a ranking count, too, beside its points. */
function numbersNames(column: NumberColumn, known: number[], table: Table): boolean {
  const [first, second] = table.columns
  if (column !== first || second?.kind !== 'text') return false
  if (known.length < table.rows || known.length < 3 || known.every(isYear)) return false
  // One by one from 2301: tags and receipts, whatever stands beside them.
  const counts = known[0]! >= 100 && known.length >= 5 && known.every((value, at) => value === known[0]! + at)
  if (counts) return true
  if (new Set(second.values).size < table.rows) return false
  if (!known.every((value, at) => at === 0 || value > known[at - 1]!)) return false
  const others = table.columns.filter((other) => other.kind === 'number').length - 1
  return others === 0 || known[0]! > 1
}

/** `Loja` in front of a quantity holds names; `Loja` among `Site` and `Revenda` holds the sales of one. */
function standsForNames(column: NumberColumn, known: number[], table: Table): boolean {
  const others = table.columns.filter((other) => other !== column && other.kind === 'number')
  if (others.length === 0) return false
  const repeats = new Set(known).size <= known.length / 2
  return column === table.columns[0] || repeats || others.some(({ header }) => classOf(header) !== undefined)
}

/** The only numbers among texts, five digits or more, all alike in length and hardly a round one: a council's register. */
function registersPeople(column: NumberColumn, known: number[], { columns }: Table): boolean {
  const texts = columns.filter(({ kind }) => kind === 'text').length
  // `Eleitores`, `Habitantes` are counted.
  if (texts < 3 || /s$/i.test(column.header) || columns.some((other) => other.kind === 'number' && other !== column))
    return false
  const round = known.filter((value) => value % 10 === 0).length
  return (
    known.length >= 6 &&
    known[0]! >= 10_000 &&
    new Set(known.map((value) => String(value).length)).size === 1 &&
    new Set(known).size === known.length &&
    round * 4 <= known.length
  )
}

/** Eight digits or more, all alike in length and none round: bar codes, phone numbers, company numbers. */
function haveFixedLength(known: number[]): boolean {
  const lengths = new Set(known.map((value) => String(value).length))
  return (
    known.length >= 3 && lengths.size === 1 && known[0]! >= 10_000_000 && known.every((value) => value % 10_000 !== 0)
  )
}

function toNames(column: NumberColumn): Column {
  const { index, header } = column
  const values = column.values.map((value) => (value === null ? null : String(value)))
  return { kind: 'text', index, header, values, digits: true }
}
