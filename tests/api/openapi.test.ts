/** The OpenAPI document: right, complete, small, and made once. */
import { createConfig, lintFromString } from '@redocly/openapi-core'
import Ajv from 'ajv/dist/2020'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Elysia, t } from 'elysia'
import { createDocument } from '../../api/http/openapi.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

interface Schema {
  $ref?: string
  anyOf?: Schema[]
  examples?: unknown[]
}
interface Content {
  schema: Schema
  example?: unknown
}
interface Operation {
  operationId: string
  parameters?: Array<{ name?: string; description?: string; $ref?: string }>
  requestBody?: { content: Record<string, Content> }
  responses: Record<string, { $ref?: string; content?: Record<string, Content>; headers?: object }>
}
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema>; responses: Record<string, { content?: Record<string, Content> }> }
}

let api: TestApi
let text: string
let document: Document
let operations: Array<{ method: string; path: string } & Operation>
beforeAll(async () => {
  api = await testApi()
  text = await (await api.call('GET', '/docs/json')).text()
  document = JSON.parse(text) as Document
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  )
})
afterAll(() => api.close())

const OFTEN = ['operation-description', 'parameter-description', 'tag-description', 'no-invalid-media-type-examples']

test('a linter finds nothing to complain of', async () => {
  const rules = Object.fromEntries([...OFTEN, 'no-invalid-schema-examples'].map((rule) => [rule, 'error' as const]))
  const config = await createConfig({ extends: ['recommended-strict'], rules })
  const found = await lintFromString({ source: text, config })
  expect(found.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
})

describe('the document', () => {
  test('is the same text each time, of at most 2.9 KB for each operation', async () => {
    for (let i = 0; i < 3; i++) expect(await (await api.call('GET', '/docs/json')).text()).toBe(text)
    const { paths } = JSON.parse(text) as { paths: Record<string, object> }
    const operations = Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0)
    expect(Buffer.byteLength(text)).toBeLessThan(2_900 * operations)
  })

  test('has an ETag, and is not sent again to those who have it', async () => {
    const answer = await api.call('GET', '/docs/json')
    const etag = answer.headers.get('etag')!
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const again = await api.call('GET', '/docs/json', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    expect((await api.call('GET', '/docs/json', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
  })

  test('describes every route but its own pages, under an identifier', () => {
    const hidden = /^\/(docs|redoc|dashboard)\b|^\/$/
    const routes = api.routes.filter(({ path }) => !hidden.test(path))
    const documented = operations.filter(({ path }) => !hidden.test(path))
    const names = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(documented.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(names.toSorted())
    for (const { operationId } of operations) expect(operationId).toMatch(/^[a-z]+[A-Z0-9][A-Za-z0-9]*$/)
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  })

  test('names what is made and what a version is in the headers of the answers that have them', () => {
    const headersOf = (method: string, path: string, status: number) =>
      Object.keys(operations.find((one) => one.method === method && one.path === path)!.responses[status]!.headers!)
    expect(headersOf('POST', '/embalagens', 201)).toEqual(expect.arrayContaining(['ETag', 'Location', 'X-Request-Id']))
    expect(headersOf('POST', '/charts', 201)).toContain('Location')
    expect(headersOf('GET', '/runs/{id}', 200)).toEqual(expect.arrayContaining(['ETag', 'RateLimit-Remaining']))
    expect(headersOf('GET', '/health/live', 200)).toEqual(['X-Request-Id'])
  })

  test('says of every body that one of another type or encoding is a 415', () => {
    const silent = operations.filter(({ requestBody, responses }) => requestBody && !responses[415])
    expect(silent.map(({ method, path }) => `${method} ${path}`)).toEqual([])
  })

  test('cannot have two schemas of one name', () => {
    const app = new Elysia()
      .get('/a', () => '', { query: t.Object({ a: t.Object({}, { title: 'One' }) }), detail: { access: 'public' } })
      .get('/b', () => '', { query: t.Object({ b: t.String({ title: 'One' }) }), detail: { access: 'public' } })
    expect(() => createDocument(app.routes)).toThrow('Two schemas have the title One')
  })
})

describe('an example', () => {
  const resolved = (schema: Schema): Schema =>
    schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema
  /** Of the schema, or of each of its alternatives. */
  const examplesOf = (schema: Schema): unknown[] => {
    const { examples, anyOf } = resolved(schema)
    if (examples) return examples
    const each = (anyOf ?? []).map(examplesOf)
    return each.some((some) => some.length === 0) ? [] : each.flat()
  }
  const contents = () =>
    [
      ...operations.flatMap(({ method, path, requestBody, responses: answers }) => [
        { place: `${method} ${path}`, content: requestBody?.content ?? {} },
        ...Object.entries(answers).map(([status, { content = {} }]) => ({
          place: `${method} ${path} ${status}`,
          content,
        })),
      ]),
      ...Object.entries(document.components.responses).map(([place, { content = {} }]) => ({ place, content })),
    ].flatMap(({ place, content }) =>
      Object.entries(content).map(([type, one]) => ({ place: `${place} ${type}`, type, ...one })),
    )

  test('is there for every body and every answer in words', () => {
    const words = contents().filter(({ type }) => /json|event-stream/.test(type))
    expect(words.length).toBeGreaterThan(80)
    const without = words.filter(({ schema, example }) => example === undefined && examplesOf(schema).length === 0)
    expect(without.map(({ place }) => place)).toEqual([])
  })

  test('fits its schema', () => {
    const ajv = new Ajv({ strict: false })
    ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
    ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/)
    ajv.addFormat('uri-reference', /^\S+$/)
    ajv.addFormat('email', /^[^\s@]+@[^\s@]+$/)
    ajv.addFormat('binary', true)
    ajv.addSchema({ $id: 'document', components: document.components })
    for (const { place, schema, example } of contents()) {
      const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object)
      for (const one of example === undefined ? examplesOf(schema) : [example])
        expect([place, check(one), check.errors]).toEqual([place, true, null])
    }
  })

  test('of a body is one that the API reads', async () => {
    const id = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'
    // What ends the session comes last.
    for (const { method, path, requestBody } of operations.toSorted((one) => (one.path === '/logout' ? 1 : -1))) {
      const json = requestBody?.content['application/json']
      if (!json) continue
      for (const example of examplesOf(json.schema)) {
        const at = path
          .replaceAll('{name}', 'hello')
          .replaceAll('{system}', 'a')
          .replaceAll(/\{\w+\}/g, id)
        const answer = await api.call(method, at, { as: 'admin', json: example })
        const { code } = answer.status >= 400 ? ((await answer.json()) as { code: string }) : { code: '' }
        const refused = ['validation_failed', 'unauthorized'].includes(code) || [400, 413, 415].includes(answer.status)
        expect([method, at, code, refused || answer.status >= 500]).toEqual([method, at, code, false])
      }
    }
  })
})
