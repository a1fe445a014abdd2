/** What a look at the system means for the rules: each is told about every subject it watches, well or not. */
import type { Look } from './take-sample.ts'

export interface ProbeLimits {
  api_slow_ms: number
  /** The disk is low below this share. */
  disk_min_free_share: number
  queue_dead_max: number
  stream_lag_max: number
  data_stale_s: number
}

export interface Observation {
  rule: string
  subject: string
  ok: boolean
  detail: string
}

/** What was not answered is no observation, but for the API and the cache, whose silence is the fact itself. */
export function observationsOf(
  { sample, dead_letters, lags }: Look,
  api_url: string,
  limits: ProbeLimits,
): Observation[] {
  const found: Observation[] = []
  const say = (rule: string, subject: string, ok: boolean, detail: string) => found.push({ rule, subject, ok, detail })
  const { api_up, api_status, api_latency_ms, cache_latency_ms, roles, oldest_input, oldest_input_age_s } = sample

  const how = api_status === null ? 'does not answer' : `answers GET /health with ${api_status}`
  say('API_DOWN', api_url, api_up, `The API at ${api_url} ${how}${awayRoles(roles)}.`)
  if (api_latency_ms !== null)
    say(
      'API_HIGH_LATENCY',
      api_url,
      api_latency_ms <= limits.api_slow_ms,
      `GET /health took ${Math.round(api_latency_ms)} ms; more than ${limits.api_slow_ms} ms is too slow.`,
    )
  const cache_ok = cache_latency_ms !== null && roles?.cache !== 'down'
  const who = cache_latency_ms === null ? 'the jobs' : 'the API'
  say('CACHE_CONNECTION_LOST', 'cache', cache_ok, cache_ok ? 'The cache answers.' : `The cache does not answer ${who}.`)
  if (dead_letters) {
    const total = Object.values(dead_letters).reduce((sum, dead) => sum + dead, 0)
    const where = Object.entries(dead_letters).map(([queue, dead]) => `${dead} in ${queue}`)
    // One subject for all queues: one that has been emptied is no longer among them.
    say('QUEUE_DEAD', 'queues', total <= limits.queue_dead_max, `Dead letters: ${where.join(', ') || 'none'}.`)
  }
  for (const [topic, lag] of Object.entries(lags ?? {}))
    say('STREAM_LAG', topic, lag <= limits.stream_lag_max, `${topic} is ${lag} messages behind.`)
  if (oldest_input_age_s !== null) {
    const minutes = Math.round(oldest_input_age_s / 60)
    const stale = `The oldest of the ${oldest_input} that wait to be processed has waited ${minutes} min.`
    say('DATA_STALE', 'inputs', oldest_input_age_s <= limits.data_stale_s, oldest_input ? stale : 'Nothing waits.')
  }
  return found
}

/** How much room a machine's disk has left. */
export function diskObservation(host: string, free_share: number, limits: ProbeLimits): Observation {
  const percent = Math.floor(free_share * 1000) / 10
  const detail = `${percent} % of the disk of ${host} is free.`
  return { rule: 'LOW_DISK_SPACE', subject: host, ok: free_share >= limits.disk_min_free_share, detail }
}

function awayRoles(roles: Record<string, string> | null): string {
  const away = Object.entries(roles ?? {}).filter(([role, status]) => role !== 'status' && status === 'down')
  return away.length === 0 ? '' : ` (down: ${away.map(([role]) => role).join(', ')})`
}
