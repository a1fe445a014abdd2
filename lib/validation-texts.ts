/** Schema errors in English and Portuguese, by the kind of mistake. */
import { ValueErrorType } from '@sinclair/typebox/errors'
import type { Translated } from './texts.ts'

/** An error as TypeBox, or a library on top of it, reports it. */
export interface SchemaError {
  type?: number | undefined
  schema?: Record<string, unknown> | undefined
  message?: string | undefined
  summary?: string | undefined
}

export function schemaText(error: SchemaError): Translated {
  const choices = error.type === kind.Kind ? error.schema?.['enum'] : undefined
  // TypeBox's own message names only the kind of schema.
  const en = Array.isArray(choices)
    ? `must be one of ${choices.join(', ')}`
    : (error.summary ?? error.message ?? 'is not valid')
  const says = error.type === undefined ? undefined : PORTUGUESE[error.type]
  return { en, pt: says?.((error.schema ?? {}) as Schema) ?? 'não é válido' }
}

/** The parts of JSON Schema that the sentences need. */
interface Schema {
  [keyword: string]: unknown
  type?: string
  format?: string
  anyOf?: Schema[]
}

type Says = (schema: Schema) => string

const kind = ValueErrorType
const atMost: Says = ({ maximum }) => `deve ser no máximo ${maximum}`
const atLeast: Says = ({ minimum }) => `deve ser no mínimo ${minimum}`

/** Every mistake that one of our schemas can find. */
const PORTUGUESE: Record<number, Says> = {
  [kind.ObjectRequiredProperty]: () => 'é obrigatório',
  [kind.ObjectAdditionalProperties]: () => 'é um campo desconhecido',
  [kind.ObjectMinProperties]: ({ minProperties }) => `deve ter ao menos ${counted(minProperties, 'campo', 'campos')}`,
  [kind.ObjectMaxProperties]: ({ maxProperties }) => `deve ter no máximo ${counted(maxProperties, 'campo', 'campos')}`,
  [kind.Object]: () => 'deve ser um objeto',
  [kind.Array]: () => 'deve ser uma lista',
  [kind.ArrayMinItems]: ({ minItems }) => `deve ter ao menos ${counted(minItems, 'item', 'itens')}`,
  [kind.ArrayMaxItems]: ({ maxItems }) => `deve ter no máximo ${counted(maxItems, 'item', 'itens')}`,
  [kind.String]: () => 'deve ser um texto',
  [kind.StringMinLength]: ({ minLength }) => `deve ter ao menos ${counted(minLength, 'caractere', 'caracteres')}`,
  [kind.StringMaxLength]: ({ maxLength }) => `deve ter no máximo ${counted(maxLength, 'caractere', 'caracteres')}`,
  [kind.StringPattern]: ({ pattern }) => `não está no formato esperado, ${pattern}`,
  [kind.StringFormat]: ({ format }) => `deve ser ${FORMATS[format ?? ''] ?? `do formato ${format}`}`,
  [kind.Integer]: (schema) => `deve ser ${described(schema)}`,
  [kind.IntegerMinimum]: atLeast,
  [kind.IntegerMaximum]: atMost,
  [kind.Number]: (schema) => `deve ser ${described(schema)}`,
  [kind.NumberMinimum]: atLeast,
  [kind.NumberMaximum]: atMost,
  [kind.Boolean]: () => 'deve ser true ou false',
  [kind.Null]: () => 'deve ser null',
  [kind.Literal]: ({ const: value }) => `deve ser ${JSON.stringify(value)}`,
  [kind.Kind]: ({ enum: choices }) => (Array.isArray(choices) ? oneOf(choices) : 'não é válido'),
  [kind.Union]: (schema) => `deve ser ${listed(membersOf(schema).map(described), ' ou ')}`,
}

const FORMATS: Record<string, string> = {
  uuid: 'um UUID',
  date: 'uma data (AAAA-MM-DD)',
  'date-time': 'uma data com hora, como 2026-01-31T12:00:00Z',
}

const oneOf = (choices: unknown[]) => `deve ser um destes: ${choices.map(String).join(', ')}`

/** The members of a union, with those of unions inside it; without the text forms of numbers and booleans in a query. */
function membersOf(schema: Schema): Schema[] {
  if (!schema.anyOf) return [schema]
  return schema.anyOf.flatMap(membersOf).filter(({ type, format }) => type !== 'string' || !AS_TEXT.has(format ?? ''))
}

const AS_TEXT = new Set(['integer', 'numeric', 'boolean', 'ObjectString', 'ArrayString'])

function described(schema: Schema): string {
  const { type, format, pattern, minimum, maximum } = schema
  if ('const' in schema) return String(schema.const)
  switch (type) {
    case 'null':
      return 'null'
    case 'boolean':
      return 'true ou false'
    case 'string':
      return pattern ? `um texto no formato ${pattern}` : (FORMATS[format ?? ''] ?? 'um texto')
    case 'integer':
    case 'number': {
      const range = minimum !== undefined && maximum !== undefined ? ` de ${minimum} a ${maximum}` : ''
      return (type === 'integer' ? 'um número inteiro' : 'um número') + range
    }
    case 'array':
      return 'uma lista'
    default:
      return 'um objeto'
  }
}

/** Commas, and `last` before the last. */
function listed(parts: string[], last: string): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')}${last}${parts.at(-1)}`
}

function counted(count: unknown, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`
}
