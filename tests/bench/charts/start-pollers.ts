/** An embedded PostgreSQL and a folder of objects of their own, and pollers as programs on them. */
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { joinEmbedded } from '../../../db/engines/embedded/index.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'

export interface PollerGround {
  sql: Sql
  uploads: string
  pictures: string
  /** Ready when it resolves; they are stopped with the ground. */
  startPoller(variables?: Record<string, string>): Promise<Program>
}

export async function withPollers<T>(work: (ground: PollerGround) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'doca-bench-charts-'))
  const server = await joinEmbedded({ data_dir: folder })
  const sql = openSql(server.url, 2)
  const running: Program[] = []
  const [uploads, pictures] = [join(folder, 'objects/uploads'), join(folder, 'objects/graficos')]
  try {
    await migrateDatabase(server.url)
    await mkdir(uploads, { recursive: true, mode: 0o700 })
    return await work({
      sql,
      uploads,
      pictures,
      async startPoller(variables = {}) {
        const env = { DATA_DIR: folder, DATABASE_URL: server.url, CHARTS_POLL_S: '1', ...variables }
        const poller = startProgram('charts/main.ts', [], env)
        running.push(poller)
        await until('the poller', () => poller.output().includes('"ready"'), 60_000, poller.output)
        return poller
      },
    })
  } finally {
    for (const poller of running) poller.kill('SIGTERM')
    await Promise.all(running.map(({ exited }) => exited))
    await sql.end({ timeout: 5 })
    await server.leave()
    await rm(folder, { recursive: true, force: true })
  }
}
