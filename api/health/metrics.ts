/** The API's figures: as JSON, and as Prometheus text. */
import { Gauge, Registry } from 'prom-client'
import type { Db } from '../../db/engines/connect.ts'
import { readLags } from '../../db/streams/lags.ts'
import { ORDERS_QUEUE } from '../../db/orders/message.ts'
import { readFigures } from '../../db/monitoring/figures.ts'
import { countPackaging } from '../../db/packaging/packaging.ts'
import { countActiveUsers } from '../../db/users/sessions.ts'
import type { Answers } from './answers.ts'
import { withDeadline } from '../../lib/retry.ts'
import { checkPrograms, checkRoles, type Check } from './read-health.ts'
import { systemGauges, type QueueState, type SetGauge } from './system-gauges.ts'

/** Counts are null while the database is away. */
export async function readMetrics(db: Db, answers: Answers) {
  const roles = await checkRoles(db)
  return { figures: await jsonFigures(db, answers, roles), roles }
}

async function jsonFigures(db: Db, answers: Answers, roles: Record<string, Check>) {
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

/** A scraper waits for ten seconds. */
const DEADLINE_MS = 4_000

/** The registry of this process, then what is known of the whole system, which every process of the API tells alike. */
export async function prometheusText(
  registry: Registry,
  db: Db,
  { figures, roles }: Awaited<ReturnType<typeof readMetrics>>,
): Promise<string> {
  const now = new Registry()
  const set: SetGauge = (name, help, readings, labels = []) => {
    const gauge = new Gauge({ name, help, labelNames: labels, registers: [now] })
    // One without labels would be 0 otherwise.
    gauge.reset()
    if (labels.length === 0) gauge.remove()
    for (const [value, ...values] of readings) if (value !== null) gauge.labels(...values).set(value)
  }
  set('doca_database_up', '1 when the database answers.', [[Number(figures.database_status === 'connected')]])
  set('doca_cache_up', '1 when the cache answers.', [[Number(figures.cache_status === 'connected')]])
  set('doca_active_users', 'Users with a live session.', [[figures.active_users]])
  set('doca_silent_programs', 'Programs of which a process sends no heartbeat.', [[figures.silent_programs]])
  set('doca_embalagens', 'Packaging items in the catalogue.', [[figures.embalagens_count]])
  const checks = Object.entries(roles)
  set(
    'doca_engine_up',
    '1 when what is behind the role answers; writes: whether the database takes any.',
    checks.map(([role, { status }]) => [Number(status === 'ok'), role]),
    ['role'],
  )
  set(
    'doca_engine_check_seconds',
    'How long it took to answer the check.',
    checks.map(([role, { latency_ms }]) => [latency_ms / 1000, role]),
    ['role'],
  )
  // What cannot be read is left out: the scrape itself says what is down.
  const [system, lags, queues] = await Promise.all([
    withDeadline(readFigures(db.sql), DEADLINE_MS).catch(() => null),
    withDeadline(readLags(db.stream), DEADLINE_MS).catch(() => []),
    withDeadline(readQueues(db), DEADLINE_MS).catch(() => []),
  ])
  systemGauges(set, system, lags, queues)
  return (await registry.metrics()) + (await now.metrics())
}

const QUEUES = [ORDERS_QUEUE]

const readQueues = ({ queue }: Db): Promise<QueueState[]> =>
  Promise.all(QUEUES.map(async (name) => ({ queue: name, ...(await queue.depth(name)) })))
