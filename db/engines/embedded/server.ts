/**
 * The server's process: found, started, stopped. Everything here happens under the start lock.
 *
 * Each server process inherits one locked descriptor (the alive lock), so the kernel itself says whether anything of
 * the server lives: no process id has to be believed, and a new server never meets the remains of the last.
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import type { Binaries } from './binaries.ts'
import { serverEnv, spawnServer, type ServerPaths } from './data-folder.ts'
import { tryLockFile, type FileLock } from './lock-file.ts'
import { startProblem } from './problems.ts'
import { isAlive, isPostmaster, processesOf } from './processes.ts'
import type { ServerUser } from './run-as.ts'
import { clusterName, serverCommand, walEnv } from './settings.ts'

export interface Waiting {
  signal?: AbortSignal | undefined
  log?: Log | undefined
}

/** Recovery after a crash reads the write-ahead log since the last checkpoint: seconds, on a slow disk a minute. */
const START_MS = 300_000
const STOP_MS = 15_000
/** So long may a query outlive its server before it is ended. */
const REMAINS_MS = 200
const LOG_SIZE_BYTES = 5 * 2 ** 20
/** Fine steps: the file that is watched is 100 bytes, and the whole start takes 50 ms. */
const STEP_MS = 5

/** The port of a server that takes connections, or the alive lock when nothing of a server lives; waits in between. */
export async function findServer(paths: ServerPaths, { signal, log }: Waiting): Promise<number | FileLock> {
  const started = Date.now()
  let reported = false
  for (;;) {
    signal?.throwIfAborted()
    const alive = tryLockFile(paths.alive_lock)
    if (alive) return alive
    const found = await readPostmaster(paths.folder)
    const waited_ms = Date.now() - started
    if (found && isAlive(found.pid)) {
      if (found.ready) return found.port
    } else if (waited_ms > REMAINS_MS) for (const pid of processesOf(clusterName(paths.folder))) kill(pid, 'SIGKILL')
    if (waited_ms > START_MS) throw notReady(paths)
    if (!reported && waited_ms > 5000) {
      reported = true
      log?.info('the embedded PostgreSQL is recovering; waiting for it')
    }
    await Bun.sleep(STEP_MS)
  }
}

/** Starts the server on `port`, with `alive` as its alive lock; resolves when it takes connections. Throws AppError. */
export async function startServer(
  paths: ServerPaths,
  {
    server,
    user,
    port,
    alive,
    wal,
  }: { server: Binaries; user: ServerUser; port: number; alive: FileLock; wal?: string | undefined },
): Promise<void> {
  await removeStalePostmaster(paths.folder)
  const log = openLog(paths.log)
  const logged_bytes = fstatSync(log).size
  let child: Bun.Subprocess
  try {
    child = spawnServer(user.wrap(serverCommand(server.postgres, paths.folder, port, wal !== undefined)), {
      cwd: '/',
      env: { ...serverEnv(), ...(wal !== undefined && walEnv(wal)) },
      stdio: ['ignore', log, log, alive.fd],
      // A session of its own: a terminal's Ctrl-C reaches the programs, which then stop the server in good order.
      detached: true,
    })
    child.unref()
  } finally {
    closeSync(log)
  }
  await untilReady(paths, child, { port, logged_bytes })
  await writeFile(paths.port, String(port), { mode: 0o600 })
}

/** Ends the server the fast way: open transactions are rolled back, everything is written. Resolves when it is gone. */
export async function stopServer({ folder, alive_lock, log }: ServerPaths): Promise<void> {
  const pid = (await readPostmaster(folder))?.pid
  if (pid && isPostmaster(pid, folder)) kill(pid, 'SIGINT')
  const started = Date.now()
  let hurried = false
  for (;;) {
    const alive = tryLockFile(alive_lock)
    if (alive) return alive.release()
    const waited_ms = Date.now() - started
    if (waited_ms > 2 * STOP_MS)
      throw new AppError('internal', 'embedded_stop', {
        en: `PostgreSQL (process ${pid}) does not end; see ${log}.`,
        pt: `O PostgreSQL (processo ${pid}) não termina; veja ${log}.`,
      })
    if (!hurried && waited_ms > STOP_MS && pid && isPostmaster(pid, folder)) {
      hurried = true
      // At once and without a checkpoint; the next start recovers.
      kill(pid, 'SIGQUIT')
    }
    await Bun.sleep(STEP_MS)
  }
}

async function untilReady(
  paths: ServerPaths,
  child: Bun.Subprocess,
  { port, logged_bytes }: { port: number; logged_bytes: number },
): Promise<void> {
  const deadline = Date.now() + START_MS
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const said = tailOf(paths.log, logged_bytes) || `it ended with ${child.signalCode ?? child.exitCode}`
      throw startProblem(said, { data_dir: paths.data_dir, log: paths.log, port })
    }
    const found = await readPostmaster(paths.folder)
    if (found?.ready && found.pid === child.pid) return
    if (Date.now() > deadline) throw notReady(paths)
    await Bun.sleep(STEP_MS)
  }
}

const notReady = ({ log }: ServerPaths) =>
  new AppError('unavailable', 'embedded_start', {
    en: `PostgreSQL is not ready after ${START_MS / 1000} s; see ${log}.`,
    pt: `O PostgreSQL não ficou pronto em ${START_MS / 1000} s; veja ${log}.`,
  })

interface Postmaster {
  pid: number
  port: number
  ready: boolean
}

/** The server's postmaster.pid; undefined when there is none, or not yet a whole one. */
async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const path = join(folder, 'postmaster.pid')
  const lines = existsSync(path) ? (await readFile(path, 'utf8').catch(() => '')).split('\n') : []
  const pid = Number(lines[0])
  return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined
}

/** Nothing of ours lives, so the file is stale, whatever its process id is now; unless the folder is served by hand. */
async function removeStalePostmaster(folder: string): Promise<void> {
  const found = await readPostmaster(folder)
  if (found && isPostmaster(found.pid, folder))
    throw new AppError('internal', 'embedded_foreign', {
      en: `A PostgreSQL that Doca did not start (process ${found.pid}) serves ${folder}; stop it, and start again.`,
      pt: `Um PostgreSQL que o Doca não iniciou (processo ${found.pid}) atende ${folder}; pare-o, e inicie de novo.`,
    })
  await rm(join(folder, 'postmaster.pid'), { force: true })
}

function openLog(path: string): number {
  let log = openSync(path, 'a', 0o600)
  if (fstatSync(log).size < LOG_SIZE_BYTES) return log
  closeSync(log)
  renameSync(path, `${path}.1`)
  log = openSync(path, 'a', 0o600)
  return log
}

function tailOf(path: string, from_bytes: number): string {
  const all = readFileSync(path)
  return all.subarray(from_bytes).toString().trim()
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (err) {
    // Gone in the meantime, which is what was asked for.
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') throw err
  }
}
