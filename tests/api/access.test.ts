/** Who may call what: the whole table for reviewers, and that the API does what it says. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia } from 'elysia'
import { createRouteTable, type Route } from '../../api/http/route-table.ts'
import type { UserRole } from '../../db/users/users.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

/** Method, path, access, and what else a route says of itself. */
function line({
  method,
  path,
  access,
  body,
  budget,
  tarpit,
  unlimited,
  uncounted,
  before_password_change,
  before_enrolment,
  fresh_proof,
  session_only,
}: Route) {
  const more = {
    [`${budget} budget`]: budget,
    tarpit,
    unlimited,
    uncounted,
    before_password_change,
    before_enrolment,
    fresh_proof,
    session_only,
  }
  const words = Object.entries(more).flatMap(([word, said]) => (said ? [word] : []))
  return [method.padEnd(6), path.padEnd(33), access.padEnd(8), body ?? '', ...words].join(' ').trimEnd()
}

test('every route says who may call it, and what it takes', () => {
  const byPath = api.routes.toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))
  expect(`\n${byPath.map(line).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    GET    /                                 public    unlimited uncounted
    POST   /2fa/disable                      viewer    session_only
    POST   /2fa/enable                       viewer    before_enrolment fresh_proof
    POST   /2fa/recovery-codes               viewer    tarpit session_only
    POST   /2fa/verify                       either    sign_in budget tarpit before_enrolment session_only
    GET    /alerts                           viewer
    GET    /alerts/:id                       viewer
    POST   /alerts/:id/ack                   operator
    GET    /alerts/stream                    viewer
    GET    /api/relatorios                   viewer
    GET    /api/relatorios/:id               viewer
    GET    /audit                            admin
    GET    /audit/export                     admin
    GET    /charts                           viewer
    POST   /charts                           operator upload
    DELETE /charts/:id                       operator
    GET    /charts/:id                       viewer
    POST   /charts/notifications             operator
    GET    /dashboard/:file                  public    unlimited uncounted
    DELETE /dead-letters                     operator
    GET    /dead-letters                     viewer
    DELETE /dead-letters/:id                 operator
    GET    /dead-letters/:id                 viewer
    PUT    /dead-letters/:id                 admin
    GET    /dead-letters/:id/body            viewer
    POST   /dead-letters/:id/restore         operator
    POST   /dead-letters/:id/undo-edit       admin
    GET    /dead-letters/groups              viewer
    PUT    /dead-letters/groups/:id/note     operator
    POST   /dead-letters/restore             operator
    GET    /docs                             public
    GET    /docs/favicon-32x32.png           public
    GET    /docs/json                        public
    GET    /docs/problems                    public
    GET    /docs/problems/:code              public
    GET    /docs/start.js                    public
    GET    /docs/swagger-ui-bundle.js        public
    GET    /docs/swagger-ui.css              public
    GET    /embalagens                       viewer
    POST   /embalagens                       operator
    DELETE /embalagens/:id                   operator
    GET    /embalagens/:id                   viewer
    PATCH  /embalagens/:id                   operator merge_patch
    PUT    /embalagens/:id                   operator
    GET    /embalagens/:id/history           operator
    POST   /embalagens/:id/restore           operator
    GET    /embalagens/count                 viewer
    GET    /embalagens/export                viewer
    POST   /embalagens/import                operator upload
    POST   /events                           operator
    GET    /events/consumer                  viewer
    POST   /events/consumer/resume           operator
    GET    /events/failed                    viewer
    POST   /events/failed/replay             operator
    GET    /events/history                   viewer
    POST   /first-password                   public    sign_in budget tarpit
    GET    /health                           public    uncounted
    GET    /health/live                      public    unlimited uncounted
    GET    /health/ready                     public    uncounted
    GET    /jobs                             viewer
    DELETE /jobs/:name                       admin
    GET    /jobs/:name                       viewer
    POST   /jobs/:name/backfill              operator
    GET    /jobs/:name/calendar              viewer
    POST   /jobs/:name/cancel-queued         operator
    POST   /jobs/:name/pause                 admin
    POST   /jobs/:name/resume                admin
    GET    /jobs/:name/runs                  viewer
    GET    /jobs/:name/slots                 viewer
    POST   /jobs/:name/trigger               operator
    GET    /kpis                             viewer
    GET    /live                             viewer
    POST   /login                            public    sign_in budget tarpit
    POST   /logout                           viewer    before_password_change before_enrolment session_only
    GET    /me                               viewer    before_password_change before_enrolment
    GET    /me/api-keys                      viewer    session_only
    POST   /me/api-keys                      viewer    fresh_proof
    DELETE /me/api-keys/:id                  viewer    session_only
    PUT    /me/email                         viewer    fresh_proof
    PUT    /me/password                      viewer    tarpit before_password_change before_enrolment session_only
    GET    /me/sessions                      viewer
    DELETE /me/sessions/:id                  viewer    session_only
    GET    /metrics                          metrics   uncounted
    GET    /monitors                         viewer
    GET    /monitors/:name                   viewer
    GET    /orders/consumer                  viewer
    POST   /orders/consumer/resume           operator
    GET    /orders/dead                      viewer
    POST   /orders/dead/replay               operator
    GET    /orders/flow                      viewer
    GET    /orders/messages                  viewer
    GET    /orders/messages/:message_id      viewer
    POST   /orders/messages/:message_id/retry-now operator
    GET    /orders/output                    viewer
    GET    /people                           viewer
    GET    /people/consumer                  viewer
    POST   /people/consumer/resume           operator
    GET    /ping/:token                      public   raw ping budget
    POST   /ping/:token                      public   raw ping budget
    GET    /ping/:token/fail                 public   raw ping budget
    POST   /ping/:token/fail                 public   raw ping budget
    GET    /ping/:token/start                public   raw ping budget
    POST   /ping/:token/start                public   raw ping budget
    GET    /redoc                            public
    GET    /redoc/redoc.standalone.js        public
    GET    /redoc/start.js                   public
    GET    /replays                          viewer
    POST   /replays                          operator
    GET    /replays/:id                      viewer
    POST   /replays/:id/cancel               operator
    GET    /replays/:id/letters              viewer
    POST   /replays/:id/pause                operator
    POST   /replays/:id/resume               operator
    GET    /runs                             viewer
    GET    /runs/:id                         viewer
    POST   /runs/:id/cancel                  operator
    GET    /runs/:id/logs                    viewer
    POST   /runs/:id/retry                   operator
    GET    /silences                         viewer
    POST   /silences                         admin
    DELETE /silences/:id                     admin
    GET    /streams                          viewer
    GET    /system                           operator
    GET    /system/settings                  admin
    POST   /systems/:system/messages         viewer
    GET    /systems/:system/orders           viewer
    POST   /systems/:system/orders/fill      operator
    POST   /systems/:system/send             operator
    POST   /token/refresh                    public    refresh budget tarpit
    GET    /users                            admin
    POST   /users                            admin     fresh_proof
    GET    /users/:id                        admin
    PATCH  /users/:id                        admin     fresh_proof
    GET    /users/:id/api-keys               admin
    DELETE /users/:id/api-keys/:key_id       admin     session_only
    DELETE /users/:id/sessions               admin     session_only
    GET    /users/:id/sessions               admin
    DELETE /users/:id/sessions/:sid          admin     session_only
    POST   /webhook/airflow                  signed   raw
    "
  `)
})

/** A path of the route, with parameters that fit nothing. */
const pathOf = ({ path }: Route) => path.replaceAll(/:\w+/g, '%20')
const RANK: Record<UserRole, number> = { viewer: 1, operator: 2, admin: 3 }
const isRole = (access: string): access is UserRole => access in RANK

describe('the API', () => {
  const broken = { body: '{', headers: { 'content-type': 'application/json' } }

  test('says 401 without a token on every route that is not public, whatever the input', async () => {
    for (const route of api.routes.filter(({ access }) => access !== 'public' && access !== 'metrics')) {
      const options = route.method === 'GET' ? {} : broken
      // Without a challenge, which a body that cannot be read does not have.
      const expected = route.access === 'either' ? 400 : 401
      const { status } = await api.call(route.method, `${pathOf(route)}?%zz`, options)
      expect([route.method, route.path, status]).toEqual([route.method, route.path, expected])
      if (route.method === 'GET') expect((await api.call('HEAD', pathOf(route))).status).toBe(401)
    }
  })

  test('says 403 to every role below the one that a route needs, whatever the input, and lets the others in', async () => {
    for (const route of api.routes)
      for (const as of ['viewer', 'operator', 'admin'] as const) {
        if (!isRole(route.access) || route.path === '/logout') continue
        const options = route.method === 'GET' ? { as } : { as, ...broken }
        const { status } = await api.call(route.method, `${pathOf(route)}?limit=x&x=%zz`, options)
        const denied = RANK[as] < RANK[route.access]
        expect([route.method, route.path, as, status]).toEqual([route.method, route.path, as, denied ? 403 : 400])
      }
  })

  test('takes an API key of the role wherever it takes a token, but where it says session_only', async () => {
    for (const role of ['viewer', 'operator', 'admin'] as const) {
      const json = { name: 'all routes', role, expires_at: new Date(Date.now() + 3_600_000).toISOString() }
      const made = await api.call('POST', '/me/api-keys', { as: role, json })
      const authorization = `Bearer ${((await made.json()) as { key: string }).key}`
      for (const { method, path, access, session_only, fresh_proof, ...route } of api.routes) {
        if (access === 'public' || access === 'metrics') continue
        const needs = isRole(access) ? access : access === 'signed' ? 'operator' : 'viewer'
        const headers = { ...(method !== 'GET' && broken.headers), authorization }
        const options = method === 'GET' ? { headers } : { headers, body: broken.body }
        const answer = await api.call(method, `${pathOf({ method, path, access, ...route })}?limit=x&x=%zz`, options)
        const person = session_only || fresh_proof
        const refusal = RANK[role] < RANK[needs] ? 'forbidden' : person ? 'session_needed' : undefined
        const { code } = (await answer.json()) as { code: string }
        expect([role, method, path, answer.status, refusal && code]).toEqual([
          role,
          method,
          path,
          refusal ? 403 : 400,
          refusal,
        ])
      }
    }
  })

  test('answers a method that a path has not with 405, and no sooner than it answers those who may read there', async () => {
    for (const [method, path, as, status] of [
      ['GET', '/login', undefined, 401],
      ['GET', '/login', 'viewer', 405],
      ['PUT', '/login', 'viewer', 403],
      ['PUT', '/login', 'operator', 405],
      ['GET', '/jobs/nightly/pause', 'viewer', 405],
      ['DELETE', '/jobs/nightly/runs', 'viewer', 403],
      ['DELETE', '/jobs/nightly/runs', 'operator', 405],
      ['DELETE', '/users/x', 'operator', 403],
      ['DELETE', '/users/x', 'admin', 405],
      ['PATCH', '/embalagens/export', 'operator', 405],
      ['DELETE', '/embalagens/export', 'viewer', 403],
      ['DELETE', '/embalagens/export', 'operator', 405],
      ['DELETE', '/docs', undefined, 401],
      ['DELETE', '/docs', 'operator', 405],
    ] as const)
      expect([method, path, as, (await api.call(method, path, as ? { as } : {})).status]).toEqual([
        method,
        path,
        as,
        status,
      ])
  })

  test('names the methods of exactly the path that was asked for', async () => {
    for (const [method, path, allow] of [
      ['POST', '/embalagens/export', 'GET'],
      ['OPTIONS', '/embalagens/import', 'POST'],
      ['DELETE', '/embalagens/export', 'GET'],
      ['POST', '/embalagens/x', 'GET, PUT, PATCH, DELETE'],
      ['OPTIONS', '/alerts/stream', 'GET'],
    ] as const)
      expect([method, path, (await api.call(method, path, { as: 'operator' })).headers.get('allow')]).toEqual([
        method,
        path,
        allow,
      ])
  })

  test('answers anybody that a file of the docs does not exist, and nobody else that a path does not', async () => {
    for (const path of ['/docs/nothing.js', '/redoc/nothing', '/docs/swagger-ui.css.map'])
      expect([path, (await api.call('GET', path)).status]).toEqual([path, 404])
    for (const path of ['/nothing', '/docs/a/b', '/docs/a%2fb', '/docs/', '/health/nothing', '/users/a/b'])
      expect([path, (await api.call('GET', path)).status]).toEqual([path, 401])
    expect((await api.call('POST', '/docs/nothing.js')).status).toBe(401)
    for (const [method, as, status] of [
      ['GET', 'viewer', 404],
      ['POST', 'viewer', 403],
      ['POST', 'operator', 404],
    ] as const)
      expect([method, as, (await api.call(method, '/nothing', { as })).status]).toEqual([method, as, status])
  })
})

test('a route that does not say its access keeps the API from starting', () => {
  const { routes } = new Elysia().get('/secret', 'secret', { detail: { summary: 'Forgotten' } as never })
  expect(() => createRouteTable(routes)).toThrow('GET /secret does not say its access: set detail.access.')
})
