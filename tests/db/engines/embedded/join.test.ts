import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createServer } from 'node:net'
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { joinEmbedded } from '../../../../db/engines/embedded/index.ts'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { freePort } from '../../../kit/program.ts'
import { cleanUp, dataDir, emptyDataDir, postmasters, readProc } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

/** Stopped before and after each test. */
let data_dir: string
beforeAll(async () => void (data_dir = await dataDir()))
afterAll(cleanUp)

test('ten programs that start at once on an empty folder share one server, which ends with the last', async () => {
  const data_dir = await emptyDataDir()
  // What a program that was killed during initdb leaves behind.
  await mkdir(join(data_dir, 'postgres.new-0badf00d', 'data'), { recursive: true })
  const servers = await Promise.all(Array.from({ length: 10 }, () => joinEmbedded({ data_dir })))
  expect(new Set(servers.map(({ url }) => url)).size).toBe(1)
  expect(postmasters(data_dir)).toHaveLength(1)
  const [last, ...others] = servers
  await Promise.all(others.map((server) => server.leave()))
  const sql = openSql(last!.url, 1)
  expect((await sql`select 'Ç' ilike 'ç' as same`)[0]).toEqual({ same: true })
  await sql.end()
  await last!.leave()
  expect(postmasters(data_dir)).toEqual([])
  expect((await readdir(data_dir)).filter((name) => name.includes('.new'))).toEqual([])
})

test('the server takes a hundred connections, on this machine only, never trades durability, and knows none of our variables', async () => {
  process.env.DOCA_TEST_SECRET = 'hunter2'
  const server = await joinEmbedded({ data_dir })
  delete process.env.DOCA_TEST_SECRET
  const sql = openSql(server.url, 1)
  const settings = await sql<{ name: string; setting: string }[]>`
    select name, setting from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') order by name`
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    synchronous_commit: 'on',
  })
  const [row] = await sql<{ connections: number }[]>`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as connections`
  expect(row!.connections).toBeGreaterThanOrEqual(100)
  const [pid] = postmasters(data_dir)
  // No socket file.
  expect(readProc(pid!, 'cmdline')).toContain('\0-k\0\0')
  expect(readProc(pid!, 'environ')).toContain('LC_ALL=C')
  expect(readProc(pid!, 'environ')).not.toContain('hunter2')
  await sql.end()
  await server.leave()
})

test('the server has a session of its own, so that Ctrl-C reaches the programs first', async () => {
  const server = await joinEmbedded({ data_dir })
  const [pid] = postmasters(data_dir)
  const [, , group, session] = readProc(pid!, 'stat').split(') ')[1]!.split(' ').map(Number)
  expect({ group, session }).toEqual({ group: pid, session: pid })
  await server.leave()
})

test('password and log are for their owner only', async () => {
  await (await joinEmbedded({ data_dir })).leave()
  for (const file of ['secrets/postgres_password', 'postgres.log'])
    expect(((await stat(join(data_dir, file))).mode & 0o777).toString(8)).toBe('600')
  expect(((await stat(join(data_dir, 'secrets'))).mode & 0o777).toString(8)).toBe('700')
})

test('a port given later counts from the next start', async () => {
  const [first, second] = [freePort(), freePort()]
  const one = await joinEmbedded({ data_dir, port: first })
  const two = await joinEmbedded({ data_dir, port: second })
  expect([one.port, two.port]).toEqual([first, first])
  await Promise.all([one.leave(), two.leave()])
  const three = await joinEmbedded({ data_dir, port: second })
  expect(three.port).toBe(second)
  await three.leave()
  const four = await joinEmbedded({ data_dir })
  expect(four.port).toBe(second)
  await four.leave()
})

test('a port that another program took since is given up for a free one, unless it was asked for', async () => {
  const before = await joinEmbedded({ data_dir })
  await before.leave()
  const squatter = createServer().listen(before.port, '127.0.0.1')
  await new Promise((resolve) => squatter.once('listening', resolve))
  const after = await joinEmbedded({ data_dir })
  expect(after.port).not.toBe(before.port)
  await after.leave()
  expect(await joinEmbedded({ data_dir, port: before.port }).catch((err) => err)).toMatchObject({
    code: 'embedded_port_taken',
    message: expect.stringContaining('EMBEDDED_PORT'),
  })
  squatter.close()
})

test('a stale postmaster.pid does not matter, not even when its process id lives on as something else', async () => {
  const sleeper = Bun.spawn(['sleep', '60'])
  await writeFile(
    join(data_dir, 'postgres', 'postmaster.pid'),
    [sleeper.pid, join(data_dir, 'postgres'), 1, 5432, '', '127.0.0.1', '1 1', 'ready   ', ''].join('\n'),
  )
  const server = await joinEmbedded({ data_dir })
  expect(postmasters(data_dir)).toHaveLength(1)
  await server.leave()
  expect(sleeper.exitCode).toBeNull()
  sleeper.kill()
})

test('a password file that got lost is replaced, and the data is still there', async () => {
  const before = await joinEmbedded({ data_dir })
  const sql = openSql(before.url, 1)
  await sql`create table kept as select 1 as one`
  await sql.end()
  await before.leave()
  await rm(join(data_dir, 'secrets'), { recursive: true })
  const after = await joinEmbedded({ data_dir })
  expect(after.url).not.toBe(before.url)
  const again = openSql(after.url, 1)
  expect((await again`select one from kept`)[0]).toEqual({ one: 1 })
  await again.end()
  await after.leave()
})

test('a copy of a data folder whose server runs gets a server of its own', async () => {
  const server = await joinEmbedded({ data_dir })
  const copy = await emptyDataDir()
  // As somebody would make it, password, port and postmaster.pid included.
  await mkdir(dirname(copy), { recursive: true })
  expect(Bun.spawnSync(['cp', '-a', data_dir, copy]).exitCode).toBe(0)
  const other = await joinEmbedded({ data_dir: copy })
  expect(other.port).not.toBe(server.port)
  await Promise.all([server.leave(), other.leave()])
  expect([...postmasters(data_dir), ...postmasters(copy)]).toEqual([])
})

test('leaving twice is leaving once', async () => {
  const [one, two] = [await joinEmbedded({ data_dir }), await joinEmbedded({ data_dir })]
  await Promise.all([one.leave(), one.leave()])
  expect(postmasters(data_dir)).toHaveLength(1)
  await two.leave()
  expect(postmasters(data_dir)).toEqual([])
})

test('a log that grew is put aside when the server starts', async () => {
  await writeFile(join(data_dir, 'postgres.log'), Buffer.alloc(6 * 2 ** 20, 'x'))
  await (await joinEmbedded({ data_dir })).leave()
  expect((await stat(join(data_dir, 'postgres.log.1'))).size).toBe(6 * 2 ** 20)
  expect(await readFile(join(data_dir, 'postgres.log'), 'utf8')).toContain('ready to accept connections')
})
