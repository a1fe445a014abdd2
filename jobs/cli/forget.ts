import { forgetByHand } from '../../db/jobs/control-jobs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { jobNamed, USAGE, withJob, type Command } from './command.ts'

/** Removes a job whose file is gone, with its runs, their logs and its slots. */
export const forget: Command = (words) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  const name = jobNamed(positionals)
  return (sql) =>
    withJob(sql, name, async () => {
      await forgetByHand(sql, name, commandLineActor())
      printRows([{ name, forgotten: true }], values.json)
      return EXIT.done
    })
}
