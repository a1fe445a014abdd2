/**
 * The slots table: every scheduled time of a job is accounted for here, whatever its outcome.
 *
 * Any number of schedulers may plan the same slots; the one that moves the job's `scheduled_until` from the value it
 * planned with records them. All of that is one statement, so that no lock outlives a scheduler that stops half-way.
 */
import type { Sql } from 'postgres'
import { cancelling, superseded, SUPERSEDED } from './cancel-runs.ts'
import { isBeaten, type ClaimedRun, type Claimer } from './run-claims.ts'
import { RUN_QUEUED, RUN_STARTED } from './runs.ts'
import { STRETCH_STATES, type slots } from './table.ts'

export type SlotRow = typeof slots.$inferSelect
export type SlotState = SlotRow['state']

/** Notified when slots are accounted for. */
export const SLOTS_RECORDED = 'slots_recorded'

export interface SlotPlan {
  job: string
  /** The values of `scheduled_until` and paused when this was planned. */
  planned_from: Date
  planned_paused: boolean
  /** The new `scheduled_until`: the last of the slots. Before that time nothing of the plan is recorded. */
  until: Date
  /** After this it is not recorded: it is to be planned anew. */
  valid_until: Date
  /** In order of time. */
  slots: PlannedSlot[]
}

/**
 * `slot_until` is the last of `count` slots that share the row, null for a single one; `queued` and `caught_up` make a run,
 * the other states only say why there is none.
 */
export interface PlannedSlot extends Pick<SlotRow, 'slot' | 'slot_until' | 'count' | 'state' | 'run_id' | 'holiday'> {
  /** Becomes `skipped` when a run of the job is queued or running that is not a backfill's. */
  unless_active: boolean
}

/** A worker that claims up to `capacity` of the runs as they are made. */
export interface SlotClaimer extends Claimer {
  capacity: number
}

/** For a statement that only queues. */
const NOBODY: SlotClaimer = { worker: '', lease_s: 0, late_after_s: 0, capacity: 0 }

/**
 * Records the plans that nobody else recorded first, and makes their runs. Those that the `claimer` has capacity for and
 * that need not wait for another run of their job are its own from the beginning, as if it had claimed them: they are
 * returned. The others are queued, and the workers woken. The database's clock decides whether a plan's time has come.
 * With a claimer it throws as claimRuns does.
 */
export function recordSlots(sql: Sql, plans: SlotPlan[], claimer = NOBODY): Promise<ClaimedRun[]> {
  const { worker, lease_s, late_after_s, capacity } = claimer
  return sql<ClaimedRun[]>`
    with plan as (
      select * from jsonb_to_recordset(${sql.json(plans as never)})
        as p(job text, planned_from timestamptz, planned_paused boolean, until timestamptz, valid_until timestamptz,
             slots jsonb)
    ), free as (
      select p.job, p.until, p.slots from plan p
      join jobs j on j.name = p.job and j.scheduled_until = p.planned_from
        and (j.paused_at is not null) = p.planned_paused and j.gone_at is null
      where now() between p.until and p.valid_until
      order by j.name
      for no key update of j skip locked
    ), taken as (
      update jobs set scheduled_until = free.until from free where jobs.name = free.job
      returning jobs.name, jobs.overlap, jobs.pool, free.slots
    ), planned as (
      select taken.name as job, taken.overlap, taken.pool, p.*
      from taken cross join lateral rows from (
        jsonb_to_recordset(taken.slots)
          as (slot timestamptz, slot_until timestamptz, count int, state text, run_id uuid, holiday jsonb, unless_active boolean)
      ) with ordinality as p(slot, slot_until, count, state, run_id, holiday, unless_active, nth)
    ), due as (
      -- A place in a pool is for a claim to find.
      select p.*, p.pool is null and waiting.yes is null and (p.overlap = 'allow' or running.own is null) and p.nth = 1
        as startable
      from planned p
      -- One by one, as there is an index over the queued and one over the running: a job may have a long history.
      left join lateral (
        select true as yes from runs where job = p.job and state = 'queued' and (trigger = 'backfill') = false limit 1
      ) waiting on true
      cross join lateral (
        select bool_or(trigger <> 'backfill') as own from runs where job = p.job and state = 'running'
      ) running
      where p.run_id is not null and not (p.unless_active and (waiting.yes is not null or coalesce(running.own, false)))
    ), counted as (
      select due.*, startable and count(*) filter (where startable) over (rows unbounded preceding) <= ${capacity} as starts
      from due
    ), queued as (
      insert into runs (id, job, slot, trigger, state, attempt, alone, worker, lease_until, started_at)
      select run_id, job, slot, 'schedule', case when starts then 'running' else 'queued' end, starts::int,
        starts and overlap <> 'allow', case when starts then ${worker} end,
        case when starts then now() + make_interval(secs => ${lease_s}) end, case when starts then now() end
      from counted
      on conflict (job, slot) do nothing
      returning id, job, attempt, slot, conf, failures, state,
        case state when 'queued' then pg_notify(${RUN_QUEUED}, '')::text end as told
    ), started as (
      insert into run_attempts (run_id, attempt, worker) select id, attempt, ${worker} from queued where state = 'running'
      returning pg_notify(${RUN_STARTED}, run_id::text)
    ), ${cancelling(sql, superseded(sql, sql`select job from queued`), SUPERSEDED)}
    , outcome as (
      select p.*, case
          when p.run_id is null then p.state
          when p.run_id not in (select id from queued) then 'skipped'
          when p.state <> 'queued' or p.run_id not in (select id from queued where state = 'running') then p.state
          when p.slot < now() - make_interval(secs => ${late_after_s}) then 'late' else 'ran' end as became
      from planned p
    ), recorded as (
      -- A stretch that goes on lengthens the newest row: by taking its key, and so meeting it as a conflict.
      insert into slots (job, slot, slot_until, count, state, run_id, holiday)
      select o.job, coalesce(n.slot, o.slot), case when n.slot is null then o.slot_until else coalesce(o.slot_until, o.slot) end,
             o.count, o.became, case when o.became in ('queued', 'caught_up', 'ran', 'late') then o.run_id end, o.holiday
      from outcome o
      -- Looked up row by row, and only where it counts: as one join it was read once for each pair of jobs.
      left join lateral (
        select slot from (select slot, state, holiday from slots where slots.job = o.job order by slot desc limit 1) last
        where o.nth = 1 and o.became = any(${[...STRETCH_STATES]}::text[]) and last.state = o.became
          and last.holiday is not distinct from o.holiday
      ) n on true
      on conflict (job, slot) do update set slot_until = excluded.slot_until, count = slots.count + excluded.count
        where slots.state = excluded.state and excluded.state = any(${[...STRETCH_STATES]}::text[])
      returning pg_notify(${SLOTS_RECORDED}, '')
    ), noted as (
      -- For alerts, which are told at their own pace (observe-missed.ts).
      insert into missed_slots (job, slot, slot_until, count)
      select job, slot, slot_until, count from planned where state = 'missed'
    )
    select id, job, attempt, slot, conf, failures from queued where state = 'running'`
}

/** Few enough that the first of hundreds of runs start while the rest is being recorded. */
export const PLANS_A_STATEMENT = 50
const MAX_SLEEP_MS = 5_000

/**
 * Records plans of one time when it has come, up to a second from now; `start` is handed the runs that the claimer
 * has got, some at a time. Waiting is left to the database, whose clock it is; all is sent in one go, so each of the
 * `recorders`, which share the work, must have a single connection. pg_sleep goes by the clock: when that goes back meanwhile,
 * it would sleep until it is that late again, which only another connection, `watcher`, can end.
 */
export async function recordSlotsAt(
  watcher: Sql,
  recorders: Sql[],
  slot: Date,
  plans: SlotPlan[],
  claimer: SlotClaimer = NOBODY,
  start: (runs: ClaimedRun[]) => void = () => {},
): Promise<void> {
  const waits = recorders.map((sql) => {
    const backend = sql<{ pid: number }[]>`select pg_backend_pid() as pid`.execute()
    const slept = sql`
      select pg_sleep(greatest(0, least(1, extract(epoch from ${slot}::timestamptz - clock_timestamp()))))`.execute()
    return { backend, slept }
  })
  const sending: PromiseLike<unknown>[] = waits.map(({ slept }) => slept)
  const late = setTimeout(() => void endBackends(watcher, waits), MAX_SLEEP_MS)
  void Promise.allSettled(sending.slice()).then(() => clearTimeout(late))
  for (let from = 0; from < plans.length; from += PLANS_A_STATEMENT) {
    const sql = recorders[(from / PLANS_A_STATEMENT) % recorders.length]!
    const some = plans.slice(from, from + PLANS_A_STATEMENT)
    const capacity = Math.max(0, Math.min(some.length, claimer.capacity - from))
    sending.push(recordForClaimer(sql, some, { ...claimer, capacity }).then(start))
  }
  // When one fails, those after it still hand over what they got.
  const failed = (await Promise.allSettled(sending)).find(({ status }) => status === 'rejected')
  if (failed) throw (failed as PromiseRejectedResult).reason
}

/** Ends these connections; their statements fail. */
async function endBackends(watcher: Sql, waits: Array<{ backend: PromiseLike<{ pid: number }[]> }>): Promise<void> {
  for (const { backend } of waits)
    try {
      await watcher`select pg_terminate_backend(${(await backend)[0]!.pid})`
    } catch {
      // The database is away; then its statements fail by themselves.
    }
}

async function recordForClaimer(sql: Sql, plans: SlotPlan[], claimer: SlotClaimer): Promise<ClaimedRun[]> {
  try {
    return await recordSlots(sql, plans, claimer)
  } catch (err) {
    if (claimer.capacity === 0 || !isBeaten(err)) throw err
    return recordSlots(sql, plans)
  }
}

/** The newest slots of a job, newest first; those before `before`, where it is given. */
export function listSlots(sql: Sql, job: string, limit: number, before?: Date): Promise<SlotRow[]> {
  return sql<SlotRow[]>`
    select * from slots where job = ${job} ${before ? sql`and slot < ${before}` : sql``} order by slot desc limit ${limit}`
}
