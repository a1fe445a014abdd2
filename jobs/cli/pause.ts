import { setPaused } from '../../db/jobs/control-jobs.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { jobNamed, whoTypes, type Command } from './command.ts'
import { USAGE } from './usage.ts'

/** Its slots start nothing until `resume`; they are still accounted for. */
export const pause = pausing(true)
export const resume = pausing(false)

function pausing(paused: boolean): Command {
  return (words, definitions) => {
    const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
    const job = jobNamed(positionals, definitions)
    return async (sql) => {
      // Nobody may have started the scheduler yet.
      await registerJobs(sql, [...definitions.jobs.values()])
      await setPaused(sql, job.name, paused, whoTypes())
      printRows([{ name: job.name, paused }], values.json)
      return EXIT.done
    }
  }
}
