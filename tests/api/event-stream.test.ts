/** Server-sent events on a real socket: what the client sees, and what becomes of the source when the client is gone. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { eventStream, type ServerEvent } from '../../api/http/event-stream.ts'
import { createOpenStreams } from '../../api/http/open-streams.ts'
import { createLog } from '../../lib/log.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

interface Served {
  url: string
  /** Sources that are open now. */
  open(): number
  errors: unknown[]
  closing: AbortController
  stop(): Promise<void>
}

/** Nobody is signed in here; open-streams.test.ts is about those who are. */
const streams = createOpenStreams({
  findLive: async () => new Map(),
  refusalOf: () => null,
  most: 1,
  log: createLog('api', 'silent'),
})

/** Serves events that `source` makes; each source says when it was let go. */
function serve(source: (signal: AbortSignal) => AsyncGenerator<ServerEvent>, longest_s = 60): Served {
  let open = 0
  const errors: unknown[] = []
  const closing = new AbortController()
  async function* counted(signal: AbortSignal) {
    open++
    try {
      yield* source(signal)
    } finally {
      open--
    }
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 15,
    fetch: (request) =>
      eventStream(request, counted, {
        streams,
        closing: closing.signal,
        longest_s,
        onError: (err) => errors.push(err),
      }),
  })
  return { url: server.url.href, open: () => open, errors, closing, stop: () => server.stop(true) }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))

async function* waits(signal: AbortSignal): AsyncGenerator<ServerEvent> {
  yield { event: 'hello', id: '1', data: { text: 'two\nlines' } }
  await aborted(signal)
}

async function* floods(signal: AbortSignal): AsyncGenerator<ServerEvent> {
  while (!signal.aborted) yield { data: 'x'.repeat(10_000) }
}

test('an event is written as browsers read it', async () => {
  const served = serve(async function* () {
    yield { event: 'hello', id: '1', data: { text: 'two\nlines' } }
    yield { data: null }
  })
  const answer = await fetch(served.url)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  expect(await answer.text()).toBe('retry: 2000\n\nevent: hello\nid: 1\ndata: {"text":"two\\nlines"}\n\ndata: null\n\n')
  expect(served.open()).toBe(0)
  await served.stop()
})

test.each([
  ['waits for the next event', waits],
  ['is being flooded and reads nothing', floods],
])('a client that leaves while it %s takes its source with it', async (_, source) => {
  const served = serve(source)
  const clients = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const leaving = new AbortController()
      const answer = await fetch(served.url, { signal: leaving.signal })
      await answer.body!.getReader().read()
      return leaving
    }),
  )
  await until('all sources to be open', () => served.open() === 20)
  for (const leaving of clients) leaving.abort()
  await until('all sources to be let go', () => served.open() === 0)
  expect(served.errors).toEqual([])
  await served.stop()
})

test('it ends when the program stops, and after its time', async () => {
  for (const longest_s of [60, 0.2]) {
    const served = serve(waits, longest_s)
    const answer = await fetch(served.url)
    if (longest_s === 60) served.closing.abort()
    await answer.text()
    expect(served.open()).toBe(0)
    await served.stop()
  }
})

test('a source that fails closes the stream and is told of', async () => {
  const served = serve(async function* () {
    yield { data: 1 }
    throw new Error('the database is gone')
  })
  expect(await (await fetch(served.url)).text()).toContain('data: 1\n\n')
  expect(served.errors).toMatchObject([{ message: 'the database is gone' }])
  await served.stop()
})
