/** An item as a form holds it: a text for each field, as people of the page's language write it. */
import type { Schemas } from '../../api/client.ts'
import type { Item } from '../../data/packaging.ts'
import type { Locale } from '../../languages.ts'
import { decimalIn, FIELD_NAMES, isDecimal, type FieldName } from '../../parts/item-fields/index.ts'

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

export function draftOf(item: Item | null, locale: Locale): Draft {
  if (!item) return NEW
  const text = (name: FieldName) => {
    const value = item[name]
    if (Array.isArray(value)) return value.join('; ')
    if (value === null) return ''
    return isDecimal(name) ? decimalIn(String(value), locale) : String(value)
  }
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, text(name)])) as Draft
}

/** A decimal may have a comma, as people in Brazil write it. What is no number goes as it is: the API says so at its field. */
export function itemOf(draft: Draft): Schemas['NewPackagingItem'] {
  const measure = (text: string) => decimal(text) || null
  return {
    sku: draft.sku.trim(),
    name: draft.name.trim(),
    material: draft.material as Item['material'],
    kind: draft.kind.trim(),
    recyclable: draft.recyclable === 'true',
    tags: tagsOf(draft.tags),
    length_mm: measure(draft.length_mm),
    width_mm: measure(draft.width_mm),
    height_mm: measure(draft.height_mm),
    weight_g: measure(draft.weight_g),
    capacity_ml: measure(draft.capacity_ml),
    unit_cost: decimal(draft.unit_cost),
    currency: draft.currency.trim().toUpperCase(),
    supplier: draft.supplier.trim() || null,
    stock: whole(draft.stock),
    reorder_level: whole(draft.reorder_level),
  }
}

const decimal = (text: string) => text.trim().replace(',', '.')
const whole = (text: string): number => (/^\d+$/.test(text.trim()) ? Number(text) : (text.trim() as unknown as number))
const tagsOf = (text: string) =>
  text
    .split(';')
    .map((tag) => tag.trim())
    .filter(Boolean)

/** The fields in which two drafts mean something else. */
export const differences = (one: Draft, other: Draft): FieldName[] =>
  FIELD_NAMES.filter((name) => meaning(name, one[name]) !== meaning(name, other[name]))

function meaning(name: FieldName, text: string): string {
  if (name === 'tags') return tagsOf(text).join(';')
  return isDecimal(name) ? decimal(text) : text.trim()
}

export type Side = 'theirs' | 'mine'

/** A field in which my draft and their item differ. */
export interface Difference {
  name: FieldName
  /** Where both have changed it, only a person can tell. */
  taken: Side | undefined
}

/** `base`: what both began with. */
export function mergeOf(base: Draft, mine: Draft, theirs: Draft): Difference[] {
  const byMe = new Set(differences(base, mine))
  const byThem = new Set(differences(base, theirs))
  return differences(mine, theirs).map((name) => ({
    name,
    taken: byMe.has(name) && byThem.has(name) ? undefined : byMe.has(name) ? 'mine' : 'theirs',
  }))
}
