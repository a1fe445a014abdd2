import { afterAll, afterEach, expect, test } from 'bun:test'
import { askJson, type Refusal } from '../../jobs/ask-json.ts'
import { startOutsideApi } from '../kit/outside-api.ts'

const api = startOutsideApi(() => Response.json({ well: true }))
afterEach(api.reset)
afterAll(api.stop)
const { signal } = new AbortController()

const refusal = async (options: { deadline_ms?: number; max_bytes?: number }): Promise<Refusal> => {
  const answer = await askJson(`${api.url}v1?key=secret`, { signal, ...options })
  if ('json' in answer) throw new Error('it was answered')
  expect(answer.problem.message).not.toContain('secret')
  return answer
}

test('an answer is its JSON', async () => {
  expect(await askJson(api.url, { signal })).toEqual({ json: { well: true } })
})

test('an API that does not answer in time may do so later', async () => {
  api.usual = () => new Promise<Response>(() => {})
  const { problem, passing } = await refusal({ deadline_ms: 50 })
  expect([problem.message, passing]).toEqual([`GET ${api.url}v1 was not answered within 0.05 s.`, true])
})

test('an answer that begins and does not end is late, too', async () => {
  const drip = new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode('{"a":')) })
  api.usual = () => new Response(drip)
  expect((await refusal({ deadline_ms: 100 })).problem.message).toEndWith('was not answered within 0.1 s.')
})

test('an answer without end is not read to its end', async () => {
  const endless = new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(65_536).fill(32)) })
  api.usual = () => new Response(endless)
  const { problem, passing } = await refusal({ max_bytes: 100_000 })
  expect([problem.message, passing]).toEqual([`GET ${api.url}v1 answered with more than 100000 bytes.`, false])
})

test('an API that redirects without end is not asked again', async () => {
  api.usual = () => Response.redirect(`${api.url}v1`, 302)
  const { problem, passing } = await refusal({})
  expect([problem.message, passing]).toEqual([`GET ${api.url}v1 redirects without end.`, false])
})

test('a connection that breaks off in the middle is no answer', async () => {
  const dying = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { data: (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":') },
  })
  const answer = await askJson(`http://127.0.0.1:${dying.port}/v1?key=secret`, { signal })
  dying.stop(true)
  expect(answer).toMatchObject({ passing: true })
  expect((answer as Refusal).problem.message).toStartWith(`GET http://127.0.0.1:${dying.port}/v1 failed: `)
})
