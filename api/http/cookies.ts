/**
 * The dashboard's session, in cookies that no script can read: the access token for every route, the refresh token for its
 * own route only. Browsers send cookies with requests of foreign pages, too, so a change with a cookie must come from a page
 * of ours; a bearer token needs no such proof.
 */
import { randomBytes } from 'node:crypto'
import { KNOWN_MS } from '../../db/users/sign-in/attempt-rules.ts'
import { AppError } from '../../lib/errors.ts'
import { cameByHttps } from './client-address.ts'

interface Tokens {
  access_token: string
  expires_in: number
  refresh_token: string
}

export const REFRESH_PATH = '/token/refresh'

/** Set-Cookie headers of a session; `refresh_s`: the life of its refresh token. */
export function sessionCookies(request: Request, tokens: Tokens, refresh_s: number): string[] {
  return [
    cookie(request, 'access', tokens.access_token, tokens.expires_in),
    cookie(request, 'refresh', tokens.refresh_token, refresh_s),
  ]
}

/** Set-Cookie headers that remove the session. */
export const clearedCookies = (request: Request): string[] => [
  cookie(request, 'access', '', 0),
  cookie(request, 'refresh', '', 0),
]

/**
 * The text that a browser keeps to be known by at its next sign-in (db/users/sign-in/attempt-rules.ts): the one that it has,
 * or null. It opens nothing.
 */
export function deviceCookie(request: Request): string | null {
  const kept = readCookie(request, 'device')
  return kept !== null && /^[\w-]{43}$/.test(kept) ? kept : null
}

export const newDevice = (): string => randomBytes(32).toString('base64url')

/** Set-Cookie header of a browser's device; it outlives the session. */
export const keptDevice = (request: Request, device: string): string => cookie(request, 'device', device, DEVICE_S)

export const accessCookie = (request: Request): string | null => readCookie(request, 'access')
export const refreshCookie = (request: Request): string | null => readCookie(request, 'refresh')

/**
 * Throws AppError forbidden unless the request comes from a page of ours, by Sec-Fetch-Site, which no page can forge and no
 * proxy breaks; from browsers without that header, by Origin against Host.
 */
export function refuseForeignOrigin(request: Request): void {
  const site = request.headers.get('sec-fetch-site')
  if (site === null ? originHost(request) === request.headers.get('host') : site === 'same-origin') return
  throw new AppError('forbidden', 'origin_refused', {
    en: 'With a cookie, changes are accepted from this site only. Send Origin or Sec-Fetch-Site, or use a bearer token.',
    pt: 'Com cookie, mudanças só são aceitas vindas deste site. Envie Origin ou Sec-Fetch-Site, ou use um token Bearer.',
  })
}

/** As long as a device stays known after its last sign-in. */
const DEVICE_S = KNOWN_MS / 1000

type Kind = 'access' | 'refresh' | 'device'

/** With the prefixes, browsers refuse a cookie of the name from another host or a page without TLS. */
const NAMES: Record<Kind, { plain: string; secure: string; path: string }> = {
  access: { plain: 'doca_access', secure: '__Host-doca_access', path: '/' },
  refresh: { plain: 'doca_refresh', secure: '__Secure-doca_refresh', path: REFRESH_PATH },
  device: { plain: 'doca_device', secure: '__Host-doca_device', path: '/' },
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

/** Host and port of the page; undefined for `null` and malformed origins. */
function originHost(request: Request): string | undefined {
  const origin = request.headers.get('origin') ?? ''
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
