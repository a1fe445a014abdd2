/**
 * A refused sign-in is answered after a moment. A client that asks again at once would otherwise be refused thousands of
 * times a second, and the refusals alone keep the event loop from everybody else; held, it costs a socket and no work.
 */
import { AppError } from '../../lib/errors.ts'

const HELD_PATHS = new Set(['/login', '/2fa/verify', '/token/refresh', '/me/password', '/2fa/recovery-codes'])
export const REFUSAL_DELAY_MS = 500
/** More than these are answered at once, so that a flood of connections does not fill the memory either. */
const MAX_HELD = 1000

/** Waits when `thrown` says "too many"; returns at once for all else. */
export function createSlowRefusal(delay_ms: number): (path: string, thrown: unknown) => Promise<void> | undefined {
  let held = 0
  return (path, thrown) => {
    const too_many = thrown instanceof AppError && (thrown.kind === 'rate_limited' || thrown.kind === 'busy')
    if (!too_many || !HELD_PATHS.has(path) || held >= MAX_HELD) return undefined
    held++
    return Bun.sleep(delay_ms).finally(() => held--)
  }
}
