/** Schemas that routes of several subjects share, and what reads values that fit them. */
import { FormatRegistry } from '@sinclair/typebox'
import { t } from 'elysia'
import { DOCUMENTED } from './openapi-schemas.ts'
import { isTimestamp } from '../../lib/calendar.ts'
import { validationFailed } from '../../lib/errors.ts'
import { MEANING } from '../../lib/validation-texts.ts'

/** Longer than any time, id or e-mail address, in characters. */
const MAX_FORMATTED = 320
// Elysia splits what should be a time at every blank, which takes 80 ms for 1 MB of them, three times when it is refused.
for (const name of ['date', 'time', 'uuid', 'email']) {
  const fits = FormatRegistry.Get(name)
  if (fits) FormatRegistry.Set(name, (text) => text.length <= MAX_FORMATTED && fits(text))
}

// Elysia's takes `1/2/2026` and `2026-02-30T00:00:00-0300`, too.
FormatRegistry.Set('date-time', (text) => text.length <= MAX_FORMATTED && isTimestamp(text))

/** The path parameter of a resource. The format alone would also take `urn:uuid:…`, which no engine reads. */
export const idParams = t.Object({
  id: t.String({
    format: 'uuid',
    pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.source,
    description: 'The id.',
    [MEANING]: { en: 'a UUID', pt: 'um UUID' },
  }),
})

/** Options of a text that is searched for. */
export const NO_CONTROLS = {
  pattern: /^[^\u0000-\u001f\u007f-\u009f]*$/.source,
  [MEANING]: { en: 'a text without control characters', pt: 'um texto sem caracteres de controle' },
}

/** The body of a POST that takes nothing: none, or {}. */
export const emptyBody = t.Optional(t.Object({}, { title: 'Empty', additionalProperties: false, examples: [{}] }))

/** A point in time of an answer. */
export const time = t.String({ format: 'date-time' })

export const orNull = <T extends Parameters<typeof t.Union>[0][number]>(schema: T) => t.Union([schema, t.Null()])

/** One of `values`. Elysia's own UnionEnum takes the first for granted when a request leaves it out; this does not. */
export function oneOf<const T extends string>(values: readonly [T, ...T[]], options: { description?: string } = {}) {
  const schema = t.UnionEnum(values, options)
  delete schema.default
  return schema
}

/** A point in time that a request names; see timestampOf. */
export const timestamp = (description: string) =>
  t.String({
    format: 'date-time',
    [DOCUMENTED]: { pattern: /^(19[7-9]|[2-9]\d\d)\d-/.source },
    description,
    examples: ['2026-11-20T12:00:00Z'],
  })

/**
 * The time in a field whose schema is a date-time. Throws AppError validation_failed for what that lets through and cannot
 * be stored: years that PostgreSQL does not know.
 */
export function timestampOf(field: string, text: string): Date {
  const timestamp = new Date(text)
  const year = timestamp.getUTCFullYear()
  if (year >= 1970 && year < 10_000) return timestamp
  const message = { en: `${text} is no time that can be kept`, pt: `${text} não é uma data que se possa guardar` }
  throw validationFailed([{ path: `/${field}`, message }])
}

/** An id as this program writes it. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.source

/**
 * The path parameter of a resource whose files have its path with a suffix, e.g. `/charts/{id}.png`. The router has no
 * parameter that ends before a dot, so the suffix is part of the parameter.
 */
export function idWithSuffix(suffixes: readonly string[]) {
  const dotted = suffixes.map((suffix) => `.${suffix}`).join(', ')
  return t.Object({
    id: t.String({
      pattern: `^${UUID}(\\.(${suffixes.join('|')}))?$`,
      description: `The id, or the id and a suffix: ${dotted}.`,
      [MEANING]: {
        en: `a UUID, or one with a suffix (${dotted})`,
        pt: `um UUID, ou um com sufixo (${dotted})`,
      },
    }),
  })
}

/** `suffix` is undefined for the resource itself. */
export function splitSuffix<S extends string>(id: string): { id: string; suffix: S | undefined } {
  const [bare, suffix] = id.split('.') as [string, S | undefined]
  return { id: bare, suffix }
}
