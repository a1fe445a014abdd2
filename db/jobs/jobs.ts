/** The jobs table: the schedules, and up to where their slots are accounted for. */
import type { ISql, Sql } from 'postgres'
import { isTimezone } from '../../lib/calendar.ts'
import { AppError } from '../../lib/errors.ts'
import { timeIn, type Locale } from '../../lib/texts.ts'
import type { FileProblem, jobs, runs } from './table.ts'

/** Names of jobs. */
export const JOB_NAME = /^[a-z][a-z0-9_]{0,62}$/

type Row = typeof jobs.$inferSelect
type Run = typeof runs.$inferSelect

export type Overlap = Row['overlap']

export type Catchup = Row['catchup']

/** The part of a job that its file declares and that every program goes by. */
export interface JobFacts extends Pick<
  Row,
  | 'name'
  | 'schedule'
  | 'timezone'
  | 'after'
  | 'after_window_s'
  | 'overlap'
  | 'catchup'
  | 'pool'
  | 'conf_schema'
  | 'calendar'
  | 'holidays'
  | 'file'
> {
  /** Infinity: no limit. */
  catchup_window_s: number
}

/** Notified when jobs are registered. */
export const JOBS_REGISTERED = 'jobs_registered'

/** With its newest run, whatever started it, and what is wrong with its file, where a replica cannot use that as it is now. */
export interface JobRow extends Row {
  problem: FileProblem | null
  last_run_id: Run['id'] | null
  last_run_state: Run['state'] | null
  last_run_at: Date | null
}

/**
 * Makes the jobs known to every program, as their files declare them now: from here on all replicas schedule them so, also
 * those that have another version. To be called where a file was read new or changed, and by nobody else. A changed schedule
 * counts from now on: the times that it would have had before are nobody's slots. A pool that `pools` does not name has a limit of 1.
 */
export async function registerJobs(sql: Sql, jobs: JobFacts[], pools: Record<string, number> = {}): Promise<void> {
  const facts = jobs.map((job) => factsOf(job, pools))
  await sql`
    with registered as (
      insert into jobs (
        name, schedule, timezone, after, after_window_s, overlap, catchup, catchup_window_s, pool, pool_limit, conf_schema,
        calendar, holidays, file)
      select name, schedule, timezone, after, after_window_s, overlap, catchup, catchup_window_s, pool, pool_limit, conf_schema,
        calendar, holidays, file
      from jsonb_to_recordset(${sql.json(facts as never)})
        as j(name text, schedule text, timezone text, after text[], after_window_s float8, overlap text, catchup text, catchup_window_s float8,
             pool text, pool_limit int, conf_schema jsonb, calendar text, holidays jsonb, file text)
      -- In one order, so that replicas that start together cannot lock each other out.
      order by name
      on conflict (name) do update set
        schedule = excluded.schedule, timezone = excluded.timezone, after = excluded.after,
        after_window_s = excluded.after_window_s, overlap = excluded.overlap,
        catchup = excluded.catchup, catchup_window_s = excluded.catchup_window_s,
        pool = excluded.pool, pool_limit = excluded.pool_limit, conf_schema = excluded.conf_schema,
        calendar = excluded.calendar, holidays = excluded.holidays, file = excluded.file, seen_at = now(),
        scheduled_until = case
          when (jobs.schedule, jobs.timezone) = (excluded.schedule, excluded.timezone) then jobs.scheduled_until
          else excluded.scheduled_until end
    )
    select pg_notify(${JOBS_REGISTERED}, '')`
}

/** As the row holds them. */
function factsOf(job: JobFacts, pools: Record<string, number>) {
  const { name, schedule, timezone, after, after_window_s, overlap, catchup, pool, conf_schema } = job
  const catchup_window_s = job.catchup_window_s === Infinity ? null : job.catchup_window_s
  const pool_limit = pool === null ? null : Object.hasOwn(pools, pool) ? pools[pool]! : 1
  const { calendar, holidays, file } = job
  return {
    name,
    schedule,
    timezone,
    after,
    after_window_s,
    overlap,
    catchup,
    catchup_window_s,
    pool,
    pool_limit,
    conf_schema,
    calendar,
    holidays,
    file,
  }
}

/** A job's row, as far as its slots are planned by it. */
export interface ScheduleState extends Pick<
  Row,
  | 'name'
  | 'schedule'
  | 'timezone'
  | 'after'
  | 'overlap'
  | 'catchup'
  | 'catchup_window_s'
  | 'holidays'
  | 'scheduled_until'
  | 'resumed_at'
> {
  paused: boolean
  /** The database's clock. */
  now: Date
  /** Slots since `scheduled_until` that have a row: those that ran ahead of their time, before the clock went back. In order. */
  recorded: Date[]
}

/** How these jobs are scheduled, up to where their slots are accounted for, and what time it is. */
export function readSchedules(sql: Sql, names: string[]): Promise<ScheduleState[]> {
  return sql<ScheduleState[]>`
    select name, schedule, timezone, after, overlap, catchup, catchup_window_s, holidays, scheduled_until,
      paused_at is not null as paused, resumed_at, now() as now,
      array(select slot from slots where job = name and slot > scheduled_until and slot <= now() order by slot) as recorded
    from jobs where name = any(${names}) and gone_at is null`
}

/** By name, the file that each job was read from last. */
export async function filesOfJobs(sql: Sql): Promise<Map<string, string | null>> {
  const rows = await sql<Pick<Row, 'name' | 'file'>[]>`select name, file from jobs`
  return new Map(rows.map(({ name, file }) => [name, file]))
}

/** Every job, by name; or at most `limit` of those after the name `after`. */
export function listJobs(
  sql: ISql,
  { limit, after }: { limit?: number; after?: string | undefined } = {},
): Promise<JobRow[]> {
  return sql<JobRow[]>`
    ${withNewestRun(sql)} ${after === undefined ? sql`` : sql`where j.name > ${after}`} order by j.name limit ${limit ?? null}`
}

/** One job, or null. */
export async function findJob(sql: ISql, name: string): Promise<JobRow | null> {
  const [row] = await sql<JobRow[]>`${withNewestRun(sql)} where j.name = ${name}`
  return row ?? null
}

/** Throws AppError job_not_found. */
export async function readJob(sql: ISql, name: string): Promise<JobRow> {
  const job = await findJob(sql, name)
  if (job) return job
  throw jobNotFound(name)
}

const withNewestRun = (sql: ISql) => sql`
  select j.*, r.id as last_run_id, r.state as last_run_state, coalesce(r.started_at, r.queued_at) as last_run_at, (
      select p from job_replicas, jsonb_array_elements(problems) p
      where p ->> 'job' = j.name or p ->> 'file' = j.file limit 1
    ) as problem
  from jobs j
  left join lateral (select * from runs where job = j.name order by id desc limit 1) r on true`

/** From now on the job's slots start nothing, until `resumeJob`; a reason that is null leaves the one of before; what runs goes on, and it can still be triggered. */
export async function pauseJob(sql: ISql, name: string, reason: string | null = null): Promise<void> {
  const rows = await sql`
    update jobs set paused_at = coalesce(paused_at, now()), pause_reason = coalesce(${reason}, pause_reason)
    where name = ${name} returning name`
  if (rows.length === 0) throw jobNotFound(name)
}

/** Its slots start runs again, from now on: those that came during the pause are not made up for. */
export async function resumeJob(sql: ISql, name: string): Promise<void> {
  const rows = await sql`
    update jobs set paused_at = null, pause_reason = null, resumed_at = case when paused_at is null then resumed_at else now() end
    where name = ${name} returning name`
  if (rows.length === 0) throw jobNotFound(name)
}

export function jobNotFound(name: string): AppError {
  return new AppError('not_found', 'job_not_found', { en: `There is no job ${name}.`, pt: `Não existe o job ${name}.` })
}

/** Nothing is to be queued for a job that nobody can run. */
export function refuseGone({ name, gone_at, timezone }: Pick<Row, 'name' | 'gone_at' | 'timezone'>): void {
  if (gone_at === null) return
  // It may be a zone that this version does not know.
  const since = (locale: Locale) => timeIn(gone_at, locale, isTimezone(timezone) ? timezone : 'UTC')
  throw new AppError('conflict', 'job_gone', {
    en: `The file of ${name} is gone since ${since('en')}, and with it what the job does. Put it back first.`,
    pt: `O arquivo de ${name} sumiu em ${since('pt-BR')}, e com ele o que o job faz. Recoloque-o antes.`,
  })
}

/** The database's clock, in which slots are kept. */
export async function databaseTime(sql: ISql): Promise<Date> {
  const [row] = await sql<{ now: Date }[]>`select now() as now`
  return row!.now
}
