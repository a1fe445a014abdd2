import { pauseJob, registerJobs, resumeJob } from '../../db/jobs.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { jobNamed, type Command } from './command.ts'
import { USAGE } from './usage.ts'

/** Its slots start nothing until `resume`; they are still accounted for. */
export const pause = setPaused(true)
export const resume = setPaused(false)

function setPaused(paused: boolean): Command {
  return (words, definitions) => {
    const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
    const job = jobNamed(positionals, definitions)
    return async (sql) => {
      // Nobody may have started the scheduler yet.
      await registerJobs(sql, [job])
      await (paused ? pauseJob : resumeJob)(sql, job.name)
      printRows([{ name: job.name, paused }], values.json)
      return EXIT.done
    }
  }
}
