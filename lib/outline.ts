/**
 * The outline of a value: its type, its fields, and how long its lists are. It is looked at before a value is validated, which
 * takes long for each error; Elysia besides copies a list into the defaults of an object.
 */
import type { TObject, TSchema } from '@sinclair/typebox'
import { ValueErrorType } from '@sinclair/typebox/errors'
import type { ErrorItem } from './errors.ts'
import { schemaText } from './validation-texts.ts'

/** Fewer are left to the validation, which tells of other misfits beside them. */
const MANY_UNKNOWN = 20

/** What keeps `value` from having the outline of `schema`; nothing where the outline is right, or where `schema` is not of an object. */
export function outlineErrors(schema: TSchema, value: unknown): ErrorItem[] {
  if (schema.type !== 'object' || value === null || typeof value !== 'object') return []
  if (Array.isArray(value)) return misfit(['/'], ValueErrorType.Object, schema)
  const { properties, additionalProperties } = schema as TObject
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key))
  if (additionalProperties === false && unknown.length > MANY_UNKNOWN)
    return misfit(unknown.map(pointerOf), ValueErrorType.ObjectAdditionalProperties, schema)
  for (const [key, { maxItems = Infinity, ...rest }] of Object.entries(properties)) {
    const part = (value as Record<string, unknown>)[key]
    if (Array.isArray(part) && part.length > maxItems)
      return misfit([pointerOf(key)], ValueErrorType.ArrayMaxItems, { ...rest, maxItems } as TSchema)
  }
  return []
}

function misfit(paths: string[], type: ValueErrorType, schema: TSchema): ErrorItem[] {
  const message = schemaText({ type, schema })
  return paths.map((path) => ({ path, message }))
}

/** JSON pointer of a field of the root (RFC 6901). */
const pointerOf = (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
