/** The catalogue's rules. Items pass through as the JSON text that PostgreSQL made. */
import type { Sql } from 'postgres'
import {
  deletePackaging,
  isSkuTaken,
  listPackaging,
  readPackaging,
  updatePackaging,
  type NewPackaging,
  type PackagingItem,
  type PackagingSort,
  type PackagingValues,
} from './packaging.ts'
import { AppError, lostUpdate, validationFailed, type ErrorItem } from '../../lib/errors.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../../api/http/pagination.ts'
import { COST_DIGITS, decimalPattern, MEASURE_DIGITS } from './limits.ts'
import type { ItemBody, ListQuery } from '../../api/packaging/model.ts'

/** A page as JSON text. Throws AppError 422 for a cursor that is not of this order. */
export async function listItems(sql: Sql, query: ListQuery): Promise<string> {
  const { limit = 50, cursor, sort: order = 'name', ...filters } = query
  const sort = order.replace(/^-/, '') as PackagingSort
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['order', 'value', 'id'])
  if (after && after.order !== order) throw invalidCursor()
  try {
    const { items, last } = await listPackaging(sql, { filters, sort, descending: order !== sort, after, limit })
    const next = last ? JSON.stringify(encodeCursor({ order, ...last })) : 'null'
    return `{"items":[${items.join(',')}],"next_cursor":${next}}`
  } catch (thrown) {
    // Class 22: PostgreSQL cannot read a value as what it should be. All else in the query is validated.
    if (after && (thrown as { code?: string }).code?.startsWith('22')) throw invalidCursor(thrown)
    throw thrown
  }
}

export async function readItem(
  read: (id: string) => Promise<PackagingItem | undefined>,
  id: string,
): Promise<PackagingItem> {
  return (await read(id)) ?? notFound(id)
}

/** `insert` gives undefined where another item has the sku. */
export async function createItem(
  insert: (item: NewPackaging) => Promise<PackagingItem | undefined>,
  body: ItemBody,
): Promise<PackagingItem> {
  const item = await insert({ id: Bun.randomUUIDv7(), values: valuesOf(body) })
  if (!item) throw skuTaken(body.sku)
  return item
}

/** Replaces the whole item: what the body leaves out takes its default. `versions`: those that If-Match allows. */
export async function replaceItem(sql: Sql, id: string, body: ItemBody, versions?: number[]): Promise<PackagingItem> {
  const item = await refusingTakenSku(body.sku, () => updatePackaging(sql, id, valuesOf(body), versions))
  return item ?? goneOrChanged(sql, id)
}

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

/** The body as it is stored; throws AppError 422 for what its schema cannot say. */
function valuesOf(body: ItemBody): PackagingValues {
  const errors: ErrorItem[] = []
  const exact = (field: 'unit_cost' | MeasureField) => {
    const value = body[field]
    if (typeof value !== 'number') return value ?? null
    const digits = field === 'unit_cost' ? COST_DIGITS : MEASURE_DIGITS
    if (!new RegExp(decimalPattern(digits)).test(String(value)))
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
    sku: body.sku,
    name: body.name,
    material: body.material,
    kind: body.kind,
    length_mm: exact('length_mm'),
    width_mm: exact('width_mm'),
    height_mm: exact('height_mm'),
    weight_g: exact('weight_g'),
    capacity_ml: exact('capacity_ml'),
    unit_cost: exact('unit_cost')!,
    currency: body.currency,
    supplier: body.supplier ?? null,
    stock: body.stock ?? 0,
    reorder_level: body.reorder_level ?? 0,
    recyclable: body.recyclable ?? false,
    tags: body.tags ?? [],
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

type MeasureField = 'length_mm' | 'width_mm' | 'height_mm' | 'weight_g' | 'capacity_ml'
