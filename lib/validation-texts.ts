/** Schema errors in English and Portuguese, by the kind of mistake. */
import { ValueErrorType as kind } from '@sinclair/typebox/errors'
import type { ErrorItem } from './errors.ts'
import type { Translated } from './texts.ts'

/** An error as TypeBox, or a library on top of it, reports it. */
export interface SchemaError {
  path?: string | undefined
  type?: number | undefined
  schema?: object | undefined
  message?: string | undefined
}

/**
 * A schema's option: what it takes, in words, e.g. `{ [MEANING]: { en: 'a time', pt: 'uma hora' } }`. Errors say that
 * instead of its pattern. As a symbol it is no part of the schema as JSON.
 */
export const MEANING = Symbol('meaning')

/** The first error of each path: a missing field, for one, is also of the wrong type. At most `limit` of them. */
export function errorItems(errors: Iterable<SchemaError>, limit = Infinity): ErrorItem[] {
  const items = new Map<string, ErrorItem>()
  for (const error of errors) {
    const path = error.path || '/'
    if (!items.has(path)) items.set(path, { path, message: schemaText(error) })
    if (items.size === limit) break
  }
  return [...items.values()]
}

export function schemaText({ type, schema = {}, message = 'is not valid' }: SchemaError): Translated {
  const says = type === undefined ? undefined : SENTENCES[type]
  return says?.(schema as Schema) ?? { en: message, pt: 'não é válido' }
}

/** The parts of JSON Schema that the sentences need. */
interface Schema {
  [keyword: string]: unknown
  type?: string
  format?: string
  anyOf?: Schema[]
  [MEANING]?: Translated
}

type Says = (schema: Schema) => Translated

const both = (en: string, pt: string): Translated => ({ en, pt })
const atMost: Says = ({ maximum }) => both(`must be at most ${maximum}`, `deve ser no máximo ${maximum}`)
const atLeast: Says = ({ minimum }) => both(`must be at least ${minimum}`, `deve ser no mínimo ${minimum}`)

const mustBe: Says = (schema) => {
  const { en, pt } = described(schema)
  return both(`must be ${en}`, `deve ser ${pt}`)
}

const most = (count: unknown, en: Nouns, pt: Nouns) =>
  both(`must have at most ${counted(count, en)}`, `deve ter no máximo ${counted(count, pt)}`)
const least = (count: unknown, en: Nouns, pt: Nouns) =>
  both(`must have at least ${counted(count, en)}`, `deve ter ao menos ${counted(count, pt)}`)

type Nouns = [one: string, more: string]
const FIELDS: [Nouns, Nouns] = [
  ['field', 'fields'],
  ['campo', 'campos'],
]
const ITEMS: [Nouns, Nouns] = [
  ['item', 'items'],
  ['item', 'itens'],
]
const CHARACTERS: [Nouns, Nouns] = [
  ['character', 'characters'],
  ['caractere', 'caracteres'],
]

const counted = (count: unknown, [one, more]: Nouns) => `${count} ${count === 1 ? one : more}`

/** Every mistake that one of our schemas can find. */
const SENTENCES: Record<number, Says> = {
  [kind.ObjectRequiredProperty]: () => both('is required', 'é obrigatório'),
  [kind.ObjectAdditionalProperties]: () => both('is unknown', 'é desconhecido'),
  [kind.ObjectMinProperties]: ({ minProperties }) => least(minProperties, ...FIELDS),
  [kind.ObjectMaxProperties]: ({ maxProperties }) => most(maxProperties, ...FIELDS),
  [kind.ArrayMinItems]: ({ minItems }) => least(minItems, ...ITEMS),
  [kind.ArrayMaxItems]: ({ maxItems }) => most(maxItems, ...ITEMS),
  [kind.StringMinLength]: ({ minLength }) => least(minLength, ...CHARACTERS),
  [kind.StringMaxLength]: ({ maxLength }) => most(maxLength, ...CHARACTERS),
  [kind.IntegerMinimum]: atLeast,
  [kind.IntegerMaximum]: atMost,
  [kind.NumberMinimum]: atLeast,
  [kind.NumberMaximum]: atMost,
  [kind.Object]: mustBe,
  [kind.Array]: mustBe,
  [kind.String]: mustBe,
  [kind.StringPattern]: mustBe,
  [kind.StringFormat]: mustBe,
  [kind.Integer]: mustBe,
  [kind.Number]: mustBe,
  [kind.Boolean]: mustBe,
  [kind.Null]: mustBe,
  [kind.Literal]: mustBe,
  [kind.Union]: mustBe,
  [kind.Kind]: mustBe,
}

const FORMATS: Record<string, Translated> = {
  uuid: both('a UUID', 'um UUID'),
  date: both('a date such as 2026-01-31', 'uma data como 2026-01-31'),
  'date-time': both('a date and time such as 2026-01-31T12:00:00Z', 'uma data com hora como 2026-01-31T12:00:00Z'),
}

function described(schema: Schema): Translated {
  const { type, format, pattern, minimum, maximum, anyOf } = schema
  if (schema[MEANING]) return schema[MEANING]
  const choices = choicesOf(schema)
  if (choices) return both(`one of ${choices}`, `um destes: ${choices}`)
  if (anyOf) return listed(membersOf(schema).map(described))
  if ('const' in schema) return both(JSON.stringify(schema.const), JSON.stringify(schema.const))
  switch (type) {
    case 'null':
      return both('null', 'null')
    case 'boolean':
      return both('true or false', 'true ou false')
    case 'string':
      if (pattern) return both(`a text in the format ${pattern}`, `um texto no formato ${pattern}`)
      if (format) return FORMATS[format] ?? both(`a text in the format ${format}`, `um texto no formato ${format}`)
      return both('a text', 'um texto')
    case 'integer':
    case 'number': {
      const ends = minimum !== undefined && maximum !== undefined
      const en = (type === 'integer' ? 'an integer' : 'a number') + (ends ? ` from ${minimum} to ${maximum}` : '')
      const pt = (type === 'integer' ? 'um número inteiro' : 'um número') + (ends ? ` de ${minimum} a ${maximum}` : '')
      return both(en, pt)
    }
    case 'array':
      return both('a list', 'uma lista')
    case 'object':
      return both('an object', 'um objeto')
    default:
      return both('what the schema describes', 'o que o esquema descreve')
  }
}

/** The values of an enum, or of a union of nothing but constants. */
function choicesOf({ enum: values, anyOf }: Schema): string | undefined {
  if (Array.isArray(values)) return values.map(String).join(', ')
  if (!anyOf?.every((part) => 'const' in part)) return undefined
  return anyOf.map((part) => JSON.stringify(part.const)).join(', ')
}

/** Members of a union, unions in it included. That a query has booleans as texts goes without saying. */
function membersOf(schema: Schema): Schema[] {
  if (!schema.anyOf || schema[MEANING] || choicesOf(schema)) return [schema]
  return schema.anyOf.flatMap(membersOf).filter(({ type, format }) => type !== 'string' || format !== 'boolean')
}

/** Commas, and "or" before the last. */
function listed(parts: Translated[]): Translated {
  const join = (texts: string[], last: string) =>
    texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')}${last}${texts.at(-1)}`
  const en = parts.map((part) => part.en)
  const pt = parts.map((part) => part.pt)
  return both(join(en, ' or '), join(pt, ' ou '))
}
