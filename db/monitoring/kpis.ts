/** The KPIs and their targets, computed from what happened; what nobody observed does not count as good. */
import type { Sql } from 'postgres'
import type { Translated } from '../../lib/texts.ts'
import { LATENCY_BOUNDS_MS } from './api-minutes.ts'
import {
  alertFacts,
  answerFacts,
  probeFacts,
  runFacts,
  type AlertFacts,
  type AnswerFacts,
  type ProbeFacts,
  type RunFacts,
  type Stretch,
} from './kpi-facts.ts'
import { PROBE_EVERY_S } from './probe.ts'
import { isAtWork } from './programs.ts'

export interface Kpi {
  name: string
  /** What of the samples the value is. */
  statistic: 'share' | 'p95' | 'mean' | 'most'
  value: number | null
  unit: string
  target: { is: 'above' | 'below'; value: number }
  window: Stretch
  samples: number
  parts: Record<string, number>
  /** Why there is no value. */
  reason: Translated | null
}

const TARGETS = {
  uptime: { statistic: 'share', unit: '%', target: { is: 'above', value: 99.9 } },
  latency: { statistic: 'p95', unit: 'ms', target: { is: 'below', value: 200 } },
  errors: { statistic: 'share', unit: '%', target: { is: 'below', value: 0.1 } },
  job_success: { statistic: 'share', unit: '%', target: { is: 'above', value: 95 } },
  alert_response: { statistic: 'mean', unit: 's', target: { is: 'below', value: 300 } },
  freshness: { statistic: 'most', unit: 's', target: { is: 'below', value: 900 } },
} as const

const NO_PROBE = { en: 'The probe has not run yet; start the jobs.', pt: 'A sonda ainda não rodou; inicie os jobs.' }
/** The tick that begins next, and the one at which it is counted. */
const PROBE_SOON = {
  en: `The jobs have just started; the probe's first figures come within ${2 * PROBE_EVERY_S} s.`,
  pt: `Os jobs acabaram de iniciar; os primeiros números da sonda chegam em até ${2 * PROBE_EVERY_S} s.`,
}

const NOTHING: Record<keyof typeof TARGETS, Translated> = {
  uptime: NO_PROBE,
  latency: { en: 'Nobody has asked the API anything.', pt: 'Ninguém pediu nada à API.' },
  errors: { en: 'Nobody has asked the API anything.', pt: 'Ninguém pediu nada à API.' },
  job_success: { en: 'No run has ended.', pt: 'Nenhuma execução terminou.' },
  alert_response: { en: 'No alert has fired.', pt: 'Nenhum alerta disparou.' },
  freshness: NO_PROBE,
}

export async function kpisOf(sql: Sql, stretch: Stretch): Promise<Kpi[]> {
  const [whole] = await kpiSeries(sql, stretch, 1)
  const lacksProbe = whole!.some(({ reason }) => reason === NO_PROBE)
  if (!lacksProbe || !(await isAtWork(sql, 'jobs'))) return whole!
  return whole!.map((one) => (one.reason === NO_PROBE ? { ...one, reason: PROBE_SOON } : one))
}

/** The KPIs of each of `points` equal parts of the stretch, in order of time. */
export async function kpiSeries(sql: Sql, stretch: Stretch, points: number): Promise<Kpi[][]> {
  const [probe, answers, runs, alerts] = await Promise.all([
    probeFacts(sql, stretch, points),
    answerFacts(sql, stretch, points),
    runFacts(sql, stretch, points),
    alertFacts(sql, stretch, points),
  ])
  return partsOf(stretch, points).map((part, n) => kpisOfFacts(part, probe[n]!, answers[n]!, runs[n]!, alerts[n]!))
}

function partsOf({ from, to }: Stretch, points: number): Stretch[] {
  const step_ms = (to.getTime() - from.getTime()) / points
  const at = (n: number) => new Date(from.getTime() + n * step_ms)
  return Array.from({ length: points }, (_, n) => ({ from: at(n), to: at(n + 1) }))
}

function kpisOfFacts(
  stretch: Stretch,
  probe: ProbeFacts,
  answers: AnswerFacts,
  runs: RunFacts,
  alerts: AlertFacts,
): Kpi[] {
  const ended = runs.succeeded + runs.failed
  return [
    uptime(probe, stretch),
    kpi('latency', percentile(answers, 0.95), answers.answers, stretch),
    kpi('errors', percent(answers.errors, answers.answers), answers.answers, stretch, { errors: answers.errors }),
    kpi('job_success', percent(runs.succeeded, ended), ended, stretch, { ...runs }),
    kpi('alert_response', alerts.mean_response_s, alerts.fired, stretch, { open: alerts.open }),
    kpi('freshness', probe.oldest_input_age_s, probe.fresh_samples, stretch),
  ]
}

export const isOk = ({ value, target }: Kpi): boolean | null =>
  value === null ? null : target.is === 'above' ? value > target.value : value < target.value

/** Of the ticks since the first on record, those at which the API was seen to be well. */
function uptime({ first, up, down }: ProbeFacts, { from, to }: Stretch): Kpi {
  const since = first && first > from ? first : from
  const ticks = first === null ? 0 : Math.max(0, Math.round((to.getTime() - since.getTime()) / 1000 / PROBE_EVERY_S))
  const parts = { up, down, not_observed: Math.max(0, ticks - up - down) }
  return kpi('uptime', percent(up, ticks), ticks, { from: since, to }, parts)
}

function kpi(
  name: keyof typeof TARGETS,
  value: number | null,
  samples: number,
  window: Stretch,
  parts: Record<string, number> = {},
): Kpi {
  const rounded = value === null ? null : Math.round(value * 1000) / 1000
  return {
    name,
    value: rounded,
    ...TARGETS[name],
    window,
    samples,
    parts,
    reason: value === null ? NOTHING[name] : null,
  }
}

const percent = (part: number, whole: number) => (whole === 0 ? null : (part / whole) * 100)

/** The latency that `share` of the answers did not exceed, in ms, within 10 %; beyond the first or the last class, its bound. */
export function percentile({ latencies }: Pick<AnswerFacts, 'latencies'>, share: number): number | null {
  const answers = latencies.reduce((sum, count) => sum + count, 0)
  if (answers === 0) return null
  const wanted = Math.max(1, Math.ceil(answers * share))
  let reached = 0
  const place = latencies.findIndex((count) => (reached += count) >= wanted)
  const high = LATENCY_BOUNDS_MS[place]
  const low = LATENCY_BOUNDS_MS[place - 1]
  return high === undefined || low === undefined ? (high ?? low)! : Math.sqrt(low * high)
}
