import { countPackaging } from '../../db/packaging/packaging.ts'
import { countActiveUsers } from '../../db/users/sessions.ts'
import type { Db } from '../../db/engines/connect.ts'
import { version } from '../../package.json'
import { checkRoles, type Check } from './checks.ts'
import type { ApiMetrics } from './metrics.ts'

export type Health = { status: 'ok' | 'degraded' | 'down'; timestamp: string; version: string } & Record<
  string,
  Check | string
>

/** `down` without a database, `degraded` when another role is away. */
export async function readHealth(db: Db): Promise<Health> {
  const started = performance.now()
  const roles = await checkRoles(db)
  const away = Object.values(roles).some((role) => role.status === 'down')
  return {
    status: roles.database!.status === 'down' ? 'down' : away ? 'degraded' : 'ok',
    timestamp: new Date().toISOString(),
    version,
    api: { status: 'ok', latency_ms: Math.round((performance.now() - started) * 100) / 100 },
    ...roles,
  }
}

/** The figures that a dashboard shows; counts are null while the database is away. */
export async function readMetrics(db: Db, metrics: ApiMetrics) {
  const roles = await checkRoles(db)
  const word = (role: string) => (roles[role]?.status === 'ok' ? ('connected' as const) : ('disconnected' as const))
  const up = roles.database!.status === 'ok'
  const [active_users, embalagens_count] = up
    ? await Promise.all([countActiveUsers(db.sql), countPackaging(db.sql)])
    : [null, null]
  return {
    timestamp: new Date().toISOString(),
    api_status: 'ok' as const,
    database_status: word('database'),
    cache_status: word('cache'),
    response_time: metrics.meanResponseTime(),
    active_users,
    embalagens_count,
  }
}
