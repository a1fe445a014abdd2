/** Checks a conf by its job's schema. */
import type { TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { JSONValue } from 'postgres'
import { revivedSchema } from './conf-schema.ts'
import type { ErrorItem } from '../../lib/errors.ts'
import { registerFormats } from './formats.ts'
import type { Translated } from '../../lib/texts.ts'
import { schemaText } from '../../lib/validation-texts.ts'

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
  const errors = new Map<string, ErrorItem>()
  for (const error of Value.Errors(revived, filled)) {
    const path = error.path || '/'
    // The first says it best: a missing field is also of the wrong type.
    if (!errors.has(path)) errors.set(path, { path, message: choiceText(error.schema) ?? schemaText(error) })
    if (errors.size === MAX_ERRORS) break
  }
  // A part of an intersection is told of, then the whole.
  for (const path of errors.keys())
    if ([...errors.keys()].some((other) => other.startsWith(`${path}/`))) errors.delete(path)
  if (errors.size === 0) return { conf: filled as Record<string, unknown> }
  return { errors: [...errors.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}

function choiceText(schema: TSchema): Translated | undefined {
  const choices = (schema.anyOf as object[] | undefined)?.map((part) =>
    'const' in part ? JSON.stringify(part.const) : undefined,
  )
  if (!choices || choices.includes(undefined)) return undefined
  return { en: `must be one of ${choices.join(', ')}`, pt: `deve ser um destes: ${choices.join(', ')}` }
}
