/** The check of a run's conf, which every trigger makes before it queues anything. */
import type { ISql, JSONValue } from 'postgres'
import { checkConf } from './check-conf.ts'
import { AppError, type ErrorItem } from '../../lib/errors.ts'
import { textIn } from '../../lib/texts.ts'
import { jobNotFound } from './jobs.ts'
import { unstorablePart } from '../engines/postgres/storable.ts'

/**
 * `conf` as a run of `job` receives it, with the defaults of the job's schema. Throws AppError job_not_found, or
 * conf_invalid with an item for each path that does not fit.
 */
export async function fittingConf(
  sql: ISql,
  job: string,
  conf: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const [row] = await sql<{ conf_schema: JSONValue | null }[]>`select conf_schema from jobs where name = ${job}`
  if (!row) throw jobNotFound(job)
  const unstorable = unstorablePart(conf)
  if (unstorable) throw confInvalid(job, [{ path: '/', message: unstorable }])
  const checked = await checkConf(row.conf_schema, conf)
  if ('conf' in checked) return checked.conf
  throw confInvalid(job, checked.errors)
}

export function confInvalid(job: string, errors: ErrorItem[]): AppError {
  const listed = (locale: 'en' | 'pt-BR') =>
    ` ${errors.map(({ path, message }) => `${path}: ${textIn(message, locale)}`).join('; ')}.`
  return new AppError(
    'invalid',
    'conf_invalid',
    {
      en: `The conf is not what ${job} expects:` + listed('en'),
      pt: `O conf não é o que ${job} espera:` + listed('pt-BR'),
    },
    { errors },
  )
}
