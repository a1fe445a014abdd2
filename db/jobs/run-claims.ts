/**
 * The workers' statements on the runs table.
 *
 * Terminology. A claim makes a queued run this worker's, as its next attempt, for the length of a lease. A heartbeat
 * renews the lease. A run whose lease ran out is lost: it is queued again, whichever worker had it. Every write names
 * the attempt it belongs to (the fence), so that a worker that was only asleep changes nothing any more.
 */
import postgres, { type Fragment, type Sql } from 'postgres'
import { followEnds, wakingPool } from './run-ends.ts'
import { RUN_ENDED, RUN_QUEUED, RUN_STARTED, type EndedAttempt, type HeldAttempt, type RunRow } from './runs.ts'

export type ClaimedRun = Pick<RunRow, 'id' | 'job' | 'attempt' | 'slot' | 'conf' | 'failures'>

/** A worker that claims, and its terms. */
export interface Claimer {
  worker: string
  lease_s: number
  /** A slot whose run starts later than this after its time is `late`. */
  late_after_s: number
}

export interface ClaimOptions extends Claimer {
  /** The jobs that this worker knows. */
  jobs: string[]
  limit: number
}

/**
 * Claims up to `limit` runs that may start now: those of a backfill after all others, else oldest first; of a job whose
 * runs do not overlap at most one, and only while none of it runs; of jobs in a pool as many as it has free places. Throws an error that `isBeaten` knows when another
 * worker just started one: claim again.
 */
export function claimRuns(
  sql: Sql,
  { jobs, worker, lease_s, limit, late_after_s }: ClaimOptions,
): Promise<ClaimedRun[]> {
  return sql<ClaimedRun[]>`
    with startable as (
      select r.*, j.overlap <> 'allow' as alone, j.pool, j.pool_limit,
        row_number() over (partition by j.pool order by r.backfill, r.available_at, r.id) as nth
      from jobs j
      cross join lateral (
        select id, trigger = 'backfill' as backfill, available_at from runs
        where job = j.name and state = 'queued' and available_at <= now()
        order by (trigger = 'backfill'), available_at, id
        limit case when j.overlap = 'allow' then ${limit}::int else 1 end
        for no key update skip locked
      ) r
      where j.name = any(${jobs})
        and (j.overlap = 'allow' or not exists (select from runs where job = j.name and state = 'running'))
    ), candidate as (
      select s.id, s.alone, s.pool, free.place
      from startable s
      left join lateral (
        select place from generate_series(1, s.pool_limit) place
        where not exists (select from runs where pool = s.pool and pool_place = place and state = 'running')
          -- A limit that was lowered counts at once.
          and s.nth <= s.pool_limit - ${runsInPool(sql, sql`s.pool`)}
        order by place offset s.nth - 1 limit 1
      ) free on s.pool is not null
      where s.pool is null or free.place is not null
      order by s.backfill, s.available_at, s.id
      limit ${limit}
    ), claimed as (
      update runs set state = 'running', attempt = attempt + 1, worker = ${worker}, alone = candidate.alone,
        pool = candidate.pool, pool_place = candidate.place, lease_until = now() + make_interval(secs => ${lease_s}), started_at = coalesce(started_at, now())
      from candidate where runs.id = candidate.id
      returning runs.id, job, attempt, slot, conf, failures
    ), started as (
      insert into run_attempts (run_id, attempt, worker) select id, attempt, ${worker} from claimed
      returning pg_notify(${RUN_STARTED}, run_id::text)
    ), slot_started as (
      update slots set state = case
        when slots.slot < now() - make_interval(secs => ${late_after_s}) then 'late' else 'ran' end
      from claimed where slots.job = claimed.job and slots.slot = claimed.slot and slots.state = 'queued'
    )
    select * from claimed`
}

/** Milliseconds until a run of these jobs may be claimed (0 or less: now), or null when none waits. */
export async function nextClaimIn(sql: Sql, jobs: string[]): Promise<number | null> {
  const [row] = await sql<{ wait_ms: number | null }[]>`
    select ceil(extract(epoch from min(r.available_at) - now()) * 1000)::float8 as wait_ms
    from jobs j
    cross join (values (false), (true)) kind(backfill)
    cross join lateral (
      select available_at from runs
      where job = j.name and state = 'queued' and (trigger = 'backfill') = kind.backfill
      order by available_at limit 1
    ) r
    where j.name = any(${jobs})
      and (j.overlap = 'allow' or not exists (select from runs where job = j.name and state = 'running'))
      and (j.pool is null or ${runsInPool(sql, sql`j.pool`)} < j.pool_limit)`
  return row?.wait_ms ?? null
}

const runsInPool = (sql: Sql, pool: Fragment) => sql`(
  select count(*) from runs where pool = ${pool} and state = 'running')`

/**
 * Two workers started two runs of a job that allows one, or in one place of a pool: the database let one of them, or neither
 * could go on.
 */
export function isBeaten(err: unknown): boolean {
  if (!(err instanceof postgres.PostgresError)) return false
  return ['runs_alone', 'runs_pool_place'].includes(err.constraint_name ?? '') || err.code === '40P01'
}

/** Renews the leases of what this worker runs; the ids of those that are still its own, and whether they are to end. */
export async function renewLeases(
  sql: Sql,
  held: HeldAttempt[],
  lease_s: number,
): Promise<Map<string, { cancelled: boolean }>> {
  const rows = await sql<{ id: string; cancelled: boolean }[]>`
    with own as (
      -- In the order in which ends are written, so that the two cannot lock each other out, and one by one as there.
      select held.run_id as id
      from (
        select * from unnest(${held.map((h) => h.run_id)}::uuid[], ${held.map((h) => h.attempt)}::int[])
          as h(run_id, attempt) order by run_id
      ) held
      cross join lateral (
        select attempt, state from runs where id = held.run_id offset 0 for no key update
      ) r
      where r.attempt = held.attempt and r.state = 'running'
    )
    update runs set lease_until = now() + make_interval(secs => ${lease_s}) from own where runs.id = own.id
    returning runs.id, cancel_requested_at is not null as cancelled`
  return new Map(rows.map(({ id, cancelled }) => [id, { cancelled }]))
}

export interface LostRun extends Pick<RunRow, 'id' | 'job' | 'attempt' | 'worker'> {
  run_state: EndedAttempt['run_state']
}

/** Queues again every run whose lease ran out, in its place among the runs of its job; gives up one that has now lost `max_lost` workers, or was to end. */
export function requeueLostRuns(sql: Sql, max_lost: number): Promise<LostRun[]> {
  return sql.begin(async (tx) => {
    const lost = await tx<(EndedAttempt & { worker: string | null })[]>`
      with expired as (
        select id, worker from runs where state = 'running' and lease_until < now() for no key update skip locked
      ), lost as (
        update runs set lost = lost + 1, worker = null, lease_until = null,
          -- That of one queued before the clock went back is ahead.
          available_at = least(available_at, now()),
          state = case when cancel_requested_at is not null then 'cancelled'
            when lost + 1 < ${max_lost} then 'queued' else 'failed' end,
          finished_at = case when cancel_requested_at is null and lost + 1 < ${max_lost} then null else now() end,
          error = case when cancel_requested_at is not null then cancel_reason
            when lost + 1 < ${max_lost} then error
            else 'Given up: its worker died ' || lost + 1 || ' times while running it.' end,
          error_pt = case when cancel_requested_at is not null then cancel_reason_pt
            when lost + 1 < ${max_lost} then error_pt
            else 'Abandonada: os workers que a executavam morreram ' || lost + 1 || ' vezes.' end
        from expired where runs.id = expired.id
        returning runs.id as run_id, attempt, job, state as run_state, trigger, slot, error, error_pt, failures, expired.worker, runs.pool
      ), ended as (
        update run_attempts a set state = 'lost', finished_at = now()
        from lost where a.run_id = lost.run_id and a.attempt = lost.attempt
      )
      select lost.*, false as is_followed, pg_notify(case run_state when 'queued' then ${RUN_QUEUED} else ${RUN_ENDED} end,
        case run_state when 'queued' then job else run_id::text end)::text as told,
        ${wakingPool(tx, tx`lost.pool`)} as woken
      from lost`
    const over = lost.filter(({ run_state }) => run_state !== 'queued')
    if (over.length > 0) await followEnds(tx, over)
    return lost.map(({ run_id: id, job, attempt, worker, run_state }) => ({ id, job, attempt, worker, run_state }))
  }) as Promise<LostRun[]>
}
