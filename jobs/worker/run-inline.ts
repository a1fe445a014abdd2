/**
 * Runs a job in the worker's own process: at once and at no cost, but nothing can take the processor from it, and anything
 * it leaves behind stays. A job that does not react to its signal is abandoned: it goes on, but nobody waits for it.
 */
import type { ClaimedRun } from '../../db/jobs/run-claims.ts'
import { AppError } from '../../lib/errors.ts'
import type { Tracing } from '../../lib/tracing/tracing.ts'
import { withoutExit } from './forbid-exit.ts'
import type { Job, JobRoles } from '../job.ts'
import type { LoopWatch } from './loop-watch.ts'
import { outcomeOfResult, outcomeOfThrown, type Outcome } from './outcome.ts'
import type { AttemptLog } from './attempt-log.ts'
import { createStep, type StepStore } from './steps.ts'

export interface InlineTools {
  roles: JobRoles
  loopWatch: LoopWatch
  tracing: Tracing
  store: StepStore
  runLog: AttemptLog
  signal: AbortSignal
  /** How long the job may take to react to its signal. */
  grace_ms: number
}

export async function runInline(job: Job, run: ClaimedRun, tools: InlineTools): Promise<Outcome> {
  const { roles, loopWatch, tracing, store, runLog, signal, grace_ms } = tools
  signal.throwIfAborted()
  const held = { run_id: run.id, attempt: run.attempt }
  const step = createStep(held, store, () => roles.sql, signal, tracing)
  const context = { ...held, slot: run.slot, conf: run.conf, step, command, log: runLog.log, roles, signal }

  const { promise: abandoned, resolve } = Promise.withResolvers<Outcome>()
  let grace: ReturnType<typeof setTimeout> | undefined
  const onAbort = () => (grace = setTimeout(abandon, grace_ms))
  const abandon = () => {
    runLog.note(
      'warn',
      'Abandoned: it does not react to its signal, and goes on in the worker. With isolate: true it would be killed.',
    )
    resolve(outcomeOfThrown(signal.reason))
  }
  signal.addEventListener('abort', onAbort, { once: true })
  const leave = loopWatch.enter(job.name, (sentence) => runLog.note('warn', sentence))
  try {
    const called = withoutExit({ en: `The job ${job.name}`, pt: `O job ${job.name}` }, async () => job.run(context))
    return await Promise.race([called.then(outcomeOfResult, outcomeOfThrown), abandoned])
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearTimeout(grace)
    leave()
  }
}

function command(): never {
  throw new AppError('internal', 'command_inline', {
    en: 'command needs isolate: true, so that what it starts really ends.',
    pt: 'command precisa de isolate: true, para que o que ele inicia termine de fato.',
  })
}
