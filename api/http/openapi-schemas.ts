/** Schemas as the OpenAPI document has them: what has a title is named, and stands once, among its components. */
import type { TSchema } from '@sinclair/typebox'

type Json = Record<string, unknown>

/**
 * A schema's option: keywords that are true of it where TypeBox cannot check them. It counts UTF-16 units, JSON Schema
 * characters, of which a limit in units lets through half as many, or fewer.
 */
export const DOCUMENTED = Symbol('documented')

export function collectSchemas() {
  const named: Record<string, unknown> = {}

  /** The value with references in place of named schemas. Throws an Error for two schemas of one title. */
  function take(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(take)
    if (!value || typeof value !== 'object') return value
    const { title } = value as Json
    if (typeof title !== 'string') return plain(value as Json)
    const schema = plain(value as Json)
    if (named[title] && !Bun.deepEquals(named[title], schema)) throw new Error(`Two schemas have the title ${title}.`)
    named[title] = schema
    return { $ref: `#/components/schemas/${title}` }
  }

  /**
   * Without 3.0's word for what 3.1 says by `type: null`, and with numbers where Elysia would also read a text as one. Symbols
   * are left behind.
   */
  function plain(schema: Json): Json {
    const number = numberIn(schema)
    if (number) return { ...number }
    const entries = Object.entries({ ...schema, ...(schema as { [DOCUMENTED]?: Json })[DOCUMENTED] }).filter(
      ([key, part]) => !(key === 'nullable' && part === true),
    )
    return Object.fromEntries(entries.map(([key, part]) => [key, VALUES.has(key) ? part : take(part)]))
  }

  return { take, named }
}

/** Keywords whose values are data, in which a title is only a title. */
const VALUES = new Set(['examples', 'example', 'default', 'enum', 'const'])

/** The number in Elysia's "a number, or a text in the format of one". */
function numberIn({ anyOf }: Json): Json | undefined {
  if (!Array.isArray(anyOf)) return undefined
  const options = anyOf as TSchema[]
  if (!options.some(({ type, format }) => type === 'string' && (format === 'integer' || format === 'numeric')))
    return undefined
  return options.find(({ type }) => type === 'integer' || type === 'number') as Json | undefined
}
