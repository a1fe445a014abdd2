import { listRuns } from '../../db/jobs/runs.ts'
import { parseWords, printRows } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { countOf, jobNamed, USAGE, withJob, type Command } from './command.ts'

export const runs: Command = (words) => {
  const options = { json: { type: 'boolean', default: false }, limit: { type: 'string', default: '20' } } as const
  const { values, positionals } = parseWords(words, options, USAGE)
  const name = jobNamed(positionals)
  const limit = countOf('--limit', values.limit, 1)
  return (sql) =>
    withJob(sql, name, async () => {
      const rows = await listRuns(sql, name, limit)
      const brief = rows.map(({ id, state, trigger, slot, attempt, queued_at, started_at, finished_at, error }) => ({
        run: id,
        state,
        trigger,
        slot,
        attempt,
        queued_at,
        seconds: started_at && finished_at ? (finished_at.getTime() - started_at.getTime()) / 1000 : null,
        error: error && firstLine(error),
      }))
      printRows(values.json ? rows : brief, values.json)
      return EXIT.done
    })
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
