/** A restore to a time: the database as it was then, from a base and the write-ahead log that the embedded server kept. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { listBases, takeBase } from '../../../db/backup/wal/bases.ts'
import { readWalKept } from '../../../db/backup/wal/kept.ts'
import { restoreTo } from '../../../db/backup/wal/restore-to.ts'
import { noProgress } from '../../../db/backup/progress.ts'
import { readDbConfig, walFolder } from '../../../db/engines/config.ts'
import { joinEmbedded } from '../../../db/engines/embedded/index.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { openAlone } from '../../../db/engines/postgres/open-alone.ts'
import { envReader } from '../../../lib/env.ts'
import { cleanUp, dataDir, postmasters } from '../../kit/members.ts'
import { runToEnd, startProgram, until } from '../../kit/program.ts'
import { silent } from '../../kit/replica.ts'

setDefaultTimeout(300_000)
afterAll(cleanUp)

const local = (time: Date) => time.toISOString()
const told = { say: () => {}, progress: noProgress, local }
const configOf = (data_dir: string) => readDbConfig(envReader({ DATA_DIR: data_dir, KEEP_WAL: 'on' }))

async function withSql<T>(data_dir: string, work: (sql: Sql, url: string) => Promise<T>): Promise<T> {
  const server = await joinEmbedded({ data_dir, wal: walFolder(data_dir) })
  const sql = openAlone(server.url, 'a test')
  try {
    return await work(sql, server.url)
  } finally {
    await sql.end()
    await server.leave()
  }
}

/** A second of its own for what comes after: times are told apart by it. */
const nextSecond = (sql: Sql) => sql`select pg_sleep(1.1)`
const now = async (sql: Sql) => (await sql<[{ now: Date }]>`select clock_timestamp() as now`)[0].now
const notes = (data_dir: string) =>
  withSql(data_dir, async (sql) =>
    (await sql<{ note: string }[]>`select note from notes order by 1`).map(({ note }) => note),
  )

async function office() {
  const data_dir = await dataDir()
  const times = await withSql(data_dir, async (sql, url) => {
    await migrateDatabase(url)
    await sql`create table notes (note text primary key)`
    await sql`insert into notes values ('a')`
    const base = await takeBase({ url, data_dir, wal: walFolder(data_dir) })
    await nextSecond(sql)
    await sql`insert into notes values ('b')`
    await nextSecond(sql)
    const b = await now(sql)
    await nextSecond(sql)
    await sql`insert into notes values ('c')`
    await nextSecond(sql)
    const c = await now(sql)
    await sql`drop table notes`
    return { base: base.at, b, c }
  })
  return { data_dir, ...times }
}

test('to a time before the mistake, then to another, earlier and later; what was there is kept each time', async () => {
  const { data_dir, base, b, c } = await office()
  await writeFile(join(data_dir, 'secrets', 'totp_key'), 'stays')
  const config = configOf(data_dir)
  const back = (to: Date) => restoreTo(config, to, silent, told)

  const first = await back(c)
  expect(first.base!.getTime()).toBeGreaterThan(c.getTime())
  expect(await notes(data_dir)).toEqual(['a', 'b', 'c'])
  expect(existsSync(first.kept)).toBeTrue()
  // Before what was restored, by the log of the first data.
  await back(b)
  expect(await notes(data_dir)).toEqual(['a', 'b'])
  await back(c)
  expect(await notes(data_dir)).toEqual(['a', 'b', 'c'])
  // What came after it, by a base of its own.
  const d = await withSql(data_dir, async (sql) => {
    await sql`insert into notes values ('d')`
    await nextSecond(sql)
    const at = await now(sql)
    await sql`delete from notes`
    return at
  })
  await back(d)
  expect(await notes(data_dir)).toEqual(['a', 'b', 'c', 'd'])
  // The moment before, as nothing has happened since.
  await back(new Date())
  expect(await notes(data_dir)).toEqual(['a', 'b', 'c', 'd'])

  await expect(back(new Date(base.getTime() - 1000))).rejects.toMatchObject({
    code: 'restore_to_too_early',
    message: expect.stringContaining(local(base)),
  })
  await expect(back(new Date(Date.now() + 60_000))).rejects.toMatchObject({ code: 'restore_to_future' })
  expect(await notes(data_dir)).toEqual(['a', 'b', 'c', 'd'])
  expect((await readdir(data_dir)).filter((name) => /^postgres\.(copy|next)/.test(name))).toEqual([])
  expect(await Bun.file(join(data_dir, 'secrets', 'totp_key')).text()).toBe('stays')
  expect(postmasters(data_dir)).toEqual([])
})

test('a log that ends before the time is said, and the data is as it was', async () => {
  const { data_dir, c } = await office()
  const wal = walFolder(data_dir)
  const [base] = await listBases(wal)
  const later = (await readdir(wal)).filter(
    (name) => /^[0-9A-F]{24}\.gz$/.test(name) && name.slice(0, 24) > base!.segment,
  )
  expect(later.length).toBeGreaterThan(0)
  for (const name of later) await Bun.file(join(wal, name)).delete()
  await expect(restoreTo(configOf(data_dir), c, silent, told)).rejects.toMatchObject({ code: 'restore_to_too_late' })
  await withSql(data_dir, async (sql) =>
    expect(await sql`select to_regclass('notes') as notes`).toMatchObject([{ notes: null }]),
  )
})

test('killed at any step, the data is as it was and the next restore goes on; a kept log is not written over', async () => {
  const { data_dir, c } = await office()
  const env = { DATA_DIR: data_dir, KEEP_WAL: 'on' }
  for (const step of ['the data of', 'the write-ahead log from']) {
    const killed = startProgram('ops/restore.ts', ['--to', c.toISOString().replace(/\.\d+/, '')], env)
    await until(step, () => killed.output().includes(step), 60_000, killed.output)
    killed.kill('SIGKILL')
    await killed.exited
    await withSql(data_dir, async (sql) =>
      expect(await sql`select to_regclass('notes') as notes`).toMatchObject([{ notes: null }]),
    )
  }
  const { code, output } = await runToEnd('ops/restore.ts', ['--to', c.toISOString().replace(/\.\d+/, '')], env)
  expect({ code, output }).toMatchObject({ code: 0 })
  expect(output).toContain('was interrupted')
  expect(await notes(data_dir)).toEqual(['a', 'b', 'c'])
  expect(postmasters(join(data_dir, 'postgres.copy'))).toEqual([])
})

test('a backup makes a base; a log that cannot be kept is seen, and the server goes on', async () => {
  const data_dir = await dataDir()
  const env = { DATA_DIR: data_dir, KEEP_WAL: 'on' }
  expect(await runToEnd('ops/backup.ts', [], env)).toMatchObject({
    code: 0,
    output: expect.stringContaining('a restore can go to any time from'),
  })
  const wal = walFolder(data_dir)
  expect(await listBases(wal)).toHaveLength(1)
  await withSql(data_dir, async (sql) => {
    expect(await readWalKept(sql)).toMatchObject({ keeps: true, failing_s: null })
    await rename(wal, `${wal}.away`)
    await writeFile(wal, 'a file in its place')
    await sql`create table notes (note text)`
    await sql`select pg_switch_wal()`
    const failing = async () => (await readWalKept(sql)).failing_s !== null
    await until('the failure to be counted', failing)
    await sql`insert into notes values ('goes on')`
    await rm(wal)
    await rename(`${wal}.away`, wal)
    // PostgreSQL tries again after a minute.
    await until('the log to be kept again', async () => !(await failing()), 150_000)
  })
})
