/**
 * Claims queued runs and runs them, up to `concurrency` at a time. Woken by NOTIFY; looks by itself now and then in case
 * a wake was lost. A heartbeat keeps the leases and takes up what dead workers left.
 */
import { hostname } from 'node:os'
import postgres from 'postgres'
import { createBell } from '../../db/bell.ts'
import { RUN_CANCELLED } from '../../db/cancel-runs.ts'
import { listen } from '../../db/listen.ts'
import { claimRuns, nextClaimIn, type ClaimedRun, type ClaimOptions } from '../../db/run-claims.ts'
import { RUN_QUEUED } from '../../db/runs.ts'
import type { Job } from '../job.ts'
import { createEndWriter } from './end-writer.ts'
import { startHeartbeat } from './heartbeat.ts'
import { startAttempt, type AttemptTools, type RunningAttempt } from './run-attempt.ts'

export interface WorkerOptions {
  concurrency: number
  lease_s: number
}

export interface Worker {
  /** Claims nothing more, waits up to `finish_ms` for what runs, then hands it back. */
  stop(finish_ms: number): Promise<void>
}

const LOOK_EVERY_MS = 10_000
/** A run that may start now and was not claimed is in another worker's hands at this moment. */
const LOOK_AGAIN_MS = 50
const LATE_AFTER_S = 5
/** Runs that have ended and whose end is not written yet, at most: the database is slower than the jobs. */
const MAX_UNWRITTEN = 500
/** From aborting what runs to giving up writing how it ended. */
const HAND_BACK_MS = 1800

export async function startWorker(
  jobs: Map<string, Job>,
  { concurrency, lease_s }: WorkerOptions,
  base: Omit<AttemptTools, 'giveUp' | 'writeEnd'>,
): Promise<Worker> {
  const { sql, log, outlast } = base
  const names = [...jobs.keys()]
  const worker = `${hostname()}:${process.pid}:${Bun.randomUUIDv7().slice(-6)}`
  const running = new Map<string, RunningAttempt>()
  const bell = createBell()
  const stopping = new AbortController()
  const givingUp = new AbortController()
  const writeEnd = createEndWriter(sql, outlast, givingUp.signal)
  const tools: AttemptTools = { ...base, giveUp: givingUp.signal, writeEnd }

  /** Runs whose job is at work; those that only wait for their end to be written hold a lease, but no place. */
  let busy = 0
  /** Whether the last look took all that it had a place for, so that there may be more. */
  let full = false

  /** Claims and starts what it can; how long to sleep, in milliseconds. */
  async function look(): Promise<number> {
    const limit = Math.min(concurrency - busy, concurrency + MAX_UNWRITTEN - running.size)
    full = limit <= 0
    if (full) return LOOK_EVERY_MS
    const options: ClaimOptions = { jobs: names, worker, lease_s, limit, late_after_s: LATE_AFTER_S }
    const claimed = await claimRuns(sql, options).catch(claimAgainIfBeaten)
    if (claimed === null) return 0
    for (const run of claimed) start(run)
    full = claimed.length === limit
    if (full) return LOOK_EVERY_MS
    const wait_ms = await nextClaimIn(sql, names)
    return wait_ms === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(LOOK_AGAIN_MS, wait_ms))
  }

  function start(run: ClaimedRun): void {
    const job = jobs.get(run.job)!
    const attempt = startAttempt(job, run, tools)
    running.set(run.id, attempt)
    busy++
    void attempt.settled.then(() => {
      busy--
      if (full) bell.ring()
    })
    void attempt.done.then(() => {
      // Lost and claimed again by this same worker, the id belongs to the newer attempt.
      if (running.get(run.id) === attempt) running.delete(run.id)
      // Its next run may have waited for this one's end to be written.
      if (full || job.overlap !== 'allow') bell.ring()
    })
  }

  const unlisten = await listen(sql, RUN_QUEUED, bell.ring)
  // What is not heard is seen at the next heartbeat.
  const unlistenCancels = await listen(sql, RUN_CANCELLED, (run_id) => running.get(run_id)?.stop('cancelled'))
  const heartbeat = startHeartbeat(running, lease_s, base)
  const claiming = (async () => {
    while (!stopping.signal.aborted) {
      const sleep_ms = await outlast(look, stopping.signal).catch((err) => {
        log.debug({ err }, 'the last look of the worker failed')
        return 0
      })
      if (!stopping.signal.aborted) await bell.wait(sleep_ms)
    }
  })()
  log.info({ worker, jobs: names, concurrency }, 'worker started')

  return {
    async stop(finish_ms) {
      stopping.abort()
      bell.ring()
      await Promise.all([claiming, unlisten()])
      const all = () => Promise.all([...running.values()].map(({ done }) => done))
      await Promise.race([all(), Bun.sleep(finish_ms)])
      for (const attempt of running.values()) attempt.stop('shutdown')
      const timer = setTimeout(() => givingUp.abort(), HAND_BACK_MS)
      await all()
      clearTimeout(timer)
      await Promise.all([heartbeat.stop(), unlistenCancels()])
    },
  }
}

/** Two workers started two runs of a job that allows one: the database let one of them. */
function claimAgainIfBeaten(err: unknown): null {
  if (err instanceof postgres.PostgresError && err.constraint_name === 'runs_alone') return null
  throw err
}
