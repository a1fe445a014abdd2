import { Type, type TSchema } from '@sinclair/typebox'
import { ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import { expect, test } from 'bun:test'
import { errorItems, MEANING, schemaText } from '../../lib/validation-texts.ts'

const dozen = { en: 'a dozen', pt: 'uma dúzia' }
const decimal = Type.Union([Type.String({ pattern: '^\\d+$' }), Type.Number({ minimum: 0, maximum: 9 })])
const kinds = Type.Union(['sale', 'return', 'purchase'].map((kind) => Type.Literal(kind)))
const asQueriesHaveIt = Type.Union([Type.Boolean(), Type.String({ format: 'boolean' })])

const CASES: Array<[schema: TSchema, value: unknown, english: string, portuguese: string]> = [
  [Type.Object({ sku: Type.String() }), {}, 'is required', 'é obrigatório'],
  [Type.Object({}, { additionalProperties: false }), { x: 1 }, 'is unknown', 'é desconhecido'],
  [Type.Object({}, { minProperties: 1 }), {}, 'must have at least 1 field', 'deve ter ao menos 1 campo'],
  [Type.Object({}), 3, 'must be an object', 'deve ser um objeto'],
  [Type.Array(Type.String()), 'a', 'must be a list', 'deve ser uma lista'],
  [
    Type.Array(Type.String(), { maxItems: 2 }),
    ['a', 'b', 'c'],
    'must have at most 2 items',
    'deve ter no máximo 2 itens',
  ],
  [Type.Array(Type.String(), { minItems: 1 }), [], 'must have at least 1 item', 'deve ter ao menos 1 item'],
  [Type.String(), 1, 'must be a text', 'deve ser um texto'],
  [Type.String({ minLength: 12 }), 'a', 'must have at least 12 characters', 'deve ter ao menos 12 caracteres'],
  [Type.String({ maxLength: 1 }), 'ab', 'must have at most 1 character', 'deve ter no máximo 1 caractere'],
  [
    Type.String({ pattern: '^[A-Z]$' }),
    'a',
    'must be a text in the format ^[A-Z]$',
    'deve ser um texto no formato ^[A-Z]$',
  ],
  [Type.String({ pattern: '^.{12}$', [MEANING]: dozen }), 'a', 'must be a dozen', 'deve ser uma dúzia'],
  [Type.Integer(), 1.5, 'must be an integer', 'deve ser um número inteiro'],
  [
    Type.Integer({ minimum: 0, maximum: 9 }),
    'x',
    'must be an integer from 0 to 9',
    'deve ser um número inteiro de 0 a 9',
  ],
  [Type.Integer({ minimum: 1 }), 0, 'must be at least 1', 'deve ser no mínimo 1'],
  [Type.Number({ maximum: 9 }), 10, 'must be at most 9', 'deve ser no máximo 9'],
  [Type.Boolean(), 'x', 'must be true or false', 'deve ser true ou false'],
  [Type.Literal(true), false, 'must be true', 'deve ser true'],
  [Type.Null(), 1, 'must be null', 'deve ser null'],
  [kinds, 'x', 'must be one of "sale", "return", "purchase"', 'deve ser um destes: "sale", "return", "purchase"'],
  [asQueriesHaveIt, 'x', 'must be true or false', 'deve ser true ou false'],
  [
    Type.Union([decimal, Type.Null()]),
    {},
    'must be a text in the format ^\\d+$, a number from 0 to 9 or null',
    'deve ser um texto no formato ^\\d+$, um número de 0 a 9 ou null',
  ],
  [
    Type.Union([Type.Union(decimal.anyOf, { [MEANING]: dozen }), Type.Null()]),
    {},
    'must be a dozen or null',
    'deve ser uma dúzia ou null',
  ],
]

test('what a schema refuses is explained in both languages, with what it takes instead', () => {
  for (const [schema, value, en, pt] of CASES) {
    const error = Value.Errors(schema, value).First()!
    expect(schemaText(error)).toEqual({ en, pt })
  }
})

test('a field is explained once, a missing one as missing', () => {
  const schema = Type.Object({ a: Type.Integer(), b: Type.Union([Type.String(), Type.Null()]) })
  expect(errorItems(Value.Errors(schema, { b: 1 }))).toEqual([
    { path: '/a', message: { en: 'is required', pt: 'é obrigatório' } },
    { path: '/b', message: { en: 'must be a text or null', pt: 'deve ser um texto ou null' } },
  ])
  expect(errorItems(Value.Errors(schema, {}), 1)).toHaveLength(1)
})

test('one of some words is explained by the words', () => {
  expect(
    schemaText({ type: ValueErrorType.Kind, schema: { enum: ['a', 'b'] }, message: "Expected kind 'UnionEnum'" }),
  ).toEqual({
    en: 'must be one of a, b',
    pt: 'deve ser um destes: a, b',
  })
})

test('a kind of mistake that nobody foresaw still is one, in both languages', () => {
  expect(schemaText({ type: -1, message: 'This is expected' })).toEqual({
    en: 'This is expected',
    pt: 'não é válido',
  })
  expect(schemaText({})).toEqual({ en: 'is not valid', pt: 'não é válido' })
})
