import { followRun } from '../../db/jobs/follow-run.ts'
import { runLogsAfter, type RunLogRow } from '../../db/jobs/run-logs.ts'
import { readRun } from '../../db/jobs/runs.ts'
import { parseWords } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { runNamed, USAGE, type Command } from './command.ts'
import { logLine } from './show.ts'

const LINES_AT_ONCE = 500

/** Prints the log of a run; with --follow, as it grows, until the run ends. --json: a JSON object per line. */
export const logs: Command = (words) => {
  const options = { json: { type: 'boolean', default: false }, follow: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseWords(words, options, USAGE)
  const id = runNamed(positionals)
  const print = (lines: RunLogRow[]) =>
    process.stdout.write(lines.map((line) => `${values.json ? JSON.stringify(line) : logLine(line)}\n`).join(''))
  return async (sql) => {
    await readRun(sql, id)
    if (!values.follow) {
      for (let after = 0; ;) {
        const lines = await runLogsAfter(sql, id, after, LINES_AT_ONCE)
        print(lines)
        if (lines.length < LINES_AT_ONCE) return EXIT.done
        after = lines.at(-1)!.id
      }
    }
    const never = new AbortController()
    for await (const news of followRun(sql, id, 0, never.signal)) {
      if ('lines' in news) print(news.lines)
      // On stderr: a program must not take it for a line of the log.
      else
        process.stderr.write(
          `The run ${news.end ? `has ${ENDED[news.end.state] ?? news.end.state}` : 'was removed'}.\n`,
        )
    }
    return EXIT.done
  }
}

const ENDED: Record<string, string> = { cancelled: 'been cancelled' }
