/**
 * Delays "too many" of sign-in and its like (`detail.tarpit`). Without the delay a client that asks again at once is refused
 * thousands of times a second, and the refusals alone occupy the event loop; a delayed one costs a socket and no work.
 */
import { AppError } from '../../lib/errors.ts'
import type { RouteRules } from './route-table.ts'

export const REFUSAL_DELAY_MS = 500
/** Beyond these, refusals are immediate, so that a flood of connections does not fill the memory. */
const MAX_DELAYED = 1000

/** Waits when `thrown` says "too many" on a route with a tarpit; returns at once otherwise. */
export function createTarpit(delay_ms: number) {
  let delayed = 0
  return (rules: Pick<RouteRules, 'tarpit'> | undefined, thrown: unknown): Promise<void> | undefined => {
    const too_many = thrown instanceof AppError && (thrown.kind === 'rate_limited' || thrown.kind === 'busy')
    if (!too_many || !rules?.tarpit || delayed >= MAX_DELAYED) return undefined
    delayed++
    return Bun.sleep(delay_ms).finally(() => delayed--)
  }
}
