/**
 * The checks between the router and a handler, in their order: who asks, how often, the URL, the method, the size of the
 * body. Nothing of a request's parameters or body is looked at before; denial comes before validation.
 */
import { AppError } from '../../lib/errors.ts'
import { networkOf } from '../../lib/network.ts'
import type { AppContext } from '../context.ts'
import { authenticate } from './authenticate.ts'
import { refuseEncodedBody, refuseHugeBody } from './body.ts'
import { clientAddress } from './client-address.ts'
import type { FindSession } from './live-sessions.ts'
import { routeNotFound } from './problems.ts'
import { refuseParameters, refuseRepeated } from './query.ts'
import { createRateLimiter, rateHeaders } from './rate-limit.ts'
import { contextOf, MAX_BODY_BYTES } from './request-context.ts'
import type { RouteRules, RouteTable } from './route-table.ts'
import { refuseBadEncoding } from './url-checks.ts'

type Headers = Record<string, unknown>

/** Both functions add to the `headers` of the answer, and throw AppError for a request that is refused. */
export function createRequestChecks(context: AppContext, table: () => RouteTable, findSession: FindSession) {
  const { config, db, now_ms } = context
  const limiter = createRateLimiter(db.cache, now_ms)

  const limits = {
    anonymous: config.rate_limit_anonymous_per_min,
    sign_in: config.rate_limit_sign_in_per_min,
    refresh: config.rate_limit_refresh_per_min,
    ping: config.rate_limit_ping_per_min,
  }
  const takeByAddress = (request: Request, budget: keyof typeof limits) =>
    limiter.take(`${budget}:${networkOf(clientAddress(request))}`, limits[budget])

  /** Counts the request against the limit of its user, or of its address where nobody is signed in. */
  async function authenticateWithinLimit(
    request: Request,
    rules: Pick<RouteRules, 'access' | 'budget'>,
    headers: Headers,
  ): Promise<void> {
    try {
      const session = await authenticate(request, rules, context, findSession)
      const allowance = await (session
        ? limiter.take(`user:${session.user_id}`, config.rate_limit_per_min)
        : takeByAddress(request, rules.budget ?? 'anonymous'))
      Object.assign(headers, rateHeaders(allowance))
    } catch (err) {
      // Guessing tokens counts, and so does trying what one may not do.
      if (err instanceof AppError && (err.kind === 'unauthenticated' || err.kind === 'forbidden'))
        await takeByAddress(request, 'anonymous')
      throw err
    }
  }

  return {
    /** `route`: the path of the route that the router found, as it was written. */
    async ofRoute(request: Request, route: string, headers: Headers): Promise<void> {
      const { method, url } = request
      const known = contextOf(request)
      const rules = (known.rules = table().find(method, route))
      known.max_body_bytes =
        rules.body === 'upload' ? config.max_upload_bytes : (rules.max_body_bytes ?? MAX_BODY_BYTES)
      if (!rules.unlimited) await authenticateWithinLimit(request, rules, headers)
      refuseBadEncoding(url)
      refuseRepeated(url)
      const allowed = route === known.path ? undefined : table().allowedInstead(method, known.path)
      if (allowed) throw wrongMethod(method, allowed)
      if (!rules.integers) refuseParameters(url)
      refuseHugeBody(request)
      refuseEncodedBody(request)
    },

    async ofNoRoute(request: Request, headers: Headers): Promise<never> {
      const { method, url } = request
      const { access, allowed } = table().withoutRoute(method, contextOf(request).path)
      await authenticateWithinLimit(request, { access }, headers)
      refuseBadEncoding(url)
      throw allowed.length > 0 ? wrongMethod(method, allowed) : routeNotFound()
    },
  }
}

/** Throws AppError not_allowed for methods that are for proxies alone, whatever the path (RFC 9110, 9.3.6 and 9.3.8). */
export function refuseProxyMethods({ method }: Request): void {
  if (method === 'TRACE' || method === 'CONNECT') throw wrongMethod(method, METHODS)
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

function wrongMethod(method: string, allowed: string[]): AppError {
  const allow = allowed.join(', ')
  return new AppError(
    'not_allowed',
    'method_not_allowed',
    { en: `${method} does not work here; use ${allow}.`, pt: `${method} não funciona aqui; use ${allow}.` },
    { allowed },
  )
}
