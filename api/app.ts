/** Builds the API from what it is given; starts nothing. The order of the hooks is the order of the checks. */
import { Elysia } from 'elysia'
import { AppError } from '../lib/errors.ts'
import { alerts } from './alerts/index.ts'
import { auth } from './auth/index.ts'
import { charts } from './charts/index.ts'
import type { FeatureName } from './config.ts'
import type { ApiContext, AppContext } from './context.ts'
import { createDashboard, pageStatus } from './dashboard/index.ts'
import { deadLetters } from './dead-letters/index.ts'
import { replays } from './dead-letters/replays.ts'
import { events } from './events/index.ts'
import { health } from './health/index.ts'
import { refusalOf } from './http/authenticate.ts'
import { readJson } from './http/body.ts'
import { compressAnswer } from './http/compression.ts'
import { corsHeaders, HSTS, preflight, SECURITY_HEADERS } from './http/browser-headers.ts'
import { createRequestChecks, refuseProxyMethods } from './http/check-request.ts'
import { cameByHttps, clientAddress } from './http/client-address.ts'
import { docs } from './http/docs.ts'
import { tagAnswer } from './http/etag.ts'
import { languageOf } from './http/language.ts'
import { createLiveSessions } from './http/live-sessions.ts'
import { createOpenStreams } from './http/open-streams.ts'
import { createDocument } from './http/openapi.ts'
import { problemResponse } from './http/problems.ts'
import { readIntegers } from './http/query.ts'
import { beginRequest, contextOf, logAccess } from './http/request-context.ts'
import { createRouteTable, JSON_TYPES, type RouteTable } from './http/route-table.ts'
import { endSpan, traceRequests } from './http/trace-requests.ts'
import { createTarpit, REFUSAL_DELAY_MS } from './http/tarpit.ts'
import { refuseBadHost, refuseLongHeaders, withLongerHost } from './http/url-checks.ts'
import { jobs } from './jobs/index.ts'
import { kpis } from './kpis/index.ts'
import { live } from './live/index.ts'
import { monitors } from './monitors/index.ts'
import { orders } from './orders/index.ts'
import { packaging } from './packaging/index.ts'
import { people } from './people/index.ts'
import { problems } from './problems/index.ts'
import { reports } from './reports/index.ts'
import { streams } from './streams/index.ts'
import { system } from './system/index.ts'
import { users } from './users/index.ts'

const FEATURE: Record<FeatureName, (context: ApiContext) => Elysia<any, any, any, any, any, any, any>> = {
  alerts,
  auth,
  events: (context) => new Elysia().use(events(context)).use(streams(context)),
  people,
  charts,
  packaging,
  reports,
  jobs,
  monitors,
  kpis,
  live,
  system,
  orders,
  dead_letters: (context) => new Elysia().use(deadLetters(context)).use(replays(context)),
  users,
}

export function createApp(given: AppContext) {
  const { config, log } = given
  const tarpit = createTarpit(given.refusal_delay_ms ?? REFUSAL_DELAY_MS)
  const sessions = createLiveSessions(given)
  const checks = createRequestChecks(given, () => table, sessions.find)
  const streams = createOpenStreams({
    findLive: sessions.stillLive,
    refusalOf,
    most: config.max_streams_per_user,
    log,
    ...(given.stream_check_ms !== undefined && { check_ms: given.stream_check_ms }),
  })
  const context: ApiContext = { ...given, streams }
  const dashboard = createDashboard(given)
  const document = (): object => createDocument(app.routes)
  const answer = (request: Request): Promise<Response> => app.handle(request)
  const app = new Elysia({
    name: 'doca',
    normalize: false,
    // A path with a slash at its end is another path.
    strictPath: true,
    // Elysia's router, in programs as in tests, and not Bun's.
    systemRouter: false,
    // readBytes limits every body; Bun's own limit would answer a plain 413.
    serve: { maxRequestBodySize: Number.MAX_SAFE_INTEGER, idleTimeout: IDLE_S },
  })
    .onRequest(({ request, set, server }): Response | Promise<Response> | undefined => {
      const longer = withLongerHost(request)
      if (longer) return answer(longer)
      const { request_id } = beginRequest(request, server, config.trusted_proxies)
      // For the access log, which is written when the socket may be gone.
      if (log.isLevelEnabled('info')) clientAddress(request)
      const cors = corsHeaders(request, config.cors_origins)
      set.headers = { ...SECURITY_HEADERS, 'x-request-id': request_id, ...cors }
      if (config.tls || cameByHttps(request)) set.headers['strict-transport-security'] = HSTS
      refuseLongHeaders(request)
      refuseBadHost(request)
      refuseProxyMethods(request)
      const status = pageStatus(request, contextOf(request).path, table)
      if (status) {
        contextOf(request).rules = table.find('GET', '/')
        return dashboard.page(request, status)
      }
      return preflight(request, cors)
    })
    // The first hook behind the router: for GET and HEAD onTransform, which comes before validation; else onParse.
    .onParse(async ({ request, route, set, contentType }) => {
      await checks.ofRoute(request, route, set.headers)
      const { body = 'json' } = contextOf(request).rules ?? {}
      if (body === 'raw' || body === 'upload') return null
      const types = JSON_TYPES[body]
      if (contentType && types.includes(contentType.trim().toLowerCase())) return readJson(request)
      if (contentType) throw unsupportedBody(contentType, types[0]!)
    })
    .onTransform(async ({ request, route, set, query }) => {
      if (!contextOf(request).rules) await checks.ofRoute(request, route, set.headers)
      readIntegers(query, contextOf(request).rules?.integers ?? [])
    })
    .onAfterHandle(tagAnswer)
    .mapResponse(compressAnswer)
    .onError(async ({ error, code, request, set }) => {
      const thrown = code === 'NOT_FOUND' ? await checks.ofNoRoute(request, set.headers).catch((err) => err) : error
      const { request_id, rules } = contextOf(request)
      await tarpit(rules, thrown)
      const problem = problemResponse(thrown, request_id, log, {
        locale: languageOf(request, config.locale),
        vary: set.headers.vary,
      })
      set.status = problem.status
      return problem
    })
    .onAfterResponse(({ request, responseValue, set, route }) => {
      const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200)
      const known = contextOf(request)
      const { method } = request
      const seconds = logAccess(log, method, known, status)
      const taken = route || 'unmatched'
      context.answers.count({ method, route: taken, status, seconds }, known.rules?.uncounted)
      endSpan(request, taken, status, known.request_id)
    })
    .use(dashboard.routes)
    .use(docs(document))
    .use(problems(context))
    .use(health(context))
  traceRequests(app, given.tracing)
  for (const name of config.features) app.use(FEATURE[name](context))
  const table: RouteTable = createRouteTable(app.routes)
  return app
}

/** How long headers, or the next 16 KiB of a body, may take, seconds: a client that sends slowly keeps its socket no longer. */
const IDLE_S = 15

/** A form must not pass for JSON. */
function unsupportedBody(contentType: string, wanted: string): AppError {
  return new AppError('unsupported', 'body_type_unsupported', {
    en: `Send ${wanted}, not ${contentType}.`,
    pt: `Envie ${wanted}, não ${contentType}.`,
  })
}
