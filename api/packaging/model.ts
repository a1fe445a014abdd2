/** What a packaging item may hold. */
import { Type } from '@sinclair/typebox'
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
import { PACKAGING_SORTS } from '../../db/packaging/packaging.ts'
import { oneOf } from '../http/schemas.ts'
import { pageQuery } from '../http/pagination.ts'

const text = (maxLength: number, pattern = ONE_LINE.source) => t.String({ minLength: 1, maxLength, pattern })
const decimal = (digits: typeof COST_DIGITS, description: string) =>
  t.Union(
    [t.String({ pattern: decimalPattern(digits).source }), t.Number({ minimum: 0, maximum: 10 ** digits.before - 1 })],
    {
      description: `${description} A decimal string; a JSON number is taken when it has at most ${digits.after} decimals.`,
    },
  )
const measure = t.Optional(t.Nullable(decimal(MEASURE_DIGITS, 'Not negative.')))
const count = (description: string) =>
  // Not Elysia's own, which also takes a text for a number.
  t.Optional(Type.Integer({ minimum: 0, maximum: MAX_COUNT, default: 0, description }))

export const itemBody = t.Object(
  {
    sku: text(LENGTHS.sku),
    name: text(LENGTHS.name),
    material: oneOf(MATERIALS),
    kind: text(LENGTHS.kind),
    length_mm: measure,
    width_mm: measure,
    height_mm: measure,
    weight_g: measure,
    capacity_ml: measure,
    unit_cost: decimal(COST_DIGITS, 'Not negative.'),
    currency: t.String({ pattern: CURRENCY.source, description: 'ISO 4217 code.' }),
    supplier: t.Optional(t.Nullable(text(LENGTHS.supplier))),
    stock: count('Pieces.'),
    reorder_level: count('Stock at or below this is low.'),
    recyclable: t.Optional(t.Boolean({ default: false })),
    tags: t.Optional(t.Array(text(LENGTHS.tag, TAG.source), { maxItems: MAX_TAGS, default: [] })),
  },
  {
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

const nullable = t.Nullable(t.String())
export const itemAnswer = t.Object({
  id: t.String({ format: 'uuid' }),
  sku: t.String(),
  name: t.String(),
  material: oneOf(MATERIALS),
  kind: t.String(),
  length_mm: nullable,
  width_mm: nullable,
  height_mm: nullable,
  weight_g: nullable,
  capacity_ml: nullable,
  unit_cost: t.String({ description: 'A decimal.' }),
  currency: t.String(),
  supplier: nullable,
  stock: t.Integer(),
  reorder_level: t.Integer(),
  recyclable: t.Boolean(),
  tags: t.Array(t.String()),
  version: t.Integer({ description: 'The ETag, without its quotes.' }),
  created_at: t.String({ format: 'date-time' }),
  updated_at: t.String({ format: 'date-time' }),
})
export const listAnswer = t.Object({ items: t.Array(itemAnswer), next_cursor: nullable })
export const importAnswer = t.Object({ created: t.Integer(), updated: t.Integer(), unchanged: t.Integer() })

const filters = {
  material: t.Optional(oneOf(MATERIALS)),
  recyclable: t.Optional(t.Boolean()),
  low_stock: t.Optional(t.Boolean({ description: 'true: stock at or below the reorder level.' })),
  q: t.Optional(
    t.String({
      minLength: 1,
      maxLength: 200,
      pattern: /^[^\u0000-\u001f\u007f-\u009f]*$/.source,
      description: 'Text in the sku, name, supplier or a tag; case and accents do not matter.',
    }),
  ),
}
const sorts = PACKAGING_SORTS.flatMap((field) => [field, `-${field}` as const])
export const listQuery = t.Object(
  { ...filters, ...pageQuery, sort: t.Optional(oneOf(sorts as [(typeof sorts)[number]], { default: 'name' })) },
  { additionalProperties: false },
)
export type ListQuery = typeof listQuery.static
export const exportQuery = t.Object(filters, { additionalProperties: false })
