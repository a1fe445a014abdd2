/**
 * Alerts as they change. Transactions may commit in another order than their changes were made in, so each look reads
 * again the changes a little before the last one that it saw, and leaves out those that it has told already. A follower that comes again
 * after a break may hear of an alert twice: each time it is the whole alert as it is now, so that does no harm.
 */
import type { Sql } from 'postgres'
import { ALERTS_CHANGED, changedAlerts, currentMicroseconds, type AlertRow } from './alerts.ts'
import { createNotify } from '../../lib/notify.ts'
import { listen } from '../engines/postgres/listen.ts'

/** No transaction that changes alerts takes so long: statements have a deadline of 15 s. */
const OVERLAP_US = 60_000_000n
const ROWS_AT_ONCE = 1000
/** In case a notification is lost. */
const LOOK_EVERY_MS = 10_000

export interface AlertNews {
  alert: AlertRow
  /** Where to go on after a break: microseconds since 1970. */
  position: string
}

/** `after`: a position, or null to begin with what fires now. */
export async function* followAlerts(
  sql: Sql,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<AlertNews, void> {
  const notify = createNotify()
  const told = new Map<string, string>()
  signal.addEventListener('abort', notify.notifyOne)
  const unlisten = await listen(sql, ALERTS_CHANGED, notify.notifyOne)
  let last = BigInt(after ?? (await currentMicroseconds(sql)))
  // At first what fires now, where nothing has been seen yet.
  let from = after === null ? null : earlier(last)
  try {
    while (!signal.aborted) {
      // A clock that has gone back gives the next changes earlier times than the last ones.
      const now = BigInt(await currentMicroseconds(sql))
      if (last > now) last = now
      if (from !== null && BigInt(from) > now) from = earlier(now)
      const rows = await changedAlerts(sql, from, ROWS_AT_ONCE)
      for (const { changed, ...alert } of rows) {
        if (told.get(alert.id) === changed) continue
        told.set(alert.id, changed)
        if (BigInt(changed) > last) last = BigInt(changed)
        yield { alert, position: String(last) }
      }
      const more = rows.length === ROWS_AT_ONCE
      from = more && from !== null ? rows.at(-1)!.changed : earlier(last)
      for (const [id, changed] of told) if (BigInt(changed) <= BigInt(from)) told.delete(id)
      if (!more) await notify.notified(LOOK_EVERY_MS)
    }
  } finally {
    signal.removeEventListener('abort', notify.notifyOne)
    await unlisten()
  }
}

const earlier = (position: bigint) => String(position > OVERLAP_US ? position - OVERLAP_US : 0n)
