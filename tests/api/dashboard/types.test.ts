import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type TestApi } from '../../kit/api.ts'
import { TYPES, typesOfApi } from './types-of-api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

test("the dashboard's types are those of the OpenAPI document; `bun run dashboard:types` writes them", async () => {
  const document = (await (await api.call('GET', '/docs/json')).json()) as object
  expect((await typesOfApi(document)) === (await Bun.file(TYPES).text())).toBe(true)
})
