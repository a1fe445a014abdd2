/** Recognises a file's header: the fields' names in any order and case, or what a Brazilian office calls them. */
import { PACKAGING_FIELDS, type PackagingField } from '../packaging.ts'
import type { CsvRow } from '../../../lib/spreadsheet/split-csv.ts'
import { fileError, rejection, shown, type FileError } from './rejection.ts'

export const REQUIRED: ReadonlySet<PackagingField> = new Set([
  'sku',
  'name',
  'material',
  'kind',
  'unit_cost',
  'currency',
])

const SYNONYMS = new Map<string, PackagingField>(
  Object.entries({
    codigo: 'sku',
    nome: 'name',
    tipo: 'kind',
    comprimento_mm: 'length_mm',
    largura_mm: 'width_mm',
    altura_mm: 'height_mm',
    peso_g: 'weight_g',
    capacidade_ml: 'capacity_ml',
    custo_unitario: 'unit_cost',
    moeda: 'currency',
    fornecedor: 'supplier',
    estoque: 'stock',
    estoque_minimo: 'reorder_level',
    reciclavel: 'recyclable',
    etiquetas: 'tags',
  } as const),
)

/** No column's name is longer; normalising a long run of combining marks is quadratic. */
const LONGEST_NAME = 60

/** The field that a header cell names; case, accents, spaces and parentheses do not matter. */
export function recogniseColumn(cell: string): PackagingField | undefined {
  if (cell.length > LONGEST_NAME) return undefined
  const name = cell
    .normalize('NFD')
    .replace(/[\u0300-\u036f()]/g, '')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')
  return PACKAGING_FIELDS.find((field) => field === name) ?? SYNONYMS.get(name)
}

/** The field of each column. Throws AppError that names every unknown, repeated and missing column. */
export function readHeader({ line, cells }: CsvRow): PackagingField[] {
  const names = withoutBlankEnd(cells)
  const columns = names.map(recogniseColumn)
  const errors: FileError[] = []
  const seen = new Set<PackagingField>()
  for (const [at, column] of columns.entries()) {
    const name = shown(names[at]!.trim())
    if (!column)
      errors.push(
        name === ''
          ? fileError(line, `${at + 1}`, { en: 'has no name', pt: 'não tem nome' })
          : fileError(line, name, {
              en: `is no column of the catalogue; there are ${PACKAGING_FIELDS.join(', ')}`,
              pt: `não é uma coluna do catálogo; existem ${PACKAGING_FIELDS.join(', ')}`,
            }),
      )
    else if (seen.has(column))
      errors.push(fileError(line, name, { en: `names ${column} a second time`, pt: `repete a coluna ${column}` }))
    else seen.add(column)
  }
  for (const field of REQUIRED)
    if (!seen.has(field)) errors.push(fileError(line, field, { en: 'is missing', pt: 'está faltando' }))
  if (errors.length > 0)
    throw rejection(
      {
        en: 'The first row does not name the columns as it should.',
        pt: 'A primeira linha não dá às colunas os nomes certos.',
      },
      errors,
    )
  return columns as PackagingField[]
}

/** Excel saves empty columns right of a table, too. */
export function withoutBlankEnd(cells: string[]): string[] {
  const last = cells.findLastIndex((cell) => cell.trim() !== '')
  return cells.slice(0, last + 1)
}
