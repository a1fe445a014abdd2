/**
 * Claims queued runs and runs them, up to `concurrency` at a time. Woken by NOTIFY; looks by itself now and then in case
 * a wake was lost. A heartbeat keeps the leases and takes up what dead workers left.
 */
import { hostname } from 'node:os'
import { RUN_CANCELLED } from '../../db/jobs/cancel-runs.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { claimRuns, isBeaten, nextClaimIn, type ClaimedRun, type Claimer } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { RUN_QUEUED } from '../../db/jobs/runs.ts'
import type { Job } from '../job.ts'
import { createCalls } from './wake-ups.ts'
import { createEndWriter } from './end-writer.ts'
import { startHeartbeat } from './heartbeat.ts'
import { startAttempt, type AttemptTools, type RunningAttempt } from './run-attempt.ts'

export interface WorkerOptions {
  concurrency: number
  lease_s: number
}

export interface Worker {
  claimer: Claimer
  /** Connects, and has the database plan what it does at every end, so that the next runs need not wait for it. */
  warmUp(): Promise<void>
  /**
   * Keeps up to `wanted` places, which nothing else gets meanwhile, for runs that `claim` makes this worker's. It is handed
   * their number, and calls `start` as they come; what is still free when it ends is free again.
   */
  withPlaces(
    wanted: number,
    claim: (places: number, start: (runs: ClaimedRun[]) => void) => Promise<void>,
  ): Promise<void>
  /** Claims nothing more, waits up to `finish_ms` for what runs, then hands it back. */
  stop(finish_ms: number): Promise<void>
}

/** A run that may start now and was not claimed is in another worker's hands at this moment. */
const LOOK_AGAIN_MS = 50
const LATE_AFTER_S = 5
/** Runs that have ended and whose end is not written yet, at most: the database is slower than the jobs. */
const MAX_UNWRITTEN = 500
/** An end waits so long, at most, for claims that are under way. */
const END_WAITS_MS = 100
/** From aborting what runs to giving up writing how it ended. */
const HAND_BACK_MS = 1800

export async function startWorker(
  jobs: Map<string, Job>,
  { concurrency, lease_s }: WorkerOptions,
  base: Omit<AttemptTools, 'giveUp' | 'writeEnd'>,
): Promise<Worker> {
  const { sql, log, retryUntilAborted } = base
  const names = [...jobs.keys()]
  const worker = `${hostname()}:${process.pid}:${Bun.randomUUIDv7().slice(-6)}`
  const claimer: Claimer = { worker, lease_s, late_after_s: LATE_AFTER_S }
  const running = new Map<string, RunningAttempt>()
  const calls = createCalls(names)
  const stopping = new AbortController()
  const givingUp = new AbortController()
  /** The look that is under way. */
  let looking: Promise<unknown> = Promise.resolve()
  const startsFirst = () => Promise.race([looking, Bun.sleep(END_WAITS_MS)])
  const writeEnd = createEndWriter(sql, retryUntilAborted, givingUp.signal, startsFirst)
  const tools: AttemptTools = { ...base, giveUp: givingUp.signal, writeEnd }

  /** Runs whose job is at work; those that only wait for their end to be written hold a lease, but no place. */
  let busy = 0
  /** Whether the last look took all that it had a place for, so that there may be more. */
  let full = false

  const freePlaces = () => Math.min(concurrency - busy, concurrency + MAX_UNWRITTEN - running.size)

  /** Claims and starts what it can of what it was called for. */
  async function look(): Promise<void> {
    const limit = freePlaces()
    full = limit <= 0
    if (full) return
    const wanted = calls.take()
    if (wanted.length === 0) return
    try {
      const claiming = claimRuns(sql, { ...claimer, jobs: wanted, limit })
      looking = claiming.catch(() => {})
      const claimed = await claiming
      for (const run of claimed) start(run)
      full = claimed.length === limit
      if (full) wanted.forEach(calls.call)
      if (calls.pending()) return
      const wait_ms = await nextClaimIn(sql, wanted)
      if (wait_ms !== null) calls.callIn(Math.max(LOOK_AGAIN_MS, wait_ms))
    } catch (err) {
      wanted.forEach(calls.call)
      if (!isBeaten(err)) throw err
    }
  }

  function start(run: ClaimedRun): void {
    const job = jobs.get(run.job)!
    const attempt = startAttempt(job, run, tools)
    running.set(run.id, attempt)
    busy++
    void attempt.settled.then(() => {
      busy--
      if (full) calls.ring()
    })
    void attempt.done.then(() => {
      // Lost and claimed again by this same worker, the id belongs to the newer attempt.
      if (running.get(run.id) === attempt) running.delete(run.id)
      // Its next run may have waited for this one's end to be written.
      if (job.overlap !== 'allow') calls.call(job.name)
      else if (full) calls.ring()
    })
  }

  const withPlaces: Worker['withPlaces'] = async (wanted, claim) => {
    // While runs wait for a place, what is new waits behind them.
    let kept = full || stopping.signal.aborted ? 0 : Math.max(0, Math.min(wanted, freePlaces()))
    busy += kept
    const claiming = claim(kept, (runs) => {
      kept -= runs.length
      busy -= runs.length
      for (const run of runs) start(run)
    })
    looking = claiming.catch(() => {})
    await claiming.finally(() => {
      busy -= kept
      if (full) calls.ring()
    })
  }

  const unlisten = await listen(sql, RUN_QUEUED, calls.call)
  // What is not heard is seen at the next heartbeat.
  const unlistenCancels = await listen(sql, RUN_CANCELLED, (run_id) => running.get(run_id)?.stop('cancelled'))
  const heartbeat = startHeartbeat(running, lease_s, base)
  const claiming = (async () => {
    while (!stopping.signal.aborted) {
      await retryUntilAborted(look, stopping.signal).catch((err) =>
        log.debug({ err }, 'the last look of the worker failed'),
      )
      if (!stopping.signal.aborted) await calls.wait(full)
    }
  })()
  log.info({ worker, jobs: names, concurrency }, 'worker started')

  return {
    claimer,
    warmUp: async () => void (await endAttempts(sql, [])),
    withPlaces,
    async stop(finish_ms) {
      stopping.abort()
      calls.ring()
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
