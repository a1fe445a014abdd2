/** What is wrong with the options of a job: everything at once. */
import { JOB_NAME } from '../db/jobs/jobs.ts'
import { CALENDAR } from '../lib/holidays.ts'
import type { Translated } from '../lib/texts.ts'
import { between, choice, nameWanted, numberWanted } from './option-problems.ts'

/** setTimeout counts milliseconds in 31 bits. */
const MAX_TIMEOUT_S = 2_147_483
/** A job that does nothing takes nearly as much. */
const MIN_MEMORY_MB = 100
const DAY_S = 86_400

/** `known`: the options of a job. */
export function problemsOf(
  job: Record<string, unknown> & { after: string[] | null },
  known: ReadonlySet<string>,
): Translated[] {
  const problems: Translated[] = []
  const whole = (value: unknown, min: number, max: number) => Number.isInteger(value) && between(value, min, max)
  if (typeof job.name !== 'string' || !JOB_NAME.test(job.name)) problems.push(nameWanted('name'))
  if (typeof job.run !== 'function') problems.push({ en: 'run must be a function.', pt: 'run deve ser uma função.' })
  if (!whole(job.retries, 0, 1000)) problems.push(numberWanted('retries', 0, 1000, 'whole'))
  if (!between(job.timeout_s, 0.001, MAX_TIMEOUT_S))
    problems.push({
      en: `timeout_s must be a number above 0, at most ${MAX_TIMEOUT_S}.`,
      pt: `timeout_s deve ser um número acima de 0, no máximo ${MAX_TIMEOUT_S}.`,
    })
  const { first_s, max_s } = Object(job.backoff) as Record<string, unknown>
  if (!between(first_s, 0, 86_400) || !between(max_s, first_s as number, 86_400))
    problems.push({
      en: 'backoff must be { first_s, max_s } with 0 <= first_s <= max_s <= 86400.',
      pt: 'backoff deve ser { first_s, max_s } com 0 <= first_s <= max_s <= 86400.',
    })
  problems.push(...choice('overlap', job.overlap, ['skip', 'queue', 'cancel_previous', 'allow']))
  problems.push(...choice('catchup', job.catchup, ['none', 'last', 'all']))
  if (job.overlap === 'cancel_previous' && job.catchup === 'all')
    problems.push({
      en: "catchup 'all' contradicts overlap 'cancel_previous': each slot would cancel the one before.",
      pt: "catchup 'all' contradiz overlap 'cancel_previous': cada horário cancelaria o anterior.",
    })
  if (job.catchup_window_s !== Infinity && !between(job.catchup_window_s, 1, 10 * 365 * 86_400))
    problems.push({
      en: 'catchup_window_s must be a number of seconds from 1, at most ten years.',
      pt: 'catchup_window_s deve ser um número de segundos a partir de 1, no máximo dez anos.',
    })
  const names = new Set(job.after)
  if (
    job.after !== null &&
    (names.size === 0 || names.size !== job.after.length || names.has(job.name as string) || ![...names].every(isName))
  )
    problems.push({
      en: 'after must be the name of another job, or a list of them.',
      pt: 'after deve ser o nome de outro job, ou uma lista deles.',
    })
  if (!between(job.after_window_s, 0, DAY_S) || (job.after_window_s !== 0 && names.size < 2))
    problems.push({
      en: 'after_window_s must be a number of seconds, at most a day, beside a list of jobs in after.',
      pt: 'after_window_s deve ser um número de segundos, no máximo um dia, junto de uma lista de jobs em after.',
    })
  if (job.calendar !== null && (typeof job.calendar !== 'string' || !CALENDAR.test(job.calendar)))
    problems.push({
      en: 'calendar must name a country, and perhaps a state and a region: BR, BR-SP.',
      pt: 'calendar deve indicar um país, e talvez um estado e uma região: BR, BR-SP.',
    })
  if (job.calendar !== null && job.after !== null)
    problems.push({
      en: 'a calendar leaves out times of a schedule, which a job with after has not.',
      pt: 'calendar deixa de fora horários de schedule, que um job com after não tem.',
    })
  if (job.pool !== null && !isName(job.pool)) problems.push(nameWanted('pool'))
  if (typeof job.isolate !== 'boolean')
    problems.push({ en: 'isolate must be true or false.', pt: 'isolate deve ser true ou false.' })
  if (job.memory_mb !== Infinity && !whole(job.memory_mb, MIN_MEMORY_MB, 1_048_576))
    problems.push(numberWanted('memory_mb', MIN_MEMORY_MB, 1_048_576, 'whole'))
  if (job.memory_mb !== Infinity && job.isolate === false)
    problems.push({
      en: 'memory_mb needs isolate: true; what runs in the worker shares its memory.',
      pt: 'memory_mb precisa de isolate: true; o que roda no worker compartilha a memória dele.',
    })
  for (const key of Object.keys(job))
    if (!known.has(key))
      problems.push({ en: `${key} is not an option of a job.`, pt: `${key} não é uma opção de um job.` })
  return problems
}

const isName = (name: unknown) => typeof name === 'string' && JOB_NAME.test(name)
