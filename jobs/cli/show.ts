import { lastRunLogs, type RunLogRow } from '../../db/jobs/run-logs.ts'
import { lastSteps, type StepRow } from '../../db/jobs/run-steps.ts'
import { listAttempts, readRun, type AttemptRow, type RunRow } from '../../db/jobs/runs.ts'
import { formatTable, parseWords } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { withoutEscapes } from '../../lib/readable.ts'
import { countOf, runNamed, USAGE, type Command } from './command.ts'

export const show: Command = (words) => {
  const options = { json: { type: 'boolean', default: false }, lines: { type: 'string', default: '20' } } as const
  const { values, positionals } = parseWords(words, options, USAGE)
  const id = runNamed(positionals)
  const lines = countOf('--lines', values.lines, 0)
  return async (sql) => {
    const run = await readRun(sql, id)
    const [attempts, steps, logs] = await Promise.all([
      listAttempts(sql, id),
      lastSteps(sql, id, STEPS),
      lastRunLogs(sql, id, lines),
    ])
    const shown = { ...run, attempts, steps, logs }
    const text = values.json ? JSON.stringify(shown, null, 2) : describe(run, attempts, steps, logs)
    process.stdout.write(`${text}\n`)
    return EXIT.done
  }
}

const STEPS = 100

function describe(run: RunRow, attempts: AttemptRow[], steps: StepRow[], logs: RunLogRow[]): string {
  // A command line is in English.
  const { error_pt: _, cancel_reason_pt: __, ...shown } = run
  const facts = Object.entries(shown).filter(([, value]) => value !== null)
  const parts = [
    facts.map(([name, value]) => `${name.padEnd(13)} ${asText(value)}`).join('\n'),
    formatTable(
      attempts.map(({ attempt, state, worker, started_at, finished_at, error }) => {
        return { attempt, state, worker, started_at, finished_at, error }
      }),
    ),
    steps.length > 0 &&
      formatTable(
        steps.map(({ name, attempt, started_at, finished_at }) => ({ step: name, attempt, started_at, finished_at })),
      ),
    logs.map(logLine).join('\n'),
  ]
  return parts.filter(Boolean).join('\n\n')
}

export function logLine(line: RunLogRow): string {
  const data = line.data === null ? '' : ` ${JSON.stringify(line.data)}`
  return `${line.logged_at.toISOString()} #${line.attempt} ${line.level.padEnd(5)} ${line.message}${data}`
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : withoutEscapes(String(value))
}
