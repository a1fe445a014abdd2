/**
 * A user of the server: a connection of its own that holds a shared advisory lock. The server drops the lock when the
 * user dies, the user learns from the closed connection that the server did.
 */
import postgres, { type Sql } from 'postgres'
import { isAlive } from './processes.ts'
import { urlOf } from './roles.ts'
import { clusterName } from './settings.ts'

export interface Member {
  /** True while the connection, and with it the lock, is held. */
  readonly open: boolean
  /** True on the data of an earlier build, until it is changed. */
  readonly superuser: boolean
  /** False likewise: it may not copy the data folder of the running server. */
  readonly copies: boolean
  /** Gives up the lock; true when no other user has it. Call it under the start lock, so that none joins meanwhile. */
  leaveAlone(): Promise<boolean>
  close(): Promise<void>
}

/** Any number that no other advisory lock of ours has. */
const USERS_LOCK = 4_711_001
const APPLICATION = 'doca user'

/** How long the server may take to let go of a user that was killed. */
const DEAD_MS = 5000

/** Becomes a user of the server of `folder`; undefined when it takes no connections at this moment. */
export async function enter(
  { port, password, folder }: { port: number; password: string; folder: string },
  onLost: () => void,
): Promise<Member | undefined> {
  let state: 'entering' | 'open' | 'closed' = 'entering'
  let rights = { superuser: false, copies: false }
  const sql = postgres(urlOf(port, password), {
    max: 1,
    connect_timeout: 5,
    // postgres.js closes a connection after some 45 minutes by default; this one is held.
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: `${APPLICATION} ${process.pid}` },
    onclose() {
      if (state === 'open') onLost()
      state = 'closed'
    },
  })
  try {
    const [row] = await sql<{ cluster: string; superuser: boolean; copies: boolean }[]>`
      select current_setting('cluster_name') as cluster, current_setting('is_superuser')::bool as superuser,
        has_function_privilege('pg_backup_start(text, boolean)', 'execute') as copies,
        pg_advisory_lock_shared(${USERS_LOCK})::text`
    rights = row!
    // A server that accepts our password and is not ours: that of a copy of this folder.
    if (row!.cluster !== clusterName(folder))
      throw Object.assign(new Error('another server answers'), { code: 'ECONNREFUSED' })
    state = 'open'
  } catch (err) {
    state = 'closed'
    await sql.end({ timeout: 0 })
    if (isPassing(err)) return undefined
    throw err
  }
  return {
    get open() {
      return state === 'open'
    },
    get superuser() {
      return rights.superuser
    },
    get copies() {
      return rights.copies
    },
    leaveAlone: () => leaveAlone(sql),
    async close() {
      state = 'closed'
      await sql.end({ timeout: 1 })
    },
  }
}

async function leaveAlone(sql: Sql): Promise<boolean> {
  await sql`select pg_advisory_unlock_shared(${USERS_LOCK})`
  for (const deadline = Date.now() + DEAD_MS; ;) {
    const [row] = await sql<{ alone: boolean }[]>`select pg_try_advisory_lock(${USERS_LOCK}) as alone`
    if (row!.alone) return true
    const others = await sql<{ backend: number; application: string }[]>`
      select pid as backend, application_name as application from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and classid = 0 and objid = ${USERS_LOCK} and pid <> pg_backend_pid()`
    const dead = others.filter(({ application }) => !isAlive(Number(application.slice(APPLICATION.length))))
    if (others.length > dead.length || Date.now() > deadline) return false
    // Killed a moment ago: the server has not read yet that their connections closed.
    for (const { backend } of dead) await sql`select pg_terminate_backend(${backend})`
    await Bun.sleep(5)
  }
}

/** Nobody listens yet or any more, or the server is starting, stopping or recovering. */
export function isPassing(thrown: unknown): boolean {
  const passing = [
    'ECONNREFUSED',
    'ECONNRESET',
    'CONNECT_TIMEOUT',
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    '57P01',
    '57P02',
    '57P03',
  ]
  return passing.includes((thrown as { code?: string }).code ?? '')
}
