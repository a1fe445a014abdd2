/**
 * Which jobs a worker has reason to look for. A look costs a probe for each job it asks about, so what calls it by name
 * is looked for by name, and all of them only when a scheduler has queued many, or when nobody called for long.
 */
import { createNotify } from '../../lib/notify.ts'

export interface Calls {
  /** A run of this job may be there to claim; '' for any. */
  call(job: string): void
  /** Wakes `wait` without a reason to look. */
  ring(): void
  /** The jobs to look for now; they count as looked for. */
  take(): string[]
  /** Whether something called since the last take. */
  pending(): boolean
  /** Look for all after `delay_ms`, if not sooner. */
  callIn(delay_ms: number): void
  /** Resolves at the next call or ring, and when it is time to look for all; `full` for who could do nothing then. */
  wait(full: boolean): Promise<void>
}

/** Looks for all at least so often: a call may be lost. */
const LOOK_EVERY_MS = 10_000

export function createCalls(jobs: string[]): Calls {
  const known = new Set(jobs)
  const notify = createNotify()
  let called = new Set<string>()
  let all_at = 0

  return {
    call(job) {
      if (job === '') all_at = 0
      else if (known.has(job)) called.add(job)
      notify.notifyOne()
    },
    ring: notify.notifyOne,
    take() {
      const all = performance.now() >= all_at
      if (all) all_at = performance.now() + LOOK_EVERY_MS
      const taken = all ? jobs : [...called]
      called = new Set()
      return taken
    },
    pending: () => called.size > 0 || performance.now() >= all_at,
    callIn(delay_ms) {
      all_at = Math.min(all_at, performance.now() + delay_ms)
    },
    wait: (full) => notify.notified(full ? undefined : all_at - performance.now()),
  }
}
