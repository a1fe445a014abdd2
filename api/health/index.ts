import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { wholeAnswer } from '../http/answers.ts'
import { responses } from '../http/responses.ts'
import { prometheusText, readMetrics } from './metrics.ts'
import { alive, healthAnswer, metricsAnswer, readyAnswer } from './model.ts'
import { isServing, readHealth } from './read-health.ts'

const tags = ['health']

export function health({ db, answers, isReady = () => true }: ApiContext) {
  return new Elysia({ name: 'health' })
    .get(
      '/health',
      async ({ set }) => {
        const health = await readHealth(db, isReady())
        if (!isServing(health)) set.status = 503
        return health
      },
      {
        detail: {
          tags,
          access: 'public',
          uncounted: true,
          summary:
            'The API and every role behind it; 503 when the database is down or the first users are not made yet',
          responses: responses({ 200: healthAnswer, 503: healthAnswer }, [], [500]),
        },
      },
    )
    .get('/health/live', () => ({ status: 'ok' as const }), {
      detail: {
        tags,
        access: 'public',
        unlimited: true,
        uncounted: true,
        summary: 'The process answers',
        responses: responses({ 200: alive }, [], [500]),
      },
    })
    .get(
      '/health/ready',
      async ({ set }) => {
        const health = await readHealth(db, isReady())
        if (!isServing(health)) set.status = 503
        return { status: health.status }
      },
      {
        detail: {
          tags,
          access: 'public',
          uncounted: true,
          summary: 'The process can do its work: a user can sign in',
          responses: responses({ 200: readyAnswer, 503: readyAnswer }, [], [500]),
        },
      },
    )
    .get(
      '/metrics',
      async ({ request }) => {
        const read = await readMetrics(db, answers)
        if (!wantsPrometheus(request)) return read.figures
        return wholeAnswer(await prometheusText(answers.registry, db, read), {
          'content-type': answers.registry.contentType,
        })
      },
      {
        detail: {
          tags,
          access: 'metrics',
          uncounted: true,
          summary: 'Figures as JSON, or as Prometheus text for a scraper',
          responses: responses({ 200: metricsAnswer }, [401], [500]),
        },
      },
    )
}

/** Prometheus asks for text/plain or OpenMetrics; browsers and curl do not. */
function wantsPrometheus(request: Request): boolean {
  return /text\/plain|application\/openmetrics-text/.test(request.headers.get('accept') ?? '')
}
