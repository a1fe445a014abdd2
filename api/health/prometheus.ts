import { Gauge, Registry } from 'prom-client'
import type { readMetrics } from './service.ts'

/** The counters of `registry`, then the same figures as the JSON form, as gauges. */
export async function prometheusText(
  registry: Registry,
  figures: Awaited<ReturnType<typeof readMetrics>>,
): Promise<string> {
  const now = new Registry()
  const gauge = (name: string, help: string, value: number | null) => {
    if (value !== null) new Gauge({ name, help, registers: [now] }).set(value)
  }
  gauge('doca_database_up', '1 when the database answers.', Number(figures.database_status === 'connected'))
  gauge('doca_cache_up', '1 when the cache answers.', Number(figures.cache_status === 'connected'))
  gauge('doca_active_users', 'Users with a live session.', figures.active_users)
  gauge('doca_embalagens', 'Packaging items in the catalogue.', figures.embalagens_count)
  gauge('doca_process_resident_bytes', 'Memory of this process.', process.memoryUsage.rss())
  return (await registry.metrics()) + (await now.metrics())
}
