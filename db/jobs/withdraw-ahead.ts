/**
 * After the database's clock has gone back: withdraws what was recorded ahead of it, so that slots, retries and queued runs do
 * not wait until it is that late again.
 *
 * A slot that has not started is as if it had never been recorded, and comes at its time. One that has started keeps its run:
 * no slot runs twice.
 */
import type { Fragment, ISql } from 'postgres'
import { RUN_QUEUED } from './runs.ts'
import { readSchedule, slotsBetween } from './schedule.ts'
import { STRETCH_STATES, type jobs, type slots } from './table.ts'
import { holidayOf } from './upcoming.ts'

/** Nothing but a clock that has gone back leaves more than the steps by which a clock is kept right. */
export const CLOCK_TOLERANCE_S = 2
/** A wait that cannot be told from one that a jump has made is cut to this. */
const LONGEST_WAIT_S = 60
/** One transaction of this kind at a time. */
const LOCK = 4_711_014

/** The database's clock, and how far ahead of it something is recorded that cannot be: negative or null where nothing is. */
export async function readClock(sql: ISql): Promise<{ now: Date; ahead_s: number | null }> {
  const [row] = await sql<{ now: Date; ahead_s: number | null }[]>`
    select clock_timestamp() as now, extract(epoch from greatest(
        (select max(scheduled_until) from jobs), (select max(seen_at) from programs)) - clock_timestamp())::float8 as ahead_s`
  return row!
}

export interface Withdrawn {
  /** Slots that had not started: they come again. */
  slots: number
  /** Slots that had: the jobs whose next slot has run already. */
  started: string[]
  /** Runs whose waiting was cut. */
  runs: number
}

/** null where another replica has done it, and `sure` does not say that there must be something. */
export async function withdrawAhead(tx: ISql, lease_s: number, sure: boolean): Promise<Withdrawn | null> {
  await tx`select pg_advisory_xact_lock(${LOCK})`
  const { ahead_s } = await readClock(tx)
  if (!sure && (ahead_s ?? 0) <= CLOCK_TOLERANCE_S) return null
  // Those that are recording slots are waited for, and nobody records any meanwhile.
  await tx`select from jobs order by name for no key update`
  await tx`
    update jobs set scheduled_until = least(scheduled_until, date_trunc('milliseconds', now())),
      resumed_at = ${notAhead(tx, tx`resumed_at`)}, paused_at = ${notAhead(tx, tx`paused_at`)}
    where greatest(scheduled_until, resumed_at, paused_at) > now()`
  const withdrawn = await withdrawSlots(tx)
  const shortened = await shortenRanges(tx)
  const started = await tx<{ job: string }[]>`select distinct job from slots where slot > now() order by job`
  const runs = (await cutWaits(tx)) + (await cutLeases(tx, lease_s))
  await tx`select pg_notify(${RUN_QUEUED}, '')`
  return { slots: withdrawn + shortened, started: started.map(({ job }) => job), runs }
}

/** Also the runs of those that are queued, which have not started. */
async function withdrawSlots(tx: ISql): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    with unstarted as (
      delete from runs r using slots s
      where s.slot > now() and s.state in ('queued', 'caught_up') and r.id = s.run_id and r.state = 'queued' and r.attempt = 0
      returning s.job, s.slot
    ), withdrawn as (
      delete from slots s
      where s.slot > now() and (s.state = any(${[...STRETCH_STATES]}::text[])
        or exists (select from unstarted u where u.job = s.job and u.slot = s.slot))
      returning s.count
    ), noted as (
      delete from missed_slots where slot > now()
    )
    select coalesce(sum(count), 0)::int as count from withdrawn`
  return row!.count
}

type Range = Pick<typeof slots.$inferSelect, 'job' | 'slot' | 'count'> &
  Pick<typeof jobs.$inferSelect, 'schedule' | 'timezone' | 'holidays'> & { slot_until: Date; now: Date }

/** Rows of many slots that end ahead of the clock. How many slots were taken from them. */
async function shortenRanges(tx: ISql): Promise<number> {
  const ranges = await tx<Range[]>`
    select s.job, s.slot, s.slot_until, s.count, j.schedule, j.timezone, now() as now,
      -- Slots on these have rows of their own.
      case when s.state in ('missed', 'skipped') then j.holidays end as holidays
    from slots s join jobs j on j.name = s.job where s.slot_until > now() and s.slot <= now() for no key update of s`
  let taken = 0
  for (const range of ranges) {
    const { job, slot, count, now } = range
    const left = Math.max(1, count - slotsAhead(range))
    taken += count - left
    await tx`
      update slots set count = ${left}, slot_until = ${left === 1 ? null : now}
      where job = ${job} and slot = ${slot}`
  }
  return taken
}

/** 0 for a schedule that this program cannot read. */
function slotsAhead(range: Range): number {
  const { schedule, timezone, now, slot_until } = range
  try {
    const ahead = slotsBetween(readSchedule(schedule, timezone), now, slot_until, Number.MAX_SAFE_INTEGER)
    return ahead.filter((slot) => holidayOf(range, slot) === null).length
  } catch {
    return 0
  }
}

/** A run that began to wait ahead of the clock waits as long as it would have, from now on. */
async function cutWaits(tx: ISql): Promise<number> {
  const { count } = await tx`
    update runs r set queued_at = least(r.queued_at, now()), started_at = ${notAhead(tx, tx`r.started_at`)},
      available_at = case
        when began.at > now() then now() + greatest(r.available_at - began.at, interval '0')
        else now() + make_interval(secs => ${LONGEST_WAIT_S}) end
    from runs q
    cross join lateral (
      select coalesce((select finished_at from run_attempts where run_id = q.id and attempt = q.attempt), q.queued_at) as at
    ) began
    where q.state = 'queued' and q.available_at > now() and r.id = q.id
      and (began.at > now() or q.available_at > now() + make_interval(secs => ${LONGEST_WAIT_S}))`
  return count
}

/** A worker that lives renews its lease long before the end of a whole one. */
async function cutLeases(tx: ISql, lease_s: number): Promise<number> {
  const { count } = await tx`
    update runs set lease_until = now() + make_interval(secs => ${lease_s}), started_at = ${notAhead(tx, tx`started_at`)}
    where state = 'running' and lease_until > now() + make_interval(secs => ${lease_s})`
  return count
}

/** least() would make a time of null. */
const notAhead = (sql: ISql, column: Fragment) => sql`case when ${column} > now() then now() else ${column} end`
