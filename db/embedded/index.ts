/**
 * The embedded PostgreSQL: the real server, shared by every program that names the same DATA_DIR.
 *
 * Start and stop happen under a file lock. Each user holds a shared advisory lock on a connection of its own; who
 * leaves stops the server only if it gets that lock exclusively while holding the file lock.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, openSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { binaries } from './binaries.ts'
import { lockFile } from './lock-file.ts'

export interface EmbeddedServer {
  /** postgres://… with the generated password, loopback only. */
  url: string
  /** Leaves the server; the last to leave stops it. */
  leave(): Promise<void>
}

export interface EmbeddedOptions {
  data_dir: string
  /** Unset: a free one, recorded beside the data. */
  port?: number | undefined
}

/** Any number that no other advisory lock of ours has. */
const USERS_LOCK = 4_711_001

/** Joins the server of `data_dir`, starting it when nobody has. Throws AppError that says what to do. */
export async function joinEmbedded({ data_dir, port }: EmbeddedOptions): Promise<EmbeddedServer> {
  await mkdir(data_dir, { recursive: true })
  const release = await lockFile(join(data_dir, 'postgres.lock'), 60_000)
  try {
    const password = await passwordOf(data_dir)
    const folder = join(data_dir, 'postgres')
    if (!existsSync(folder)) await initialise(data_dir, folder, password)
    let running = await readPort(data_dir)
    let user = running ? await enter(running, password).catch(() => undefined) : undefined
    if (!user) {
      running = port ?? (await freePort())
      await start(folder, running)
      await writeFile(join(data_dir, 'postgres.port'), String(running))
      user = await patiently(() => enter(running!, password), 30_000)
    }
    return {
      url: urlOf(running!, password),
      leave: () => leave(data_dir, folder, running!, password, user),
    }
  } finally {
    release()
  }
}

const urlOf = (port: number, password: string) => `postgres://doca:${password}@127.0.0.1:${port}/postgres`

async function enter(port: number, password: string): Promise<Sql> {
  const sql = postgres(urlOf(port, password), { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock_shared(${USERS_LOCK})`
    return sql
  } catch (err) {
    await sql.end({ timeout: 0 })
    throw err
  }
}

async function leave(data_dir: string, folder: string, port: number, password: string, user: Sql): Promise<void> {
  const release = await lockFile(join(data_dir, 'postgres.lock'), 60_000)
  try {
    await user.end({ timeout: 1 })
    const sql = postgres(urlOf(port, password), { max: 1, connect_timeout: 5 })
    const [row] = await sql`select pg_try_advisory_lock(${USERS_LOCK}) as alone`
    await sql.end({ timeout: 1 })
    if (!row?.alone) return
    const pid = Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, 'SIGINT')
    while (existsSync(join(folder, 'postmaster.pid'))) await Bun.sleep(10)
  } finally {
    release()
  }
}

async function initialise(data_dir: string, folder: string, password: string): Promise<void> {
  const fresh = `${folder}.new`
  await rm(fresh, { recursive: true, force: true })
  const passwordFile = join(data_dir, 'postgres.password')
  const { initdb } = await binaries()
  const command = [initdb, '-D', fresh, '-U', 'doca', '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256']
  const child = Bun.spawn(asOrdinaryUser([...command, `--pwfile=${passwordFile}`]), { stdout: 'pipe', stderr: 'pipe' })
  if ((await child.exited) !== 0)
    throw new AppError('embedded_initdb', 500, `initdb failed: ${(await new Response(child.stderr).text()).trim()}`)
  await rename(fresh, folder)
  void password
}

async function start(folder: string, port: number): Promise<void> {
  const { postgres: server } = await binaries()
  const log = openSync(`${folder}.log`, 'a', 0o600)
  const command = [server, '-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', '']
  const child = Bun.spawn(asOrdinaryUser([...command, '-c', 'shared_buffers=32MB']), {
    stdin: 'ignore',
    stdout: log,
    stderr: log,
    detached: true,
  })
  child.unref()
}

function asOrdinaryUser(command: string[]): string[] {
  if (process.getuid?.() !== 0) return command
  return ['unshare', '--user', '--map-user=65534', '--map-group=65534', ...command]
}

async function passwordOf(data_dir: string): Promise<string> {
  const path = join(data_dir, 'postgres.password')
  if (!existsSync(path)) await writeFile(path, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFile(path, 'utf8')
}

async function readPort(data_dir: string): Promise<number | undefined> {
  const path = join(data_dir, 'postgres.port')
  return existsSync(path) ? Number(await readFile(path, 'utf8')) : undefined
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function patiently<T>(attempt: () => Promise<T>, wait_ms: number): Promise<T> {
  const deadline = Date.now() + wait_ms
  for (;;) {
    try {
      return await attempt()
    } catch (err) {
      if (Date.now() > deadline) throw err
      await Bun.sleep(20)
    }
  }
}
