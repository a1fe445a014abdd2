/** Lets a request in, within its rate limit: per user once it is known who asks, else per address. */
import { AppError } from '../../lib/errors.ts'
import { networkOf } from '../../lib/network.ts'
import type { ApiContext } from '../context.ts'
import { authenticate, type FindSession } from './authenticate.ts'
import { clientAddress } from './client-address.ts'
import { rateHeaders, type RateLimiter } from './rate-limit.ts'

/** What an orchestrator asks all the time, and costs nothing. */
const UNLIMITED = '/health/live'

/** Headers that tell how much is left. Throws AppError 401, 403 or 429. */
export async function admit(
  request: Request,
  path: string,
  context: ApiContext,
  { limiter, findSession }: { limiter: RateLimiter; findSession: FindSession },
): Promise<Record<string, string>> {
  if (path === UNLIMITED) return {}
  const { rate_limit_per_min, rate_limit_anonymous_per_min } = context.config
  const takeByAddress = () => limiter.take(`address:${networkOf(clientAddress(request))}`, rate_limit_anonymous_per_min)
  try {
    const session = await authenticate(request, path, context, findSession)
    return rateHeaders(await (session ? limiter.take(`user:${session.user_id}`, rate_limit_per_min) : takeByAddress()))
  } catch (err) {
    // Guessing tokens is limited as well, and so is trying what one may not.
    if (err instanceof AppError && (err.kind === 'unauthenticated' || err.kind === 'forbidden')) await takeByAddress()
    throw err
  }
}
