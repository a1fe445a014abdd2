/** Turns a row's cells into an item, or tells everything that is wrong with it. The limits are the API's own. */
import { MATERIALS } from '../table.ts'
import type { Translated } from '../../../lib/texts.ts'
import { DEFAULTS, type PackagingField, type PackagingValues } from '../packaging.ts'
import {
  CELL_CHARACTERS,
  COST_DIGITS,
  CURRENCY,
  decimalPattern,
  LENGTHS,
  MAX_COUNT,
  MAX_TAGS,
  MEASURE_DIGITS,
  ONE_LINE,
} from '../limits.ts'
import { withoutFormulaGuard } from '../../../lib/csv.ts'
import { REQUIRED, withoutBlankEnd } from './columns.ts'
import type { DecimalMark } from '../../../lib/spreadsheet/decimal-mark.ts'
import { readDecimal } from './decimals.ts'
import type { CsvRow } from '../../../lib/spreadsheet/split-csv.ts'
import { fileError, shown, type FileError } from './rejection.ts'

/** `mark`: the file's decimal mark. */
export function checkRow(
  columns: PackagingField[],
  row: CsvRow,
  mark: DecimalMark | undefined,
): { values: PackagingValues } | { errors: FileError[] } {
  const { line, cells } = row
  if (cells.length < columns.length)
    return {
      errors: [
        fileError(line, columns[cells.length], {
          en: `is missing: the row has ${cells.length} cells, the header ${columns.length}`,
          pt: `está faltando: a linha tem ${cells.length} células; o cabeçalho, ${columns.length}`,
        }),
      ],
    }
  const count = withoutBlankEnd(cells).length
  if (count > columns.length)
    return {
      errors: [
        fileError(line, undefined, {
          en: `The row has ${count} cells, the header ${columns.length}.`,
          pt: `A linha tem ${count} células; o cabeçalho, ${columns.length}.`,
        }),
      ],
    }

  const values: Record<string, unknown> = { ...DEFAULTS }
  const errors: FileError[] = []
  for (const [at, column] of columns.entries()) {
    const cell = cells[at]!.trim()
    if (cell === '') {
      if (REQUIRED.has(column)) errors.push(fileError(line, column, { en: 'is empty', pt: 'está vazia' }))
      continue
    }
    const read = cell.length > CELL_CHARACTERS ? tooLong(cell) : READ[column](cell, mark)
    if ('problem' in read) errors.push(fileError(line, column, read.problem))
    else values[column] = read.value
  }
  return errors.length > 0 ? { errors } : { values: values as PackagingValues }
}

const tooLong = (cell: string) => ({
  problem: {
    en: `has ${cell.length} characters; no column takes more than ${CELL_CHARACTERS}`,
    pt: `tem ${cell.length} caracteres; nenhuma coluna aceita mais de ${CELL_CHARACTERS}`,
  },
})

type Read = (cell: string, mark: DecimalMark | undefined) => { value: unknown } | { problem: Translated }

const READ: Record<PackagingField, Read> = {
  sku: text(LENGTHS.sku),
  name: text(LENGTHS.name),
  material: (cell) => oneOf(MATERIALS, cell.toLowerCase(), cell),
  kind: text(LENGTHS.kind),
  length_mm: decimal(MEASURE_DIGITS),
  width_mm: decimal(MEASURE_DIGITS),
  height_mm: decimal(MEASURE_DIGITS),
  weight_g: decimal(MEASURE_DIGITS),
  capacity_ml: decimal(MEASURE_DIGITS),
  unit_cost: decimal(COST_DIGITS),
  currency(cell) {
    const code = cell.toUpperCase()
    return CURRENCY.test(code)
      ? { value: code }
      : {
          problem: {
            en: `is not a currency code like BRL: “${shown(cell)}”`,
            pt: `não é um código de moeda como BRL: “${shown(cell)}”`,
          },
        }
  },
  supplier: text(LENGTHS.supplier),
  stock: count,
  reorder_level: count,
  recyclable(cell) {
    const value = BOOLEANS.get(
      cell
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase(),
    )
    return value === undefined
      ? {
          problem: {
            en: `is neither true nor false: “${shown(cell)}”`,
            pt: `não é verdadeiro nem falso: “${shown(cell)}”`,
          },
        }
      : { value }
  },
  tags(cell) {
    const tags = withoutFormulaGuard(cell)
      .split(';')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
    if (tags.length > MAX_TAGS)
      return {
        problem: {
          en: `has ${tags.length} tags; ${MAX_TAGS} are the most`,
          pt: `tem ${tags.length} etiquetas; o máximo é ${MAX_TAGS}`,
        },
      }
    for (const tag of tags) {
      const read = oneLine(tag, LENGTHS.tag)
      if ('problem' in read) return read
    }
    return { value: tags }
  },
}

/** Brazilian Excel writes VERDADEIRO and FALSO. */
const BOOLEANS = new Map(
  Object.entries({
    true: true,
    yes: true,
    sim: true,
    verdadeiro: true,
    '1': true,
    false: false,
    no: false,
    nao: false,
    falso: false,
    '0': false,
  }),
)

function text(longest: number): Read {
  // Alt+Enter in a cell: the catalogue has one line.
  return (cell) =>
    oneLine(
      withoutFormulaGuard(cell)
        .replace(/\s+/g, (blanks) => (/[\r\n]/.test(blanks) ? ' ' : blanks))
        .trim(),
      longest,
    )
}

function oneLine(value: string, longest: number): { value: string } | { problem: Translated } {
  if (value.length > longest)
    return {
      problem: {
        en: `has ${value.length} characters; ${longest} are the most`,
        pt: `tem ${value.length} caracteres; o máximo é ${longest}`,
      },
    }
  if (!ONE_LINE.test(value))
    return {
      problem: { en: 'holds a character that cannot be shown', pt: 'contém um caractere que não pode ser mostrado' },
    }
  return { value }
}

function decimal(digits: { before: number; after: number }): Read {
  const pattern = decimalPattern(digits)
  return (cell, mark) => {
    const read = readDecimal(cell, mark)
    if ('problem' in read) return read
    const value = read.value.replace(/^0+(?=\d)/, '')
    if (pattern.test(value)) return { value }
    const shorter = value.includes('.') ? value.replace(/(?<!0)0+$/, '').replace(/\.$/, '') : value
    if (pattern.test(shorter)) return { value: shorter }
    return {
      problem: {
        en: `has too many digits: “${shown(cell)}”; ${digits.before} and ${digits.after} decimals are the most`,
        pt: `tem dígitos demais: “${shown(cell)}”; o máximo são ${digits.before} dígitos e ${digits.after} casas decimais`,
      },
    }
  }
}

/** A whole number; 12.0 is one, as programs write it for a column that has empty cells. */
function count(cell: string, mark: DecimalMark | undefined): { value: number } | { problem: Translated } {
  const read = readDecimal(cell, mark)
  if ('problem' in read) return read
  const value = Number(read.value)
  if (!Number.isInteger(value))
    return {
      problem: { en: `is not a whole number: “${shown(cell)}”`, pt: `não é um número inteiro: “${shown(cell)}”` },
    }
  if (value > MAX_COUNT)
    return {
      problem: { en: `is more than ${MAX_COUNT}: “${shown(cell)}”`, pt: `é maior que ${MAX_COUNT}: “${shown(cell)}”` },
    }
  return { value }
}

function oneOf(choices: readonly string[], value: string, cell: string): { value: string } | { problem: Translated } {
  return choices.includes(value)
    ? { value }
    : {
        problem: {
          en: `is “${shown(cell)}”; it can be ${choices.join(', ')}`,
          pt: `é “${shown(cell)}”; pode ser ${choices.join(', ')}`,
        },
      }
}
