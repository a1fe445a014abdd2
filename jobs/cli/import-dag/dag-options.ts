/** The options of a job for the settings of a DAG. */
import { readSchedule } from '../../../db/jobs/schedule.ts'
import { isTimezone } from '../../../lib/calendar.ts'
import type { Given, ReadDag } from './read-dag.ts'
import { commentText, quoted, todo, type Writing } from './source-text.ts'

/** Lines of code, and of comments. */
export function optionsOf(dag: ReadDag, writing: Writing): { options: string[]; comments: string[] } {
  const left = new Map(Object.entries(dag.settings))
  const options: string[] = []
  const comments: string[] = []
  const say = (line: number, sentence: string) => void comments.push(todo(writing, line, sentence))
  /** The first of these that is given, which is then done with. */
  function take(...keys: string[]): Given | undefined {
    const key = keys.find((one) => left.has(one))
    const given = key === undefined ? undefined : left.get(key)
    if (key !== undefined) left.delete(key)
    return given
  }
  const unread = (given: Given, what: string) => say(given.line, `${what} is not read: ${given.source}`)

  const schedule = take('schedule', 'schedule_interval', 'timetable')
  const at = schedule?.line ?? dag.line
  const written = schedule ? scheduleOf(schedule) : undefined
  if (written === undefined)
    say(
      at,
      schedule
        ? `its schedule is not read: ${schedule.source}`
        : 'it states no schedule, which is @daily in Airflow 2 and none in 3',
    )
  if (schedule?.literal === '@once') say(at, 'it ran once: trigger it')
  options.push(`schedule: ${quoted(written ?? '@never')},`)

  const zone = zoneOf(take('timezone'), take('start_date', 'default_args.start_date'))
  if (zone.unread) unread(zone.unread, 'its time zone')
  if (zone.name !== undefined && zone.name !== 'UTC') options.push(`timezone: ${quoted(zone.name)},`)

  const retries = take('default_args.retries')
  if (retries && !isCount(retries.literal)) unread(retries, 'retries')
  else if (retries && retries.literal !== 0) options.push(`retries: ${Number(retries.literal)},`)
  const delays = backoffOf(take, unread)
  if (retries && isCount(retries.literal) && retries.literal !== 0)
    options.push(`backoff: { first_s: ${delays.first_s}, max_s: ${delays.max_s} },`)

  const timeout = take('dagrun_timeout')
  if (timeout && timeout.seconds !== undefined && timeout.seconds > 0) options.push(`timeout_s: ${timeout.seconds},`)
  else if (timeout) unread(timeout, 'dagrun_timeout')
  else comments.push('// A run may take timeout_s, 3600 unless given; the DAG has no dagrun_timeout.')

  const active = take('max_active_runs')
  if (active && !isCount(active.literal)) unread(active, 'max_active_runs')
  const alone = active?.literal === 1
  options.push(`overlap: ${quoted(alone ? 'queue' : 'allow')},`)
  if (active && isCount(active.literal) && !alone)
    say(active.line, `at most ${active.literal} runs at a time: a pool, or overlap 'queue' for one`)

  const catchup = take('catchup')
  if (typeof catchup?.literal === 'boolean') options.push(`catchup: ${quoted(catchup.literal ? 'all' : 'last')},`)
  else if (catchup) unread(catchup, 'catchup')
  else
    say(
      dag.line,
      "it states no catchup, which is all in Airflow 2 (catchup: 'all') and the last in 3 ('last', as here)",
    )

  const tags = take('tags')
  if (tags) comments.push(`// tags: ${commentText(tags.source)}`)
  const description = take('description')
  if (description) comments.push(`// ${commentText(String(description.literal ?? description.source))}`)
  for (const [key, { line, source }] of left) say(line, `${key} is not taken over: ${source}`)
  return { options, comments }
}

/** undefined: not read, or none that Doca takes. */
function scheduleOf({ literal, seconds }: Given): string | undefined {
  if (literal === null || literal === '@once') return '@never'
  if (seconds !== undefined) return everyOf(seconds)
  if (typeof literal !== 'string') return undefined
  // Airflow counts weeks from Sunday, and reads five fields (six: with a year).
  try {
    if (!literal.startsWith('@') && literal.trim().split(/\s+/).length !== 5) return undefined
    readSchedule(literal, 'UTC')
    return literal
  } catch {
    return undefined
  }
}

function everyOf(seconds: number): string | undefined {
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const
  const unit = units.find(([, length]) => seconds > 0 && seconds % length === 0)
  return unit && `@every ${seconds / unit[1]}${unit[0]}`
}

function zoneOf(timezone: Given | undefined, start: Given | undefined): { name?: string; unread?: Given } {
  const given = timezone ?? start
  if (!given) return {}
  const name = given.zone ?? (typeof given.literal === 'string' && given === timezone ? given.literal : undefined)
  if (name !== undefined) return isTimezone(name) ? { name } : { unread: given }
  // A time without a zone is UTC, as a text is that does not name one.
  const plain =
    given.zone === null || (given === start && typeof given.literal === 'string' && !/[+Z]/.test(given.literal))
  return plain ? {} : { unread: given }
}

/** As Airflow has them where they are not given: five minutes, the same each time, or up to a day. */
function backoffOf(
  take: (...keys: string[]) => Given | undefined,
  unread: (given: Given, what: string) => void,
): { first_s: number; max_s: number } {
  const delay = take('default_args.retry_delay')
  const grows = take('default_args.retry_exponential_backoff')
  const longest = take('default_args.max_retry_delay')
  const seconds = delay?.seconds ?? (typeof delay?.literal === 'number' ? delay.literal : undefined)
  if (delay && seconds === undefined) unread(delay, 'retry_delay')
  if (grows && typeof grows.literal !== 'boolean') unread(grows, 'retry_exponential_backoff')
  if (longest && longest.seconds === undefined) unread(longest, 'max_retry_delay')
  const first_s = Math.min(seconds ?? 300, DAY_S)
  return {
    first_s,
    max_s: grows?.literal === true ? Math.max(first_s, Math.min(longest?.seconds ?? DAY_S, DAY_S)) : first_s,
  }
}

const DAY_S = 86_400
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0
