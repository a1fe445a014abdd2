/**
 * Server-sent events. A comment every few seconds keeps the connection open where nothing happens; the stream ends when
 * its client leaves or the program stops, and after a while in any case, so that a session that has ended does not read
 * on: the client's next connection is let in, or not, as any request.
 */
import { validationFailed } from '../../lib/errors.ts'

export interface ServerEvent {
  event?: string
  /** Sent back as Last-Event-ID by a client that comes again. */
  id?: string
  data: unknown
}

/** Of `Last-Event-ID`: a line's number, or microseconds since 1970. */
export const EVENT_ID = /^\d{1,16}$/

/** Where the client says it is; null when it begins. Throws AppError 422. */
export function lastEventId(request: Request): string | null {
  const given = request.headers.get('last-event-id')
  if (given === null || EVENT_ID.test(given)) return given
  const message = { en: 'must be the id of an event of this stream', pt: 'deve ser o id de um evento deste stream' }
  throw validationFailed([{ path: '/last-event-id', message }])
}

/** Well below what the server allows a silent connection. */
const BEAT_MS = 5_000
/** What a browser waits before it comes again, milliseconds. */
const RETRY_MS = 2_000

export interface StreamOptions {
  /** Aborts when the program stops. */
  closing: AbortSignal | undefined
  longest_s: number
  /** Called with what ended the stream but its own end. */
  onError(err: unknown): void
}

/** `source` is called once, with a signal that aborts when nobody reads any more; its end ends the stream. */
export function eventStream(
  request: Request,
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
  { closing, longest_s, onError }: StreamOptions,
): Response {
  const left = new AbortController()
  const signals = [request.signal, left.signal, AbortSignal.timeout(longest_s * 1000), ...(closing ? [closing] : [])]
  const signal = AbortSignal.any(signals)
  const events = source(signal)[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<ServerEvent>> | undefined
  let greeted = false

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (!greeted) {
      greeted = true
      return controller.enqueue(bytes(`retry: ${RETRY_MS}\n\n`))
    }
    next ??= events.next()
    const got = await orBeat(next)
    if (got === BEAT) return controller.enqueue(bytes(': \n\n'))
    next = undefined
    if (got.done) return controller.close()
    controller.enqueue(bytes(asText(got.value)))
  }

  const body = new ReadableStream<Uint8Array>({
    pull: (controller) =>
      pull(controller).catch((err) => {
        // To the client it is a connection that broke: it comes again, from where it was.
        if (!signal.aborted) onError(err)
        left.abort()
        controller.close()
      }),
    async cancel() {
      left.abort()
      await events.return?.()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // Proxies that would rather collect an answer than pass it on.
      'x-accel-buffering': 'no',
    },
  })
}

const BEAT = Symbol('beat')

async function orBeat<T>(next: Promise<T>): Promise<T | typeof BEAT> {
  const { promise, resolve } = Promise.withResolvers<typeof BEAT>()
  const timer = setTimeout(resolve, BEAT_MS, BEAT)
  try {
    return await Promise.race([next, promise])
  } finally {
    clearTimeout(timer)
  }
}

function asText({ event, id, data }: ServerEvent): string {
  const lines = [event && `event: ${event}`, id && `id: ${id}`, `data: ${JSON.stringify(data)}`]
  return `${lines.filter(Boolean).join('\n')}\n\n`
}

const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text)
