/** Headers of every answer for browsers: security, and cross-origin requests from the origins that CORS_ORIGINS names. */
import { ANSWER_HEADERS, REQUEST_HEADERS } from './openapi-parts.ts'

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Answers are personal. Routes whose answers may be cached (pictures, the docs' files) override this.
  'cache-control': 'no-store',
}
/** Two years, the minimum of browsers' preload lists. */
export const HSTS = 'max-age=63072000; includeSubDomains'

const listed = (names: string[]) => names.map((name) => name.toLowerCase()).join(', ')

/** Every header of an answer that means something to a client; a browser hides Set-Cookie from scripts in any case. */
const EXPOSED = listed(['Allow', ...Object.keys(ANSWER_HEADERS).filter((name) => name !== 'Set-Cookie')])
const ALLOWED_HEADERS = listed([
  'Authorization',
  'Content-Type',
  'X-Request-Id',
  'Accept-Language',
  ...Object.keys(REQUEST_HEADERS),
])
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const PREFLIGHT_S = '600'

/** CORS headers of an answer: permission for an origin of `origins`, nothing for any other. */
export function corsHeaders(request: Request, origins: ReadonlySet<string>): Record<string, string> {
  if (origins.size === 0) return {}
  const origin = request.headers.get('origin')
  // Caches must not hand one origin's answer to another.
  if (origin === null || !origins.has(origin)) return { vary: 'Origin' }
  return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED }
}

/** The answer to a preflight request; undefined for any other. */
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
