/**
 * NOTIFY wakes; polling is only the safety net. One LISTEN connection per process serves every channel. LISTEN is
 * lost with its connection, so after each reconnect every subscriber is woken once to look for what it missed.
 */
import type { Sql } from 'postgres'

type Wake = (payload: string) => void

/** A subscription of postgres.js cannot be ended after a reconnect, so each channel has one, which lasts, and we fan out. */
const channels = new WeakMap<Sql, Map<string, { subscribers: Set<Wake>; listening: Promise<unknown> }>>()

/** Calls `wake` at every NOTIFY on `channel`, and with '' at the start and at every reconnect; returns how to stop. */
export async function listen(sql: Sql, channel: string, wake: Wake): Promise<() => Promise<void>> {
  const ofSql = channels.get(sql) ?? new Map()
  channels.set(sql, ofSql)
  const known = ofSql.get(channel) ?? startListening(sql, channel)
  ofSql.set(channel, known)
  known.subscribers.add(wake)
  try {
    await known.listening
  } catch (err) {
    known.subscribers.delete(wake)
    if (ofSql.get(channel) === known) ofSql.delete(channel)
    throw err
  }
  wake('')
  return async () => void known.subscribers.delete(wake)
}

function startListening(sql: Sql, channel: string) {
  const subscribers = new Set<Wake>()
  const wakeAll = (payload: string) => subscribers.forEach((wake) => wake(payload))
  let connects = 0
  const listening = sql.listen(channel, wakeAll, () => void (connects++ > 0 && wakeAll('')))
  return { subscribers, listening }
}
