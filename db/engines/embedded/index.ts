/**
 * The embedded PostgreSQL: the real server, shared by every program that names the same DATA_DIR.
 *
 * Start and stop happen under a file lock. Each user holds a shared advisory lock on a connection of its own; a user that
 * leaves stops the server only if it gets that lock exclusively while holding the file lock. When a user's connection
 * closes, the server died: the first user to notice starts it again on the same port, where every pool expects it.
 *
 * - joined: the server runs, and we hold the lock connection.
 * - returning: the connection was lost; joining again is tried until it works.
 * - leaving: nothing is started any more; the last user stops the server.
 */
import { mkdir, realpath } from 'node:fs/promises'
import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { backoffDelay, sleep } from '../../../lib/retry.ts'
import { serverPaths, type ServerPaths } from './data-folder.ts'
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
  /** The folder that keeps the write-ahead log, for a restore to a time; unset: none. Counts from the server's next start. */
  wal?: string | undefined
  /** Gets what a person may want to know: a server started again, a port that is not the one asked for. */
  log?: Log | undefined
}

/** Joins the server of `data_dir`, starting it when it does not run. Throws AppError that says what to do. */
export async function joinEmbedded({ data_dir, port, wal, log }: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    await mkdir(data_dir, { recursive: true, mode: 0o700 })
    return await EmbeddedUser.join(serverPaths(await realpath(data_dir)), { wanted: port, wal, log })
  } catch (err) {
    throw folderProblem(err, data_dir)
  }
}

/** A server that lives this long was not ended by its start. */
const STABLE_MS = 30_000
const FIRST_DELAY_MS = 50
const MAX_DELAY_MS = 10_000

class EmbeddedUser implements EmbeddedServer {
  /** As they were at the start, which is where the program's pools connect to. */
  url = ''
  port = 0

  readonly #paths: ServerPaths
  readonly #wal: string | undefined
  readonly #log: Log | undefined
  readonly #leaving = new AbortController()
  #served!: Served
  #joined_ms = 0
  /** In a row: servers that ended soon after we had joined. */
  #losses = 0
  #returning: Promise<void> | undefined
  #left: Promise<void> | undefined

  static async join(
    paths: ServerPaths,
    { wanted, wal, log }: { wanted: number | undefined; wal: string | undefined; log: Log | undefined },
  ): Promise<EmbeddedUser> {
    const user = new EmbeddedUser(paths, wal, log)
    await user.#join(wanted)
    user.url = user.#served.url
    user.port = user.#served.port
    if (wanted !== undefined && user.port !== wanted)
      log?.warn(
        `the embedded PostgreSQL runs on port ${user.port} already; EMBEDDED_PORT=${wanted} counts from its next start`,
      )
    return user
  }

  private constructor(paths: ServerPaths, wal: string | undefined, log: Log | undefined) {
    this.#paths = paths
    this.#wal = wal
    this.#log = log
  }

  leave(): Promise<void> {
    return (this.#left ??= this.#leave())
  }

  async #join(port: number | undefined): Promise<void> {
    const onLost = () => {
      if (!this.#leaving.signal.aborted) this.#returning = this.#comeBack()
    }
    this.#served = await serve(this.#paths, {
      port,
      wal: this.#wal,
      log: this.#log,
      onLost,
      signal: this.#leaving.signal,
    })
    this.#joined_ms = Date.now()
  }

  /** The lock connection closed: joins again, on the port that every pool knows, until it works or we leave. */
  async #comeBack(): Promise<void> {
    const { signal } = this.#leaving
    this.#losses = Date.now() - this.#joined_ms > STABLE_MS ? 1 : this.#losses + 1
    this.#log?.warn('the embedded PostgreSQL ended; starting it again')
    // At once the first time, and more slowly the more often its start was its end.
    for (let tries = this.#losses > 1 ? this.#losses : -1; ; tries++)
      try {
        if (tries >= 0) await sleep(backoffDelay(tries, FIRST_DELAY_MS, MAX_DELAY_MS), signal)
        signal.throwIfAborted()
        await this.#join(this.port)
        const { port } = this.#served
        if (port === this.port) this.#log?.info('the embedded PostgreSQL is back')
        else this.#log?.error(`the embedded PostgreSQL moved to port ${port}; restart this program to follow it`)
        return
      } catch (thrown) {
        if (signal.aborted) return
        const err = folderProblem(thrown, this.#paths.data_dir)
        this.#log?.error({ err }, `the embedded PostgreSQL is away, trying again: ${messageOf(err)}`)
      }
  }

  async #leave(): Promise<void> {
    this.#leaving.abort()
    await this.#returning
    await stopIfLast(this.#paths, this.#served, this.#log)
  }
}
