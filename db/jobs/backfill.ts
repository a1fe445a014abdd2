/**
 * Backfill: runs for scheduled times that had none, because they were missed, skipped or paused, or are older than the job.
 * They queue and wait for their turn, oldest first and after everything else that is due, so that a long backfill holds
 * nothing up; with overlap `allow` they run side by side. They cancel no run and no slot is skipped for them, and only a
 * person cancels them. A slot has at most one run, so that a backfill can be repeated.
 */
import type { ISql, JSONValue } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { readSchedule, slotsBetween, type Schedule } from './schedule.ts'
import { holidayOf, yearWithoutHolidays } from './upcoming.ts'
import { readJob, refuseGone, type JobRow } from './jobs.ts'
import { RUN_QUEUED } from './runs.ts'

/** Scheduled times in one range, with or without a run. */
export const MAX_BACKFILL = 1000

export interface BackfillRange {
  job: string
  /** Both ends count. Times that the schedule has yet to reach are left to it. */
  from: Date
  to: Date
  /** The conf of each of its runs, checked by the caller. */
  conf?: Record<string, unknown>
}

export interface BackfilledSlot {
  slot: Date
  run_id: string
}

/** The slots in the range that have no run and never had one, oldest first; none on holidays. Throws AppError 404, 409 or 422. */
export async function slotsWithoutRun(sql: ISql, { job: name, from, to }: BackfillRange): Promise<Date[]> {
  const job = await readJob(sql, name)
  refuseGone(job)
  if (job.after !== null) {
    const after = job.after.join(', ')
    throw new AppError('conflict', 'job_has_no_slots', {
      en: `${name} runs after ${after} and has no times of its own; backfill ${after}.`,
      pt: `${name} executa depois de ${after} e não tem horários próprios; faça o backfill de ${after}.`,
    })
  }
  if (from > to)
    throw rangeRefused('backfill_range_invalid', {
      en: `from (${from.toISOString()}) is after to (${to.toISOString()})`,
      pt: `from (${from.toISOString()}) é depois de to (${to.toISOString()})`,
    })
  const slots = slotsIn(job, from, to)
  const rows = await sql<{ slot: Date }[]>`
    select p.slot from unnest(${slots.map((slot) => slot.toISOString())}::timestamptz[]) as p(slot)
    where not exists (select from runs r where r.job = ${name} and r.slot = p.slot)
      -- Retention may have removed the run since.
      and not exists (select from slots s where s.job = ${name} and s.slot = p.slot and s.run_id is not null)
    order by p.slot`
  return rows.map(({ slot }) => slot)
}

function slotsIn(job: JobRow, from: Date, to: Date): Date[] {
  const { schedule, timezone, scheduled_until } = job
  const until = to < scheduled_until ? to : scheduled_until
  const slots = slotsBetween(scheduleOf(schedule, timezone), new Date(from.getTime() - 1), until, MAX_BACKFILL + 1)
  const year = slots[0] ? yearWithoutHolidays(job, slots[0]) : null
  if (year !== null)
    throw rangeRefused('backfill_range_invalid', {
      en: `it begins in ${year}, whose holidays in ${job.calendar} are not known`,
      pt: `ele começa em ${year}, cujos feriados em ${job.calendar} não são conhecidos`,
    })
  if (slots.length <= MAX_BACKFILL) return slots.filter((slot) => holidayOf(job, slot) === null)
  const last = slots[MAX_BACKFILL - 1]!.toISOString()
  throw rangeRefused('backfill_too_large', {
    en: `the range holds more than ${MAX_BACKFILL} scheduled times; the first ${MAX_BACKFILL} end at ${last}`,
    pt: `o intervalo tem mais de ${MAX_BACKFILL} horários; os primeiros ${MAX_BACKFILL} vão até ${last}`,
  })
}

function scheduleOf(schedule: string, timezone: string): Schedule {
  try {
    return readSchedule(schedule, timezone)
  } catch (cause) {
    const detail = {
      en: `This program cannot read the schedule "${schedule}" in the zone ${timezone}: it is of another version than the jobs.`,
      pt: `Este programa não entende o horário "${schedule}" no fuso ${timezone}: é de outra versão que os jobs.`,
    }
    throw new AppError('conflict', 'schedule_unreadable', detail, { cause })
  }
}

/** Queues a run for each slot of the range that has none, and notes it where the slot is accounted for. */
export async function backfill(sql: ISql, range: BackfillRange): Promise<BackfilledSlot[]> {
  const { job, conf = {} } = range
  const wanted = (await slotsWithoutRun(sql, range)).map((slot) => ({ slot, run_id: Bun.randomUUIDv7() }))
  if (wanted.length === 0) return []
  return sql<BackfilledSlot[]>`
    with created as (
      insert into runs (id, job, slot, trigger, conf)
      select run_id, ${job}, slot, 'backfill', ${sql.json(conf as JSONValue)}::jsonb
      from jsonb_to_recordset(${sql.json(wanted as never)}) as w(slot timestamptz, run_id uuid)
      order by slot
      on conflict (job, slot) do nothing
      returning id, slot, pg_notify(${RUN_QUEUED}, ${job}::text)
    ), covered as (
      select c.id, c.slot, s.slot as first from created c
      join slots s on s.job = ${job} and c.slot between s.slot and coalesce(s.slot_until, s.slot)
    ), noted as (
      update slots s set backfilled = s.backfilled + c.runs, run_id = case when s.count = 1 then c.run_id else s.run_id end
      from (select first, count(*)::int as runs, (array_agg(id))[1] as run_id from covered group by first) c
      where s.job = ${job} and s.slot = c.first
    ), added as (
      insert into slots (job, slot, state, run_id, backfilled)
      select ${job}, slot, 'backfilled', id, 1 from created where id not in (select id from covered)
      on conflict (job, slot) do nothing
    )
    select slot, id as run_id from created order by slot`
}

function rangeRefused(code: string, message: { en: string; pt: string }): AppError {
  const detail = {
    en: `The range cannot be backfilled: ${message.en}.`,
    pt: `Não há como fazer este backfill: ${message.pt}.`,
  }
  return new AppError('invalid', code, detail, { errors: [{ path: '/from', message }] })
}
