/**
 * Every half hour: writes the API's health and metrics, with a summary of the probe's samples since the last run, as one
 * object. Fails when the API is not well.
 */
import { summariseSamples } from '../../db/monitoring/probe.ts'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import type { ApiClient } from '../api-client.ts'
import { job } from '../job.ts'

const EVERY_S = 1800

export default job({
  name: 'monitor_api',
  schedule: '*/30 * * * *',
  timeout_s: 60,
  async run({ run_id, slot, log, roles: { api, objects, sql }, signal }) {
    const taken_at = new Date().toISOString()
    const [health, metrics, probe] = await Promise.all([
      ask(api, '/health', signal),
      ask(api, '/metrics', signal, 'scraper'),
      summariseSamples(sql, EVERY_S),
    ])
    const key = `monitoramento/${taken_at.replaceAll(':', '-')}.json`
    const about = { taken_at, run_id, slot: slot?.toISOString() ?? null, api_url: api.url }
    const sample = {
      ...about,
      health: inEnglish(health),
      metrics: inEnglish(metrics),
      probe: { seconds: EVERY_S, ...probe },
    }
    await objects.put(key, `${JSON.stringify(sample, null, 2)}\n`)
    log.info(`${key} written`, { health: health.status_code, latency_ms: health.latency_ms, probes: probe.samples })

    const problem = health.problem ?? metrics.problem
    if (problem) throw new AppError('unavailable', 'api_not_well', problem)
    return { key, latency_ms: health.latency_ms, probes: probe.samples, probes_up: probe.api_up }
  },
})

interface Answer {
  status_code: number | null
  latency_ms: number
  body: unknown
  /** Why the answer is not well, or null. */
  problem: Translated | null
}

const inEnglish = ({ problem, ...answer }: Answer) => ({ ...answer, problem: problem && problem.en })

async function ask(api: ApiClient, path: string, signal: AbortSignal, as?: 'scraper'): Promise<Answer> {
  const started = performance.now()
  const latency_ms = () => Math.round((performance.now() - started) * 100) / 100
  try {
    const answer = await api.get(path, { signal, ...(as && { as }) })
    const text = await answer.text()
    const what = `GET ${api.url}${path}`
    const body = jsonOf(text, answer)
    const problem = !answer.ok
      ? { en: `${what} answered ${answer.status}.`, pt: `${what} respondeu ${answer.status}.` }
      : body === undefined
        ? { en: `${what} answered ${answer.status} without JSON.`, pt: `${what} respondeu ${answer.status} sem JSON.` }
        : null
    return { status_code: answer.status, latency_ms: latency_ms(), body: body ?? null, problem }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return { status_code: null, latency_ms: latency_ms(), body: null, problem: sentenceOf(thrown) }
  }
}

function jsonOf(text: string, { headers }: Response): unknown {
  if (!headers.get('content-type')?.includes('json')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
