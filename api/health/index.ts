import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { responses } from '../http/responses.ts'
import { prometheusText } from './prometheus.ts'
import type { ApiMetrics } from './metrics.ts'
import { alive, healthAnswer, metricsAnswer } from './model.ts'
import { readHealth, readMetrics } from './service.ts'

const tags = ['health']

export function health({ db }: ApiContext, metrics: ApiMetrics) {
  return new Elysia({ name: 'health' })
    .get(
      '/health',
      async ({ set }) => {
        const answer = await readHealth(db)
        if (answer.status === 'down') set.status = 503
        return answer
      },
      {
        detail: {
          tags,
          access: 'public',
          uncounted: true,
          summary: 'The API and every role behind it; 503 when the database is down',
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
        const { status } = await readHealth(db)
        if (status === 'down') set.status = 503
        return { status }
      },
      {
        detail: {
          tags,
          access: 'public',
          uncounted: true,
          summary: 'The process can do its work',
          responses: responses({ 200: alive, 503: alive }, [], [500]),
        },
      },
    )
    .get(
      '/metrics',
      async ({ request }) => {
        const figures = await readMetrics(db, metrics)
        if (!wantsPrometheus(request)) return figures
        return new Response(await prometheusText(metrics.registry, figures), {
          headers: { 'content-type': metrics.registry.contentType },
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
