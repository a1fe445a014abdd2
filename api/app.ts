/** Builds the API from what it is given; starts nothing. The order of the hooks is the order of the checks. */
import { Elysia } from 'elysia'
import { batchReads } from '../lib/batch-reads.ts'
import { findLiveSessions } from '../db/users/sessions.ts'
import { AppError } from '../lib/errors.ts'
import { alerts } from './alerts/index.ts'
import { auth } from './auth/index.ts'
import { charts } from './charts/index.ts'
import type { FeatureName } from './config.ts'
import type { ApiContext } from './context.ts'
import { events } from './events/index.ts'
import { health } from './health/index.ts'
import { createApiMetrics } from './health/metrics.ts'
import { logAccess } from './http/access-log.ts'
import { refuseUnclearAddress } from './http/url-checks.ts'
import { admit } from './http/admit.ts'
import { refuseBadHost, refuseOtherRoute } from './http/admitted-route.ts'
import { arrivalOf, arrive } from './http/request-context.ts'
import { MAX_BODY_BYTES, readJson, refuseHugeBody } from './http/body.ts'
import { cameByHttps } from './http/client-address.ts'
import { corsHeaders, preflight } from './http/cors.ts'
import { docs } from './http/docs.ts'
import { tagAnswer } from './http/etag.ts'
import { languageOf } from './http/language.ts'
import { createMethods } from './http/route-table.ts'
import { problemResponse } from './http/problems.ts'
import { createRateLimiter } from './http/rate-limit.ts'
import { takesRawBody } from './http/raw-body.ts'
import { HSTS, SECURITY_HEADERS } from './http/security-headers.ts'
import { createSlowRefusal, REFUSAL_DELAY_MS } from './http/tarpit.ts'
import { jobs } from './jobs/index.ts'
import { kpis } from './kpis/index.ts'
import { packaging } from './packaging/index.ts'
import { reports } from './reports/index.ts'
import { users } from './users/index.ts'

const FEATURE: Record<FeatureName, (context: ApiContext) => Elysia<any, any, any, any, any, any, any>> = {
  alerts,
  auth,
  events,
  charts,
  packaging,
  reports,
  jobs,
  kpis,
  users,
}

export function createApp(context: ApiContext) {
  const { config, db, log } = context
  const metrics = createApiMetrics()
  const slowRefusal = createSlowRefusal(context.refusal_delay_ms ?? REFUSAL_DELAY_MS)
  const limiter = createRateLimiter(db.cache, log)
  const sessionsNow = batchReads((ids: string[]) => findLiveSessions(db.sql, ids))
  const findSession = async (id: string) => (await sessionsNow(id)).get(id) ?? null
  const methods = createMethods(() => app.routes)
  // Bun would answer a plain 413 itself; every body here is read within a limit of ours, by readBytes.
  const app = new Elysia({
    name: 'doca',
    normalize: false,
    // A path with a slash behind it is another path: access.ts says nothing of it.
    strictPath: true,
    serve: { maxRequestBodySize: Number.MAX_SAFE_INTEGER, idleTimeout: IDLE_S },
  })
    .onRequest(async ({ request, set, server }) => {
      const { request_id, path } = arrive(request, server, config.trusted_proxies)
      const cors = corsHeaders(request, config.cors_origins)
      set.headers = { ...SECURITY_HEADERS, 'x-request-id': request_id, ...cors }
      if (config.tls || cameByHttps(request)) set.headers['strict-transport-security'] = HSTS
      refuseBadHost(request)
      const asked_beforehand = preflight(request, cors)
      if (asked_beforehand) return asked_beforehand
      Object.assign(set.headers, await admit(request, path, context, { limiter, findSession }))
      refuseUnclearAddress(request.url)
      const other = methods.instead(request.method, path)
      if (other.length > 0) throw wrongMethod(request, other)
      refuseHugeBody(request, takesRawBody(request.method, path) ? config.max_upload_bytes : MAX_BODY_BYTES)
    })
    .onParse(({ request, contentType }) => {
      if (takesRawBody(request.method, arrivalOf(request).path)) return null
      if (contentType?.trim().toLowerCase() === 'application/json') return readJson(request)
      if (contentType) throw unsupportedBody(contentType)
    })
    .onTransform(({ request, route }) => refuseOtherRoute(request, route))
    .onAfterHandle(tagAnswer)
    .onError(async ({ error, code, request, set }) => {
      const { path, request_id } = arrivalOf(request)
      await slowRefusal(path, error)
      const other = code === 'NOT_FOUND' ? methods.of(path) : []
      const thrown = other.length > 0 ? wrongMethod(request, other) : error
      const answer = problemResponse(thrown, request_id, log, {
        locale: languageOf(request, config.locale),
        vary: set.headers.vary,
      })
      set.status = answer.status
      return answer
    })
    .onAfterResponse(({ request, responseValue, set, route }) => {
      const status = responseValue instanceof Response ? responseValue.status : Number(set.status ?? 200)
      const seconds = logAccess(log, request.method, arrivalOf(request), status)
      metrics.observe(request.method, route || 'unmatched', status, seconds)
      context.answers.count(route, status, seconds)
    })
    .use(docs())
    .use(health(context, metrics))
  for (const name of config.features) app.use(FEATURE[name](context))
  return app
}

/**
 * How long headers, or the next 16 KiB of a body, may take, seconds. A client that drips keeps its socket no longer.
 */
const IDLE_S = 15

/** A form must not pass for JSON. */
function unsupportedBody(contentType: string): AppError {
  return new AppError('unsupported', 'body_type_unsupported', {
    en: `Send application/json, not ${contentType}.`,
    pt: `Envie application/json, não ${contentType}.`,
  })
}

function wrongMethod(request: Request, allowed: string[]): AppError {
  const allow = allowed.join(', ')
  return new AppError(
    'not_allowed',
    'method_not_allowed',
    {
      en: `${request.method} does not work here; use ${allow}.`,
      pt: `${request.method} não funciona aqui; use ${allow}.`,
    },
    { allowed },
  )
}
