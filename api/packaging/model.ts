/** What a packaging item may hold. */
import { Type, type TSchema } from '@sinclair/typebox'
import { t } from 'elysia'
import { MATERIALS } from '../../db/packaging/table.ts'
import {
  COST_DIGITS,
  CURRENCY,
  decimalPattern,
  LENGTHS,
  MAX_COUNT,
  MAX_TAGS,
  MEASURE_DIGITS,
  ONE_LINE,
  TAG,
} from '../../db/packaging/limits.ts'
import { MOST_SHOWN } from '../../db/packaging/import/stage-rows.ts'
import { PACKAGING_SORTS } from '../../db/packaging/packaging.ts'
import { MEANING } from '../../lib/validation-texts.ts'
import { NO_CONTROLS, oneOf, timestamp } from '../http/schemas.ts'
import { excelQuery } from '../http/csv-form.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

const text = (maxLength: number) =>
  t.String({
    minLength: 1,
    maxLength,
    pattern: ONE_LINE.source,
    [MEANING]: {
      en: 'a text without control characters and without spaces at its ends',
      pt: 'um texto sem caracteres de controle e sem espaços nas pontas',
    },
  })
const tag = t.String({
  minLength: 1,
  maxLength: LENGTHS.tag,
  pattern: TAG.source,
  [MEANING]: {
    en: 'a text without semicolons, control characters and spaces at its ends',
    pt: 'um texto sem ponto e vírgula, caracteres de controle nem espaços nas pontas',
  },
})
const decimal = (digits: typeof COST_DIGITS, description: string) =>
  t.Union(
    [t.String({ pattern: decimalPattern(digits).source }), t.Number({ minimum: 0, maximum: 10 ** digits.before - 1 })],
    {
      description: `${description} A decimal string; a JSON number is taken when it has at most ${digits.after} decimals.`,
      [MEANING]: {
        en: `a decimal such as "12.50", not negative, with at most ${digits.before} digits before the point and ${digits.after} after it`,
        pt: `um decimal como "12.50", não negativo, com no máximo ${digits.before} dígitos antes do ponto e ${digits.after} depois`,
      },
    },
  )
/** Elysia's own integer also takes a text for a number. */
const count = (description: string, options = {}) =>
  Type.Integer({ minimum: 0, maximum: MAX_COUNT, description, ...options })
const STOCK = 'Pieces.'
const REORDER_LEVEL = 'Stock at or below this is low.'

const required = t.Object({
  sku: text(LENGTHS.sku),
  name: text(LENGTHS.name),
  material: oneOf(MATERIALS),
  kind: text(LENGTHS.kind),
  unit_cost: decimal(COST_DIGITS, 'Not negative.'),
  currency: t.String({
    pattern: CURRENCY.source,
    description: 'ISO 4217 code.',
    [MEANING]: { en: 'three capital letters, such as BRL', pt: 'três letras maiúsculas, como BRL' },
  }),
})
const clearable = <T extends TSchema>(schema: T) => t.Optional(t.Nullable(schema))
const measure = clearable(decimal(MEASURE_DIGITS, 'Not negative.'))
const optional = {
  length_mm: measure,
  width_mm: measure,
  height_mm: measure,
  weight_g: measure,
  capacity_ml: measure,
  supplier: clearable(text(LENGTHS.supplier)),
}

export const itemBody = t.Object(
  {
    ...required.properties,
    ...optional,
    stock: t.Optional(count(STOCK, { default: 0 })),
    reorder_level: t.Optional(count(REORDER_LEVEL, { default: 0 })),
    recyclable: t.Optional(t.Boolean({ default: false })),
    tags: t.Optional(t.Array(tag, { maxItems: MAX_TAGS, default: [] })),
  },
  {
    title: 'NewPackagingItem',
    additionalProperties: false,
    examples: [
      {
        sku: 'CX-0201',
        name: 'Caixa maleta 160×110×30 mm',
        material: 'paper',
        kind: 'box',
        unit_cost: '0.5206',
        currency: 'BRL',
      },
    ],
  },
)

/** Without defaults, which Elysia would fill in. */
export const itemPatch = t.Object(
  {
    ...t.Partial(required).properties,
    ...optional,
    stock: clearable(count(STOCK)),
    reorder_level: clearable(count(REORDER_LEVEL)),
    recyclable: clearable(t.Boolean()),
    tags: clearable(t.Array(tag, { maxItems: MAX_TAGS })),
  },
  {
    title: 'PackagingPatch',
    additionalProperties: false,
    description: 'Fields that are left out stay; null takes a field back to its default.',
    examples: [{ unit_cost: '0.5487', stock: 940, supplier: null }],
  },
)

const nullable = t.Nullable(t.String())
const size = t.Nullable(t.String({ pattern: decimalPattern(MEASURE_DIGITS).source }), { description: 'A decimal.' })
const ITEM = {
  id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
  sku: 'CX-0201',
  name: 'Caixa maleta 160×110×30 mm',
  material: 'paper',
  kind: 'box',
  length_mm: '160',
  width_mm: '110',
  height_mm: '30',
  weight_g: null,
  capacity_ml: null,
  unit_cost: '0.5206',
  currency: 'BRL',
  supplier: null,
  stock: 1200,
  reorder_level: 300,
  recyclable: true,
  tags: ['correio'],
  version: 3,
  created_at: '2026-11-02T12:00:00.000Z',
  updated_at: '2026-11-20T09:30:00.000Z',
}
export const itemAnswer = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    sku: t.String(),
    name: t.String(),
    material: oneOf(MATERIALS),
    kind: t.String(),
    length_mm: size,
    width_mm: size,
    height_mm: size,
    weight_g: size,
    capacity_ml: size,
    unit_cost: t.String({ pattern: decimalPattern(COST_DIGITS).source, description: 'A decimal.' }),
    currency: t.String({ description: 'ISO 4217 code.' }),
    supplier: nullable,
    stock: t.Integer(),
    reorder_level: t.Integer(),
    recyclable: t.Boolean(),
    tags: t.Array(t.String()),
    version: t.Integer({ description: 'The ETag, without its quotes.' }),
    created_at: t.String({ format: 'date-time' }),
    updated_at: t.String({ format: 'date-time' }),
  },
  { title: 'PackagingItem', examples: [ITEM] },
)
export const listAnswer = pageAnswer(itemAnswer)
export const importQuery = t.Object(
  { dry_run: t.Optional(t.Boolean({ description: 'true: only say what the file would do.' })) },
  { additionalProperties: false },
)
const importChange = t.Object(
  {
    sku: t.String(),
    name: t.String(),
    before: t.Nullable(t.Record(t.String(), t.Unknown()), {
      description: 'The fields that differ; null for a new item.',
    }),
    after: t.Record(t.String(), t.Unknown()),
  },
  {
    title: 'ImportChange',
    examples: [{ sku: 'CX-0201', name: 'Caixa maleta', before: { stock: 1200 }, after: { stock: 940 } }],
  },
)
export const importAnswer = t.Object(
  {
    created: t.Integer(),
    updated: t.Integer(),
    unchanged: t.Integer({ description: 'Items that are as the file has them already.' }),
    changes: t.Optional(
      t.Array(importChange, {
        description: `With dry_run alone: the first ${MOST_SHOWN} new items, and as many changed ones.`,
      }),
    ),
  },
  { title: 'ImportResult', examples: [{ created: 12, updated: 3, unchanged: 985 }] },
)

const filters = {
  sku: t.Optional(
    t.String({ minLength: 1, maxLength: LENGTHS.sku, ...NO_CONTROLS, description: 'The item with exactly this sku.' }),
  ),
  material: t.Optional(oneOf(MATERIALS, { description: 'Items of this material.' })),
  recyclable: t.Optional(t.Boolean({ description: 'Items that are recyclable, or are not.' })),
  low_stock: t.Optional(t.Boolean({ description: 'true: stock at or below the reorder level.' })),
  updated_after: t.Optional(timestamp('Items that were created or changed after this time.')),
  q: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 200,
      ...NO_CONTROLS,
      description:
        'Words, or parts of them, all of which are in the sku, the name, the supplier or the tags; case and accents do not matter.',
    }),
  ),
}
const sorts = PACKAGING_SORTS.flatMap((field) => [field, `-${field}` as const])
export const listQuery = t.Object(
  {
    ...filters,
    ...pageQuery,
    sort: t.Optional(
      oneOf(sorts as [(typeof sorts)[number]], {
        description:
          'The field to sort by; - before it for the other way. Left out: name, with updated_after updated_at.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ListQuery = typeof listQuery.static
export const countQuery = t.Object(filters, { additionalProperties: false })
export const countAnswer = t.Object({ items: t.Integer() }, { title: 'PackagingCount', examples: [{ items: 10_000 }] })

const change = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    at: t.String({ format: 'date-time' }),
    actor_name: t.Nullable(t.String()),
    api_key_id: t.Nullable(t.String({ format: 'uuid' }), {
      description: 'The API key that it was done with; null for a session.',
    }),
    action: t.String({ description: 'packaging.created, .changed, .deleted or .restored.' }),
    details: t.Record(t.String(), t.Unknown(), { description: '`before` and `after`: the fields that changed.' }),
  },
  {
    title: 'PackagingChange',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        at: '2026-11-20T09:30:00.000Z',
        actor_name: 'maria',
        api_key_id: null,
        action: 'packaging.changed',
        details: { id: ITEM.id, before: { stock: 1200 }, after: { stock: 940 } },
      },
    ],
  },
)
export const historyQuery = t.Object(pageQuery, { additionalProperties: false })
export const historyAnswer = pageAnswer(change)
export const exportQuery = t.Object(
  {
    ...filters,
    ...excelQuery,
  },
  { additionalProperties: false },
)
export type ExportQuery = typeof exportQuery.static
