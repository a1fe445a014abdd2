/**
 * The jobs for which a worker has reason to claim. A claim probes once for each job it names, so that a worker claims for
 * the jobs it was woken for, and for all of them only after a wake-up for any job, or when none has come for long.
 */
import { createNotify } from '../../lib/notify.ts'

export interface WakeUps {
  /** A run of this job may be there to claim; '' for any job. */
  add(job: string): void
  /** The jobs to claim for now; their wake-ups are used up. */
  take(): string[]
  /** Whether there is a wake-up to take. */
  pending(): boolean
  /** Adds one for all jobs, due in `delay_ms`. */
  addLater(delay_ms: number): void
  /** Ends `wait` without a wake-up. */
  endWait(): void
  /** Resolves at the next wake-up; without `timed`, not at those that come due by time. */
  wait(timed: boolean): Promise<void>
}

/** Claims for all jobs at least this often: a notification may be lost. */
const ALL_EVERY_MS = 10_000

/** `jobs`, by name, may change. */
export function createWakeUps(jobs: ReadonlyMap<string, unknown>): WakeUps {
  const notify = createNotify()
  const woken = new Set<string>()
  let all_at = 0

  return {
    add(job) {
      if (job === '') all_at = 0
      else if (jobs.has(job)) woken.add(job)
      notify.notifyOne()
    },
    take() {
      const all = performance.now() >= all_at
      if (all) all_at = performance.now() + ALL_EVERY_MS
      const taken = [...(all ? jobs.keys() : woken)]
      woken.clear()
      return taken
    },
    pending: () => woken.size > 0 || performance.now() >= all_at,
    addLater(delay_ms) {
      all_at = Math.min(all_at, performance.now() + delay_ms)
    },
    endWait: notify.notifyOne,
    wait: (timed) => notify.notified(timed ? all_at - performance.now() : undefined),
  }
}
