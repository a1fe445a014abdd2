/** A span for each request, from its arrival to its answer: a part of the trace that its `traceparent` names, or the first of one. */
import type { Elysia } from 'elysia'
import { NO_TRACING, type Span, type Tracing } from '../../lib/tracing/tracing.ts'
import { pathStart, requestIdOf, withoutToken } from './request-context.ts'

const spans = new WeakMap<Request, Span>()

/** Traces what `app` answers; without tracing it stays as it is. */
export function traceRequests(app: Elysia<any, any, any, any, any, any, any>, tracing: Tracing | undefined): void {
  if (!tracing || tracing === NO_TRACING) return
  type Handle = (...given: [Request, ...unknown[]]) => unknown
  const traced =
    (handle: Handle): Handle =>
    (request, ...rest) => {
      const path = pathOf(request)
      if (UNTRACED.test(path)) return handle(request, ...rest)
      return tracing.within(begun(request, path), (span) => {
        spans.set(request, span)
        return handle(request, ...rest)
      })
    }
  app.wrap(traced as never)
}

/** What looks every few seconds whether we live. */
const UNTRACED = /^\/(?:metrics|health(?:\/.*)?)$/

const pathOf = ({ url }: Request): string => url.slice(Math.max(0, pathStart(url))).split('?', 1)[0]!

function begun({ method, headers }: Request, path: string) {
  const parent = {
    traceparent: headers.get('traceparent') ?? undefined,
    tracestate: headers.get('tracestate') ?? undefined,
  }
  const attributes = { 'http.request.method': method, 'url.path': withoutToken(path) }
  return { name: method, kind: 'server', parent, attributes } as const
}

/** `route`: as it was written. A request that is not traced changes nothing. */
export function endSpan(request: Request, route: string, status: number, request_id: string): void {
  const span = spans.get(request)
  if (!span) return
  span.tell(
    { 'http.route': route, 'http.response.status_code': status, 'doca.request_id': request_id },
    `${request.method} ${route}`,
  )
  span.end(status >= 500 ? `answered with ${status}` : undefined)
}

/** Goes with what the request causes: the id of its trace; without tracing its own. */
export const traceIdOf = (request: Request, tracing: Tracing | undefined): string =>
  tracing?.traceId() ?? requestIdOf(request)
