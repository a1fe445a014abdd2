import { databaseTime, listJobs } from '../../db/jobs/jobs.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { USAGE, type Command } from './command.ts'

export const list: Command = (words, { jobs }) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  if (positionals.length > 0) wrongUsage('list takes no names.', USAGE)
  return async (sql) => {
    const known = new Map((await listJobs(sql)).map((row) => [row.name, row]))
    const now = await databaseTime(sql)
    const rows = [...jobs.values()].map((job) => {
      const row = known.get(job.name)
      return {
        name: job.name,
        schedule: job.schedule,
        timezone: job.timezone,
        next: row?.paused_at ? null : job.times.next(now),
        paused: row?.paused_at != null,
        last_run: row?.last_run_id ?? null,
        last_state: row?.last_run_state ?? null,
        last_at: row?.last_run_at ?? null,
      }
    })
    printRows(rows, values.json)
    return EXIT.done
  }
}
