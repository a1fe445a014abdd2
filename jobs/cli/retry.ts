import { retryByHand } from '../../db/jobs/control-jobs.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { runNamed, USAGE, type Command } from './command.ts'

export const retry: Command = (words) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  const id = runNamed(positionals)
  return async (sql) => {
    const run = await retryByHand(sql, id, commandLineActor())
    printRows(
      [values.json ? run : { run: id, job: run.job, state: run.state, next_attempt: run.attempt + 1 }],
      values.json,
    )
    return EXIT.done
  }
}
