/** A quiet event stream on a real socket, for longer than the server lets a socket be idle. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { eventStream, type ServerEvent } from '../../api/http/event-stream.ts'
import { createOpenStreams } from '../../api/http/open-streams.ts'
import { createLog } from '../../lib/log.ts'

setDefaultTimeout(120_000)

/** As Bun has it where nobody says otherwise. */
const IDLE_S = 10

test('heartbeats keep it open', async () => {
  const log = createLog('api', 'silent')
  const streams = createOpenStreams({ findLive: async () => new Map(), refusalOf: () => null, most: 1, log })
  const quiet = Promise.withResolvers<void>()
  async function* source(): AsyncGenerator<ServerEvent> {
    await quiet.promise
    yield { data: 'at last' }
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: IDLE_S,
    fetch: (request) => eventStream(request, source, { streams, closing: undefined, longest_s: 60, onError: () => {} }),
  })
  const answer = await fetch(server.url)
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part, { stream: true })
    // Three at five seconds.
    if (text.split(': \n\n').length > 3) quiet.resolve()
  }
  expect(text).toBe('retry: 2000\n\n: \n\n: \n\n: \n\ndata: "at last"\n\n')
  await server.stop(true)
})
