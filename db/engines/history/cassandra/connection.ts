/**
 * Keeps a client connected. While some node is up the driver keeps its connections by itself. When none is left,
 * we take a new client: cassandra-driver 4.10.0, once it has lost every node, begins anew beside what it has (four
 * outages left it with three connections to one node, and as many watchers that each reconnect).
 */
import type { Client } from 'cassandra-driver'
import { AppError, messageOf } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { initialConnection } from '../../initial-connection.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { backoffDelay, sleep, withDeadline } from '../../../../lib/retry.ts'
import { endClient, startClient, type StartedClient } from './client.ts'
import { engineName, reasonOf, refusalOf } from './errors.ts'
import type { CassandraEndpoint } from './url.ts'

/** Of one attempt with everything it asks, where a node takes connections but answers late. */
const ATTEMPT_MS = 30_000
const CLOSE_MS = 1_000
const FIRST_DELAY_MS = 200
const MAX_DELAY_MS = 3_000

export interface CassandraConnection {
  /** The connected client; throws `history_unavailable` at once while there is none. */
  client(): Client
  close(): Promise<void>
}

/**
 * Connects, and calls `onConnect` for each client before it is used. Goes on without a cluster that is away; throws
 * `engine_refused` when it refuses us.
 */
export async function openConnection(
  endpoint: CassandraEndpoint,
  log: Log,
  onConnect: (client: Client) => Promise<void>,
): Promise<CassandraConnection> {
  const engine = engineName(endpoint)
  const closing = new AbortController()
  const outage = createOutage(log, `${engine} is away; the history waits for it`, `${engine} answers again`)
  let current: StartedClient | undefined
  let attempt: Promise<void> | undefined
  let reconnecting: Promise<void> = Promise.resolve()

  async function connect(): Promise<void> {
    const started = startClient(endpoint)
    try {
      await withDeadline(
        started.connected.then(() => onConnect(started.client)),
        ATTEMPT_MS,
        engine,
      )
      closing.signal.throwIfAborted()
    } catch (err) {
      await endClient(started)
      if (err instanceof AppError) throw err
      throw refusalOf(err, endpoint) ?? new Error(reasonOf(err).en, { cause: err })
    }
    current = started
    started.client.on('hostDown', () => retireLost(started))
    retireLost(started)
  }

  function retireLost(started: StartedClient): void {
    if (closing.signal.aborted || current !== started || someUp(started.client, endpoint)) return
    current = undefined
    outage.failed('no node is left')
    reconnecting = Promise.all([endClient(started), reconnect()]).then(() => {})
  }

  async function reconnect(): Promise<void> {
    let refused = false
    for (let tries = 0; !closing.signal.aborted; tries++) {
      try {
        await (attempt ?? connect())
        if (current) outage.answered()
        return
      } catch (err) {
        // A password may have been changed meanwhile; it may be changed back.
        if (isRefusal(err) && !refused) log.error({ err }, messageOf(err))
        else log.debug({ err }, `${engine} is still away`)
        refused ||= isRefusal(err)
        attempt = undefined
        await sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS), closing.signal)
      }
    }
  }

  await initialConnection(engine, log, () => (attempt = connect()))
  // The initial connection may have given the attempt up, and it may still succeed.
  if (!current) {
    outage.assume(true)
    reconnecting = reconnect()
  }
  attempt = undefined

  return {
    client() {
      if (current) return current.client
      const detail = closing.signal.aborted
        ? { en: 'The history is closed.', pt: 'O histórico está fechado.' }
        : { en: `${engine} is away; try again later.`, pt: `${engine} está fora do ar; tente de novo mais tarde.` }
      throw new AppError('unavailable', 'history_unavailable', detail)
    },
    async close() {
      closing.abort()
      const last = current
      current = undefined
      if (last) await endClient(last)
      // An attempt on a node that takes connections and answers nothing goes on for a while, and then ends by itself.
      await withDeadline(reconnecting, CLOSE_MS, engine).catch(() => {})
    },
  }
}

const isRefusal = (thrown: unknown) => thrown instanceof AppError && thrown.code === 'engine_refused'

function someUp(client: Client, { datacenter }: CassandraEndpoint): boolean {
  return client.hosts.values().some((host) => host.datacenter === datacenter && host.isUp())
}
