/** COPY by postgres.js, which needed repairs: see patches/. Each of these waited for ever, or ended the process. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { testDatabase, type TestDatabase } from '../../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.sql`create table many as select i, repeat('x', 500) as text from generate_series(1, 2000) i`
})
afterAll(() => database.close())

test('a table read slowly leaves its connection usable', async () => {
  const rows = await database.sql.begin(async (tx) => {
    let count = 0
    for await (const _ of await tx`copy many to stdout`.readable()) if (count++ % 500 === 0) await Bun.sleep(5)
    const [row] = await tx<[{ answer: number }]>`select 42 as answer`
    expect(row.answer).toBe(42)
    return count
  })
  expect(rows).toBe(2000)
})

test('a table of which only the beginning is read leaves its connection usable', async () => {
  await database.sql.begin(async (tx) => {
    for await (const _ of await tx`copy many to stdout`.readable()) break
    expect((await tx`select 42 as answer`)[0]).toEqual({ answer: 42 })
  })
})

test.each([
  ['in the first row', 'x\ty\n'],
  ['after many rows', `${'1\tfine\n'.repeat(20_000)}bad\n`],
])('rows that are refused %s are an error, not a wait', async (_, text) => {
  const copy = database.sql.begin(async (tx) => {
    await pipeline(Readable.from([Buffer.from(text)]), await tx`copy many from stdin`.writable())
  })
  await expect(copy).rejects.toThrow('invalid input syntax')
  expect((await database.sql`select count(*)::int as rows from many`)[0]).toEqual({ rows: 2000 })
})

test('a source that breaks off takes back what it wrote', async () => {
  const copy = database.sql.begin(async (tx) => {
    const source = (async function* () {
      yield Buffer.from('1\tx\n')
      throw new Error('the source broke')
    })()
    await pipeline(Readable.from(source), await tx`copy many from stdin`.writable())
  })
  await expect(copy).rejects.toThrow('the source broke')
  expect((await database.sql`select count(*)::int as rows from many`)[0]).toEqual({ rows: 2000 })
})

test('a connection that is cut ends the copy that it carries', async () => {
  const copy = database.sql.begin(async (tx) => {
    const [{ pid }] = await tx<[{ pid: number }]>`select pg_backend_pid() as pid`
    const stream = await tx`copy many from stdin`.writable()
    const rows = (async function* () {
      for (let i = 0; i < 10_000; i++) {
        // While somebody listens to the stream's errors.
        if (i === 100) await database.sql`select pg_terminate_backend(${pid})`
        yield Buffer.from('1\tx\n'.repeat(1000))
      }
    })()
    await pipeline(Readable.from(rows), stream)
  })
  await expect(copy).rejects.toThrow(/terminat|CONNECTION_CLOSED|EPIPE|ECONNRESET/)
  expect((await database.sql`select count(*)::int as rows from many`)[0]).toEqual({ rows: 2000 })
})
