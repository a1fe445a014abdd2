/** What is known of a request from the moment it came, kept until it is answered. */
import type { Server } from 'bun'
import { BlockList } from 'node:net'

export interface Arrival {
  /** A sane X-Request-Id of the client, else a new one; the same id names the trace from here on. */
  request_id: string
  /** As the router sees it. */
  path: string
  /** performance.now() */
  started: number
  /** Who took it, so that its address is looked up only where somebody asks. */
  server: Pick<Server<unknown>, 'requestIP'> | null
  /** Whose word about the client's address counts. */
  proxies: BlockList
}

const arrivals = new WeakMap<Request, Arrival>()

export function arrive(request: Request, server: Arrival['server'], proxies: BlockList): Arrival {
  const given = request.headers.get('x-request-id')
  const request_id = given !== null && /^[\w.-]{8,64}$/.test(given) ? given : Bun.randomUUIDv7()
  const arrival = { request_id, path: pathOf(request.url), started: performance.now(), server, proxies }
  arrivals.set(request, arrival)
  return arrival
}

/** Of a request that `arrive` has seen; of any other, as if it came now. */
export const arrivalOf = (request: Request): Arrival => arrivals.get(request) ?? arrive(request, null, NOBODY)

const NOBODY = new BlockList()

export const requestIdOf = (request: Request): string => arrivalOf(request).request_id

/** Bun gives the path alone where no host was named. */
function pathOf(url: string): string {
  const start = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3)
  const end = url.indexOf('?', start)
  return url.slice(start, end === -1 ? undefined : end)
}
