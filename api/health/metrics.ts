/** The API's figures: as JSON, and as Prometheus text. */
import { Gauge, Registry } from 'prom-client'
import type { Db } from '../../db/engines/connect.ts'
import { countPackaging } from '../../db/packaging/packaging.ts'
import { countActiveUsers } from '../../db/users/sessions.ts'
import type { Answers } from './answers.ts'
import { checkPrograms, checkRoles } from './read-health.ts'

/** Counts are null while the database is away. */
export async function readMetrics(db: Db, answers: Answers) {
  const roles = await checkRoles(db)
  const word = (role: string) => (roles[role]?.status === 'ok' ? ('connected' as const) : ('disconnected' as const))
  const up = roles.database!.status === 'ok'
  const [active_users, embalagens_count, programs] = up
    ? await Promise.all([countActiveUsers(db.sql), countPackaging(db.sql), checkPrograms(db)])
    : [null, null, null]
  return {
    timestamp: new Date().toISOString(),
    api_status: 'ok' as const,
    database_status: word('database'),
    cache_status: word('cache'),
    response_time: answers.meanResponseTime(),
    active_users,
    silent_programs: programs && programs.filter(({ status }) => status === 'silent').length,
    embalagens_count,
  }
}

/** The registry of the answers, then `figures` as gauges. */
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
  gauge('doca_silent_programs', 'Programs of which a process sends no heartbeat.', figures.silent_programs)
  gauge('doca_embalagens', 'Packaging items in the catalogue.', figures.embalagens_count)
  gauge('doca_process_resident_bytes', 'Memory of this process.', process.memoryUsage.rss())
  return (await registry.metrics()) + (await now.metrics())
}
