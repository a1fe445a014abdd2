/** `bun run upgrade` with real processes, killed as it says each of its steps. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { migrateTo } from '../../db/backup/schema-version.ts'
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { MIGRATIONS, pendingMigrations } from '../../db/engines/postgres/migrate.ts'
import { openAlone } from '../../db/engines/postgres/open-alone.ts'
import journal from '../../db/migrations/meta/_journal.json'
import { cleanUp, dataDir, postmasters } from '../kit/members.ts'
import { runToEnd, startProgram, until } from '../kit/program.ts'

setDefaultTimeout(300_000)
afterAll(cleanUp)

const EARLIER = journal.entries.slice(0, 4).map(({ when }) => ({ when, hash: 'x' }))
const USERS = 100_000

async function facts(data_dir: string) {
  const server = await joinEmbedded({ data_dir })
  const sql = openAlone(server.url, 'a test')
  try {
    const [{ users }] = await sql<[{ users: number }]>`select count(*)::int as users from users`
    return { users, lacking: (await pendingMigrations(sql)).length }
  } finally {
    await sql.end()
    await server.leave()
  }
}

test('killed at any step, the old data is in place and the next run goes on; done, the new data is', async () => {
  const data_dir = await dataDir()
  const server = await joinEmbedded({ data_dir })
  const sql = openAlone(server.url, 'a test')
  await sql.begin((tx) => migrateTo(tx, MIGRATIONS, EARLIER))
  await sql`insert into users (id, username, username_folded, password_hash, role)
    select gen_random_uuid(), 'u' || n, 'u' || n, 'x', 'viewer' from generate_series(1, ${USERS}) n`
  await sql.end()
  await server.leave()

  const old = { users: USERS, lacking: journal.entries.length - EARLIER.length }
  for (const step of ['a backup', 'a copy', 'on the copy']) {
    const killed = startProgram('ops/upgrade.ts', [], { DATA_DIR: data_dir })
    await until(step, () => killed.output().includes(step), 60_000, killed.output)
    killed.kill('SIGKILL')
    await killed.exited
    expect(await facts(data_dir)).toEqual(old)
  }
  expect(existsSync(join(data_dir, 'postgres.copy'))).toBeTrue()

  const { code, output } = await runToEnd('ops/upgrade.ts', [], { DATA_DIR: data_dir })
  expect({ code, output }).toMatchObject({ code: 0 })
  expect(output).toContain('an upgrade or a restore that was interrupted')
  expect(await facts(data_dir)).toEqual({ users: USERS, lacking: 0 })
  expect((await readdir(data_dir)).filter((name) => name.startsWith('postgres.before-'))).toHaveLength(1)
  expect(existsSync(join(data_dir, 'postgres.copy'))).toBeFalse()
  expect(postmasters(data_dir)).toEqual([])
  expect(postmasters(join(data_dir, 'postgres.copy'))).toEqual([])
  expect(await runToEnd('ops/upgrade.ts', [], { DATA_DIR: data_dir })).toMatchObject({
    code: 0,
    output: expect.stringContaining('Nothing to do'),
  })
})
