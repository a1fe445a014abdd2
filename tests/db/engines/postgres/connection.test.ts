/**
 * What we need of postgres.js when connections are cut, and what its 3.4.9 gives only with the patch in patches/: see
 * porsager/postgres issues 1133, 1193 and 1216.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Sql } from 'postgres'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'
import { until } from '../../../kit/program.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let proxy: Server
let proxied: string
const sockets = new Set<Socket>()
beforeAll(async () => {
  database = await testDatabase()
  const { hostname, port } = new URL(database.url)
  proxy = createServer((client) => {
    const server = connect(Number(port), hostname)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const url = new URL(database.url)
  url.port = String((proxy.address() as AddressInfo).port)
  proxied = url.href
})
afterAll(async () => {
  proxy.close()
  await database.close()
})

const cut = () => sockets.forEach((socket) => socket.destroy())

test('a pool whose connection is reset answers again, also what was asked in that moment', async () => {
  const sql = openSql(proxied, 1)
  for (let round = 0; round < 3; round++) {
    const running = sql`select pg_sleep(10)`.catch(() => settle(sql`select 1`))
    await until('the statement to run', () => isSleeping(database.sql))
    sockets.forEach((socket) => socket.resetAndDestroy())
    await running
    await until('an answer', () => settle(sql`select 1`))
  }
  await sql.end({ timeout: 1 })
})

test('a transaction whose connection is cut fails as a whole', async () => {
  const sql = openSql(proxied, 1)
  await sql`create table written (what text)`
  let after: unknown
  const transaction = sql.begin(async (tx) => {
    await tx`insert into written values ('before')`
    cut()
    // The pool connects again, on the same place, for somebody else.
    await until('another connection', () => settle(sql`select 1`))
    after = await tx`insert into written values ('after')`.catch((err: unknown) => err)
  })
  await expect(transaction).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await until('the end of the function', () => after !== undefined)
  expect(after).toMatchObject({ code: 'CONNECTION_CLOSED' })
  expect(await sql`select what from written`.then((rows) => [...rows])).toEqual([])
  await sql.end({ timeout: 1 })
})

/** Whether the statement succeeded. */
function settle(statement: PromiseLike<unknown>): Promise<boolean> {
  return Promise.resolve(statement).then(
    () => true,
    () => false,
  )
}

async function isSleeping(sql: Sql): Promise<boolean> {
  const rows = await sql`select from pg_stat_activity where state = 'active' and query like 'select pg_sleep%'`
  return rows.length > 0
}
