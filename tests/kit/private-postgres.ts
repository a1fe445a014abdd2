/** A PostgreSQL of a test's own, whose user is a superuser: for what a shared one must not be put through. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { binaries } from '../../db/engines/embedded/binaries.ts'
import { serverUser } from '../../db/engines/embedded/run-as.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { freePort, until } from './program.ts'

export interface PrivatePostgres {
  url: string
  stop(): Promise<void>
}

/** `folder` holds its data; `env` is added to its environment. */
export async function startPostgres(folder: string, env: Record<string, string> = {}): Promise<PrivatePostgres> {
  const { initdb, postgres } = await binaries()
  const data = join(folder, 'postgres')
  const { wrap, owner } = await serverUser(folder, data, postgres)
  if (owner) throw new Error('run this as an ordinary user, or where user namespaces are permitted')
  chmodSync(folder, 0o755)
  const options = {
    cwd: '/',
    stdin: 'ignore',
    stdout: 'ignore',
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
  } as const
  const made = Bun.spawnSync(wrap([initdb, '-D', data, '-U', 'doca', '-A', 'trust', '-E', 'UTF8']), options)
  if (made.exitCode !== 0) throw new Error(made.stderr.toString())
  const port = freePort()
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' }
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = Bun.spawn(wrap([postgres, '-D', data, '-p', String(port), ...words]), { ...options, stderr: 'ignore' })
  const url = `postgres://doca@127.0.0.1:${port}/postgres`
  const sql = openSql(url, 1)
  await until('the server', () => sql`select 1`.then(Boolean, () => false))
  await sql.end()
  return {
    url,
    async stop() {
      server.kill('SIGINT')
      await server.exited
    },
  }
}
