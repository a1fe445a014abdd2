/** The state of the API and of every role behind it. */
import { pausedSources } from '../../db/dead-letters/storms.ts'
import type { Db } from '../../db/engines/connect.ts'
import { ping } from '../../db/engines/postgres/server-facts.ts'
import { readPrograms, type ProgramName } from '../../db/monitoring/programs.ts'
import { createWriteCheck } from '../../db/monitoring/write-check.ts'
import { withDeadline } from '../../lib/retry.ts'
import { version } from '../../package.json'

export interface Check {
  status: 'ok' | 'down'
  latency_ms: number
}

export interface ProgramHealth {
  program: ProgramName
  status: 'ok' | 'silent'
  /** Processes of it that are at work. */
  at_work: number
}

/** By a storm of failures, until somebody decides. */
export interface PausedConsumer {
  consumer: string
  since: Date
}

export type Health = {
  status: 'ok' | 'degraded' | 'starting' | 'down'
  timestamp: string
  version: string
  programs: ProgramHealth[]
  paused: PausedConsumer[]
} & Record<string, Check | string | ProgramHealth[] | PausedConsumer[]>

/**
 * `down` without a database, `starting` until a user can sign in, `degraded` when another role is away, a program is silent or a
 * consumer is paused.
 */
export async function readHealth(db: Db, ready: boolean): Promise<Health> {
  const started = performance.now()
  const [roles, programs, paused] = await Promise.all([checkRoles(db), checkPrograms(db), pausedConsumers(db)])
  const away = paused.length > 0 || [...Object.values(roles), ...programs].some(({ status }) => status !== 'ok')
  return {
    status: roles.database!.status === 'down' ? 'down' : !ready ? 'starting' : away ? 'degraded' : 'ok',
    timestamp: new Date().toISOString(),
    version,
    api: { status: 'ok', latency_ms: sinceMs(started) },
    programs,
    paused,
    ...roles,
  }
}

export const isServing = ({ status }: Health): boolean => status === 'ok' || status === 'degraded'

const DEADLINE_MS = 3000

const writeChecks = new WeakMap<Db, () => Promise<void>>()

/** Sends each role a small request; `writes`: whether the database takes any, as of a few seconds ago. */
export async function checkRoles(db: Db): Promise<Record<string, Check>> {
  const checkWrites = writeChecks.get(db) ?? createWriteCheck(db.sql)
  writeChecks.set(db, checkWrites)
  const requests: Record<string, () => Promise<unknown>> = {
    database: () => ping(db.sql),
    writes: checkWrites,
    cache: () => db.cache.get('health'),
    objects: () => db.objects.head('health'),
    queue: () => db.queue.depth('health'),
    stream: () => db.stream.lag('health'),
    history: () => db.history.read('health', 'health', { limit: 1 }),
    journal: () => db.journal.find('health', 'health', 1),
  }
  const entries = Object.entries(requests).map(async ([role, send]) => [role, await check(send)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** Those that were ever started; none while the database is away. */
export async function checkPrograms(db: Pick<Db, 'sql'>): Promise<ProgramHealth[]> {
  const found = await withDeadline(readPrograms(db.sql), DEADLINE_MS).catch(() => [])
  const names = [...new Set(found.map(({ program }) => program))]
  return names.map((program) => {
    const its = found.filter((one) => one.program === program)
    const silent = its.some((one) => one.silent)
    return { program, status: silent ? 'silent' : 'ok', at_work: its.filter((one) => !one.silent).length }
  })
}

/** None while the database is away. */
async function pausedConsumers({ sql }: Pick<Db, 'sql'>): Promise<PausedConsumer[]> {
  const paused = await withDeadline(pausedSources(sql), DEADLINE_MS).catch(() => [])
  return paused.map(({ source, since }) => ({ consumer: source, since }))
}

async function check(send: () => Promise<unknown>): Promise<Check> {
  const started = performance.now()
  const status = await withDeadline(send(), DEADLINE_MS).then(
    () => 'ok' as const,
    () => 'down' as const,
  )
  return { status, latency_ms: sinceMs(started) }
}

const sinceMs = (started: number) => Math.round((performance.now() - started) * 100) / 100
