/** Messages between a worker and the process of an isolated attempt. */
import type { JSONValue } from 'postgres'
import type { StepResult } from '../../../db/jobs/run-steps.ts'
import type { Carrier } from '../../../lib/tracing/tracing.ts'
import type { Translated } from '../../../lib/texts.ts'
import type { JobsConfig } from '../../config.ts'
import type { Outcome } from '../outcome.ts'
import type { RunLine } from '../run-lines.ts'

export type ToAttempt =
  | { kind: 'start'; order: Order }
  /** The signal aborts, with this sentence. */
  | { kind: 'abort'; sentence: Translated }
  | { kind: 'answer'; id: number; value?: JSONValue | undefined; problem?: Translated }

export interface Order {
  job: string
  run_id: string
  attempt: number
  /** ISO 8601. */
  slot: string | null
  conf: Record<string, unknown>
  /** The code of the job's version; null: as its files are now. */
  texts: Record<string, string> | null
  /** With the URL of the database that the worker is connected to. */
  config: JobsConfig
  /** Names the attempt's span, where there is one. */
  carrier: Carrier
}

export type FromAttempt =
  | { kind: 'line'; line: RunLine }
  | { kind: 'dropped'; count: number }
  | { kind: 'ask'; id: number; question: Question }
  | { kind: 'ended'; outcome: Outcome }

/** The worker stores steps, so that an attempt needs no connection to the database for them. */
export type Question = { read_step: string } | { save_step: string; result: StepResult; began_at: number }
