/** One line in the access book for every answer. */
import type { Log } from '../../lib/log.ts'
import type { Arrival } from './request-context.ts'

/** Logs the answer and returns how long it took, in seconds. */
export function logAccess(log: Log, method: string, { request_id, path, started }: Arrival, status: number): number {
  const latency_ms = performance.now() - started
  log.info({ log: 'access', request_id, method, path, status, latency_ms: round(latency_ms) })
  return latency_ms / 1000
}

const round = (value: number) => Math.round(value * 100) / 100
