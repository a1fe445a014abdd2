import type { Sql } from 'postgres'
import { isCalendarDay } from '../../lib/calendar.ts'
import { findJob, listJobs, type JobRow } from '../../db/jobs/jobs.ts'
import { wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'

/**
 * Reads its words first, so that wrong usage shows before a database is needed. Then runs; resolves with the exit code. It
 * knows the jobs as they are registered, and registers none: what runs is up to the jobs program alone. `jobs_dir`: the
 * folder of their files.
 */
export type Command = (words: string[], jobs_dir: string) => (sql: Sql) => Promise<number>

/** The one name that the words hold; else exits 2. */
export function jobNamed(positionals: string[]): string {
  const [name, ...more] = positionals
  return name === undefined || more.length > 0 ? wrongUsage('Name one job.', USAGE) : name
}

/** Resolves as `use` does; with 2 where there is no such job, after it has said which there are. */
export async function withJob(sql: Sql, name: string, use: (job: JobRow) => Promise<number>): Promise<number> {
  const job = await findJob(sql, name)
  if (job) return use(job)
  const names = (await listJobs(sql)).map((one) => one.name)
  const known = names.length > 0 ? `There are: ${names.join(', ')}.` : NOTHING_REGISTERED
  process.stderr.write(`There is no job ${name}. ${known}\n${USAGE}\n`)
  return EXIT.usage
}

export const NOTHING_REGISTERED = 'None is registered yet; start `bun run jobs`, which reads the files of jobs.'

const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The one run that the words name; else exits 2. */
export function runNamed(positionals: string[]): string {
  const [id, ...more] = positionals
  return id && more.length === 0 && RUN_ID.test(id)
    ? id.toLowerCase()
    : wrongUsage('Name one run by its id, as `bun run jobs runs NAME` lists them.', USAGE)
}

/** A time in ISO 8601 with its offset; a day alone is midnight UTC. Else exits 2. */
export function timeOf(option: string, text: string | undefined): Date {
  const iso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/i
  const time = new Date(text ?? '')
  if (text !== undefined && iso.test(text) && isCalendarDay(text.slice(0, 10)) && time.getTime() >= 0) return time
  return wrongUsage(`${option} must be a time such as 2026-01-31T02:00Z or 2026-01-31T02:00-03:00.`, USAGE)
}

/** A whole number of at least `min`; else exits 2. */
export function countOf(option: string, text: string, min: number): number {
  return /^\d{1,9}$/.test(text) && Number(text) >= min
    ? Number(text)
    : wrongUsage(`${option} must be a whole number from ${min} on.`, USAGE)
}

export const USAGE = `Usage: bun run jobs                                     scheduler and worker
       bun run jobs list                                every job, when it runs next, how it went last
       bun run jobs graph                               which jobs run after which
       bun run jobs next NAME [--count N] [--tz ZONE]   its next times, with what changes of the clock do to them
       bun run jobs trigger NAME [--conf JSON] [--wait] starts a run; --wait: exits 0 when it succeeded, 1 when not
       bun run jobs pause NAME, resume NAME             stops and restarts its schedule
       bun run jobs runs NAME [--limit N]               its newest runs
       bun run jobs show RUN [--lines N]                one run with its attempts and last log lines
       bun run jobs logs RUN [--follow]                 all that a run said; --follow: as it says it, until it ends
       bun run jobs retry RUN                           queues a failed or cancelled run again, as its next attempt
       bun run jobs cancel RUN                          ends a run, and waits until it has ended
       bun run jobs backfill NAME --from T --to T [--conf JSON] [--dry-run]
                                                        runs the slots of a range that have no run; T: 2026-01-31T02:00Z
       bun run jobs forget NAME                         removes a job whose file is gone, with its history
       bun run jobs monitors [NAME]                     what is watched beside Doca, with push URLs; one with its history
       bun run jobs check [FILE]                        reads the files of jobs, or one, and says what is wrong with them
       bun run jobs import-dag FILE.py [--to DIR]       makes files of jobs from Airflow's DAGs, to complete by hand
       bun run jobs alert-test [CHANNEL…]               sends a test message to where alerts go, or to these channels
With --json, JSON.`
