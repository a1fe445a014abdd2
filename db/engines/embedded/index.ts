/**
 * The embedded PostgreSQL: the real server, shared by every program that names the same DATA_DIR.
 *
 * Start and stop happen under a file lock. Each user holds a shared advisory lock on a connection of its own; who
 * leaves stops the server only if it gets that lock exclusively while holding the file lock. When a user's connection
 * closes, the server died: whoever notices first starts it again on the same port, where everybody's pools expect it.
 */
import { mkdir, realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { placesIn, type Places } from './data-folder.ts'
import { folderProblem } from './problems.ts'
import { serve, stopIfLast, type Served } from './serve.ts'

export interface EmbeddedServer {
  /** postgres://… with the generated password, loopback only. */
  url: string
  port: number
  /** Leaves the server; the last to leave stops it. */
  leave(): Promise<void>
}

export interface EmbeddedOptions {
  data_dir: string
  /** Unset: the port used last, else a free one, recorded beside the data. */
  port?: number | undefined
  /** Hears of what a person may want to know: a server started again, a port that is not the one asked for. */
  log?: Log | undefined
}

/** Joins the server of `data_dir`, starting it when nobody has. Throws AppError that says what to do. */
export async function joinEmbedded({ data_dir, port, log }: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    await mkdir(data_dir, { recursive: true })
    return await stayServed(placesIn(await realpath(data_dir)), port, log)
  } catch (err) {
    throw folderProblem(err, data_dir)
  }
}

/** A server that lives this long was not ended by its start. */
const STABLE_MS = 30_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 10_000

async function stayServed(places: Places, wanted: number | undefined, log: Log | undefined): Promise<EmbeddedServer> {
  const leaving = new AbortController()
  let returning: Promise<void> | undefined
  let left: Promise<void> | undefined
  let joined_ms = 0
  let losses = 0

  const onLost = () => {
    if (!leaving.signal.aborted) returning = comeBack(leaving.signal)
  }
  const join = async (port: number | undefined): Promise<Served> => {
    const served = await serve(places, { port, log, onLost, signal: leaving.signal })
    joined_ms = Date.now()
    return served
  }

  let served = await join(wanted)
  const { url, port } = served
  if (wanted !== undefined && port !== wanted)
    log?.warn(
      `the embedded PostgreSQL runs on port ${port} already; EMBEDDED_PORT=${wanted} counts from its next start`,
    )

  /** The lock connection closed: joins again, on the port that every pool knows, until it works or we leave. */
  async function comeBack(signal: AbortSignal): Promise<void> {
    losses = Date.now() - joined_ms > STABLE_MS ? 1 : losses + 1
    log?.warn('the embedded PostgreSQL ended; starting it again')
    for (let pause_ms = losses > 1 ? FIRST_PAUSE_MS * 2 ** losses : 0; ; pause_ms = pause_ms * 2 || FIRST_PAUSE_MS)
      try {
        await sleep(Math.min(pause_ms, LONGEST_PAUSE_MS), undefined, { signal })
        served = await join(port)
        if (served.port === port) log?.info('the embedded PostgreSQL is back')
        else log?.error(`the embedded PostgreSQL moved to port ${served.port}; restart this program to follow it`)
        return
      } catch (thrown) {
        if (signal.aborted) return
        const err = folderProblem(thrown, places.data_dir)
        log?.error({ err }, `the embedded PostgreSQL is away, trying again: ${messageOf(err)}`)
      }
  }

  async function leave(): Promise<void> {
    leaving.abort()
    await returning
    await stopIfLast(places, served, log)
  }

  return { url, port, leave: () => (left ??= leave()) }
}
