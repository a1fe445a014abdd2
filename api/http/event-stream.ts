/**
 * Server-sent events. A comment every few seconds keeps a quiet connection open. The stream ends when its client leaves,
 * when its session or its right to read ends (open-streams.ts), when the program stops, and after a while in any case.
 */
import { createNotify } from '../../lib/notify.ts'
import type { OpenStreams } from './open-streams.ts'

export interface ServerEvent {
  event?: string
  /** A client that connects again sends it as Last-Event-ID. */
  id?: string
  data: unknown
}

/** Well below the server's idle timeout. */
const HEARTBEAT_MS = 5_000
/** A browser's delay before it connects again, milliseconds. */
const RETRY_MS = 2_000

export interface StreamOptions {
  streams: OpenStreams
  /** Aborts when the program stops. */
  closing: AbortSignal | undefined
  longest_s: number
  /** Called with the error that ended the stream, if one did. */
  onError(err: unknown): void
}

/** `source` is called once, with a signal that aborts when the reader is gone; its end ends the stream. */
export function eventStream(
  request: Request,
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
  { streams, closing, longest_s, onError }: StreamOptions,
): Response {
  const left = new AbortController()
  const signals = [request.signal, left.signal, AbortSignal.timeout(longest_s * 1000), ...(closing ? [closing] : [])]
  const signal = AbortSignal.any(signals)
  const events = source(signal)[Symbol.asyncIterator]()
  const notify = createNotify()
  let next: Promise<IteratorResult<ServerEvent>> | undefined
  let hasCome = false
  let greeted = false

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (!greeted) {
      greeted = true
      return controller.enqueue(bytes(`retry: ${RETRY_MS}\n\n`))
    }
    next ??= askedFor(events.next())
    if (!hasCome) await notify.notified(HEARTBEAT_MS)
    if (!hasCome) return controller.enqueue(bytes(': \n\n'))
    const got = await next
    next = undefined
    if (got.done) return controller.close()
    controller.enqueue(bytes(asText(got.value)))
  }

  /** Waited for once: a race at each heartbeat would leave something behind each time. */
  function askedFor(event: Promise<IteratorResult<ServerEvent>>) {
    hasCome = false
    const come = () => {
      hasCome = true
      notify.notifyOne()
    }
    event.then(come, come)
    return event
  }

  const body = new ReadableStream<Uint8Array>({
    pull: (controller) =>
      pull(controller).catch((err) => {
        // The client sees a broken connection, and connects again with its Last-Event-ID.
        if (!signal.aborted) onError(err)
        left.abort()
        controller.close()
      }),
    async cancel() {
      left.abort()
      await events.return?.()
    },
  })
  return streams.answer(request, body, HEADERS, true)
}

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Keeps proxies from buffering.
  'x-accel-buffering': 'no',
}

function asText({ event, id, data }: ServerEvent): string {
  const lines = [event && `event: ${event}`, id && `id: ${id}`, `data: ${JSON.stringify(data)}`]
  return `${lines.filter(Boolean).join('\n')}\n\n`
}

const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text)
