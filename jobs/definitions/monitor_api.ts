/** Asks the API how it is, every half hour, and keeps the answers as an object; fails when the API is not well. */
import { AppError, messageOf } from '../../lib/errors.ts'
import type { ApiClient } from '../api-client.ts'
import { job } from '../job.ts'

export default job({
  name: 'monitor_api',
  schedule: '*/30 * * * *',
  timeout_s: 60,
  async run({ run_id, slot, log, roles: { api, objects }, signal }) {
    const taken_at = new Date().toISOString()
    const [health, metrics] = await Promise.all([ask(api, '/health', signal), ask(api, '/metrics', signal, 'scraper')])
    const key = `monitoramento/${taken_at.replaceAll(':', '-')}.json`
    const sample = { taken_at, run_id, slot: slot?.toISOString() ?? null, api_url: api.url, health, metrics }
    await objects.put(key, `${JSON.stringify(sample, null, 2)}\n`)
    log.info(`${key} written`, { health: health.status_code, latency_ms: health.latency_ms })

    const problem = health.problem ?? metrics.problem
    if (problem) throw new AppError('api_not_well', 503, problem)
    return { key, latency_ms: health.latency_ms }
  },
})

interface Answer {
  status_code: number | null
  latency_ms: number
  body: unknown
  /** What was wrong with it, or null. */
  problem: string | null
}

async function ask(api: ApiClient, path: string, signal: AbortSignal, as?: 'scraper'): Promise<Answer> {
  const started = performance.now()
  const latency_ms = () => Math.round((performance.now() - started) * 100) / 100
  try {
    const answer = await api.get(path, { signal, ...(as && { as }) })
    const text = await answer.text()
    const body = answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : null
    const what = `GET ${api.url}${path} answered ${answer.status}`
    const problem = !answer.ok ? `${what}.` : body === null ? `${what} without JSON.` : null
    return { status_code: answer.status, latency_ms: latency_ms(), body, problem }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return { status_code: null, latency_ms: latency_ms(), body: null, problem: messageOf(thrown) }
  }
}
