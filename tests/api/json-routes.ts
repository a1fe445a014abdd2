/** The API, and its routes that take JSON, as its OpenAPI document describes them, so that a new one is tried, too. */
import { afterAll, beforeAll } from 'bun:test'
import { testApi, type TestApi } from '../kit/api.ts'
import { routesWithBodies, type BodyRoute } from '../kit/worst-bodies.ts'

/** Call where a file begins; what it returns is there from the first test on. */
export function jsonRoutes() {
  let api: TestApi
  let routes: BodyRoute[]
  beforeAll(async () => {
    api = await testApi()
    routes = routesWithBodies((await (await api.call('GET', '/docs/json')).json()) as object)
    const strict = {
      type: 'object',
      properties: { on: { type: 'string', format: 'date-time' } },
      additionalProperties: false,
    }
    await api.db.sql`insert into jobs (name, schedule, timezone, overlap, conf_schema)
      values ('strict', '@daily', 'UTC', 'allow', ${api.db.sql.json(strict)}), ('free', '@daily', 'UTC', 'allow', null)`
  })
  afterAll(() => api.close())

  return {
    api: () => api,
    routes: () => routes,
    /** As an admin, with what a path needs put in. */
    post: (path: string, body: string, method = 'POST') =>
      api.call(method, path.replace('{id}', crypto.randomUUID()).replace('{name}', 'free'), {
        as: 'admin',
        body,
        headers: { 'content-type': 'application/json' },
      }),
  }
}
