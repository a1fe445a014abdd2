/** PostgreSQL from Debian's package. It refuses to run as root, and gets the package's user then. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { serverUser } from '../../db/engines/embedded/run-as.ts'
import type { Engine, Installation } from './engine.ts'
import { installPackages, run } from './install.ts'

const PACKAGED = '/usr/lib/postgresql'

export const postgresql: Engine = {
  name: 'postgresql',
  ports: { postgresql: 29_432 },
  // Fast shutdown: open transactions are rolled back. SIGTERM would wait for every client to disconnect.
  stop_signal: 'SIGINT',

  async install({ programs }) {
    if ((await readdir(PACKAGED).catch(() => [])).length === 0)
      await installPackages(programs, '/usr/bin/pg_ctlcluster', ['postgresql'])
  },

  async prepare({ folder, ports, password }) {
    const bin = join(PACKAGED, (await readdir(PACKAGED)).toSorted((a, b) => Number(a) - Number(b)).at(-1)!, 'bin')
    const data = join(folder, 'data')
    await mkdir(folder, { recursive: true })
    const user = await serverUser(folder, data, join(bin, 'postgres'))
    if (!(await Bun.file(join(data, 'PG_VERSION')).exists())) {
      const words = join(folder, 'password')
      await writeFile(words, password, { mode: 0o600 })
      if (user.owner) await run(['chown', '-R', `${user.owner.uid}:${user.owner.gid}`, folder])
      const options = [
        '-D',
        data,
        '-U',
        'postgres',
        '--pwfile',
        words,
        '-A',
        'scram-sha-256',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
      ]
      await run(user.wrap([join(bin, 'initdb'), ...options]))
      await chmod(data, 0o700)
    }
    const settings = { listen_addresses: '127.0.0.1', port: String(ports.postgresql), unix_socket_directories: '' }
    const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    return { command: user.wrap([join(bin, 'postgres'), '-D', data, ...words]) }
  },

  async check(installation) {
    await makeRole(installation)
    return on(url(installation, 'doca', 'postgres'), async (sql) => {
      const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`
      const exists = await sql`select from pg_database where datname = 'doca'`
      if (exists.length === 0) await sql`create database doca`
      return row!.version
    })
  },

  variables: (installation) => ({ DATABASE_URL: url(installation, 'doca', 'doca') }),
}

/** The programs' role, which is no superuser, as ops/postgresql/databases.sql makes it. */
async function makeRole(installation: Installation): Promise<void> {
  const made = on(url(installation, 'postgres', 'postgres'), async (sql) => {
    const exists = await sql`select from pg_roles where rolname = 'doca'`
    if (exists.length === 0) await sql.unsafe(`create role doca login createdb password '${installation.password}'`)
  })
  await made.catch((thrown: { code?: string }) => {
    // In a folder of an earlier build doca is the superuser, and there is no other.
    if (thrown.code !== '28P01') throw thrown
  })
}

async function on<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const url = ({ ports, password }: Installation, user: string, database: string) =>
  `postgres://${user}:${password}@127.0.0.1:${ports.postgresql}/${database}`
