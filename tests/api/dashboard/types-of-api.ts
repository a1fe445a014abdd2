/** The dashboard's types of the API, made from its OpenAPI document: `bun run dashboard:types` writes them. */
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { join } from 'node:path'
import postgres from 'postgres'
import { createApp } from '../../../api/app.ts'
import { readApiConfig } from '../../../api/config.ts'
import { createDocument } from '../../../api/http/openapi.ts'
import { createLog } from '../../../lib/log.ts'

export const TYPES = join(import.meta.dir, '../../../api/dashboard/browser/api/schema.d.ts')

const HEADER = '// Made by `bun run dashboard:types` from the OpenAPI document.\n/* oxlint-disable */\n'

export async function typesOfApi(): Promise<string> {
  const text =
    HEADER + astToString(await openapiTS(documentOfApi() as OpenAPI3, { alphabetize: true, emptyObjectsUnknown: true }))
  const formatter = Bun.spawn([process.execPath, 'fmt', '--no-script', '--stdin-filepath', TYPES], {
    cwd: import.meta.dir,
    stdin: new TextEncoder().encode(text),
  })
  return formatter.stdout.text()
}

/** The document of an API that asks nothing: postgres connects when it is first used. */
function documentOfApi(): object {
  const config = readApiConfig({ DATA_DIR: '/nowhere' })
  return createDocument(createApp({ config, log: createLog('api', 'silent'), db: { sql: postgres() } } as never).routes)
}

if (import.meta.main) await Bun.write(TYPES, await typesOfApi())
