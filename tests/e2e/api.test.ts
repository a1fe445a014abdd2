import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { postJson, startApi } from '../kit/api-program.ts'
import { freePort, runToEnd } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let env: Record<string, string>
beforeAll(async () => {
  database = await testDatabase()
  env = {
    DATABASE_URL: database.url,
    DATA_DIR: temporaryFolder(),
  }
})
afterAll(() => database.close())

test('a busy port ends the API with a sentence that names it and the variable', async () => {
  const squatter = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { code, output } = await runToEnd('api/main.ts', [], { ...env, PORT: String(squatter.port) })
  squatter.stop(true)
  expect(code).toBe(1)
  expect(output).toContain(`127.0.0.1:${squatter.port}`)
  expect(output).toContain('Set PORT')
})

test('a database that is not there ends the API after DATABASE_WAIT_S, without its password', async () => {
  const { code, output } = await runToEnd('api/main.ts', [], {
    ...env,
    DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${freePort()}/x`,
    DATABASE_WAIT_S: '1',
  })
  expect(code).toBe(1)
  expect(output).toContain('correct DATABASE_URL')
  expect(output).not.toContain('hunter2')
})

test('the first start shows a password that signs in; SIGTERM ends the API with code 0', async () => {
  const api = await startApi({ ...env, ADMIN_PASSWORD: '' })
  const password = /with the password (\S+)/.exec(api.output())?.[1]
  expect((await postJson(`${api.url}/login`, { username: 'admin', password })).status).toBe(200)
  api.kill('SIGTERM')
  expect(await api.exited).toBe(0)
  expect(api.output().match(/with the password/g)).toHaveLength(1)
})

test('a body over the limit is a 413 in problem+json, announced or in pieces, and the API goes on', async () => {
  const { url, kill, exited } = await startApi({ ...env, MAX_UPLOAD_MB: '1' })
  const huge = new Uint8Array(3 * 1024 * 1024)
  const pieces = () =>
    new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; i++) controller.enqueue(new Uint8Array(1024 * 1024))
        controller.close()
      },
    })
  const json = { 'content-type': 'application/json' }
  for (const body of [huge, pieces()]) {
    const answer = await fetch(`${url}/login`, { method: 'POST', headers: json, body, duplex: 'half' } as RequestInit)
    expect(answer.status).toBe(413)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(((await answer.json()) as { code: string }).code).toBe('body_too_large')
  }
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
  kill('SIGTERM')
  expect(await exited).toBe(0)
})
