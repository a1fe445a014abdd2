/** Asks each role for something small, within a deadline. */
import type { Db } from '../../db/engines/connect.ts'
import { withDeadline } from '../../lib/retry.ts'

export interface Check {
  status: 'ok' | 'down'
  latency_ms: number
}

const DEADLINE_MS = 3000

export async function checkRoles(db: Db): Promise<Record<string, Check>> {
  const asks: Record<string, () => Promise<unknown>> = {
    database: async () => await db.sql`select 1`,
    cache: () => db.cache.get('health'),
    objects: () => db.objects.head('health'),
    queue: () => db.queue.depth('health'),
    stream: () => db.stream.lag('health'),
    history: () => db.history.read('health', 'health', { limit: 1 }),
    journal: () => db.journal.find('health', 'health', 1),
  }
  const entries = Object.entries(asks).map(async ([role, ask]) => [role, await check(ask)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function check(ask: () => Promise<unknown>): Promise<Check> {
  const started = performance.now()
  const status = await withDeadline(ask(), DEADLINE_MS).then(
    () => 'ok' as const,
    () => 'down' as const,
  )
  return { status, latency_ms: Math.round((performance.now() - started) * 100) / 100 }
}
