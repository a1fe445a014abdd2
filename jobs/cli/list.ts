import { databaseTime, listJobs } from '../../db/jobs/jobs.ts'
import { fileProblems } from '../../db/jobs/replicas.ts'
import { nextSlot } from '../../db/jobs/upcoming.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { textIn } from '../../lib/texts.ts'
import { NOTHING_REGISTERED, USAGE, type Command } from './command.ts'

export const list: Command = (words) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  if (positionals.length > 0) wrongUsage('list takes no names.', USAGE)
  return async (sql) => {
    const now = await databaseTime(sql)
    const jobs = await listJobs(sql)
    if (jobs.length === 0) process.stderr.write(`${NOTHING_REGISTERED}\n`)
    const rows = jobs.map((job) => ({
      name: job.name,
      schedule: job.schedule,
      timezone: job.timezone,
      next: nextSlot(job, now),
      paused: job.paused_at !== null,
      last_run: job.last_run_id,
      last_state: job.last_run_state,
      last_at: job.last_run_at,
      gone: job.gone_at,
    }))
    if (values.json) {
      const problems = new Map(
        jobs.map(({ name, problem }) => [name, problem && { ...problem, sentence: textIn(problem.sentence, 'en') }]),
      )
      printRows(
        rows.map((row) => ({ ...row, problem: problems.get(row.name) })),
        true,
      )
      return EXIT.done
    }
    printRows(rows, false)
    // Also of files that have never been a job.
    const sentences = new Set((await fileProblems(sql)).map(({ sentence }) => textIn(sentence, 'en')))
    for (const sentence of sentences) process.stderr.write(`${sentence}\n`)
    return EXIT.done
  }
}
