/**
 * The actions of people on jobs and runs, from the API and the command line alike: each is one transaction with its audit
 * row.
 */
import type { ISql, Sql } from 'postgres'
import { validationFailed } from '../../lib/errors.ts'
import { recordAudit, type AuditAction, type Actor } from '../audit/audit.ts'
import { backfill, slotsWithoutRun, type BackfilledSlot, type BackfillRange } from './backfill.ts'
import { cancelling, cancelRun } from './cancel-runs.ts'
import { enqueueRun, type NewRun } from './enqueue-run.ts'
import { fittingConf } from './job-conf.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import { forgetJob } from './gone-jobs.ts'
import { pauseJob, readJob, resumeJob } from './jobs.ts'
import { retryRun } from './retry-run.ts'
import type { RunRow } from './runs.ts'

/** Queues a run whose conf fits, or finds the one of its dedupe key; its id. Throws as fittingConf and enqueueRun do. */
export function triggerRun(sql: ISql, run: NewRun, actor: Actor): Promise<string> {
  return inTransaction(sql, async (tx) => {
    const conf = await fittingConf(tx, run.job, run.conf)
    const { run_id, created } = await enqueueRun(tx, { ...run, conf })
    if (created) await audit(tx, 'job.triggered', run.job, actor, { run_id, trigger: run.trigger })
    return run_id
  })
}

export interface WebhookTrigger {
  job?: string
  /** The same as `job`, as Airflow calls it. */
  dag_id?: string
  conf?: Record<string, unknown>
  event_id?: string
}

/**
 * Queues the run that a webhook asks for, or finds the one of the first time: a repeated event_id, or without one a
 * repeated `signature`, starts nothing new. Its id. Throws as triggerRun does, and AppError validation_failed.
 */
export async function triggerByWebhook(
  sql: ISql,
  { job, dag_id, conf, event_id }: WebhookTrigger,
  signature: string | undefined,
  actor: Actor,
): Promise<string> {
  const name = job ?? dag_id
  if (name === undefined || (job !== undefined && dag_id !== undefined && job !== dag_id))
    throw validationFailed([
      {
        path: '/job',
        message: { en: 'name one job, as job or as dag_id', pt: 'informe um só job, em job ou em dag_id' },
      },
    ])
  const dedupe_key = event_id === undefined ? signature && `signature:${hashOf(signature)}` : `event:${event_id}`
  return triggerRun(
    sql,
    { job: name, trigger: 'webhook', ...(conf && { conf }), ...(dedupe_key && { dedupe_key }) },
    actor,
  )
}

/** Whoever reads runs sees their dedupe keys: none must be a signature that its reader could send again. */
const hashOf = (signature: string) => new Bun.CryptoHasher('sha256').update(signature).digest('base64url')

/** Throws AppError job_not_found. */
export function setPaused(
  sql: ISql,
  job: string,
  paused: boolean,
  actor: Actor,
  reason: string | null = null,
): Promise<void> {
  return inTransaction(sql, async (tx) => {
    await (paused ? pauseJob(tx, job, reason) : resumeJob(tx, job))
    await audit(tx, paused ? 'job.paused' : 'job.resumed', job, actor, reason === null ? {} : { reason })
  })
}

/** Removes a job whose file is gone, with its history. Throws AppError job_not_found or job_not_gone. */
export function forgetByHand(sql: Sql, job: string, actor: Actor): Promise<void> {
  return forgetJob(sql, job, (tx) => audit(tx, 'job.forgotten', job, actor))
}

/** The slots that `backfillByHand` would queue runs for. Throws as that does. */
export async function backfillDryRun(sql: ISql, range: BackfillRange): Promise<Array<{ slot: Date; run_id: null }>> {
  await fittingConf(sql, range.job, range.conf)
  return (await slotsWithoutRun(sql, range)).map((slot) => ({ slot, run_id: null }))
}

/** Queues a run for each slot of the range that has none. Throws as fittingConf and slotsWithoutRun do. */
export function backfillByHand(sql: ISql, range: BackfillRange, actor: Actor): Promise<BackfilledSlot[]> {
  return inTransaction(sql, async (tx) => {
    const conf = await fittingConf(tx, range.job, range.conf)
    const slots = await backfill(tx, { ...range, conf })
    const [from, to] = [range.from.toISOString(), range.to.toISOString()]
    await audit(tx, 'job.backfilled', range.job, actor, { from, to, runs: slots.length })
    return slots
  })
}

/** Throws as retryRun does. */
export function retryByHand(sql: ISql, run_id: string, actor: Actor): Promise<RunRow> {
  return inTransaction(sql, async (tx) => {
    const run = await retryRun(tx, run_id)
    await audit(tx, 'run.retried', run.job, actor, { run_id, attempt: run.attempt + 1 })
    return run
  })
}

/** Throws as cancelRun does. */
export function cancelByHand(sql: ISql, run_id: string, actor: Actor): Promise<RunRow> {
  return inTransaction(sql, async (tx) => {
    const run = await cancelRun(tx, run_id, cancelledBy(actor))
    await audit(tx, 'run.cancelled', run.job, actor, { run_id, state: run.state })
    return run
  })
}

/** Cancels every run of the job that waits; their ids, the oldest first. Throws AppError job_not_found. */
export function cancelQueuedByHand(sql: ISql, job: string, actor: Actor): Promise<string[]> {
  return inTransaction(sql, async (tx) => {
    await readJob(tx, job)
    const rows = await tx<{ id: string }[]>`
      with ${cancelling(tx, tx`runs.job = ${job} and runs.state = 'queued'`, cancelledBy(actor))}
      select id from cancelled where state = 'cancelled' order by id`
    if (rows.length > 0) await audit(tx, 'job.queue_cancelled', job, actor, { runs: rows.length })
    return rows.map(({ id }) => id)
  })
}

const cancelledBy = ({ actor_name }: Actor) => ({
  en: `Cancelled by ${actor_name ?? 'somebody'}.`,
  pt: `Cancelada por ${actor_name ?? 'alguém'}.`,
})

function audit(
  tx: ISql,
  action: AuditAction,
  target: string,
  actor: Actor,
  details: Record<string, string | number> = {},
): Promise<void> {
  return recordAudit(tx, { ...actor, action, target, details })
}
