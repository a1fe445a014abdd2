/** Clients of the API that are slow on purpose. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { startApi, type ApiProgram } from '../kit/api-program.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

// The server's own deadlines are about ten seconds.
setDefaultTimeout(120_000)

let database: TestDatabase
let folder: string
let api: ApiProgram
beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  api = await startApi({ DATABASE_URL: database.url, DATA_DIR: folder })
})
afterAll(async () => {
  api.kill('SIGKILL')
  await database.close()
})

/** Sends `first`, then `each` every second; resolves with what came back once the server has closed. */
async function drip(first: string, each: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let said = ''
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: api.port,
    socket: { data: (_, bytes) => void (said += bytes.toString()), close: () => resolve() },
  })
  socket.write(first)
  const timer = setInterval(() => socket.write(each), 1000)
  await promise
  clearInterval(timer)
  return said
}

test('headers or a body that never end are cut off, and others are served meanwhile', async () => {
  const slow = [
    drip('GET /me HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'a'),
    drip('POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n', ' '),
    drip('', ''),
  ]
  expect((await fetch(`${api.url}/health/live`)).status).toBe(200)
  for (const said of await Promise.all(slow)) expect(said).not.toContain('HTTP/1.1 200')
})
