/** Under the start lock: finds the server or starts it, and becomes its user; or leaves it, stopping it if last. */
import { randomInt } from 'node:crypto'
import { readFileSync, existsSync, statSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { AppError } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { generatedSecret } from '../../../lib/generated-secret.ts'
import { binaries } from './binaries.ts'
import { giveTo, holdsData, initialise, removeHalfMade, runStatements, type ServerPaths } from './data-folder.ts'
import { lockFile, type FileLock } from './lock-file.ts'
import { enter, isPassing, type Member } from './membership.ts'
import { endReplacing } from './replace-folder.ts'
import { copyStatements, giveToHeir, passwordStatements, renameStatements, urlOf } from './roles.ts'
import { serverUser, type ServerUser } from './run-as.ts'
import { findServer, startServer, stopServer } from './server.ts'

export interface Served {
  url: string
  port: number
  password: string
  member: Member
}

export interface ServeOptions {
  /** Where to start it, if it does not run; unset: the port used last, else a free one. */
  port: number | undefined
  /** The folder that keeps its write-ahead log from its next start on; unset: none does. */
  wal?: string | undefined
  /** Called once when the server is lost. */
  onLost: () => void
  log?: Log | undefined
  signal?: AbortSignal | undefined
}

/** Longer than the slowest start, for which the others wait. */
const LOCK_MS = 310_000
/** Between a server that says it is ready and one that lets us in. */
const ENTER_MS = 30_000
const STEP_MS = 10
const WRONG_PASSWORD = '28P01'

/** Joins the running server, or starts it. Throws AppError. */
export async function serve(paths: ServerPaths, options: ServeOptions): Promise<Served> {
  const { signal, log, onLost } = options
  const lock = await lockFile(paths.start_lock, LOCK_MS, { signal, log })
  try {
    const password = await generatedSecret(paths.data_dir, 'postgres_password')
    for (const deadline = Date.now() + ENTER_MS; ; await Bun.sleep(STEP_MS)) {
      const found = await findServer(paths, { signal, log })
      const port = typeof found === 'number' ? found : await start(paths, found, password, options)
      const member = await enterOrRepair(
        paths,
        { port, password, started: port !== found, copies: options.wal !== undefined },
        onLost,
      )
      if (member) return { url: urlOf(port, password), port, password, member }
      if (Date.now() > deadline)
        throw new AppError('unavailable', 'embedded_start', {
          en: `The embedded PostgreSQL takes no connections on port ${port}; see ${paths.log}.`,
          pt: `O PostgreSQL embutido não aceita conexões na porta ${port}; veja ${paths.log}.`,
        })
    }
  } finally {
    lock.release()
  }
}

/** Gives up the lock connection, and stops the server when it has no other user. */
export async function stopIfLast(paths: ServerPaths, served: Served, log: Log | undefined): Promise<void> {
  const { password } = served
  let { member } = served
  const lock = await lockFile(paths.start_lock, LOCK_MS, { log })
  try {
    for (const deadline = Date.now() + ENTER_MS; Date.now() < deadline; await Bun.sleep(STEP_MS)) {
      const port = await findServer(paths, { log })
      if (typeof port !== 'number') return port.release()
      // Lost a moment ago: only a user can find out whether it is the last.
      const user = member.open ? member : await enter({ port, password, folder: paths.folder }, () => {})
      if (!user) continue
      member = user
      try {
        if (await member.leaveAlone()) await stopServer(paths)
        return
      } catch (err) {
        if (!isPassing(err)) throw err
      }
    }
  } finally {
    await member.close()
    lock.release()
  }
}

/** Makes the data folder where there is none, and starts the server on it; the port it got. */
async function start(
  paths: ServerPaths,
  alive: FileLock,
  password: string,
  { port: wanted, wal }: Pick<ServeOptions, 'port' | 'wal'>,
): Promise<number> {
  try {
    const server = await binaries()
    await endReplacing(paths)
    const user = await serverUser(paths.data_dir, paths.folder, server.postgres)
    await removeHalfMade(paths)
    if (!(await holdsData(paths.folder))) await initialise(paths, server, user, password)
    else if (user.owner && statSync(paths.folder).uid !== user.owner.uid) await giveTo(user.owner, paths.folder)
    if (wal !== undefined) await makeWalFolder(wal, user)
    const ports = wanted === undefined ? freelyChosen(paths) : [wanted]
    for (const [index, port] of ports.entries())
      try {
        await startServer(paths, { server, user, port, alive, wal })
        return port
      } catch (err) {
        const taken = err instanceof AppError && err.code === 'embedded_port_taken'
        if (!taken || index === ports.length - 1) throw err
      }
    throw new Error('unreachable: there is always a port to try')
  } finally {
    alive.release()
  }
}

async function makeWalFolder(wal: string, { owner }: ServerUser): Promise<void> {
  await mkdir(wal, { recursive: true, mode: 0o700 })
  if (owner) await chown(wal, owner.uid, owner.gid)
}

/**
 * The port used last, so that addresses written down stay good; then any. Below 32768, because a port that the system
 * hands out to outgoing connections may be taken whenever the server is down, even by a client that tries to reach it.
 */
function freelyChosen({ port }: ServerPaths): number[] {
  const last = existsSync(port) ? Number(readFileSync(port, 'utf8')) : 0
  const any = Array.from({ length: 20 }, () => randomInt(20_000, 32_768))
  return last > 0 && last < 65_536 ? [last, ...any] : any
}

/**
 * A server that refuses the password in our file lost its file; one that takes us for its superuser, or does not let us copy its
 * folder, was made by an earlier build. Who just started it is alone with it, and mends that; undefined: it is stopped, to be
 * started again.
 */
async function enterOrRepair(
  paths: ServerPaths,
  { port, password, started, copies }: { port: number; password: string; started: boolean; copies: boolean },
  onLost: () => void,
): Promise<Member | undefined> {
  try {
    const member = await enter({ port, password, folder: paths.folder }, onLost)
    if (!member || !started || (!member.superuser && (member.copies || !copies))) return member
    await member.close()
    if (member.superuser) await giveToHeir(port, password)
    await changeStopped(paths, member.superuser ? renameStatements() : copyStatements())
    return undefined
  } catch (cause) {
    if ((cause as { code?: string }).code !== WRONG_PASSWORD) throw cause
    if (!started)
      throw new AppError(
        'internal',
        'embedded_password',
        {
          en: `The running PostgreSQL refuses the password in ${paths.data_dir}/secrets/postgres_password; end every program that uses it and start again, which sets it anew.`,
          pt: `O PostgreSQL em execução recusa a senha de ${paths.data_dir}/secrets/postgres_password; encerre todos os programas que o usam e inicie de novo, o que a define outra vez.`,
        },
        { cause },
      )
    await changeStopped(paths, passwordStatements(password))
    return undefined
  }
}

/** Stops the server and runs the statements as its superuser. */
async function changeStopped(paths: ServerPaths, statements: string[]): Promise<void> {
  await stopServer(paths)
  const server = await binaries()
  await runStatements(paths, server, await serverUser(paths.data_dir, paths.folder, server.postgres), statements)
}
