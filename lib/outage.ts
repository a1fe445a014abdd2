/** Notices when an engine goes away and when it is back: each is reported once, however many calls notice it. */

export interface Outage {
  /** A call that began at `begun_at` (performance.now) failed because the engine is away. */
  failed(begun_at: number, err: unknown): void
  /** A call that began at `begun_at` was answered. */
  answered(begun_at: number): void
}

export function createOutage(say: { begins: (err: unknown) => void; ends: () => void }): Outage {
  // Calls overlap: one that began before the outage was over may still fail after another has succeeded.
  let failing = false
  let changed_at = -Infinity
  function turn(failed: boolean, begun_at: number): boolean {
    if (failed === failing || begun_at < changed_at) return false
    failing = failed
    changed_at = performance.now()
    return true
  }
  return {
    failed: (begun_at, err) => void (turn(true, begun_at) && say.begins(err)),
    answered: (begun_at) => void (turn(false, begun_at) && say.ends()),
  }
}
