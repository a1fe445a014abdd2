/** Statements that cannot go on end by themselves, and leave their connections to the others. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Sql } from 'postgres'
import { openForReaders, openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'
import { until } from '../../../kit/program.ts'

setDefaultTimeout(120_000)

/** Of a program; see DATABASE_POOL. */
const POOL = 4

let database: TestDatabase
let proxy: SilentProxy
beforeAll(async () => {
  database = await testDatabase()
  await database.sql`create table locked (id int primary key)`
  proxy = await openProxy(database.url)
})
afterAll(async () => {
  proxy.close()
  await database.close()
})

const codeOf = (statement: PromiseLike<unknown>) =>
  Promise.resolve(statement).then(
    () => 'none',
    (err: { code?: string }) => err.code,
  )

test.each([
  ['the time that it may wait for a lock', { statement_timeout_s: 20, lock_timeout_s: 1 }, '55P03'],
  ['its time', { statement_timeout_s: 1 }, '57014'],
])(
  'a statement that meets a locked table ends after %s, and a pool full of them goes on',
  async (_, deadlines, code) => {
    const sql = openSql(database.url, POOL, deadlines)
    const locker = await database.sql.reserve()
    await locker`begin`
    await locker`lock table locked in access exclusive mode`
    try {
      const ends = Array.from({ length: POOL }, () => codeOf(sql`select * from locked`))
      await until('every connection to wait', async () => (await waiting(database.sql)) === POOL)
      expect(await sql`select 1 as one`).toEqual([{ one: 1 }] as never)
      expect(await Promise.all(ends)).toEqual(Array.from({ length: POOL }, () => code))
    } finally {
      await locker`rollback`
      locker.release()
      await sql.end()
    }
  },
)

test('a transaction that says so has longer, also than the server may be silent', async () => {
  const sql = openSql(database.url, 1, { statement_timeout_s: 1, silence_s: 0.3 })
  expect(await codeOf(sql`select pg_sleep(1.5)`)).toBe('57014')
  const slept = sql.begin(async (tx) => {
    await tx`set local statement_timeout = '10s'`
    return tx`select pg_sleep(1.5)`
  })
  expect(await codeOf(slept)).toBe('none')
  await sql.end()
})

test('a cursor that is read slowly has the time of its reader', async () => {
  const sql = openSql(database.url, 1, { statement_timeout_s: 1, silence_s: 0.3 })
  const reader = openForReaders(sql, 1)
  let rows = 0
  for await (const batch of reader`select g from generate_series(1, 3000) g`.cursor(1000)) {
    if (rows === 0) await Bun.sleep(1500)
    rows += batch.length
  }
  expect(rows).toBe(3000)
  await sql.end()
  expect(await codeOf(reader`select 1`)).toBe('CONNECTION_ENDED')
})

test('statements of a server that says nothing any more fail, and the next ones go to it when it is back', async () => {
  const sql = openSql(proxy.url, 1, { statement_timeout_s: 1, silence_s: 0.3 })
  await sql`select 1`
  proxy.swallow('everything')
  const ends = await Promise.all([1, 2].map(() => codeOf(sql`select 1`)))
  expect(ends).toEqual(['CONNECTION_CLOSED', 'CONNECTION_CLOSED'])
  proxy.swallow('nothing')
  await until('an answer', () => codeOf(sql`select 1`).then((code) => code === 'none'))
  await sql.end()
})

test('a connection that is lost without a word is given up, though the server answers others', async () => {
  const sql = openSql(proxy.url, 1, { statement_timeout_s: 1, silence_s: 0.3 })
  await sql`select 1`
  proxy.swallow('what is open')
  expect(await codeOf(sql`select 1`)).toBe('CONNECTION_CLOSED')
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }] as never)
  await sql.end()
})

test('an idle connection is left alone', async () => {
  const sql = openSql(proxy.url, 1, { statement_timeout_s: 1, silence_s: 0.1 })
  const [before] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`
  await Bun.sleep(500)
  const [after] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`
  expect(after).toEqual(before)
  await sql.end()
})

async function waiting(sql: Sql): Promise<number> {
  const rows = await sql`
    select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%from locked%'`
  return rows.length
}

interface SilentProxy {
  url: string
  /** Takes bytes from now on and passes none on: of every connection, or of those that are open now. */
  swallow(what: 'everything' | 'what is open' | 'nothing'): void
  close(): void
}

/** Stands between a client and the database, as a network does. */
async function openProxy(database_url: string): Promise<SilentProxy> {
  const { hostname, port } = new URL(database_url)
  let all = false
  const open = new Set<{ silent: boolean; close(): void }>()
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const pair = { silent: false, close: () => [client, upstream].forEach((socket) => socket.destroy()) }
    open.add(pair)
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => void (all || pair.silent || to.write(bytes)))
      from.on('error', () => {})
      from.on('close', () => {
        open.delete(pair)
        if (!all && !pair.silent) to.destroy()
      })
    }
    pass(client, upstream)
    pass(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(database_url)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    swallow(what) {
      all = what === 'everything'
      for (const pair of open) pair.silent ||= what === 'what is open'
    },
    close() {
      for (const pair of open) pair.close()
      server.close()
    },
  }
}
