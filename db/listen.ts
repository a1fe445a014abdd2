/**
 * NOTIFY wakes; polling is only the safety net. One LISTEN connection per process serves every channel. LISTEN is
 * lost with its connection, so after each reconnect every subscriber is woken once to look for what it missed.
 */
import type { Sql } from 'postgres'

/** Calls `wake` at every NOTIFY on `channel` and at every (re)connect; returns how to stop. */
export async function listen(sql: Sql, channel: string, wake: (payload: string) => void): Promise<() => Promise<void>> {
  const subscription = await sql.listen(channel, wake, () => wake(''))
  return () => subscription.unlisten()
}
