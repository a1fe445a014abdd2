import { Elysia } from 'elysia'
import type { ISql } from 'postgres'
import {
  backfillByHand,
  backfillDryRun,
  cancelQueuedByHand,
  forgetByHand,
  setPaused,
  triggerRun,
} from '../../db/jobs/control-jobs.ts'
import { jobActivity, type JobActivity } from '../../db/jobs/job-activity.ts'
import { databaseTime, findJob, listJobs, readJob, type JobRow } from '../../db/jobs/jobs.ts'
import { slotCalendar } from '../../db/jobs/slot-calendar.ts'
import { listSlots } from '../../db/jobs/slots.ts'
import { holidaysFrom, localTime, nextSlot, nextSlots } from '../../db/jobs/upcoming.ts'
import type { Actor } from '../../db/audit/audit.ts'
import { isCalendarDay, isTimezone } from '../../lib/calendar.ts'
import { validationFailed } from '../../lib/errors.ts'
import { pageOf, type PageRequest } from '../../lib/page.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { emptyBody } from '../http/schemas.ts'
import { once, withoutKey } from '../http/idempotency.ts'
import { languageOf } from '../http/language.ts'
import { answerPage, cursorTime } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import {
  accepted,
  backfillAnswer,
  backfillBody,
  calendarAnswer,
  calendarQuery,
  cancelledAnswer,
  jobDetails,
  jobParams,
  jobsPage,
  listQuery,
  MOST_DAYS,
  pauseBody,
  pausedAnswer,
  slotsPage,
  triggerBody,
  type BackfillBody,
  type CalendarQuery,
  type ListQuery,
} from './model.ts'
import { runsPage, runsQuery, type RunsQuery } from './run-model.ts'
import { pageOfRuns, runs } from './runs.ts'
import { webhook } from './webhook.ts'

const tags = ['jobs']

export function jobs(context: ApiContext) {
  const { sql } = context.db
  const localeOf = (request: Request) => languageOf(request, context.config.locale)
  const pausing = (paused: boolean) => ({
    params: jobParams,
    detail: {
      tags,
      access: 'admin' as const,
      summary: paused ? 'Let its schedule start nothing until it is resumed' : 'Let its schedule start runs again',
      responses: responses({ 200: pausedAnswer }, [400, 404, 413, 415, 422]),
    },
  })
  return new Elysia({ name: 'jobs' })
    .use(webhook(context))
    .use(runs(context))
    .use(withSession)
    .get('/jobs', ({ query, request }) => list(query, localeOf(request)), {
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Every job, by name, when it runs next and how it went last',
        responses: responses({ 200: jobsPage }, [422]),
      },
    })
    .get('/jobs/:name', ({ params, request }) => details(params.name, localeOf(request)), {
      params: jobParams,
      detail: {
        tags,
        access: 'viewer',
        summary: 'One job with its next scheduled times',
        responses: responses({ 200: jobDetails }, [404, 422]),
      },
    })
    .delete('/jobs/:name', ({ params, request, session }) => forget(params.name, actorOf(request, session)), {
      params: jobParams,
      detail: {
        tags,
        access: 'admin',
        summary: 'Forget a job whose file is gone, with its runs, their logs and its slots',
        responses: responses({ 204: null }, [404, 409, 422]),
      },
    })
    .get('/jobs/:name/runs', ({ params, query, request }) => runsOf(params.name, query, localeOf(request)), {
      params: jobParams,
      query: runsQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Its runs, newest first',
        responses: responses({ 200: runsPage }, [404, 422]),
      },
    })
    .get('/jobs/:name/slots', ({ params, query, request }) => slotsOf(params.name, query, localeOf(request)), {
      params: jobParams,
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Its scheduled times and what became of each, newest first',
        responses: responses({ 200: slotsPage }, [404, 422]),
      },
    })
    .get('/jobs/:name/calendar', ({ params, query }) => calendarOf(params.name, query), {
      params: jobParams,
      query: calendarQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'What became of its scheduled times, and of its other runs, by the day or the hour',
        description: 'By the clock of the job. A scheduled time whose run failed counts as failed.',
        responses: responses({ 200: calendarAnswer }, [404, 422]),
      },
    })
    .post(
      '/jobs/:name/trigger',
      ({ params, body, request, session }) =>
        once(sql, request, async (tx) => {
          const run = { job: params.name, conf: body?.conf ?? {}, trigger: 'manual' } as const
          const run_id = await triggerRun(tx, run, actorOf(request, session))
          return jsonAnswer({ run_id }, 202, { location: `/runs/${run_id}` })
        }),
      {
        params: jobParams,
        body: triggerBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Start a run, under the overlap rule of the job',
          responses: responses(
            { 202: { schema: accepted, headers: ['Location', 'Idempotency-Replayed'] } },
            [400, 404, 409, 413, 415, 422],
          ),
        },
      },
    )
    .post(
      '/jobs/:name/backfill',
      ({ params, body, request, session }) => {
        const run = async (tx: ISql) => {
          const answer = await backfill(tx, params.name, body, actorOf(request, session))
          return jsonAnswer(answer, answer.dry_run ? 200 : 202)
        }
        return body.dry_run ? withoutKey(request, () => run(sql)) : once(sql, request, run)
      },
      {
        params: jobParams,
        body: backfillBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['Idempotency-Key'],
          summary: 'Queue a run for every scheduled time in a range that has none; dry_run only lists them',
          description:
            'They run one after another, oldest first (side by side where the job allows overlap). A range may hold up to ' +
            '1,000 scheduled times.',
          responses: responses(
            { 200: backfillAnswer, 202: { schema: backfillAnswer, headers: ['Idempotency-Replayed'] } },
            [400, 404, 409, 413, 415, 422],
          ),
        },
      },
    )
    .post(
      '/jobs/:name/cancel-queued',
      async ({ params, request, session }) => {
        const run_ids = await cancelQueuedByHand(sql, params.name, actorOf(request, session))
        return { count: run_ids.length, run_ids }
      },
      {
        params: jobParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Cancel every run of the job that waits',
          responses: responses({ 200: cancelledAnswer }, [400, 404, 413, 415, 422]),
        },
      },
    )
    .post(
      '/jobs/:name/pause',
      ({ params, body, request, session }) => pause(params.name, true, request, session, body?.reason),
      { body: pauseBody, ...pausing(true) },
    )
    .post('/jobs/:name/resume', ({ params, request, session }) => pause(params.name, false, request, session), {
      body: emptyBody,
      ...pausing(false),
    })

  async function pause(
    name: string,
    paused: boolean,
    request: Request,
    session: Parameters<typeof actorOf>[1],
    reason: string | null = null,
  ) {
    await setPaused(sql, name, paused, actorOf(request, session), reason)
    const { paused_at = null, pause_reason = null } = (await findJob(sql, name)) ?? {}
    return { name, paused_at, pause_reason }
  }

  async function forget(name: string, actor: Actor) {
    await forgetByHand(sql, name, actor)
    return new Response(null, { status: 204 })
  }

  async function list(query: ListQuery, locale: Locale) {
    const now = await databaseTime(sql)
    const read = async ({ limit, after }: PageRequest<{ name: string }>) =>
      pageOf(await listJobs(sql, { limit: limit + 1, after: after?.name }), limit, ({ name }) => ({ name }))
    const { items, next_cursor } = await answerPage(query, ['name'], read)
    const names = items.map(({ name }) => name)
    const activity = await jobActivity(sql, names, RECENT)
    return { items: items.map((job) => describe(job, activity.get(job.name)!, now, locale)), next_cursor }
  }

  async function details(name: string, locale: Locale) {
    const job = await readJob(sql, name)
    const [now, activity] = await Promise.all([databaseTime(sql), jobActivity(sql, [name], RECENT)])
    const holidays = holidaysFrom(job, now, HOLIDAYS)
    return {
      ...describe(job, activity.get(name)!, now, locale),
      conf_schema: job.conf_schema,
      next: nextSlots(job, now, NEXT).map(({ slot, local, note }) => ({
        slot,
        local,
        note: note && textIn(note, locale),
      })),
      holidays: holidays.map(({ day, name }) => ({ day, name: textIn(name, locale) })),
    }
  }

  async function runsOf(name: string, query: RunsQuery, locale: Locale) {
    await readJob(sql, name)
    return pageOfRuns(sql, query, locale, name)
  }

  async function calendarOf(name: string, { by = 'day', days = 14 }: CalendarQuery) {
    if (days > MOST_DAYS[by]) throw validationFailed([{ path: '/days', message: tooManyDays(MOST_DAYS[by]) }])
    const job = await readJob(sql, name)
    // Of a newer version of the jobs, or of their zones.
    const timezone = isTimezone(job.timezone) ? job.timezone : 'UTC'
    const [now, cells] = await Promise.all([databaseTime(sql), slotCalendar(sql, name, by, days, timezone)])
    return { timezone, by, today: localTime(now, timezone).slice(0, 10), cells }
  }

  function slotsOf(name: string, query: ListQuery, locale: Locale) {
    const read = async ({ limit, after }: PageRequest<{ slot: string }>) => {
      const before = after && cursorTime(after.slot)
      await readJob(sql, name)
      const rows = await listSlots(sql, name, limit + 1, before)
      return pageOf(rows, limit, ({ slot }) => ({ slot: slot.toISOString() }))
    }
    return answerPage(query, ['slot'], read, ({ slot, slot_until, count, state, run_id, holiday, backfilled }) => {
      return { slot, slot_until, count, state, run_id, holiday: holiday && textIn(holiday, locale), backfilled }
    })
  }
}

/** How many of the next slots a job shows, of its newest runs, and of the next holidays of its calendar. */
const NEXT = 10
const RECENT = 20
const HOLIDAYS = 6

function describe(job: JobRow, { recent, queued, running }: JobActivity, now: Date, locale: Locale) {
  const {
    name,
    schedule,
    timezone,
    after,
    overlap,
    calendar,
    pool,
    pool_limit,
    paused_at,
    pause_reason,
    seen_at,
    gone_at,
    last_run_id,
    last_run_state,
    last_run_at,
  } = job
  const problem = job.problem && {
    file: job.problem.file,
    at: job.problem.at,
    sentence: textIn(job.problem.sentence, locale),
  }
  const last_run = last_run_id && { id: last_run_id, state: last_run_state, at: last_run_at }
  return {
    name,
    schedule,
    timezone,
    after,
    overlap,
    calendar,
    pool,
    pool_limit,
    paused_at,
    pause_reason,
    next_slot: nextSlot(job, now),
    seen_at,
    gone_at,
    problem,
    last_run,
    queued,
    running,
    recent_runs: recent,
  }
}

/** Queues what is missing in the range, or with `dry_run` only says what that is. */
async function backfill(sql: ISql, job: string, body: BackfillBody, actor: Actor) {
  const { dry_run = false, conf = {} } = body
  const range = { job, from: rangeEnd('from', body.from), to: rangeEnd('to', body.to), conf }
  const slots = dry_run ? await backfillDryRun(sql, range) : await backfillByHand(sql, range, actor)
  return { job, dry_run, slots }
}

const tooManyDays = (most: number) => ({
  en: `must be at most ${most} by the hour`,
  pt: `deve ser no máximo ${most} por hora`,
})

/** The schema lets through what the calendar does not have. */
function rangeEnd(field: 'from' | 'to', text: string): Date {
  const time = new Date(text)
  if (isCalendarDay(text.slice(0, 10)) && time.getTime() >= 0) return time
  const message = { en: 'must be a time from 1970 on', pt: 'deve ser uma data e hora a partir de 1970' }
  throw validationFailed([{ path: `/${field}`, message }])
}
