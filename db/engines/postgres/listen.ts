/**
 * NOTIFY wakes; polling is only the safety net. One LISTEN connection per pool serves every channel. LISTEN is lost with
 * its connection, so after each reconnect every subscriber is woken once to check what it missed.
 *
 * postgres.js has a `listen` of its own. It swallows a failed reconnect, wakes more often the longer the server was
 * away (ten times after six seconds), and a subscription cannot be ended after a reconnect.
 */
import postgres, { type Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { backoffDelay } from '../../../lib/retry.ts'

type Wake = (payload: string) => void

/** Calls `wake` at every NOTIFY on `channel`, and with '' at the start and at every reconnect; returns how to stop. */
export async function listen(sql: Sql, channel: string, wake: Wake): Promise<() => Promise<void>> {
  let listener = listeners.get(sql)
  if (!listener) listeners.set(sql, (listener = openListener(sql)))
  return listener.subscribe(channel, wake)
}

interface Listener {
  subscribe(channel: string, wake: Wake): Promise<() => Promise<void>>
}

/** Between attempts to reconnect. */
const FIRST_DELAY_MS = 25
const MAX_DELAY_MS = 1000

const listeners = new WeakMap<Sql, Listener>()

function openListener(sql: Sql): Listener {
  const channels = new Map<string, Set<Wake>>()
  let ended = false
  let losses = 0
  let returning: Promise<void> | undefined

  const connection = postgres({
    ...(sql.options as object),
    shared: { retries: 0, typeArrayMap: {} },
    max: 1,
    idle_timeout: null,
    max_lifetime: null,
    fetch_types: false,
    // We wait ourselves, so that a subscriber is woken as soon as the server is back.
    backoff: false,
    onnotify: (channel: string, payload: string) => wakeAll(channel, payload),
    onclose() {
      losses++
      if (!ended) returning ??= comeBack().finally(() => (returning = undefined))
    },
  } as unknown as postgres.Options<{}>)

  // Closing the pool closes its listener.
  const endPool = sql.end
  sql.end = async (options) => {
    ended = true
    await Promise.all([connection.end(options), endPool(options)])
  }

  async function comeBack(): Promise<void> {
    for (let tries = 0; !ended; tries++) {
      await Bun.sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS))
      const before = losses
      try {
        for (const channel of channels.keys()) await issue('listen', channel)
      } catch {
        // Still away; statements fail in the pool.
        continue
      }
      if (losses === before) return [...channels.keys()].forEach((channel) => wakeAll(channel, ''))
    }
  }

  const issue = (what: 'listen' | 'unlisten', channel: string) => connection.unsafe(`${what} ${quoted(channel)}`)

  /** A subscriber that throws must neither reach the driver nor keep the others asleep. */
  function wakeAll(channel: string, payload: string): void {
    for (const wake of channels.get(channel) ?? []) queueMicrotask(() => wake(payload))
  }

  async function subscribe(channel: string, wake: Wake): Promise<() => Promise<void>> {
    if (ended)
      throw new AppError('unavailable', 'database_closed', {
        en: 'The connection to the database has been closed.',
        pt: 'A conexão com o banco de dados foi fechada.',
      })
    // A function of its own, so that the same one may subscribe twice.
    const subscriber: Wake = (payload) => wake(payload)
    const subscribers = channels.get(channel) ?? new Set()
    channels.set(channel, subscribers.add(subscriber))
    const unsubscribe = async () => {
      subscribers.delete(subscriber)
      if (subscribers.size > 0 || channels.get(channel) !== subscribers) return
      channels.delete(channel)
      if (!ended && !returning) await issue('unlisten', channel)
    }
    try {
      await returning
      await issue('listen', channel)
    } catch (err) {
      subscribers.delete(subscriber)
      throw err
    }
    wake('')
    return unsubscribe
  }

  return { subscribe }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
