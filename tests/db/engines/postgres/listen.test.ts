import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { joinEmbedded, type EmbeddedServer } from '../../../../db/engines/embedded/index.ts'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { listen } from '../../../../db/engines/postgres/listen.ts'
import { until } from '../../../kit/program.ts'
import { cleanUp, dataDir, postmasters } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

let data_dir: string
let server: EmbeddedServer
beforeAll(async () => {
  data_dir = await dataDir()
  server = await joinEmbedded({ data_dir })
})
afterAll(async () => {
  await server.leave()
  await cleanUp()
})

test('after kill -9 of the server each subscriber is woken once, and hears what comes later', async () => {
  const sql = openSql(server.url, 2)
  const heard: Record<string, string[]> = { a: [], b: [] }
  const stops = await Promise.all(
    Object.keys(heard).map((name) => listen(sql, name, (text) => heard[name]!.push(text))),
  )
  await sql.notify('a', 'first')
  await until('the first', () => heard.a!.length === 2)
  process.kill(postmasters(data_dir)[0]!, 'SIGKILL')
  await until('both to be woken', () => heard.a!.length > 2 && heard.b!.length > 1)
  await sql.notify('a', 'second').catch(() => sql.notify('a', 'second'))
  await sql.notify('b', 'third')
  await until('the third', () => heard.b!.includes('third'))
  expect(heard).toEqual({ a: ['', 'first', '', 'second'], b: ['', '', 'third'] })
  for (const stop of stops) await stop()
  await sql.end({ timeout: 1 })
})

test('while the server is away a query fails, and a subscriber is woken once when it is back', async () => {
  const sql = openSql(server.url, 2)
  const heard: string[] = []
  await listen(sql, 'a', (text) => heard.push(text))
  await server.leave()
  for (let i = 0; i < 4; i++) {
    expect(await sql`select 1`.catch((err) => err.code)).toBe('ECONNREFUSED')
  }
  server = await joinEmbedded({ data_dir })
  await until('the wake-up', () => heard.length > 1)
  expect((await sql`select 1 as one`)[0]).toEqual({ one: 1 })
  await sql.notify('a', 'later')
  await until('the notification', () => heard.includes('later'))
  expect(heard).toEqual(['', '', 'later'])
  await sql.end({ timeout: 1 })
})

test('one connection listens to everything, what unsubscribed hears no more, and ending the pool ends the connection', async () => {
  const sql = openSql(server.url, 2)
  const watcher = openSql(server.url, 1)
  const listening = async () => {
    const [row] =
      await watcher`select count(*)::int as n from pg_stat_activity where query like 'listen%' or query like 'unlisten%'`
    return row!.n as number
  }
  const heard: string[] = []
  const hear = (text: string) => heard.push(text)
  const stopFirst = await listen(sql, 'a "quoted" channel', hear)
  const stopSecond = await listen(sql, 'a "quoted" channel', hear)
  await listen(sql, 'b', hear)
  expect(await listening()).toBe(1)
  await stopFirst()
  await sql.notify('a "quoted" channel', 'once')
  await until('the second', () => heard.includes('once'))
  await stopSecond()
  await sql.notify('a "quoted" channel', 'to nobody')
  await sql.notify('b', 'last')
  await until('the last', () => heard.includes('last'))
  expect(heard).toEqual(['', '', '', 'once', 'last'])
  await sql.end({ timeout: 1 })
  await until('the connection to end', async () => (await listening()) === 0)
  expect(await listen(sql, 'b', hear).catch((err) => err.code)).toBe('database_closed')
  await watcher.end()
})
