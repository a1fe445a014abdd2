import { expect, setDefaultTimeout, test } from 'bun:test'
import { TYPES, typesOfApi } from './types-of-api.ts'

setDefaultTimeout(120_000)

test("the dashboard's types are those of the OpenAPI document; `bun run dashboard:types` writes them", async () => {
  // A difference of 7,000 lines says less than this.
  expect((await typesOfApi()) === (await Bun.file(TYPES).text())).toBe(true)
})
