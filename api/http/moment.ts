import { validationFailed } from '../../lib/errors.ts'

/**
 * The time in a field whose schema is a date-time; throws AppError 422 for what that lets through and nobody can keep: a
 * leap second, which Date does not know, and years that PostgreSQL does not.
 */
export function momentOf(field: string, text: string): Date {
  const moment = new Date(text)
  const year = moment.getUTCFullYear()
  if (year >= 1970 && year < 10_000) return moment
  const message = { en: `${text} is no time that can be kept`, pt: `${text} não é uma data que se possa guardar` }
  throw validationFailed([{ path: `/${field}`, message }])
}
