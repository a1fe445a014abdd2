/** The catalogue's rules. Items pass through as the JSON text that PostgreSQL made. */
import type { Sql } from 'postgres'
import { AppError, lostUpdate, validationFailed, type ErrorItem } from '../../lib/errors.ts'
import { COST_DIGITS, decimalPattern, MEASURE_DIGITS } from './limits.ts'
import {
  deletePackaging,
  isSkuTaken,
  readPackaging,
  updatePackaging,
  type NewPackaging,
  type PackagingItem,
  type PackagingValues,
} from './packaging.ts'

type MeasureField = 'length_mm' | 'width_mm' | 'height_mm' | 'weight_g' | 'capacity_ml'
type RequiredField = 'sku' | 'name' | 'material' | 'kind' | 'currency'

/** An item as a client gives it: a decimal may be a number, and what is left out takes its default. */
export type PackagingInput = Pick<PackagingValues, RequiredField> &
  Partial<Omit<PackagingValues, RequiredField | MeasureField | 'unit_cost'>> &
  Partial<Record<MeasureField, string | number | null>> & { unit_cost: string | number }

/** Throws AppError packaging_not_found. */
export async function readItem(
  read: (id: string) => Promise<PackagingItem | undefined>,
  id: string,
): Promise<PackagingItem> {
  return (await read(id)) ?? notFound(id)
}

/** `insert` gives undefined where another item has the sku. Throws AppError sku_taken or validation_failed. */
export async function createItem(
  insert: (item: NewPackaging) => Promise<PackagingItem | undefined>,
  input: PackagingInput,
): Promise<PackagingItem> {
  const item = await insert({ id: Bun.randomUUIDv7(), values: valuesOf(input) })
  if (!item) throw skuTaken(input.sku)
  return item
}

/**
 * Replaces the whole item. `versions`: those that may be replaced; undefined: any. Throws AppError packaging_not_found,
 * version_mismatch, sku_taken or validation_failed.
 */
export async function replaceItem(
  sql: Sql,
  id: string,
  input: PackagingInput,
  versions?: number[],
): Promise<PackagingItem> {
  const item = await refusingTakenSku(input.sku, () => updatePackaging(sql, id, valuesOf(input), versions))
  return item ?? goneOrChanged(sql, id)
}

/** Throws AppError packaging_not_found or version_mismatch. */
export async function deleteItem(sql: Sql, id: string, versions?: number[]): Promise<void> {
  if (!(await deletePackaging(sql, id, versions))) await goneOrChanged(sql, id)
}

async function goneOrChanged(sql: Sql, id: string): Promise<never> {
  await readItem((one) => readPackaging(sql, one), id)
  throw lostUpdate()
}

function notFound(id: string): never {
  throw new AppError('not_found', 'packaging_not_found', {
    en: `No packaging item has the id ${id}.`,
    pt: `Nenhuma embalagem tem o id ${id}.`,
  })
}

async function refusingTakenSku<T>(sku: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (cause) {
    throw isSkuTaken(cause) ? skuTaken(sku, cause) : cause
  }
}

function skuTaken(sku: string, cause?: unknown): AppError {
  return new AppError(
    'conflict',
    'sku_taken',
    { en: `Another packaging item has the sku ${sku}.`, pt: `Outra embalagem já tem o sku ${sku}.` },
    { cause },
  )
}

/** The input as it is stored. Throws AppError validation_failed for what its schema cannot say. */
function valuesOf(input: PackagingInput): PackagingValues {
  const errors: ErrorItem[] = []
  const exact = (field: 'unit_cost' | MeasureField) => {
    const value = input[field]
    if (typeof value !== 'number') return value ?? null
    const digits = field === 'unit_cost' ? COST_DIGITS : MEASURE_DIGITS
    if (!decimalPattern(digits).test(String(value)))
      errors.push({
        path: `/${field}`,
        message: {
          en: `has more than ${digits.after} decimals; send a decimal string`,
          pt: `tem mais de ${digits.after} casas decimais; envie um decimal como texto`,
        },
      })
    return String(value)
  }
  const values: PackagingValues = {
    sku: input.sku,
    name: input.name,
    material: input.material,
    kind: input.kind,
    length_mm: exact('length_mm'),
    width_mm: exact('width_mm'),
    height_mm: exact('height_mm'),
    weight_g: exact('weight_g'),
    capacity_ml: exact('capacity_ml'),
    unit_cost: exact('unit_cost')!,
    currency: input.currency,
    supplier: input.supplier ?? null,
    stock: input.stock ?? 0,
    reorder_level: input.reorder_level ?? 0,
    recyclable: input.recyclable ?? false,
    tags: input.tags ?? [],
  }
  for (const [field, value] of Object.entries(values))
    if ([value].flat().some((part) => typeof part === 'string' && !part.isWellFormed()))
      errors.push({
        path: `/${field}`,
        message: {
          en: 'holds half of a surrogate pair, which no text file can carry',
          pt: 'contém metade de um par substituto (surrogate), que nenhum arquivo de texto leva',
        },
      })
  if (errors.length > 0) throw validationFailed(errors)
  return values
}
