import { setPaused } from '../../db/jobs/control-jobs.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { jobNamed, USAGE, type Command } from './command.ts'

/** The job's slots start no run until `resume`; they are still recorded. */
export const pause = pausing(true)
export const resume = pausing(false)

function pausing(paused: boolean): Command {
  return (words, definitions) => {
    const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
    const job = jobNamed(positionals, definitions)
    return async (sql) => {
      // The scheduler may never have been started.
      await registerJobs(sql, [...definitions.jobs.values()])
      await setPaused(sql, job.name, paused, commandLineActor())
      printRows([{ name: job.name, paused }], values.json)
      return EXIT.done
    }
  }
}
