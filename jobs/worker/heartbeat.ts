/** Renews the leases of this worker's runs, stops those that it has lost, and queues again the runs of dead workers. */
import { sleep } from '../../lib/retry.ts'
import { databaseTime } from '../../db/jobs/jobs.ts'
import { renewLeases, requeueLostRuns } from '../../db/jobs/run-claims.ts'
import type { AttemptTools, RunningAttempt } from './run-attempt.ts'

/** A run that has lost this many workers is the cause, not the victim. */
const MAX_LOST = 5
/** Heartbeats per lease: one may be lost, and a dead worker's run waits little longer than the lease. */
const BEATS = 3
/** Between two heartbeats, where the lease is short. */
const MAX_LATE_MS = 1000

const LOST_RUN: Record<string, string> = {
  queued: 'the run of a dead worker is queued again',
  failed: 'a run that keeps losing its workers is given up',
  cancelled: 'the run of a dead worker is cancelled, as was asked',
}

export function startHeartbeat(
  running: Map<string, RunningAttempt>,
  lease_s: number,
  { sql, log, retryUntilAborted }: Pick<AttemptTools, 'sql' | 'log' | 'retryUntilAborted'>,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const beat_ms = (lease_s * 1000) / BEATS
  /** By the database's clock. */
  let last_ms: number | undefined

  async function beat(): Promise<void> {
    const attempts = [...running.values()]
    if (attempts.length > 0) {
      const held = attempts.map((attempt) => attempt.held)
      const renewed = await renewLeases(sql, held, lease_s)
      for (const attempt of attempts) {
        const own = renewed.get(attempt.held.run_id)
        if (!own) attempt.stop('lost')
        else if (own.cancelled) attempt.stop('cancelled')
      }
    }
    // Only by one that was there all the time: after an outage of the database, or a jump of its clock, the first worker that
    // is back would take all others for dead.
    const now_ms = (await databaseTime(sql)).getTime()
    const gap_ms = now_ms - (last_ms ?? -Infinity)
    last_ms = now_ms
    if (gap_ms < 0 || gap_ms > Math.max(beat_ms + MAX_LATE_MS, (lease_s * 1000) / 2)) return
    // After our own renewal: a worker whose loop was blocked must not declare its own runs lost.
    for (const { id, job, attempt, worker, run_state } of await requeueLostRuns(sql, MAX_LOST))
      log.warn({ run_id: id, job, attempt, worker }, LOST_RUN[run_state])
  }

  const done = (async () => {
    while (!stopping.signal.aborted) {
      await retryUntilAborted(beat, stopping.signal).catch((err) => log.debug({ err }, 'the last heartbeat failed'))
      await sleep(beat_ms, stopping.signal)
    }
  })()

  return {
    stop() {
      stopping.abort()
      return done
    },
  }
}
