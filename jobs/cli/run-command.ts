/** The control command line. It works on the database alone, whether or not a replica runs. */
import { connect } from '../../db/engines/connect.ts'
import { asksForHelp, showHelp, wrongUsage } from '../../lib/command-line.ts'
import { createLog } from '../../lib/log.ts'
import { EXIT, loadConfig } from '../../lib/program.ts'
import { alertTest } from './alert-test.ts'
import { USAGE, type Command } from './command.ts'
import { backfill } from './backfill.ts'
import { check } from './check.ts'
import { cancel } from './cancel.ts'
import { importDag } from './import-dag/index.ts'
import { forget } from './forget.ts'
import { graph } from './graph.ts'
import { list } from './list.ts'
import { logs } from './logs.ts'
import { monitors } from './monitors.ts'
import { next } from './next.ts'
import { pause, resume } from './pause.ts'
import { retry } from './retry.ts'
import { runs } from './runs.ts'
import { show } from './show.ts'
import { trigger } from './trigger.ts'
import { readJobsConfig } from '../config.ts'

const COMMANDS = new Map<string, Command>(
  Object.entries({ list, graph, next, trigger, pause, resume, runs, show, logs, retry, cancel, backfill, forget }),
)

/** Exits 2 where there is none of that name. */
export const commandNamed = (name: string): Command =>
  COMMANDS.get(name) ?? wrongUsage(`There is no command ${name}.`, USAGE)

/** Runs one command and exits with its code. */
export async function runCommand(name: string, words: string[]): Promise<never> {
  if (name === 'help' || asksForHelp([name, ...words])) showHelp(USAGE)
  const config = loadConfig(readJobsConfig)
  // Needs no database: it tries the channels that tell when there is none.
  if (name === 'alert-test') process.exit(await alertTest(words, config))
  // Neither do these.
  if (name === 'check') process.exit(await check(words, config.jobs_dir))
  if (name === 'import-dag') process.exit(await importDag(words, config.jobs_dir))
  const command = name === 'monitors' ? monitors(config) : commandNamed(name)
  const run = command(words, config.jobs_dir)

  // A reader that closes the pipe after the first lines wants no more: no failure.
  process.stdout.on('error', (err: NodeJS.ErrnoException) =>
    process.exit(err.code === 'EPIPE' ? EXIT.done : EXIT.failed),
  )
  // Silent: stdout is for the answer.
  const db = await connect(config.db, createLog('jobs', 'silent'), ['sql'])
  let code: number
  try {
    code = await run(db.sql)
  } finally {
    await db.close()
  }
  // A slow reader of a pipe has not read all of it yet.
  await new Promise<void>((resolve) => process.stdout.end(() => resolve()))
  process.exit(code)
}
