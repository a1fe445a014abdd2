/** Retrying by hand: a run that failed or was cancelled is queued again, and goes on with its next attempt. */
import type { ISql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { cancelling, superseded, SUPERSEDED } from './cancel-runs.ts'
import { alreadyRunning, inTurn } from './enqueue-run.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import { readJob, refuseGone } from './jobs.ts'
import { readRun, RUN_QUEUED, type RunRow } from './runs.ts'

/**
 * The run as it waits now, with all the retries of its job before it. Under the overlap rule, as a new run would be.
 * Throws AppError run_not_found, run_not_over, run_succeeded, job_gone or job_already_running.
 */
export function retryRun(sql: ISql, id: string): Promise<RunRow> {
  return inTransaction(sql, async (tx) => {
    const run = await readRun(tx, id)
    await inTurn(tx, run.job)
    refuseGone(await readJob(tx, run.job))
    const [row] = await tx<{ active: string | null; again: string | null }[]>`
      with run as (
        select r.id, r.job, j.overlap from runs r join jobs j on j.name = r.job
        where r.id = ${id} and r.state in ('failed', 'cancelled')
      ), active as (
        select active.id from run join runs active on active.job = run.job and active.state in ('queued', 'running')
        where run.overlap = 'skip' and active.trigger <> 'backfill' limit 1
      ), ${cancelling(tx, superseded(tx, tx`select job from run`), SUPERSEDED)}
      , again as (
        update runs set state = 'queued', available_at = now(), failures = 0, lost = 0, error = null, error_pt = null, result = null,
          finished_at = null, cancel_requested_at = null, cancel_reason = null, cancel_reason_pt = null
        from run where runs.id = run.id and not exists (select from active)
        returning runs.id, runs.job, runs.slot, pg_notify(${RUN_QUEUED}, runs.job)
      ), slot_again as (
        update slots set state = 'queued' from again
        where slots.job = again.job and slots.slot = again.slot and slots.run_id = again.id and slots.state = 'cancelled'
      )
      select (select id from active) as active, (select id from again) as again`
    if (!row!.again && row!.active) throw alreadyRunning(run.job, row!.active)
    const now = await readRun(tx, id)
    if (!row!.again) throw notRetried(now)
    return now
  })
}

function notRetried({ id, job, state }: RunRow): AppError {
  if (state === 'succeeded')
    return new AppError('conflict', 'run_succeeded', {
      en: `Run ${id} has succeeded; trigger ${job} to run it once more.`,
      pt: `A execução ${id} terminou com sucesso; dispare ${job} para executar outra vez.`,
    })
  return new AppError('conflict', 'run_not_over', {
    en: `Run ${id} is ${state}; only one that failed or was cancelled can be retried.`,
    pt: `A execução ${id} ainda não terminou (${state}); só uma que falhou ou foi cancelada pode ser repetida.`,
  })
}
