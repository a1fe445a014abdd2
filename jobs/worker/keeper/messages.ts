/** Messages from a worker to the thread that keeps its leases. */
import type { HeldAttempt } from '../../../db/jobs/runs.ts'
import type { AttemptEnd } from '../../../db/jobs/run-ends.ts'
import type { LogLevel } from '../../../lib/log.ts'

export interface KeeperOptions {
  database_url: string
  lease_s: number
  log_level: LogLevel
}

export interface KeptRun extends HeldAttempt {
  job: string
  /** Of a job that runs in the worker's own process: its end at its timeout, which nothing there can write while it blocks. */
  inline: { timeout_s: number; end: AttemptEnd } | null
}

export type ToKeeper =
  /** `turns` counts the turns of the worker's event loop. */
  | { kind: 'start'; options: KeeperOptions; turns: SharedArrayBuffer }
  | { kind: 'keep'; run: KeptRun }
  | { kind: 'release'; held: HeldAttempt }
