/** Names every request, and writes one line into the access book when it is answered. */
import type { Log } from '../../lib/log.ts'

interface Seen {
  request_id: string
  started: number
}

const seen = new WeakMap<Request, Seen>()

/** Takes a sane X-Request-Id from the client, else makes one; the same id names the trace from here on. */
export function nameRequest(request: Request): string {
  const given = request.headers.get('x-request-id') ?? ''
  const request_id = /^[\w.-]{8,64}$/.test(given) ? given : Bun.randomUUIDv7()
  seen.set(request, { request_id, started: performance.now() })
  return request_id
}

export const requestIdOf = (request: Request): string => seen.get(request)?.request_id ?? 'unknown'

/** Logs the answer and returns how long it took, in seconds. */
export function logAccess(log: Log, request: Request, path: string, status: number): number {
  const { request_id, started } = seen.get(request) ?? { request_id: 'unknown', started: performance.now() }
  const latency_ms = performance.now() - started
  log.info({ log: 'access', request_id, method: request.method, path, status, latency_ms: round(latency_ms) })
  return latency_ms / 1000
}

const round = (value: number) => Math.round(value * 100) / 100
