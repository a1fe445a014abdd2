import { expect, setDefaultTimeout, test } from 'bun:test'
import { runToEnd } from '../kit/program.ts'

setDefaultTimeout(120_000)

test.each(['api/main.ts', 'jobs/main.ts', 'consumers/main.ts', 'charts/main.ts', 'ops/up.ts'])(
  '%s lists every wrong variable at once and exits 78',
  async (file) => {
    const { code, output } = await runToEnd(file, [], {
      DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x',
      EMBEDDED_PORT: '5000',
      SHUTDOWN_S: 'soon',
      LOG_LEVEL: 'loud',
      CACHE_URL: 'http://127.0.0.1',
    })
    expect(code).toBe(78)
    for (const word of ['EMBEDDED_PORT', 'SHUTDOWN_S', 'LOG_LEVEL', 'CACHE_URL']) expect(output).toContain(word)
    expect(output).not.toContain('hunter2')
  },
)

test('production names every missing secret', async () => {
  const { code, output } = await runToEnd('api/main.ts', [], { NODE_ENV: 'production', PASSWORD_ROUNDS: '10' })
  expect(code).toBe(78)
  for (const word of ['DATABASE_URL', 'JWT_SECRET', 'TOTP_KEY', 'PASSWORD_ROUNDS']) expect(output).toContain(word)
})
