/**
 * The outline of a body: its root's type, its fields, and how long its lists are. It is looked at before Elysia validates,
 * which copies a list into the defaults of an object, and checks each item of a list that is too long.
 */
import type { TObject, TSchema } from '@sinclair/typebox'
import { ValueErrorType } from '@sinclair/typebox/errors'
import { validationFailed } from '../../lib/errors.ts'
import { schemaText } from '../../lib/validation-texts.ts'

/** Fewer are left to the validation, which tells of other misfits beside them. */
const MANY_UNKNOWN = 20

/** Throws AppError invalid for a `value` whose outline is not that of `schema`. */
export function refuseOutline(schema: TSchema, value: unknown): void {
  if (schema.type !== 'object' || value === null || typeof value !== 'object') return
  if (Array.isArray(value)) throw misfit(['/'], ValueErrorType.Object, schema)
  const { properties, additionalProperties } = schema as TObject
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(properties, key))
  if (additionalProperties === false && unknown.length > MANY_UNKNOWN)
    throw misfit(unknown.map(pointerOf), ValueErrorType.ObjectAdditionalProperties, schema)
  for (const [key, { maxItems = Infinity, ...rest }] of Object.entries(properties)) {
    const part = (value as Record<string, unknown>)[key]
    if (Array.isArray(part) && part.length > maxItems)
      throw misfit([pointerOf(key)], ValueErrorType.ArrayMaxItems, {
        ...rest,
        maxItems,
      } as TSchema)
  }
}

const misfit = (paths: string[], type: ValueErrorType, schema: TSchema) =>
  validationFailed(paths.map((path) => ({ path, message: schemaText({ type, schema }) })))

/** JSON pointer of a field of the root (RFC 6901). */
const pointerOf = (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
