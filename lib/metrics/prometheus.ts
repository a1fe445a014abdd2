/** Metrics by prom-client, and what every program tells of itself under the names that Prometheus' users know. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { CALL_BUCKETS_S, type Metrics } from './metrics.ts'

/** Finer than any lag that matters; each step wakes the process. */
const LOOP_RESOLUTION_MS = 50
/** On Bun they are zero, or no figures of the process (process_heap_bytes is address space). */
const EMPTY_ON_BUN =
  /^(nodejs_heap_space_|nodejs_active_|nodejs_gc_|nodejs_external_memory_bytes|process_heap_bytes|process_virtual_memory_bytes)/

export function metricsOn(registry: Registry): Metrics {
  const registers = [registry]
  return {
    counter(name, help, labelNames = []) {
      const counter = new Counter({ name, help, labelNames, registers })
      return (values = [], by = 1) => counter.labels(...values).inc(by)
    },

    histogram(name, help, labelNames, buckets = CALL_BUCKETS_S) {
      const histogram = new Histogram({ name, help, labelNames, buckets, registers })
      return (values, seconds) => histogram.labels(...values).observe(seconds)
    },

    gauge(name, help, labelNames, read) {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset()
          for (const { values, value } of read()) this.labels(...values).set(value)
        },
      })
    },
  }
}

/** Processor, memory, files and event loop of this process, which is of `version`. */
export function addProcessMetrics(registry: Registry, program: string, version: string): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_RESOLUTION_MS })
  for (const { name } of registry.getMetricsAsArray()) if (EMPTY_ON_BUN.test(name)) registry.removeSingleMetric(name)
  metricsOn(registry).gauge('doca_build_info', '1; the program and its version.', ['program', 'version'], () => [
    { values: [program, version], value: 1 },
  ])
}
