import { Elysia } from 'elysia'
import { setPaused, triggerRun } from '../../db/jobs/control-jobs.ts'
import { findJob } from '../../db/jobs/jobs.ts'
import type { ApiContext } from '../context.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { emptyBody } from '../http/schemas.ts'
import { once } from '../http/idempotency.ts'
import { languageOf } from '../http/language.ts'
import { headers } from '../http/openapi.ts'
import { responses } from '../http/responses.ts'
import {
  accepted,
  backfillAnswer,
  backfillBody,
  jobDetails,
  jobParams,
  jobsPage,
  listQuery,
  pausedAnswer,
  runsPage,
  runsQuery,
  slotsPage,
  triggerBody,
} from './model.ts'
import { runs } from './runs.ts'
import { backfillJob, readJob, readJobs, readRuns, readSlots } from './service.ts'
import { webhook } from './webhook-route.ts'

const tags = ['jobs']

export function jobs(context: ApiContext) {
  const { sql } = context.db
  const pausing = (paused: boolean) => ({
    body: emptyBody,
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
    .get('/jobs', ({ query }) => readJobs(sql, query), {
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Every job, by name, when it runs next and how it went last',
        responses: responses({ 200: jobsPage }, [422]),
      },
    })
    .get(
      '/jobs/:name',
      ({ params, request }) => readJob(sql, params.name, languageOf(request, context.config.locale)),
      {
        params: jobParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'One job with its next scheduled times',
          responses: responses({ 200: jobDetails }, [404, 422]),
        },
      },
    )
    .get('/jobs/:name/runs', ({ params, query }) => readRuns(sql, params.name, query), {
      params: jobParams,
      query: runsQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Its runs, newest first',
        responses: responses({ 200: runsPage }, [404, 422]),
      },
    })
    .get('/jobs/:name/slots', ({ params, query }) => readSlots(sql, params.name, query), {
      params: jobParams,
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Its scheduled times and what became of each, newest first',
        responses: responses({ 200: slotsPage }, [404, 422]),
      },
    })
    .post(
      '/jobs/:name/trigger',
      ({ params, body, request, session }) =>
        once(sql, request, async (tx) => {
          const run = { job: params.name, conf: body?.conf ?? {}, trigger: 'manual' } as const
          const run_id = await triggerRun(tx, run, actorOf(request, session))
          return Response.json({ run_id }, { status: 202, headers: { location: `/runs/${run_id}` } })
        }),
      {
        params: jobParams,
        body: triggerBody,
        detail: {
          tags,
          access: 'operator',
          ...headers('Idempotency-Key'),
          summary: 'Start a run, under the overlap rule of the job',
          responses: responses({ 202: accepted }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .post(
      '/jobs/:name/backfill',
      ({ params, body, request, session }) =>
        once(sql, request, async (tx) => {
          const answer = await backfillJob(tx, params.name, body, actorOf(request, session))
          return Response.json(answer, { status: answer.dry_run ? 200 : 202 })
        }),
      {
        params: jobParams,
        body: backfillBody,
        detail: {
          tags,
          access: 'operator',
          ...headers('Idempotency-Key'),
          summary: 'Queue a run for every scheduled time in a range that has none; dry_run only lists them',
          description:
            'They run one after another, oldest first (side by side where the job allows overlap). A range may hold up to ' +
            '1,000 scheduled times.',
          responses: responses({ 200: backfillAnswer, 202: backfillAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .post(
      '/jobs/:name/pause',
      ({ params, request, session }) => pause(params.name, true, request, session),
      pausing(true),
    )
    .post(
      '/jobs/:name/resume',
      ({ params, request, session }) => pause(params.name, false, request, session),
      pausing(false),
    )

  async function pause(name: string, paused: boolean, request: Request, session: Parameters<typeof actorOf>[1]) {
    await setPaused(sql, name, paused, actorOf(request, session))
    return { name, paused_at: (await findJob(sql, name))?.paused_at ?? null }
  }
}
