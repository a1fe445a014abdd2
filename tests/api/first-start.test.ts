/** Ready means that a user can sign in, from the first moment of a fresh system on. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { PASSWORD } from '../kit/api.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { freePort, startProgram, until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let folder: string
beforeEach(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
})
afterEach(() => database.close())

test.each(['/health/ready', '/health'])('the first sign-in after the first 200 of %s succeeds', async (path) => {
  const port = freePort()
  const url = `http://127.0.0.1:${port}`
  // With as many rounds as in production the first users take a while.
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, PORT: String(port), ADMIN_PASSWORD: PASSWORD }
  const program = startProgram('api/main.ts', [], { ...env, RATE_LIMIT_ANONYMOUS_PER_MIN: '100000' })
  const statuses = new Set<string>()
  await until(
    '200',
    async () => {
      const answer = await fetch(`${url}${path}`).catch(() => undefined)
      const { status } = ((await answer?.json()) ?? {}) as { status?: string }
      if (status) statuses.add(`${answer!.status} ${status}`)
      return answer?.ok
    },
    60_000,
    program.output,
  )
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  })
  program.kill('SIGKILL')
  await program.exited
  expect(answer.status).toBe(200)
  expect([...statuses].filter((status) => !['503 starting', '200 ok'].includes(status))).toEqual([])
})

test('a right password is never called wrong, from the first moment on', async () => {
  const port = freePort()
  const env = { DATABASE_URL: database.url, DATA_DIR: folder, PORT: String(port), ADMIN_PASSWORD: PASSWORD }
  const program = startProgram('api/main.ts', [], { ...env, RATE_LIMIT_SIGN_IN_PER_MIN: '100000' })
  const outcomes = new Set<string>()
  await until(
    'a session',
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password: PASSWORD }),
      }).catch(() => undefined)
      const { code = 'signed in' } = ((await answer?.json()) ?? { code: 'no answer' }) as { code?: string }
      outcomes.add(code)
      return answer?.ok
    },
    60_000,
    program.output,
  )
  program.kill('SIGKILL')
  await program.exited
  expect([...outcomes].filter((code) => !['no answer', 'api_starting', 'signed in'].includes(code))).toEqual([])
})
