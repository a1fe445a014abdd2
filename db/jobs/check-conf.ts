/** Checks a conf by its job's schema. */
import { Value } from '@sinclair/typebox/value'
import type { JSONValue } from 'postgres'
import { revivedSchema } from './conf-schema.ts'
import type { ErrorItem } from '../../lib/errors.ts'
import { registerFormats } from './formats.ts'
import { errorItems } from '../../lib/validation-texts.ts'

/** Fields that one answer lists. */
const MAX_ERRORS = 20

/** `conf` with the schema's defaults, or everything in it that does not fit. A schema of null takes anything. */
export async function checkConf(
  schema: JSONValue | null,
  conf: Record<string, unknown>,
): Promise<{ conf: Record<string, unknown> } | { errors: ErrorItem[] }> {
  if (schema === null) return { conf }
  await registerFormats()
  const revived = revivedSchema(schema)
  const filled = Value.Default(revived, structuredClone(conf))
  const found = errorItems(Value.Errors(revived, filled), MAX_ERRORS)
  // A part of an intersection is told of, then the whole.
  const errors = found.filter(({ path }) => !found.some((other) => other.path.startsWith(`${path}/`)))
  if (errors.length === 0) return { conf: filled as Record<string, unknown> }
  return { errors: errors.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}
