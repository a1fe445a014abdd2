/** What is known of a request, from its arrival until its answer is logged. */
import type { Server } from 'bun'
import { BlockList } from 'node:net'
import type { Session } from '../../db/users/sessions.ts'
import type { Log } from '../../lib/log.ts'
import type { Route } from './route-table.ts'

export interface RequestContext {
  /** The client's X-Request-Id if it is well formed, else a new one; also the id of the trace. */
  request_id: string
  /** As the router reads it. */
  path: string
  /** performance.now() */
  started: number
  /** The client's address; undefined until it is asked for. */
  address: string | null | undefined
  server: Pick<Server<unknown>, 'requestIP'> | null
  /** Whose X-Forwarded-For is believed. */
  proxies: BlockList
  /** Of the route; undefined before it is found, and where there is none. */
  rules: Route | undefined
  max_body_bytes: number
  /** As far as it was read. */
  body: Uint8Array
  session: Session | undefined
}

export const MAX_BODY_BYTES = 1024 * 1024

const NO_BODY = new Uint8Array()

const contexts = new WeakMap<Request, RequestContext>()

export function beginRequest(request: Request, server: RequestContext['server'], proxies: BlockList): RequestContext {
  const given = request.headers.get('x-request-id')
  const context: RequestContext = {
    request_id: given !== null && /^[\w.-]{8,64}$/.test(given) ? given : Bun.randomUUIDv7(),
    path: pathOf(request.url),
    started: performance.now(),
    address: undefined,
    server,
    proxies,
    rules: undefined,
    max_body_bytes: MAX_BODY_BYTES,
    body: NO_BODY,
    session: undefined,
  }
  contexts.set(request, context)
  return context
}

/** A request that `beginRequest` has not seen begins now, with nothing known of its client. */
export const contextOf = (request: Request): RequestContext =>
  contexts.get(request) ?? beginRequest(request, null, NO_PROXIES)

const NO_PROXIES = new BlockList()

function pathOf(url: string): string {
  const start = pathStart(url)
  if (start === -1) return ''
  const end = url.indexOf('?', start)
  return url.slice(start, end === -1 ? undefined : end)
}

/** Where the path begins, or -1; Bun gives the path alone where no host was named. */
export const pathStart = (url: string): number => (url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3))

export const requestIdOf = (request: Request): string => contextOf(request).request_id

/** The path of a push URL lets its reader ping. */
export const withoutToken = (path: string): string =>
  path.replace(/(\/ping\/+)(?:([a-z][a-z0-9_]{0,62})\.)?[^/]*/i, '$1$2…')

/** Writes the answer's line in the access log; returns the seconds since the request's arrival. */
export function logAccess(
  log: Log,
  method: string,
  { request_id, path, started, address, session }: RequestContext,
  status: number,
): number {
  const latency_ms = performance.now() - started
  log.info({
    log: 'access',
    request_id,
    method,
    path: withoutToken(path),
    status,
    latency_ms: Math.round(latency_ms * 100) / 100,
    address,
    ...(session && { user_id: session.user_id, username: session.username }),
    ...(session?.api_key_id && { api_key_id: session.api_key_id }),
  })
  return latency_ms / 1000
}
