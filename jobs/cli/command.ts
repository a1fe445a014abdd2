import type { Sql } from 'postgres'
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

/** A whole number from `min` on; exits 2 otherwise. */
export function countOf(option: string, text: string, min: number): number {
  return /^\d{1,9}$/.test(text) && Number(text) >= min
    ? Number(text)
    : wrongUsage(`${option} must be a whole number from ${min} on.`, USAGE)
}
