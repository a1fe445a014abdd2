/** Cross-origin requests from the origins that CORS_ORIGINS names; a browser is told nothing about any other. */

const EXPOSED = 'etag, location, retry-after, x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset'
const ALLOWED_HEADERS =
  'authorization, content-type, if-match, if-none-match, idempotency-key, x-request-id, accept-language'
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const PREFLIGHT_S = '600'

/** What `origins` adds to the answer of a request; empty for an origin that is not named. */
export function corsHeaders(request: Request, origins: ReadonlySet<string>): Record<string, string> {
  if (origins.size === 0) return {}
  const origin = request.headers.get('origin')
  // Caches must not hand one origin's answer to another.
  if (origin === null || !origins.has(origin)) return { vary: 'Origin' }
  return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED }
}

/** The answer to a browser's question beforehand; undefined for any other request. */
export function preflight(request: Request, cors: Record<string, string>): Response | undefined {
  if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined
  const permission = cors['access-control-allow-origin']
    ? {
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': PREFLIGHT_S,
      }
    : {}
  return new Response(null, { status: 204, headers: { ...cors, ...permission } })
}
