/**
 * The route that answers is the one that was let in. Access is decided before routing, by the path as request-context.ts reads
 * it; where the router reads an address otherwise (Elysia begins after eleven characters, so that a host of three letters
 * had it take `/docs/audit` for `/audit`) it must not answer for a route that nobody was asked about.
 */
import { AppError } from '../../lib/errors.ts'
import { arrivalOf } from './request-context.ts'
import { routeNotFound } from './problems.ts'

/** Throws AppError 404 unless `route`, as it was written, is a route of the path that was let in. */
export function refuseOtherRoute(request: Request, route: string): void {
  const { path } = arrivalOf(request)
  if (route !== path && !patternOf(route).test(path)) throw routeNotFound()
}

const patterns = new Map<string, RegExp>()
function patternOf(route: string): RegExp {
  const known = patterns.get(route)
  if (known) return known
  const pattern = new RegExp(`^${route.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`)
  patterns.set(route, pattern)
  return pattern
}

/**
 * Throws AppError 400 for a Host that is no host (RFC 9112, 3.2): Bun has no address for such a request. HTTP/1.0 may
 * leave it out.
 */
export function refuseBadHost(request: Request): void {
  if (!request.url.startsWith('/') || request.headers.get('host') === null) return
  throw new AppError('malformed', 'host_invalid', {
    en: 'The header Host names no host.',
    pt: 'O cabeçalho Host não contém um host válido.',
  })
}
