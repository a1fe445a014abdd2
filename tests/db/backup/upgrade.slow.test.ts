/** `bun run upgrade`: a copy is migrated, counted and put in place; what was there stays until then, and beside it afterwards. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { migrateTo } from '../../../db/backup/schema-version.ts'
import { changedTables, migrateCounted, upgrade } from '../../../db/backup/upgrade.ts'
import { readDbConfig } from '../../../db/engines/config.ts'
import { joinEmbedded } from '../../../db/engines/embedded/index.ts'
import { MIGRATIONS, pendingMigrations } from '../../../db/engines/postgres/migrate.ts'
import { openAlone } from '../../../db/engines/postgres/open-alone.ts'
import journal from '../../../db/migrations/meta/_journal.json'
import { envReader } from '../../../lib/env.ts'
import { testDatabase } from '../../kit/database.ts'
import { cleanUp, dataDir, postmasters } from '../../kit/members.ts'
import { silent } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

/** The first of the later ones deletes rows of login_attempts, and says so. */
const [EARLIER, LATER] = [
  journal.entries.slice(0, 4).map(({ when }) => ({ when, hash: 'x' })),
  journal.entries.slice(4).map(({ tag }) => tag),
]

/** A folder that an earlier build left. */
let data_dir: string
beforeAll(async () => {
  data_dir = await dataDir()
  await withSql(fill)
})
afterAll(cleanUp)

const configOf = (env: Record<string, string>) => ({
  ...readDbConfig(envReader(env)),
  backup_key: undefined,
  backup_url: undefined,
})
const run = () => upgrade(configOf({ DATA_DIR: data_dir }), silent)

async function withSql<T>(work: (sql: Sql, url: string) => Promise<T>): Promise<T> {
  const server = await joinEmbedded({ data_dir })
  const sql = openAlone(server.url, 'a test')
  try {
    return await work(sql, server.url)
  } finally {
    await sql.end()
    await server.leave()
  }
}

async function fill(sql: Sql): Promise<void> {
  await sql.begin((tx) => migrateTo(tx, MIGRATIONS, EARLIER))
  await sql`insert into users (id, username, username_folded, password_hash, role)
    select gen_random_uuid(), 'u' || n, 'u' || n, 'x', 'viewer' from generate_series(1, 50) n`
  await sql`insert into login_attempts (account, address, failures, attempted_at, succeeded_at)
    values ('u1', '', 3, now(), null), ('u1', '192.0.2.1', 0, now(), now())`
}

const facts = () =>
  withSql(async (sql) => {
    const [{ users }] = await sql<[{ users: number }]>`select count(*)::int as users from users`
    return { users, lacking: (await pendingMigrations(sql)).map(({ tag }) => tag) }
  })
const folders = async () => (await readdir(data_dir)).filter((name) => /^postgres\.(before|next|copy)/.test(name))

test('the migrated copy takes the place of the data folder, which is kept as it was', async () => {
  expect(await facts()).toEqual({ users: 50, lacking: LATER })
  const done = await run()
  expect(done.migrations).toEqual(LATER)
  expect(done.rows).toBeGreaterThan(50)
  expect(await facts()).toEqual({ users: 50, lacking: [] })
  expect(await folders()).toEqual([done.kept!.slice(data_dir.length + 1)])
  expect(existsSync(done.backup!)).toBeTrue()
  expect(await run()).toMatchObject({ migrations: [], backup: null, kept: null })

  // The way back.
  await rm(join(data_dir, 'postgres'), { recursive: true })
  await rename(done.kept!, join(data_dir, 'postgres'))
  expect(await facts()).toEqual({ users: 50, lacking: LATER })
  expect(postmasters(data_dir)).toEqual([])
})

test('a data folder that a program uses is left alone', async () => {
  const user = await joinEmbedded({ data_dir })
  const sql = openAlone(user.url, 'doca')
  await sql`select 1`
  await expect(run()).rejects.toMatchObject({ code: 'restore_in_use' })
  await sql.end()
  await user.leave()
  expect(await facts()).toEqual({ users: 50, lacking: LATER })
})

test('killed between the renames, the next start ends the replacement; before them, the old folder counts', async () => {
  const next = join(data_dir, 'postgres.next')
  await rename(join(data_dir, 'postgres'), next)
  expect(await facts()).toEqual({ users: 50, lacking: LATER })
  expect(existsSync(next)).toBeFalse()
  Bun.spawnSync(['mkdir', '-p', join(next, 'global')])
  expect(await facts()).toEqual({ users: 50, lacking: LATER })
  expect(existsSync(next)).toBeFalse()
})

test('a folder without data is not given any', async () => {
  const empty = temporaryFolder()
  const upgraded = upgrade(configOf({ DATA_DIR: empty }), silent)
  await expect(upgraded).rejects.toMatchObject({ code: 'upgrade_nothing' })
  expect(await readdir(empty)).toEqual([])
})

test('with a server of one’s own: proven on a scratch database, then migrated in one transaction', async () => {
  const database = await testDatabase({ bare: true })
  const sql = openAlone(database.url, 'a test')
  try {
    await fill(sql)
    await database.sql.end()
    const steps: string[] = []
    const config = configOf({ DATA_DIR: temporaryFolder(), DATABASE_URL: database.url })
    const done = await upgrade(config, silent, { say: (step) => steps.push(step) })
    expect(done).toMatchObject({ migrations: LATER, kept: null })
    expect(await pendingMigrations(sql)).toEqual([])
    expect(steps).toHaveLength(3)
    const scratch = await sql`
      select from pg_database where datname like 'doca_drill_' || (select oid from pg_database where datname = current_database()) || '_%'`
    expect(scratch).toHaveLength(0)
  } finally {
    await sql.end()
    await database.close()
  }
})

test('a migration that loses rows it did not name changes nothing', async () => {
  const database = await testDatabase({ bare: true })
  const sql = openAlone(database.url, 'a test')
  try {
    await fill(sql)
    // The one that deletes is taken for one that does not say so.
    const [, ...others] = await pendingMigrations(sql)
    await expect(migrateCounted(database.url, others)).rejects.toMatchObject({
      code: 'upgrade_rows_differ',
      message: expect.stringContaining('"login_attempts" had 2 rows and has 1'),
    })
    expect((await pendingMigrations(sql)).map(({ tag }) => tag)).toEqual(LATER)
  } finally {
    await sql.end()
    await database.close()
  }
})

test('every migration that adds or removes rows says of which tables', async () => {
  for (const { tag } of journal.entries) {
    const text = await Bun.file(join(MIGRATIONS, `${tag}.sql`)).text()
    const changing = [...text.matchAll(/^(?:insert into|delete from|truncate(?: table)?|drop table) "?(\w+)/gim)]
    const named = await changedTables(tag)
    for (const [, table] of changing)
      expect({ tag, named }).toEqual({ tag, named: expect.arrayContaining([`"public"."${table}"`]) })
  }
})
