/**
 * The one counter of answers: a histogram for Prometheus, and minutes for the KPIs, which are added to the database every
 * few seconds. While the database is away they are kept here; a killed process loses only the last few seconds.
 */
import type { Sql } from 'postgres'
import { Counter, Histogram, Registry } from 'prom-client'
import { addApiMinutes, LATENCY_BOUNDS_MS, latencyClass, type MinuteCounts } from '../../db/monitoring/api-minutes.ts'

export interface Answer {
  method: string
  /** The path of the route, as it was written. */
  route: string
  status: number
  seconds: number
}

export interface Answers {
  registry: Registry
  /** `uncounted`: not for the KPIs. */
  count(answer: Answer, uncounted?: boolean): void
  /** Mean of the last thousand answers, seconds; 0 before the first. */
  meanResponseTime(): number
  /** Adds the minutes to the database. Never rejects: what could not be added is added with the next. */
  flush(): Promise<void>
}

const MINUTE_MS = 60_000
const FLUSH_EVERY_MS = 15_000
const LAST_FLUSH_MS = 2_000
/** A day without a database; older minutes are given up. */
const MAX_MINUTES = 1440
/** Answers that the mean response time looks back on. */
const RECENT = 1000

export function createAnswers(sql: Sql, registry = new Registry(), now_ms = Date.now): Answers {
  const duration = durations(registry)
  const recent: number[] = []
  let next = 0
  let minutes = new Map<number, MinuteCounts>()
  let flushing: Promise<void> | undefined

  async function add(): Promise<void> {
    const counted = minutes
    minutes = new Map()
    if (counted.size === 0) return
    try {
      await addApiMinutes(sql, [...counted.values()])
    } catch {
      // The probe, the health check and every failed request report the outage.
      for (const [at, later] of minutes) counted.set(at, sum(counted.get(at), later))
      minutes = new Map([...counted].slice(-MAX_MINUTES))
    }
  }

  return {
    registry,

    count({ method, route, status, seconds }, uncounted = false) {
      duration.labels(method, route, String(status)).observe(seconds)
      recent[next] = seconds
      next = (next + 1) % RECENT
      if (uncounted) return
      const at = Math.floor(now_ms() / MINUTE_MS) * MINUTE_MS
      const counts = minutes.get(at) ?? emptyMinute(at)
      minutes.set(at, counts)
      counts.answers++
      if (status >= 500) counts.errors++
      counts.latencies[latencyClass(seconds * 1000)]!++
    },

    meanResponseTime: () => (recent.length === 0 ? 0 : recent.reduce((sum, s) => sum + s, 0) / recent.length),

    flush() {
      // One at a time: a database that hangs holds one statement of ours, not one more every few seconds.
      flushing ??= add().finally(() => (flushing = undefined))
      return flushing
    },
  }
}

/** Flushes now and then; the returned function flushes a last time and stops. */
export function keepFlushing(answers: Answers): () => Promise<void> {
  const timer = setInterval(() => void answers.flush(), FLUSH_EVERY_MS)
  return async () => {
    clearInterval(timer)
    // The first may be one that is under way, without the newest answers. A database that is away holds up no stop.
    await Promise.race([answers.flush().then(answers.flush), Bun.sleep(LAST_FLUSH_MS)])
  }
}

/** Fewer than the classes of the KPI: Prometheus keeps each for every method, route and status. */
const DURATION_BUCKETS_S = [1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000, 30_000].map(
  (ms) => ms / 1000,
)

/** Durations by method, route and status. The counter of answers is the histogram's, under the name that dashboards know. */
function durations(registry: Registry) {
  const labelNames = ['method', 'route', 'status'] as const
  const registers = [registry]
  const duration = new Histogram({
    name: 'doca_http_request_duration_seconds',
    help: 'From the request line to the answer.',
    labelNames,
    buckets: DURATION_BUCKETS_S,
    registers,
  })
  new Counter({
    name: 'doca_http_requests_total',
    help: 'Answered requests.',
    labelNames,
    registers,
    async collect() {
      this.reset()
      const { values } = await duration.get()
      for (const { metricName, labels, value } of values) if (metricName?.endsWith('_count')) this.inc(labels, value)
    },
  })
  return duration
}

const emptyMinute = (at: number): MinuteCounts => ({
  minute: new Date(at),
  answers: 0,
  errors: 0,
  latencies: LATENCY_BOUNDS_MS.map(() => 0).concat(0),
})

function sum(a: MinuteCounts | undefined, b: MinuteCounts): MinuteCounts {
  if (!a) return b
  return {
    minute: a.minute,
    answers: a.answers + b.answers,
    errors: a.errors + b.errors,
    latencies: a.latencies.map((count, place) => count + b.latencies[place]!),
  }
}
