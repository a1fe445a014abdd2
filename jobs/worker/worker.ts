/**
 * Claims queued runs and runs them, up to `concurrency` at a time. Woken by NOTIFY, and by time in case a notification is
 * lost. A heartbeat keeps the leases and queues again what dead workers left.
 *
 * A run here is working (its job runs, and takes capacity), or ending (its end is not written yet: it keeps its lease, but
 * takes no capacity). The worker is claiming, full (until a run settles) or stopping.
 */
import { hostname } from 'node:os'
import { RUN_CANCELLED } from '../../db/jobs/cancel-runs.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { claimRuns, isBeaten, nextClaimIn, type ClaimedRun, type Claimer } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { RUN_QUEUED } from '../../db/jobs/runs.ts'
import type { Watch } from '../../lib/watch.ts'
import type { Job } from '../job.ts'
import { attemptFigures } from './attempt-figures.ts'
import { createWakeUps, type WakeUps } from './wake-ups.ts'
import { createEndWriter } from './end-writer.ts'
import { startHeartbeat } from './heartbeat.ts'
import { startAttempt, type AttemptTools, type RunningAttempt } from './run-attempt.ts'

export interface WorkerOptions {
  concurrency: number
  lease_s: number
}

export type WorkerTools = Omit<AttemptTools, 'giveUp' | 'writeEnd' | 'figures'> & { watch: Watch }

/** A run that may start now and was not claimed is locked by another worker. */
const CLAIM_AGAIN_MS = 50
const LATE_AFTER_S = 5
/** Ending runs, at most: more of them mean that the database is slower than the jobs. */
const MAX_ENDING = 500
/** An end waits this long, at most, for a claim that is under way. */
const END_WAITS_MS = 100
/** From aborting the jobs to giving up writing how they ended. */
const HAND_BACK_MS = 1800

/** `jobs` may change: what is claimed, and by which code it runs, is as it is then. */
export async function startWorker(jobs: Map<string, Job>, options: WorkerOptions, tools: WorkerTools): Promise<Worker> {
  const worker = new Worker(jobs, options, tools)
  await worker.start()
  return worker
}

export class Worker {
  readonly claimer: Claimer
  #jobs: Map<string, Job>
  #concurrency: number
  #tools: AttemptTools
  #wakeUps: WakeUps
  /** Working and ending, by the run's id. */
  #running = new Map<string, RunningAttempt>()
  /** How many runs are working, or have capacity reserved. */
  #working = 0
  /** The last claim filled the capacity: there may be more to claim. */
  #full = false
  /** The claim under way; never rejects. */
  #claiming: Promise<unknown> = Promise.resolve()
  #stopping = new AbortController()
  #givingUp = new AbortController()
  #loop: Promise<void> | undefined
  #heartbeat: { stop(): Promise<void> } | undefined
  #unlistenQueued: (() => Promise<unknown>) | undefined
  #unlistenCancelled: (() => Promise<unknown>) | undefined

  constructor(jobs: Map<string, Job>, { concurrency, lease_s }: WorkerOptions, tools: WorkerTools) {
    const worker = `${hostname()}:${process.pid}:${Bun.randomUUIDv7().slice(-6)}`
    this.claimer = { worker, lease_s, late_after_s: LATE_AFTER_S }
    this.#jobs = jobs
    this.#concurrency = concurrency
    this.#wakeUps = createWakeUps(jobs)
    const giveUp = this.#givingUp.signal
    const claimsFirst = () => Promise.race([this.#claiming, Bun.sleep(END_WAITS_MS)])
    const writeEnd = createEndWriter(tools.sql, tools.retryUntilAborted, giveUp, claimsFirst)
    const { metrics } = tools.watch
    const one = (value: number) => [{ values: [], value }]
    metrics.gauge('doca_job_runs_working', 'Runs whose job runs in this worker.', [], () => one(this.#working))
    metrics.gauge('doca_job_runs_capacity', 'Runs that this worker has at once.', [], () => one(this.#concurrency))
    this.#tools = { ...tools, giveUp, writeEnd, figures: attemptFigures(metrics) }
  }

  async start(): Promise<void> {
    const { sql, log } = this.#tools
    const { worker, lease_s } = this.claimer
    this.#unlistenQueued = await listen(sql, RUN_QUEUED, this.#wakeUps.add)
    // The next heartbeat sees a cancellation whose notification was lost.
    this.#unlistenCancelled = await listen(sql, RUN_CANCELLED, (id) => this.#running.get(id)?.stop('cancelled'))
    this.#heartbeat = startHeartbeat(this.#running, lease_s, this.#tools)
    this.#loop = this.#claimUntilStopped()
    log.info({ worker, jobs: [...this.#jobs.keys()], concurrency: this.#concurrency }, 'worker started')
  }

  /** Claims for a job that was not there before. */
  claimFor(job: string): void {
    this.#wakeUps.add(job)
  }

  /** Connects, and has the database plan the statement of every end, so that the next runs need not wait for it. */
  async warmUp(): Promise<void> {
    await endAttempts(this.#tools.sql, [])
  }

  /**
   * Reserves capacity for up to `wanted` runs while `claim` makes them this worker's. It is handed the capacity, and calls
   * `start` as runs come; capacity that it does not use is free again when it ends.
   */
  async withCapacity(
    wanted: number,
    claim: (capacity: number, start: (runs: ClaimedRun[]) => void) => Promise<void>,
  ): Promise<void> {
    // While runs wait for capacity, new ones wait behind them.
    const none = this.#full || this.#stopping.signal.aborted
    let reserved = none ? 0 : Math.max(0, Math.min(wanted, this.#capacity()))
    this.#working += reserved
    const claiming = claim(reserved, (runs) => {
      reserved -= runs.length
      this.#working -= runs.length
      for (const run of runs) this.#startRun(run)
    })
    this.#claiming = claiming.catch(() => {})
    await claiming.finally(() => {
      this.#working -= reserved
      this.#claimIfFull()
    })
  }

  /** Claims nothing more, waits up to `finish_ms` for the runs to end, then hands them back. */
  async stop(finish_ms: number): Promise<void> {
    this.#stopping.abort()
    this.#wakeUps.endWait()
    await Promise.all([this.#loop, this.#unlistenQueued?.()])
    const allDone = () => Promise.all([...this.#running.values()].map(({ done }) => done))
    await Promise.race([allDone(), Bun.sleep(finish_ms)])
    for (const attempt of this.#running.values()) attempt.stop('shutdown')
    const timer = setTimeout(() => this.#givingUp.abort(), HAND_BACK_MS)
    await allDone()
    clearTimeout(timer)
    await Promise.all([this.#heartbeat?.stop(), this.#unlistenCancelled?.()])
  }

  async #claimUntilStopped(): Promise<void> {
    const { log, retryUntilAborted } = this.#tools
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await retryUntilAborted(() => this.#claim(), signal).catch((err) =>
        log.debug({ err }, 'the last claim of the worker failed'),
      )
      if (!signal.aborted) await this.#wakeUps.wait(!this.#full)
    }
  }

  /** Claims and starts runs of the jobs that it was woken for. */
  async #claim(): Promise<void> {
    const limit = this.#capacity()
    this.#full = limit <= 0
    if (this.#full) return
    const jobs = this.#wakeUps.take()
    if (jobs.length === 0) return
    const { sql } = this.#tools
    try {
      const claiming = claimRuns(sql, { ...this.claimer, jobs, limit })
      this.#claiming = claiming.catch(() => {})
      const claimed = await claiming
      for (const run of claimed) this.#startRun(run)
      this.#full = claimed.length === limit
      if (this.#full) jobs.forEach(this.#wakeUps.add)
      if (this.#wakeUps.pending()) return
      const wait_ms = await nextClaimIn(sql, jobs)
      if (wait_ms !== null) this.#wakeUps.addLater(Math.max(CLAIM_AGAIN_MS, wait_ms))
    } catch (err) {
      jobs.forEach(this.#wakeUps.add)
      if (!isBeaten(err)) throw err
    }
  }

  #capacity(): number {
    return Math.min(this.#concurrency - this.#working, this.#concurrency + MAX_ENDING - this.#running.size)
  }

  #startRun(run: ClaimedRun): void {
    const job = this.#jobs.get(run.job)
    // Its file went while it was claimed.
    if (!job) return this.#handBack(run)
    const attempt = startAttempt(job, run, this.#tools)
    this.#running.set(run.id, attempt)
    this.#working++
    void attempt.settled.then(() => {
      this.#working--
      this.#claimIfFull()
    })
    void attempt.done.then(() => {
      // Lost and claimed again by this same worker, the id belongs to the newer attempt.
      if (this.#running.get(run.id) === attempt) this.#running.delete(run.id)
      // The job's next run may have waited for this one's end to be written.
      if (job.overlap !== 'allow') this.#wakeUps.add(job.name)
      else this.#claimIfFull()
    })
  }

  #handBack({ id: run_id, attempt }: ClaimedRun): void {
    const end = { run_id, attempt, state: 'handed_back' } as const
    // When the program gives up, its lease runs out.
    this.#tools.writeEnd(end).catch((err) => this.#tools.log.debug({ err }, 'a run could not be handed back'))
  }

  /** Capacity has become free. */
  #claimIfFull(): void {
    if (this.#full) this.#wakeUps.endWait()
  }
}
