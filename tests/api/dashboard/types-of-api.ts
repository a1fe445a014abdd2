/** The dashboard's types of the API, made from its OpenAPI document: `bun run dashboard:types` writes them. */
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { join } from 'node:path'
import { testApi } from '../../kit/api.ts'
import { leaveTestServer } from '../../kit/database.ts'

export const TYPES = join(import.meta.dir, '../../../api/dashboard/browser/api/schema.d.ts')

const HEADER = '// Made by `bun run dashboard:types` from the OpenAPI document.\n/* oxlint-disable */\n'

export async function typesOfApi(document: object): Promise<string> {
  const text =
    HEADER + astToString(await openapiTS(document as OpenAPI3, { alphabetize: true, emptyObjectsUnknown: true }))
  const formatter = Bun.spawn([process.execPath, 'fmt', '--no-script', '--stdin-filepath', TYPES], {
    cwd: import.meta.dir,
    stdin: new TextEncoder().encode(text),
  })
  return formatter.stdout.text()
}

if (import.meta.main) {
  const api = await testApi()
  const document = (await (await api.call('GET', '/docs/json')).json()) as object
  await Bun.write(TYPES, await typesOfApi(document))
  await api.close()
  await leaveTestServer()
  process.exit(0)
}
