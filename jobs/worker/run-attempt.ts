/**
 * Runs one attempt of a run to its end, and writes that end: succeeded, failed (with or without a retry), cancelled, or
 * handed back when the program stops. An attempt whose run went to another worker writes nothing more.
 */
import type { Sql } from 'postgres'
import { backoffDelay, type RetryUntilAborted } from '../../lib/retry.ts'
import type { ClaimedRun } from '../../db/jobs/run-claims.ts'
import type { HeldAttempt } from '../../db/jobs/runs.ts'
import type { AttemptEnd } from '../../db/jobs/run-ends.ts'
import { AppError, messageOf, sentenceOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { Span } from '../../lib/tracing/tracing.ts'
import type { Watch } from '../../lib/watch.ts'
import { textIn, type Translated } from '../../lib/texts.ts'
import type { JobsConfig } from '../config.ts'
import type { Job, JobRoles } from '../job.ts'
import type { WriteEnd } from './end-writer.ts'
import type { LeaseKeeper } from './keeper/index.ts'
import type { LoopWatch } from './loop-watch.ts'
import { outcomeOfThrown, storableError, type Outcome } from './outcome.ts'
import type { AttemptFigures } from './attempt-figures.ts'
import { runInline } from './run-inline.ts'
import { runIsolated } from './run-isolated.ts'
import { AttemptLog } from './attempt-log.ts'
import { storeIn } from './steps.ts'

export interface AttemptTools {
  sql: Sql
  roles: JobRoles
  log: Log
  retryUntilAborted: RetryUntilAborted
  writeEnd: WriteEnd
  loopWatch: LoopWatch
  keeper: LeaseKeeper
  /** The configuration of isolated attempts; unset where none can be started. */
  isolated: JobsConfig | undefined
  watch: Watch
  figures: AttemptFigures
  /** Aborts when the program ends: anything not written by then stays unwritten. */
  giveUp: AbortSignal
}

export interface RunningAttempt {
  held: HeldAttempt
  /** Aborts the job's signal. `lost`: the run is another worker's. `cancelled`: it ends so. `shutdown`: it is handed back. */
  stop(reason: keyof typeof STOPPED): void
  /** Resolves when the job itself has ended, or is abandoned: its capacity is free. Never rejects. */
  settled: Promise<void>
  /** Resolves when its end is written. Never rejects. */
  done: Promise<void>
}

const STOPPED = {
  lost: { en: 'The run went to another worker.', pt: 'A execução foi para outro worker.' },
  cancelled: { en: 'The run was cancelled.', pt: 'A execução foi cancelada.' },
  shutdown: {
    en: 'The program is stopping; the run is handed back.',
    pt: 'O programa está parando; a execução foi devolvida.',
  },
}

/** A job may take this long to react to its signal; then it is abandoned, or killed. */
const GRACE_MS = 500

const NOT_IN_A_FILE: Translated = {
  en: 'It cannot be isolated: it is not in a file of its own.',
  pt: 'Não pode ser isolado: não está em um arquivo próprio.',
}

export function startAttempt(job: Job, run: ClaimedRun, tools: AttemptTools): RunningAttempt {
  const { sql, retryUntilAborted, giveUp, figures } = tools
  const { tracing } = tools.watch
  const held = { run_id: run.id, attempt: run.attempt }
  const log = tools.log.child({ job: run.job, ...held })
  const timedOut = {
    en: `It took longer than its timeout_s of ${job.timeout_s}.`,
    pt: `Demorou mais que o seu timeout_s, de ${job.timeout_s} s.`,
  }
  const abort = new AbortController()
  const free = Promise.withResolvers<void>()
  let stopped: 'timeout' | keyof typeof STOPPED | undefined

  function stop(reason: 'timeout' | keyof typeof STOPPED, sentence: Translated) {
    if (stopped) return
    stopped = reason
    abort.abort(new AppError('unavailable', 'run_stopped', sentence))
  }

  async function attempt(span: Span): Promise<void> {
    const started = performance.now()
    log.info('run started')
    const timer = setTimeout(() => stop('timeout', timedOut), job.timeout_s * 1000)
    const runLog = new AttemptLog(sql, held, { log, retryUntilAborted, giveUp })
    const outcome = await outcomeOf(runLog, span).catch(outcomeOfThrown)
    clearTimeout(timer)
    free.resolve()

    const end = decide(outcome)
    // The stack of our own abort is of no interest.
    const stack = !stopped && 'error' in outcome ? outcome.stack : undefined
    if (end) sayEnd(runLog, end, stack)
    await runLog.close()
    const written = end !== null && (await tools.writeEnd(end))
    const duration_ms = Math.round(performance.now() - started)
    const state = end && written ? end.state : 'lost'
    figures.ended(run.job, state, duration_ms / 1000)
    span.tell({ 'doca.state': state })
    if (state === 'failed') span.end(end && 'error' in end ? end.error : undefined)
    if (end && written) log.info({ state: end.state, duration_ms }, `run ${end.state}`)
    else log.warn({ duration_ms }, 'the run went to another worker meanwhile; its end here does not count')
  }

  /** Its end at its timeout, if nothing here can write that any more. */
  function whenItBlocks() {
    const error = {
      en: `${timedOut.en} It blocks its worker's event loop, and goes on there: nothing can stop it. Set isolate: true.`,
      pt: `${timedOut.pt} Bloqueia o laço de eventos do worker e continua lá: nada pode pará-lo. Use isolate: true.`,
    }
    const retry_in_s = retryDelay(job, run.failures + 1)
    return { timeout_s: job.timeout_s, end: { ...held, state: 'failed', error, retry_in_s } as const }
  }

  async function outcomeOf(runLog: AttemptLog, { carrier }: Span): Promise<Outcome> {
    // Checked again, although every trigger has checked it: a scheduled run gets its defaults here, and the schema may have
    // changed since.
    const conf = job.conf_schema === null ? run.conf : await confOf(job, run.conf)
    if (conf instanceof AppError) return { error: conf.detail, final: true }
    const store = storeIn(sql, held, (call) => retryUntilAborted(call, giveUp))
    const shared = { store, runLog, signal: abort.signal, grace_ms: GRACE_MS, tracing }
    const order = { ...run, conf }
    if (!job.isolate) return runInline(job, order, { ...shared, roles: tools.roles, loopWatch: tools.loopWatch })
    if (!tools.isolated || job.file === null) return { error: NOT_IN_A_FILE, final: true }
    return runIsolated(job, order, { ...shared, file: job.file, config: tools.isolated, carrier })
  }

  function decide(outcome: Outcome): AttemptEnd | null {
    if (stopped === 'lost') return null
    if (stopped === 'cancelled') return { ...held, state: 'cancelled' }
    if ('result' in outcome && stopped !== 'timeout') return { ...held, state: 'succeeded', result: outcome.result }
    if (stopped === 'shutdown') return { ...held, state: 'handed_back' }
    const { error, final } = 'result' in outcome || stopped ? { error: sentenceOf(abort.signal.reason) } : outcome
    const retry_in_s = final ? null : retryDelay(job, run.failures + 1)
    return { ...held, state: 'failed', error: storableError(error), retry_in_s }
  }

  const release = tools.keeper.keep({ ...held, job: job.name, inline: job.isolate ? null : whenItBlocks() })
  const attributes = {
    'doca.job': run.job,
    'doca.run_id': run.id,
    'doca.attempt': run.attempt,
    'doca.isolated': job.isolate,
  }
  // All attempts of a run are one trace, whose id is the run's.
  const ended = tracing
    .span({ name: `job ${run.job}`, kind: 'consumer', trace_id: run.id, attributes }, attempt)
    .catch((err: unknown) => log.error({ err }, `the end of the run could not be written: ${messageOf(err)}`))
  return {
    held,
    stop: (reason) => stop(reason, STOPPED[reason]),
    settled: free.promise,
    done: ended.finally(release),
  }
}

async function confOf(job: Job, given: Record<string, unknown>): Promise<Record<string, unknown> | AppError> {
  // Imported here, so that a worker without such a job does not hold it in memory.
  const { checkConf } = await import('../../db/jobs/check-conf.ts')
  const { confInvalid } = await import('../../db/jobs/job-conf.ts')
  const checked = await checkConf(job.conf_schema, given)
  return 'conf' in checked ? checked.conf : confInvalid(job.name, checked.errors)
}

function sayEnd(runLog: AttemptLog, end: AttemptEnd, stack: string | undefined): void {
  if (end.state === 'handed_back') runLog.note('warn', 'Handed back: the worker is stopping.')
  if (end.state === 'cancelled') runLog.note('warn', 'Cancelled.')
  if (end.state !== 'failed') return
  const then = end.retry_in_s === null ? '' : ` Trying again in ${Math.ceil(end.retry_in_s)} s.`
  runLog.note('error', `${textIn(end.error, 'en')}${then}`, stack === undefined ? {} : { stack })
}

/** Seconds until the retry after failure number `failures`, or null when there is none left. */
export function retryDelay({ retries, backoff }: Pick<Job, 'retries' | 'backoff'>, failures: number): number | null {
  if (failures > retries) return null
  const delay_s = backoffDelay(failures - 1, backoff.first_s, backoff.max_s)
  // Up to a tenth less, so that what failed together does not come back together.
  return delay_s * (1 - Math.random() / 10)
}
