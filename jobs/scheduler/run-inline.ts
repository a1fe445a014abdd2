/**
 * Runs a job in the worker's own process: at once and at no cost, but nothing can take the processor from it, and
 * whatever it leaves behind stays. A job that does not react to its signal is no longer waited for.
 */
import { readStep, saveStep } from '../../db/run-steps.ts'
import type { ClaimedRun } from '../../db/run-claims.ts'
import type { Job, RunLog } from '../job.ts'
import { outcomeOfResult, outcomeOfThrown, type Outcome } from './outcome.ts'
import type { AttemptTools } from './run-attempt.ts'
import { createStep } from './steps.ts'

/** A job may use this long to react to its signal; then it is left behind. */
export const ABORT_GRACE_MS = 500

type Tools = Pick<AttemptTools, 'sql' | 'roles' | 'outlast' | 'giveUp'> & { log: RunLog; signal: AbortSignal }

export function runInline(job: Job, run: ClaimedRun, tools: Tools): Promise<Outcome> {
  const { sql, roles, outlast, giveUp, log, signal } = tools
  const held = { run_id: run.id, attempt: run.attempt }
  const books = {
    read: (name: string) => outlast(() => readStep(sql, run.id, name), giveUp),
    save: (name: string, result: string | null) => outlast(() => saveStep(sql, held, name, result), giveUp),
  }
  const step = createStep(held, books, () => roles.sql, signal)
  const context = { ...held, slot: run.slot, conf: run.conf, step, log, roles, signal }

  const { promise: leftBehind, resolve } = Promise.withResolvers<Outcome>()
  const onAbort = () => setTimeout(() => resolve(outcomeOfThrown(signal.reason)), ABORT_GRACE_MS)
  signal.addEventListener('abort', onAbort, { once: true })
  const called = (async () => job.run(context))().then(outcomeOfResult, outcomeOfThrown)
  return Promise.race([called, leftBehind])
}
