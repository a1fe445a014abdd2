/**
 * The process of one isolated attempt, started by run-isolated.ts: imports the job's file, runs the job, reports how it
 * ended, and is killed by the worker. It imports no more than every job needs.
 */
import { writeFileSync } from 'node:fs'
import { textIn } from '../../../lib/texts.ts'
import type { RunLog } from '../../job.ts'
import { outcomeOfThrown } from '../outcome.ts'
import { limitedLog } from '../run-lines.ts'
import { openChannel } from './channel.ts'
import { runOrder } from './run-order.ts'

const DROPPED_EVERY_MS = 200

volunteerForOom()
const channel = openChannel()
// One by one and at once: the last lines before a job hangs or dies are those that its owner needs.
const limited = limitedLog((line) => channel.send({ kind: 'line', line }))
setInterval(tellDropped, DROPPED_EVERY_MS).unref()

process.on('unhandledRejection', (reason) =>
  logLeftBehind(limited.log, 'A promise was rejected that nobody awaits', reason),
)
process.on('uncaughtException', (thrown) => logLeftBehind(limited.log, 'An error was thrown outside run()', thrown))

const outcome = await runOrder(Bun.argv[2]!, channel, limited.log).catch(outcomeOfThrown)
tellDropped()
channel.send({ kind: 'ended', outcome })

/** When memory runs out, the system is to kill this process, not the worker or PostgreSQL. */
function volunteerForOom(): void {
  try {
    if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '500')
  } catch {
    // /proc may be read-only.
  }
}

function tellDropped(): void {
  const count = limited.takeDropped()
  if (count > 0) channel.send({ kind: 'dropped', count })
}

function logLeftBehind(log: RunLog, what: string, thrown: unknown): void {
  const told = outcomeOfThrown(thrown)
  if ('error' in told)
    log.error(`${what}: ${textIn(told.error, 'en')}`, told.stack === undefined ? {} : { stack: told.stack })
}
