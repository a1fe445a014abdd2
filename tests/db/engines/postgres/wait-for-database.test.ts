import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { joinEmbedded } from '../../../../db/engines/embedded/index.ts'
import { waitForDatabase } from '../../../../db/engines/postgres/wait-for-database.ts'
import { createLog, type Log } from '../../../../lib/log.ts'
import { freePort } from '../../../kit/program.ts'
import { cleanUp, dataDir } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

const log = createLog('test', 'silent')
const port = freePort()
let data_dir: string
beforeAll(async () => void (data_dir = await dataDir()))
afterAll(cleanUp)

/** What a program says that cannot have its database; never the password. */
async function refusal(url: string, wait_s = 0): Promise<{ code: string; message: string }> {
  const thrown = await waitForDatabase(url, wait_s, log).catch((err) => err)
  expect(Bun.inspect(thrown)).not.toContain('hunter2')
  return thrown
}

test('a database that starts later is waited for, and the log says so once', async () => {
  const probe = await joinEmbedded({ data_dir, port })
  await probe.leave()
  const warned: string[] = []
  const late = Promise.withResolvers<void>()
  const listening = {
    warn(text: string) {
      warned.push(text)
      late.resolve()
    },
  } as unknown as Log
  const waiting = waitForDatabase(probe.url, 60, listening)
  await late.promise
  const server = await joinEmbedded({ data_dir, port })
  await waiting
  expect(warned).toEqual([expect.stringContaining(`waiting up to 60 s for the database at 127.0.0.1:${port}`)])
  await server.leave()
})

test('a wrong password, a missing user and a missing database are named at once, whatever the wait', async () => {
  const server = await joinEmbedded({ data_dir, port })
  const wrong = new URL(server.url)
  wrong.password = 'hunter2'
  expect(await refusal(wrong.href, 60)).toMatchObject({
    code: 'database_refused',
    message: expect.stringContaining('password of user "doca"'),
  })
  wrong.username = 'stranger'
  expect(await refusal(wrong.href, 60)).toMatchObject({ message: expect.stringContaining('"stranger"') })
  const missing = new URL(server.url)
  missing.pathname = '/nowhere'
  expect(await refusal(missing.href, 60)).toMatchObject({
    code: 'database_refused',
    message: expect.stringContaining('no database "nowhere"'),
  })
  await server.leave()
})

test('where nothing answers, host and port are named and how long was waited', async () => {
  const nobody = freePort()
  expect(await refusal(`postgres://u:hunter2@127.0.0.1:${nobody}/x`)).toMatchObject({
    code: 'database_unreachable',
    message: expect.stringMatching(new RegExp(`127.0.0.1:${nobody}, and 0 s .*DATABASE_WAIT_S`)),
  })
  expect(await refusal('postgres://u:hunter2@nowhere.invalid/x')).toMatchObject({
    message: expect.stringContaining('nowhere.invalid:5432'),
  })
})

test('what listens and is no PostgreSQL is given up, be it silent or hanging up', async () => {
  const opens = [() => {}, (socket: { end(): void }) => socket.end()]
  const others = opens.map((open) => Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { open, data() {} } }))
  const urls = others.map((other) => `postgres://u:hunter2@127.0.0.1:${other.port}/x`)
  for (const refused of await Promise.all(urls.map((url) => refusal(url))))
    expect(refused).toMatchObject({ code: 'database_unreachable' })
  for (const other of others) other.stop(true)
})
