/** The runs table as its readers and triggers see it; what a worker does with it is in run-claims.ts. */
import type { JSONValue, Sql } from 'postgres'
import { AppError } from '../lib/errors.ts'
import { jobNotFound } from './jobs.ts'
import type { ATTEMPT_STATES, RUN_STATES, TRIGGERS } from './schema/jobs.ts'

export type RunState = (typeof RUN_STATES)[number]
export type Trigger = (typeof TRIGGERS)[number]

/** Told with a run's id when it is over. */
export const RUN_ENDED = 'runs_ended'
/** Told whenever a run may be there to claim. */
export const RUN_QUEUED = 'runs_queued'

export interface RunRow {
  id: string
  job: string
  slot: Date | null
  trigger: Trigger
  state: RunState
  conf: Record<string, unknown>
  attempt: number
  failures: number
  lost: number
  available_at: Date
  worker: string | null
  lease_until: Date | null
  dedupe_key: string | null
  queued_at: Date
  started_at: Date | null
  finished_at: Date | null
  error: string | null
  result: unknown
}

export interface NewRun {
  job: string
  conf?: Record<string, unknown>
  trigger: Exclude<Trigger, 'schedule'>
  /** The same key for the same job gives the same run, however often it is asked for. */
  dedupe_key?: string
}

/**
 * Queues a run and wakes the workers. Under the job's overlap rule: with `skip`, throws AppError job_already_running
 * while a run of it is queued or running. Two calls in the same instant may both queue; they still run one by one.
 */
export async function enqueueRun(sql: Sql, run: NewRun): Promise<{ run_id: string; created: boolean }> {
  const { job, trigger, conf = {}, dedupe_key = null } = run
  const [row] = await sql<{ known: boolean; same: string | null; active: string | null; created: string | null }[]>`
    with job as (
      select name, overlap from jobs where name = ${job}
    ), same as (
      select id from runs where job = ${job} and dedupe_key = ${dedupe_key}
    ), active as (
      select id from runs where job = ${job} and state in ('queued', 'running')
        and (select overlap from job) = 'skip'
      limit 1
    ), created as (
      insert into runs (id, job, trigger, conf, dedupe_key)
      select ${Bun.randomUUIDv7()}, name, ${trigger}, ${sql.json(conf as JSONValue)}, ${dedupe_key} from job
      where not exists (select from same) and not exists (select from active)
      -- A caller with the same key in the same instant: its row comes back.
      on conflict (job, dedupe_key) do update set dedupe_key = excluded.dedupe_key
      returning id, pg_notify(${RUN_QUEUED}, job)
    )
    select exists (select from job) as known, (select id from same) as same, (select id from active) as active,
      (select id from created) as created`
  if (!row!.known) throw jobNotFound(job)
  if (row!.created) return { run_id: row!.created, created: true }
  if (row!.same) return { run_id: row!.same, created: false }
  throw new AppError('job_already_running', 409, {
    en: `${job} is already under way as run ${row!.active}, and its runs do not overlap. Wait until that one has ended.`,
    pt: `${job} já está em andamento na execução ${row!.active}, e suas execuções não se sobrepõem. Espere essa terminar.`,
  })
}

/** One run, or null. */
export async function getRun(sql: Sql, id: string): Promise<RunRow | null> {
  const [row] = await sql<RunRow[]>`select * from runs where id = ${id}`
  return row ?? null
}

/** The newest runs of a job, newest first. */
export function listRuns(sql: Sql, job: string, limit: number): Promise<RunRow[]> {
  return sql<RunRow[]>`select * from runs where job = ${job} order by id desc limit ${limit}`
}

export interface AttemptRow {
  run_id: string
  attempt: number
  state: (typeof ATTEMPT_STATES)[number]
  worker: string
  started_at: Date
  finished_at: Date | null
  error: string | null
}

/** Every start of a run, in order. */
export function listAttempts(sql: Sql, run_id: string): Promise<AttemptRow[]> {
  return sql<AttemptRow[]>`select * from run_attempts where run_id = ${run_id} order by attempt`
}
