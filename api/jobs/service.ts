import type { ISql, Sql } from 'postgres'
import type { Actor } from '../../db/audit/audit.ts'
import { backfillByHand, backfillDryRun } from '../../db/jobs/control-jobs.ts'
import { countActive, databaseTime, findJob, jobNotFound, listJobs, type JobRow } from '../../db/jobs/jobs.ts'
import { runLogsAfter, type RunLogRow } from '../../db/jobs/run-logs.ts'
import { lastSteps } from '../../db/jobs/run-steps.ts'
import { getRun, listAttempts, listRuns, runNotFound, type RunRow, type RunState } from '../../db/jobs/runs.ts'
import { listSlots } from '../../db/jobs/slots.ts'
import { isCalendarDay } from '../../lib/calendar.ts'
import { readSchedule } from '../../db/jobs/schedule.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import { upcoming } from '../../db/jobs/upcoming.ts'
import { isId } from '../http/schemas.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../http/pagination.ts'
import { validationFailed } from '../../lib/errors.ts'
import type { BackfillBody } from './model.ts'

interface Page {
  limit?: number
  cursor?: string
}

export async function readJobs(sql: Sql, { limit = 50, cursor }: Page) {
  const after = cursor === undefined ? '' : decodeCursor(cursor, ['name']).name.replaceAll('\0', '')
  const now = await databaseTime(sql)
  const rows = await listJobs(sql, { limit: limit + 1, after })
  return pageOf(
    rows,
    limit,
    (row) => ({ name: row.name }),
    (row) => describeJob(row, now),
  )
}

/** How many of the next slots a job shows. */
const NEXT = 10

export async function readJob(sql: Sql, name: string, locale: Locale) {
  const row = (await findJob(sql, name)) ?? missing(jobNotFound(name))
  const now = await databaseTime(sql)
  const next = isReadable(row) ? upcoming(row, row.timezone, now, NEXT) : []
  return {
    ...describeJob(row, now),
    conf_schema: row.conf_schema,
    next: next.map(({ slot, local, note }) => ({ slot, local, note: note && textIn(note, locale) })),
    ...(await countActive(sql, name)),
  }
}

function describeJob(row: JobRow, now: Date) {
  const { name, schedule, timezone, after, overlap, paused_at, seen_at, last_run_id, last_run_state, last_run_at } = row
  const next_slot = paused_at || !isReadable(row) ? null : readSchedule(schedule, timezone).next(now)
  const last_run = last_run_id && { id: last_run_id, state: last_run_state, at: last_run_at }
  return { name, schedule, timezone, after, overlap, paused_at, next_slot, seen_at, last_run }
}

/** False for a job without times of its own, and where a newer version of the jobs, or of their zones, knows more. */
function isReadable({ after, schedule, timezone }: JobRow): boolean {
  try {
    return after === null && Boolean(readSchedule(schedule, timezone))
  } catch {
    return false
  }
}

export async function readRuns(sql: Sql, job: string, { limit = 50, cursor, state }: Page & { state?: RunState }) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, ['id']).id
  if (before !== undefined && !isId(before)) throw invalidCursor()
  if (!(await findJob(sql, job))) throw jobNotFound(job)
  const rows = await listRuns(sql, job, limit + 1, { before, state })
  return pageOf(rows, limit, ({ id }) => ({ id }), describeRun)
}

export async function readSlots(sql: Sql, job: string, { limit = 50, cursor }: Page) {
  const before = cursor === undefined ? undefined : timeOf(decodeCursor(cursor, ['slot']).slot)
  if (!(await findJob(sql, job))) throw jobNotFound(job)
  const rows = await listSlots(sql, job, limit + 1, before)
  const place = ({ slot }: { slot: Date }) => ({ slot: slot.toISOString() })
  return pageOf(rows, limit, place, ({ slot, slot_until, count, state, run_id, backfilled }) => {
    return { slot, slot_until, count, state, run_id, backfilled }
  })
}

/** A cursor may come back changed by anyone: what is no time of ours would only fail in the database. */
function timeOf(text: string): Date {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) || Number.isNaN(Date.parse(text))) throw invalidCursor()
  return new Date(text)
}

export async function readRun(sql: Sql, id: string) {
  const run = (await getRun(sql, id)) ?? missing(runNotFound(id))
  const [attempts, steps] = await Promise.all([listAttempts(sql, id), lastSteps(sql, id, STEPS)])
  return {
    ...describeRun(run),
    attempts: attempts.map(({ attempt, state, worker, started_at, finished_at, error }) => {
      return { attempt, state, worker, started_at, finished_at, error }
    }),
    steps: steps.map(({ name, attempt, finished_at }) => ({ name, attempt, finished_at })),
  }
}

/** How many of its finished steps a run shows. */
const STEPS = 100

/** Without what only workers need. */
export function describeRun({ lease_until: _, ...run }: RunRow) {
  const { id, job, slot, trigger, state, conf, attempt, failures, lost, worker, dedupe_key, available_at } = run
  const { queued_at, started_at, finished_at, cancel_requested_at, cancel_reason, error, result } = run
  const times = { available_at, queued_at, started_at, finished_at, cancel_requested_at }
  const facts = { id, job, slot, trigger, state, conf, attempt, failures, lost, worker, dedupe_key }
  return { ...facts, ...times, cancel_reason, error, result }
}

export async function readLogs(sql: Sql, run_id: string, { limit = 50, cursor }: Page) {
  const after = cursor === undefined ? 0 : lineOf(cursor)
  if (!(await getRun(sql, run_id))) throw runNotFound(run_id)
  const rows = await runLogsAfter(sql, run_id, after, limit + 1)
  return pageOf(rows, limit, ({ id }) => ({ line: String(id) }), describeLine)
}

/** The line that a cursor of the logs stands behind. */
export function lineOf(cursor: string): number {
  const { line } = decodeCursor(cursor, ['line'])
  return LINE.test(line) ? Number(line) : missing(invalidCursor())
}
const LINE = /^\d{1,15}$/

export function describeLine({ id, attempt, level, message, data, logged_at }: RunLogRow) {
  return { id, attempt, level, message, data, logged_at }
}

/** Queues what is missing in the range, or with `dry_run` only says what that is. */
export async function backfillJob(sql: ISql, job: string, body: BackfillBody, actor: Actor) {
  const { dry_run = false, conf = {} } = body
  const range = { job, from: rangeEnd('from', body.from), to: rangeEnd('to', body.to), conf }
  const slots = dry_run ? await backfillDryRun(sql, range) : await backfillByHand(sql, range, actor)
  return { job, dry_run, slots }
}

/** The schema lets through what the calendar does not have. */
function rangeEnd(field: 'from' | 'to', text: string): Date {
  const time = new Date(text)
  if (isCalendarDay(text.slice(0, 10)) && time.getTime() >= 0) return time
  const message = { en: 'must be a time from 1970 on', pt: 'deve ser uma data e hora a partir de 1970' }
  throw validationFailed([{ path: `/${field}`, message }])
}

/** One row more than the page was asked for tells that another page follows. */
function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  place: (row: Row) => Record<string, string>,
  describe: (row: Row) => Item,
) {
  const items = rows.slice(0, limit)
  const next_cursor = rows.length > limit ? encodeCursor(place(items.at(-1)!)) : null
  return { items: items.map(describe), next_cursor }
}

function missing(error: Error): never {
  throw error
}
