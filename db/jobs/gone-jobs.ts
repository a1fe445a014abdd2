/**
 * Jobs whose file is gone. Nothing starts them any more, and what they have under way is cancelled; their history stays until
 * somebody forgets them, or their file is back.
 */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { observe, type Observation } from '../alerts/observe.ts'
import { cancelling } from './cancel-runs.ts'
import { JOBS_REGISTERED, readJob } from './jobs.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'

/** Of the run of a job that is gone. */
const CANCELLED = {
  en: 'Cancelled: the file of its job is gone.',
  pt: 'Cancelada: o arquivo do job não existe mais.',
}

/**
 * Finds jobs that have gone, and those that are back: any two replicas find the same. `replica_id`: the caller, which says
 * nothing while it does not count itself.
 */
export async function observeGone(sql: Sql, replica_id: string): Promise<{ went: string[]; back: string[] }> {
  if (!(await isAnyChange(sql))) return { went: [], back: [] }
  return sql.begin(async (tx) => {
    const rows = await tx<{ name: string; file: string | null; is_gone: boolean }[]>`
      update jobs set gone_at = case when gone_at is null then now() end,
        -- What came while it was gone is nobody's slot.
        scheduled_until = case when gone_at is null then scheduled_until else date_trunc('milliseconds', now()) end
      where (gone_at is null) = (name not in (select unnest(jobs) from job_replicas))
        and exists (select from job_replicas where id = ${replica_id})
      returning name, file, gone_at is not null as is_gone`
    const went = rows.filter(({ is_gone }) => is_gone)
    const back = rows.filter(({ is_gone }) => !is_gone).map(({ name }) => name)
    // Also what was queued at the very moment when the job went.
    const ofGone = tx`runs.job in (select name from jobs where gone_at is not null)`
    await tx`with ${cancelling(tx, ofGone, CANCELLED)} select`
    await observe(tx, [...went.flatMap(({ name, file }) => observationsOf(name, file)), ...back.map(isBack)])
    await tx`select pg_notify(${JOBS_REGISTERED}, '')`
    return { went: went.map(({ name }) => name), back }
  }) as Promise<{ went: string[]; back: string[] }>
}

async function isAnyChange(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ change: boolean }[]>`
    select exists (
      select from jobs where (gone_at is null) = (name not in (select unnest(jobs) from job_replicas))
        or (gone_at is not null and exists (select from runs where job = name and state = 'queued'))
    ) as change`
  return row!.change
}

/** Nothing else would ever end the alerts of its runs and slots. */
function observationsOf(name: string, file: string | null): Observation[] {
  const at = file === null ? '' : ` (${file})`
  const detail = {
    en: `No running jobs program has the file of ${name}${at} any more. Put it back, or remove the job: bun run jobs forget ${name}.`,
    pt: `Nenhum programa de jobs em execução tem mais o arquivo de ${name}${at}. Recoloque-o, ou remova o job: bun run jobs forget ${name}.`,
  }
  return [{ rule: 'JOB_GONE', subject: name, ok: false, detail }, ...OWN_RULES.map((rule) => over(rule, name))]
}

/** Those whose subject is a job. */
const OWN_RULES = ['JOB_FAILED', 'JOB_MISSED'] as const

const over = (rule: Observation['rule'], subject: string): Observation => ({ rule, subject, ok: true, final: true })
const isBack = (name: string) => over('JOB_GONE', name)

/** Rows that one statement deletes: a job may have millions. */
const LINES = 20_000
const RUNS = 1000
const SLOTS = 20_000

/**
 * Removes a job that is gone, with its runs and slots, and ends its alerts; `then` is part of the last transaction. Throws
 * AppError job_not_found or job_not_gone.
 */
export async function forgetJob(sql: Sql, name: string, then: (tx: ISql) => Promise<void>): Promise<void> {
  await refuseUnlessGone(sql, name)
  await deleteHistory(sql, name)
  await inTransaction(sql, async (tx) => {
    await tx`select from jobs where name = ${name} for update`
    await refuseUnlessGone(tx, name)
    await tx`delete from jobs where name = ${name}`
    await observe(tx, [isBack(name), ...OWN_RULES.map((rule) => over(rule, name))])
    await then(tx)
  })
}

async function refuseUnlessGone(sql: ISql, name: string): Promise<void> {
  const job = await readJob(sql, name)
  if (job.gone_at === null)
    throw new AppError('conflict', 'job_not_gone', {
      en: `A running jobs program has the file of ${name}. Remove that first; some seconds later the job can be forgotten.`,
      pt: `Um programa de jobs em execução tem o arquivo de ${name}. Remova-o antes; alguns segundos depois o job pode ser esquecido.`,
    })
}

async function deleteHistory(sql: Sql, job: string): Promise<void> {
  for (;;) {
    const runs = (await sql<{ id: string }[]>`select id from runs where job = ${job} limit ${RUNS}`).map(({ id }) => id)
    if (runs.length === 0) break
    const someLines = () => sql`
      delete from run_logs where id in (select id from run_logs where run_id = any(${runs}) limit ${LINES})`
    while ((await someLines()).count === LINES);
    await sql`delete from runs where id = any(${runs})`
  }
  const someSlots = () => sql`
    delete from slots where job = ${job} and slot in (select slot from slots where job = ${job} limit ${SLOTS})`
  while ((await someSlots()).count === SLOTS);
}
