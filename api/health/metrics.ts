/** What the API counts of itself, in Prometheus' terms. */
import { Counter, Registry, type Metric } from 'prom-client'
import { createDurations, type Durations } from './durations.ts'

/** How many answers the mean response time looks back on. */
const RECENT = 1000

export interface ApiMetrics {
  registry: Registry
  observe(method: string, route: string, status: number, seconds: number): void
  /** Mean of the last thousand answers, seconds; 0 before the first. */
  meanResponseTime(): number
}

interface Series {
  labels: { method: string; route: string; status: string }
  answered: number
  time: Durations
}

export function createApiMetrics(): ApiMetrics {
  const registry = new Registry()
  const labelNames = ['method', 'route', 'status'] as const
  new Counter({
    name: 'doca_http_requests_total',
    help: 'Answered requests.',
    labelNames,
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels, answered } of series.values()) this.inc(labels, answered)
    },
  })
  const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10]
  const duration = createDurations('doca_http_request_duration_seconds', 'From the request line to the answer.', bounds)
  registry.registerMetric(duration as unknown as Metric)
  const recent: number[] = []
  let next = 0
  // Finding a series by its labels is dearer than counting in it: looked up once, and the counter only at a scrape.
  const series = new Map<string, Series>()
  function seriesOf(method: string, route: string, status: number): Series {
    const name = `${method} ${status} ${route}`
    const known = series.get(name)
    if (known) return known
    const labels = { method, route, status: String(status) }
    const made = { labels, answered: 0, time: duration.labels(labels) }
    series.set(name, made)
    return made
  }
  return {
    registry,
    observe(method, route, status, seconds) {
      const one = seriesOf(method, route, status)
      one.answered++
      one.time.observe(seconds)
      recent[next] = seconds
      next = (next + 1) % RECENT
    },
    meanResponseTime: () => (recent.length === 0 ? 0 : recent.reduce((sum, s) => sum + s, 0) / recent.length),
  }
}
