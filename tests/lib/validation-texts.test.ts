import { Type, type TSchema } from '@sinclair/typebox'
import { ValueErrorType } from '@sinclair/typebox/errors'
import { Value } from '@sinclair/typebox/value'
import { expect, test } from 'bun:test'
import { schemaText } from '../../lib/validation-texts.ts'

const decimal = Type.Union([Type.String({ pattern: '^\\d+$' }), Type.Number({ minimum: 0, maximum: 9 })])
const asQueriesHaveIt = Type.Union([Type.String({ format: 'integer' }), Type.Integer({ minimum: 1, maximum: 100 })])
const kinds = Type.Union(['sale', 'return', 'purchase'].map((kind) => Type.Literal(kind)))

const CASES: Array<[schema: TSchema, value: unknown, portuguese: string]> = [
  [Type.Object({ sku: Type.String() }), {}, 'é obrigatório'],
  [Type.Object({}, { additionalProperties: false }), { x: 1 }, 'é um campo desconhecido'],
  [Type.Object({}, { minProperties: 1 }), {}, 'deve ter ao menos 1 campo'],
  [Type.Object({}), 3, 'deve ser um objeto'],
  [Type.Array(Type.String()), 'a', 'deve ser uma lista'],
  [Type.Array(Type.String(), { maxItems: 2 }), ['a', 'b', 'c'], 'deve ter no máximo 2 itens'],
  [Type.Array(Type.String(), { minItems: 1 }), [], 'deve ter ao menos 1 item'],
  [Type.String(), 1, 'deve ser um texto'],
  [Type.String({ minLength: 12 }), 'a', 'deve ter ao menos 12 caracteres'],
  [Type.String({ maxLength: 1 }), 'ab', 'deve ter no máximo 1 caractere'],
  [Type.String({ pattern: '^[A-Z]{3}$' }), 'a', 'não está no formato esperado, ^[A-Z]{3}$'],
  [Type.Integer(), 1.5, 'deve ser um número inteiro'],
  [Type.Integer({ minimum: 0, maximum: 9 }), 'x', 'deve ser um número inteiro de 0 a 9'],
  [Type.Integer({ minimum: 1 }), 0, 'deve ser no mínimo 1'],
  [Type.Number({ maximum: 9 }), 10, 'deve ser no máximo 9'],
  [Type.Boolean(), 'x', 'deve ser true ou false'],
  [Type.Literal(true), false, 'deve ser true'],
  [Type.Null(), 1, 'deve ser null'],
  [kinds, 'x', 'deve ser sale, return ou purchase'],
  [asQueriesHaveIt, 'x', 'deve ser um número inteiro de 1 a 100'],
  [Type.Union([decimal, Type.Null()]), {}, 'deve ser um texto no formato ^\\d+$, um número de 0 a 9 ou null'],
]

test('what a schema refuses is explained in Portuguese, with what it takes instead', () => {
  for (const [schema, value, portuguese] of CASES) {
    const error = Value.Errors(schema, value).First()!
    expect(schemaText(error)).toEqual({ en: error.message, pt: portuguese })
  }
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
  expect(schemaText({ type: -1, message: 'Expected this', summary: 'This is expected' })).toEqual({
    en: 'This is expected',
    pt: 'não é válido',
  })
  expect(schemaText({})).toEqual({ en: 'is not valid', pt: 'não é válido' })
})
