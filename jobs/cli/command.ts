import { userInfo } from 'node:os'
import type { Sql } from 'postgres'
import type { Actor } from '../../db/audit/audit.ts'
import { isCalendarDay } from '../../lib/calendar.ts'
import { wrongUsage } from '../../lib/command-line.ts'
import type { Job } from '../job.ts'
import type { Definitions } from '../load-definitions.ts'
import { USAGE } from './usage.ts'

/** Reads its words first, so that wrong usage shows before a database is asked for; then runs, and answers the exit code. */
export type Command = (words: string[], definitions: Definitions) => (sql: Sql) => Promise<number>

/** The one job that the words name; exits 2 otherwise, listing the names there are. */
export function jobNamed(positionals: string[], { jobs }: Definitions): Job {
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) return wrongUsage('Name one job.', USAGE)
  const names = [...jobs.keys()].toSorted().join(', ')
  return jobs.get(name) ?? wrongUsage(`There is no job ${name}. There are: ${names || 'none'}.`, USAGE)
}

const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The one run that the words name; exits 2 otherwise. */
export function runNamed(positionals: string[]): string {
  const [id, ...more] = positionals
  return id && more.length === 0 && RUN_ID.test(id)
    ? id.toLowerCase()
    : wrongUsage('Name one run by its id, as `bun run jobs runs NAME` lists them.', USAGE)
}

/** Who sits at the machine has no user of ours; the name of their account there is the best there is. */
export function whoTypes(): Actor {
  return { actor_id: null, actor_name: `${userInfo().username} on the command line`, address: null, request_id: null }
}

/** A time as ISO 8601 has it, with its offset; a day alone is midnight UTC. Exits 2 otherwise. */
export function timeOf(option: string, text: string | undefined): Date {
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/i
  const time = new Date(text ?? '')
  if (text !== undefined && iso.test(text) && isCalendarDay(text.slice(0, 10)) && time.getTime() >= 0) return time
  return wrongUsage(`${option} must be a time such as 2026-01-31T02:00Z or 2026-01-31T02:00-03:00.`, USAGE)
}

/** A whole number from `min` on; exits 2 otherwise. */
export function countOf(option: string, text: string, min: number): number {
  return /^\d{1,9}$/.test(text) && Number(text) >= min
    ? Number(text)
    : wrongUsage(`${option} must be a whole number from ${min} on.`, USAGE)
}
