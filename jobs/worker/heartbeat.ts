/** Keeps the leases of what this worker runs, stops what it has lost, and queues again what dead workers left. */
import { sleep } from '../../lib/retry.ts'
import { renewLeases, requeueLostRuns } from '../../db/jobs/run-claims.ts'
import type { AttemptTools, RunningAttempt } from './run-attempt.ts'

/** A run that has ended this many workers is the cause, not the victim. */
const MAX_LOST = 5
/** Beats per lease: one beat may be lost, and a dead worker's run still waits little longer than the lease. */
const BEATS = 3

const WHAT_BECAME: Record<string, string> = {
  queued: 'a run whose worker is gone is queued again',
  failed: 'a run that keeps losing its workers is given up',
  cancelled: 'a run that was to be cancelled has lost its worker',
}

export function startHeartbeat(
  running: Map<string, RunningAttempt>,
  lease_s: number,
  { sql, log, retryUntilAborted }: Pick<AttemptTools, 'sql' | 'log' | 'retryUntilAborted'>,
): { stop(): Promise<void> } {
  const stopping = new AbortController()

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
    // After our own renewal: a worker whose loop was blocked must not declare its own runs lost.
    for (const { id, job, attempt, worker, run_state } of await requeueLostRuns(sql, MAX_LOST))
      log.warn({ run_id: id, job, attempt, worker }, WHAT_BECAME[run_state])
  }

  const done = (async () => {
    while (!stopping.signal.aborted) {
      await retryUntilAborted(beat, stopping.signal).catch((err) => log.debug({ err }, 'the last heartbeat failed'))
      await sleep((lease_s * 1000) / BEATS, stopping.signal)
    }
  })()

  return {
    stop() {
      stopping.abort()
      return done
    },
  }
}
