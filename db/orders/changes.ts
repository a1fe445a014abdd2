/**
 * Tells whoever shows orders that they have moved: from each process at most once a second, since a notification for each message
 * would take its speed from the consumer.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'

export const ORDERS_CHANGED = 'doca_orders'

const REST_MS = 1000

export interface OrderChanges {
  /** Something has moved; told at once, or at the end of the rest. */
  changed(): void
  /** Tells what is left. */
  close(): Promise<void>
}

export function announceOrderChanges(sql: Sql, log: Log): OrderChanges {
  /** While it rests. */
  let rest: Timer | undefined
  let isDue = false

  async function tell(): Promise<void> {
    isDue = false
    try {
      await sql`select pg_notify(${ORDERS_CHANGED}, '')`
    } catch (err) {
      log.debug({ err }, 'it was not told that orders have moved; pages ask by themselves, later')
    }
  }

  function changed(): void {
    isDue = true
    if (rest) return
    rest = setTimeout(() => {
      rest = undefined
      if (isDue) changed()
    }, REST_MS)
    rest.unref()
    void tell()
  }

  return {
    changed,
    async close() {
      clearTimeout(rest)
      if (isDue) await tell()
    },
  }
}
