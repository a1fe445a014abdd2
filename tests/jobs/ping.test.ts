import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { startPing } from '../../jobs/ping.ts'
import { createLog } from '../../lib/log.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

let server: Bun.Server<undefined>
afterEach(() => server.stop(true))

function service(status = 200) {
  const heard: string[] = []
  server = Bun.serve({
    port: 0,
    async fetch(request) {
      heard.push(`${new URL(request.url).pathname} ${await request.text()}`.trim())
      return new Response('OK', { status })
    },
  })
  return { url: `http://127.0.0.1:${server.port}/the-secret`, heard }
}

test('the service hears of the start, of the life, of a failure with its reason, and of the life again', async () => {
  const { url, heard } = service()
  const { beat } = startPing(url, createLog('test', 'silent'))
  for (const problem of [null, null, null, new Error('no database'), new Error('no database'), null]) beat(problem)
  await until('all of them', () => heard.length === 4)
  expect(heard).toEqual(['/the-secret/start', '/the-secret', '/the-secret/fail no database', '/the-secret'])
})

test('a service that refuses is one warning without its address', async () => {
  const { url } = service(404)
  const warnings: string[] = []
  const log = createLog('test', 'warn')
  log.warn = ((facts: object, message: string) => void warnings.push(message + Bun.inspect(facts))) as never
  const { beat } = startPing(url, log)
  await until('the warning', () => warnings.length === 1)
  beat(null)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('404')
  expect(warnings[0]).not.toContain('the-secret')
})
