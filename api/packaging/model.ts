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
import { MEANING } from '../../lib/validation-texts.ts'
import { NO_CONTROLS, oneOf } from '../http/schemas.ts'
import { pageQuery } from '../http/pagination.ts'

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
    currency: t.String({
      pattern: CURRENCY.source,
      description: 'ISO 4217 code.',
      [MEANING]: { en: 'three capital letters, such as BRL', pt: 'três letras maiúsculas, como BRL' },
    }),
    supplier: t.Optional(t.Nullable(text(LENGTHS.supplier))),
    stock: count('Pieces.'),
    reorder_level: count('Stock at or below this is low.'),
    recyclable: t.Optional(t.Boolean({ default: false })),
    tags: t.Optional(t.Array(tag, { maxItems: MAX_TAGS, default: [] })),
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
      ...NO_CONTROLS,
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
