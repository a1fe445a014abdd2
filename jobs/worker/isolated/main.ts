/**
 * The process of one isolated attempt: `bun jobs/isolated/main.ts FILE`, started by run-isolated.ts only. It imports the
 * job's file, runs the job, says how it ended, and is ended by the worker. All it imports is what every job needs.
 */
import { writeFileSync } from 'node:fs'
import type { RunLog } from '../../job.ts'
import { outcomeOfThrown } from '../outcome.ts'
import { limitedLog } from '../run-lines.ts'
import { openChannel } from './channel.ts'
import { runOrder } from './run-order.ts'

const DROPPED_EVERY_MS = 200

offerFirst()
const channel = openChannel()
// One by one and at once: what was said just before a job hangs or dies is what its owner needs.
const limited = limitedLog((line) => channel.send({ kind: 'line', line }))
setInterval(tellDropped, DROPPED_EVERY_MS).unref()

process.on('unhandledRejection', (reason) => sayLeft(limited.log, 'A promise was rejected that nobody awaits', reason))
process.on('uncaughtException', (thrown) => sayLeft(limited.log, 'An error was thrown outside run()', thrown))

const outcome = await runOrder(Bun.argv[2]!, channel, limited.log).catch(outcomeOfThrown)
tellDropped()
channel.send({ kind: 'ended', outcome })

/** When memory runs out, this process shall go, not the worker or PostgreSQL. */
function offerFirst(): void {
  try {
    if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '500')
  } catch {
    // Where /proc is read-only, whoever made it so decides who goes first.
  }
}

function tellDropped(): void {
  const count = limited.takeDropped()
  if (count > 0) channel.send({ kind: 'dropped', count })
}

function sayLeft(log: RunLog, what: string, thrown: unknown): void {
  const told = outcomeOfThrown(thrown)
  if ('error' in told) log.error(`${what}: ${told.error}`, told.stack === undefined ? {} : { stack: told.stack })
}
