/** What the API counts of itself, in Prometheus' terms. */
import { Counter, Histogram, Registry } from 'prom-client'

/** How many answers the mean response time looks back on. */
const RECENT = 1000

export interface ApiMetrics {
  registry: Registry
  observe(method: string, route: string, status: number, seconds: number): void
  /** Mean of the last thousand answers, seconds; 0 before the first. */
  meanResponseTime(): number
}

export function createApiMetrics(): ApiMetrics {
  const registry = new Registry()
  const labelNames = ['method', 'route', 'status'] as const
  const requests = new Counter({
    name: 'doca_http_requests_total',
    help: 'Answered requests.',
    labelNames,
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'doca_http_request_duration_seconds',
    help: 'From the request line to the answer.',
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const recent: number[] = []
  let next = 0
  // Looked up once: finding a series by its labels is dearer than counting in it.
  const series = new Map<
    string,
    { count: ReturnType<typeof requests.labels>; time: ReturnType<typeof duration.labels> }
  >()
  function seriesOf(method: string, route: string, status: number) {
    const name = `${method} ${status} ${route}`
    const known = series.get(name)
    if (known) return known
    const labels = { method, route, status: String(status) }
    const made = { count: requests.labels(labels), time: duration.labels(labels) }
    series.set(name, made)
    return made
  }
  return {
    registry,
    observe(method, route, status, seconds) {
      const { count, time } = seriesOf(method, route, status)
      count.inc()
      time.observe(seconds)
      recent[next] = seconds
      next = (next + 1) % RECENT
    },
    meanResponseTime: () => (recent.length === 0 ? 0 : recent.reduce((sum, s) => sum + s, 0) / recent.length),
  }
}
