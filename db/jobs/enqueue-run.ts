/** Queues a run that somebody asked for, by hand or by webhook, under the job's overlap rule. */
import type { ISql, JSONValue } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { cancelling, superseded, SUPERSEDED } from './cancel-runs.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import { jobNotFound, refuseGone } from './jobs.ts'
import { RUN_QUEUED } from './runs.ts'

export interface NewRun {
  job: string
  conf?: Record<string, unknown>
  trigger: 'manual' | 'webhook'
  /** The same key for the same job gives the same run, however often it is asked for. */
  dedupe_key?: string
}

/**
 * Queues a run and wakes the workers. Under the job's overlap rule: with `skip`, throws AppError job_already_running
 * while a run of it is queued or running that is not a backfill's; with `cancel_previous`, asks those to end first.
 * `created` is false when there was a run of that dedupe key.
 */
export function enqueueRun(sql: ISql, run: NewRun): Promise<{ run_id: string; created: boolean }> {
  return inTransaction(sql, async (tx) => {
    await inTurn(tx, run.job)
    return enqueue(tx, run)
  })
}

/**
 * Transactions that decide by the job's active runs take turns: the next one sees what the one before did. They lock the
 * row that a scheduler locks when it records a slot; that one passes over a locked job, and looks again. A program that is
 * frozen in here does not hold the lock for long.
 */
export async function inTurn(tx: ISql, job: string): Promise<void> {
  await tx`
    select set_config('idle_in_transaction_session_timeout', ${String(FROZEN_MS)}, true)
    from jobs where name = ${job} for no key update`
}

/** Nothing waits for anything between the statements of such a transaction. */
const FROZEN_MS = 5000

async function enqueue(tx: ISql, run: NewRun) {
  const { job, trigger, conf = {} } = run
  const dedupe_key: string | null = run.dedupe_key ?? null
  const [row] = await tx<
    Array<Record<'timezone' | 'same' | 'active' | 'created', string | null> & { known: boolean; gone_at: Date | null }>
  >`
    with job as (
      select name, overlap, gone_at, timezone from jobs where name = ${job}
    ), same as (
      select id from runs where job = ${job} and dedupe_key = ${dedupe_key}
    ), active as (
      select id from runs where job = ${job} and state in ('queued', 'running') and trigger <> 'backfill'
        and (select overlap from job) = 'skip'
      limit 1
    ), ${cancelling(
      tx,
      tx`${superseded(tx, tx`${job}`)} and not exists (select from same)
      and exists (select from job where gone_at is null)`,
      SUPERSEDED,
    )}
    , created as (
      insert into runs (id, job, trigger, conf, dedupe_key)
      select ${Bun.randomUUIDv7()}, name, ${trigger}, ${tx.json(conf as JSONValue)}, ${dedupe_key} from job
      where gone_at is null and not exists (select from same) and not exists (select from active)
      -- A caller with the same key whose row this statement cannot see yet: that row comes back.
      on conflict (job, dedupe_key) do update set dedupe_key = excluded.dedupe_key
      returning id, pg_notify(${RUN_QUEUED}, job)
    )
    select exists (select from job) as known, (select gone_at from job) as gone_at, (select timezone from job) as timezone, (select id from same) as same, (select id from active) as active,
      (select id from created) as created`
  if (!row!.known) throw jobNotFound(job)
  if (row!.created) return { run_id: row!.created, created: true }
  if (row!.same) return { run_id: row!.same, created: false }
  refuseGone({ name: job, gone_at: row!.gone_at, timezone: row!.timezone! })
  throw alreadyRunning(job, row!.active!)
}

export function alreadyRunning(job: string, run_id: string): AppError {
  return new AppError('conflict', 'job_already_running', {
    en: `${job} is already under way as run ${run_id}, and its runs do not overlap. Wait until that one has ended.`,
    pt: `${job} já está em andamento na execução ${run_id}, e suas execuções não se sobrepõem. Espere essa terminar.`,
  })
}
