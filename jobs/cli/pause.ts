import { setPaused } from '../../db/jobs/control-jobs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { jobNamed, USAGE, withJob, type Command } from './command.ts'

/** The job's slots start no run until `resume`; they are still recorded. */
export const pause = pausing(true)
export const resume = pausing(false)

function pausing(paused: boolean): Command {
  return (words) => {
    const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
    const name = jobNamed(positionals)
    return (sql) =>
      withJob(sql, name, async () => {
        await setPaused(sql, name, paused, commandLineActor())
        printRows([{ name, paused }], values.json)
        return EXIT.done
      })
  }
}
