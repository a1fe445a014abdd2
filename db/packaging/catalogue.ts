/** The catalogue's rules. Items pass through as the JSON text that PostgreSQL made. */
import type { Sql } from 'postgres'
import type { Actor } from '../audit/audit.ts'
import { AppError, lostUpdate, validationFailed, type ErrorItem } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { decimalPattern, DECIMALS } from './limits.ts'
import {
  DEFAULTS,
  deletePackaging,
  isSkuTaken,
  patchPackaging,
  readPackaging,
  updatePackaging,
  type NewPackaging,
  type PackagingField,
  type PackagingItem,
  type PackagingValues,
  type RequiredField,
} from './packaging.ts'

type DecimalField = keyof typeof DECIMALS
type InputOf<F extends PackagingField> = F extends DecimalField ? string | number : NonNullable<PackagingValues[F]>

/** A JSON merge patch (RFC 7396): what is left out stays, and null takes the default. A decimal may be a number. */
export type PackagingPatch = { [F in RequiredField]?: InputOf<F> } & { [F in OptionalField]?: InputOf<F> | null }
type OptionalField = keyof typeof DEFAULTS
/** An item as a client gives it: what is left out takes its default. */
export type PackagingInput = PackagingPatch & { [F in RequiredField]: InputOf<F> }

/** Throws AppError packaging_not_found. */
export async function readItem(
  read: (id: string) => Promise<PackagingItem | undefined>,
  id: string,
): Promise<PackagingItem> {
  const item = await read(id)
  if (item) return item
  throw notFound(id)
}

/** `insert` gives undefined where another item has the sku. Throws AppError sku_taken or validation_failed. */
export async function createItem(
  insert: (item: NewPackaging) => Promise<PackagingItem | undefined>,
  input: PackagingInput,
  actor: Actor,
): Promise<PackagingItem> {
  const item = await insert({ id: Bun.randomUUIDv7(), values: valuesOf(input), actor })
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
  actor: Actor,
  versions?: number[],
): Promise<PackagingItem> {
  const item = await refusingTakenSku(input.sku, () => updatePackaging(sql, id, valuesOf(input), actor, versions))
  return item ?? goneOrChanged(sql, id)
}

/**
 * Changes some fields of an item; where that changes nothing, the item stays as it is, version included. Throws AppError as
 * replaceItem.
 */
export async function patchItem(
  sql: Sql,
  id: string,
  patch: PackagingPatch,
  actor: Actor,
  versions?: number[],
): Promise<PackagingItem> {
  const values = storedValues(patch)
  const changed = await refusingTakenSku(patch.sku, () => patchPackaging(sql, id, values, actor, versions))
  if (changed) return changed
  const item = await readItem((one) => readPackaging(sql, one), id)
  if (versions && !versions.includes(item.version)) throw lostUpdate()
  return item
}

/** Throws AppError packaging_not_found or version_mismatch. */
export async function deleteItem(sql: Sql, id: string, actor: Actor, versions?: number[]): Promise<void> {
  if (!(await deletePackaging(sql, id, actor, versions))) await goneOrChanged(sql, id)
}

async function goneOrChanged(sql: Sql, id: string): Promise<never> {
  await readItem((one) => readPackaging(sql, one), id)
  throw lostUpdate()
}

async function refusingTakenSku<T>(sku: string | undefined, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (cause) {
    throw sku !== undefined && isSkuTaken(cause) ? skuTaken(sku, cause) : cause
  }
}

export function notFound(id: string): AppError {
  return new AppError('not_found', 'packaging_not_found', {
    en: `No packaging item has the id ${id}.`,
    pt: `Nenhuma embalagem tem o id ${id}.`,
  })
}

export function skuTaken(sku: string, cause?: unknown): AppError {
  return new AppError(
    'conflict',
    'sku_taken',
    { en: `Another packaging item has the sku ${sku}.`, pt: `Outra embalagem já tem o sku ${sku}.` },
    { cause },
  )
}

const valuesOf = (input: PackagingInput) => ({ ...DEFAULTS, ...storedValues(input) }) as PackagingValues

/** The fields of `input` as they are stored. Throws AppError validation_failed for what their schemas cannot say. */
function storedValues(input: PackagingPatch): Partial<PackagingValues> {
  const errors: ErrorItem[] = []
  const values = Object.entries(input).map(([field, value]) => {
    const message = typeof value === 'number' ? inexact(field, value) : unreadable(value)
    if (message) errors.push({ path: `/${field}`, message })
    if (value === null) return [field, DEFAULTS[field as OptionalField]]
    return [field, field in DECIMALS ? String(value) : value]
  })
  if (errors.length > 0) throw validationFailed(errors)
  return Object.fromEntries(values) as Partial<PackagingValues>
}

function inexact(field: string, value: number): Translated | undefined {
  const digits = DECIMALS[field as DecimalField]
  if (!digits || decimalPattern(digits).test(String(value))) return undefined
  return {
    en: `has more than ${digits.after} decimals; send a decimal string`,
    pt: `tem mais de ${digits.after} casas decimais; envie um decimal como texto`,
  }
}

function unreadable(value: unknown): Translated | undefined {
  if (![value].flat().some((part) => typeof part === 'string' && !part.isWellFormed())) return undefined
  return {
    en: 'holds half of a surrogate pair, which no text file can carry',
    pt: 'contém metade de um par substituto (surrogate), que nenhum arquivo de texto leva',
  }
}
