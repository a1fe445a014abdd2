/**
 * The dashboard's session, in cookies that no script can read: the access token for every route, the refresh token for
 * its own route only. A browser sends cookies by itself, so a change asked for with a cookie must come from our own
 * pages; a bearer token needs no such proof.
 */
import { AppError } from '../../lib/errors.ts'
import { cameByHttps } from './client-address.ts'

interface Tokens {
  access_token: string
  expires_in: number
  refresh_token: string
}

export const REFRESH_PATH = '/token/refresh'

/** Set-Cookie headers that carry a session; `refresh_s` is how long its refresh token may live. */
export function sessionCookies(request: Request, tokens: Tokens, refresh_s: number): string[] {
  return [
    cookie(request, 'access', tokens.access_token, tokens.expires_in),
    cookie(request, 'refresh', tokens.refresh_token, refresh_s),
  ]
}

/** Set-Cookie headers that take the session away. */
export const clearedCookies = (request: Request): string[] => [
  cookie(request, 'access', '', 0),
  cookie(request, 'refresh', '', 0),
]

export const accessCookie = (request: Request): string | null => readCookie(request, 'access')
export const refreshCookie = (request: Request): string | null => readCookie(request, 'refresh')

/**
 * Throws AppError 403 unless the request comes from a page of ours. Browsers say so in Sec-Fetch-Site, which no page
 * can forge and no proxy breaks; one that does not know that header is judged by Origin against Host.
 */
export function refuseForeignOrigin(request: Request): void {
  const site = request.headers.get('sec-fetch-site')
  if (site === null ? originHost(request) === request.headers.get('host') : site === 'same-origin') return
  throw new AppError('forbidden', 'origin_refused', {
    en: 'With a cookie, changes are accepted from this site only. Send Origin or Sec-Fetch-Site, or use a bearer token.',
    pt: 'Com cookie, mudanças só são aceitas vindas deste site. Envie Origin ou Sec-Fetch-Site, ou use um token Bearer.',
  })
}

type Kind = 'access' | 'refresh'

/** The prefixes have browsers refuse what another host, or a page without TLS, would put in our cookie's place. */
const NAMES: Record<Kind, { plain: string; secure: string; path: string }> = {
  access: { plain: 'doca_access', secure: '__Host-doca_access', path: '/' },
  refresh: { plain: 'doca_refresh', secure: '__Secure-doca_refresh', path: REFRESH_PATH },
}

function cookie(request: Request, kind: Kind, value: string, maxAge: number): string {
  const { path } = NAMES[kind]
  const name = nameOf(request, kind)
  return new Bun.Cookie(name, value, {
    path,
    maxAge,
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
  }).serialize()
}

function readCookie(request: Request, kind: Kind): string | null {
  const header = request.headers.get('cookie')
  return header === null ? null : new Bun.CookieMap(header).get(nameOf(request, kind)) || null
}

const nameOf = (request: Request, kind: Kind) => NAMES[kind][isSecure(request) ? 'secure' : 'plain']

const isSecure = (request: Request): boolean => request.url.startsWith('https:') || cameByHttps(request)

/** Host and port of the page that asks; undefined for `null` and what is no URL. */
function originHost(request: Request): string | undefined {
  const origin = request.headers.get('origin') ?? ''
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
