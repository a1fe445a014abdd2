/** An item as a form holds it: a text for each field. */
import type { Schemas } from '../../api/client.ts'
import type { Item } from '../../data/packaging.ts'
import type { FIELDS } from './texts.ts'

export type FieldName = keyof typeof FIELDS
export type Draft = Record<FieldName, string>

const NEW: Draft = {
  sku: '',
  name: '',
  material: 'paper',
  kind: '',
  recyclable: 'false',
  tags: '',
  length_mm: '',
  width_mm: '',
  height_mm: '',
  weight_g: '',
  capacity_ml: '',
  unit_cost: '',
  currency: 'BRL',
  supplier: '',
  stock: '0',
  reorder_level: '0',
}

export function draftOf(item: Item | null): Draft {
  if (!item) return NEW
  const text = (name: FieldName) => {
    const value = item[name]
    return Array.isArray(value) ? value.join('; ') : value === null ? '' : String(value)
  }
  return Object.fromEntries(Object.keys(NEW).map((name) => [name, text(name as FieldName)])) as Draft
}

/** A decimal may have a comma, as people in Brazil write it. */
export function itemOf(draft: Draft): Schemas['NewPackagingItem'] {
  const decimal = (text: string) => text.trim().replace(',', '.')
  const measure = (text: string) => decimal(text) || null
  return {
    sku: draft.sku.trim(),
    name: draft.name.trim(),
    material: draft.material as Item['material'],
    kind: draft.kind.trim(),
    recyclable: draft.recyclable === 'true',
    tags: draft.tags
      .split(';')
      .map((tag) => tag.trim())
      .filter(Boolean),
    length_mm: measure(draft.length_mm),
    width_mm: measure(draft.width_mm),
    height_mm: measure(draft.height_mm),
    weight_g: measure(draft.weight_g),
    capacity_ml: measure(draft.capacity_ml),
    unit_cost: decimal(draft.unit_cost),
    currency: draft.currency.trim().toUpperCase(),
    supplier: draft.supplier.trim() || null,
    stock: Number(draft.stock),
    reorder_level: Number(draft.reorder_level),
  }
}

/** The fields in which two drafts differ. */
export const differences = (one: Draft, other: Draft): FieldName[] =>
  (Object.keys(NEW) as FieldName[]).filter((name) => one[name] !== other[name])
