import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type CallOptions, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
beforeEach(async () => void (await api.db.sql`truncate packaging`))
afterAll(() => api.close())

const BOX = { sku: 'CX-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '0.5206', currency: 'BRL' }

type Json = Record<string, unknown>
const call = (method: string, path: string, options: CallOptions = {}) =>
  api.call(method, `/embalagens${path}`, { as: 'operator', ...options })
const jsonOf = async (answer: Response | Promise<Response>) => (await (await answer).json()) as Json
const create = (more: Json = {}) => jsonOf(call('POST', '', { json: { ...BOX, ...more } }))

async function expectProblem(answer: Response | Promise<Response>, status: number, code: string): Promise<string[]> {
  const { status: got, headers } = await answer
  const problem = await jsonOf(answer)
  expect({ got, code: problem.code }).toEqual({ got: status, code })
  expect(headers.get('content-type')).toBe('application/problem+json')
  return ((problem.errors ?? []) as { path: string }[]).map((error) => error.path)
}

describe('an item', () => {
  test('is created with its defaults, found at its Location, and told as it was written', async () => {
    const answer = await call('POST', '', { json: { ...BOX, weight_g: '36.0', capacity_ml: 12.5 } })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('etag')).toBe('"1"')
    const item = await jsonOf(answer)
    expect(answer.headers.get('location')).toBe(`/embalagens/${String(item.id)}`)
    expect(item).toEqual({
      ...BOX,
      length_mm: null,
      width_mm: null,
      height_mm: null,
      weight_g: '36.0',
      capacity_ml: '12.5',
      supplier: null,
      stock: 0,
      reorder_level: 0,
      recyclable: false,
      tags: [],
      version: 1,
      id: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7/) as string,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      updated_at: item.created_at,
    })
    expect(await jsonOf(call('GET', `/${String(item.id)}`, { as: 'viewer' }))).toEqual(item)
  })

  test('keeps any text a person may write', async () => {
    const name = `Caixa "dupla" 'x'; \\ {a,b} <b> 160×110 mm 📦 ${'ã'.repeat(20)}`
    const item = await create({ name, supplier: '=1+1', tags: ['a "b"', 'c,d', '{}', 'NULL', 'água'] })
    expect(item).toMatchObject({ name, supplier: '=1+1', tags: ['a "b"', 'c,d', '{}', 'NULL', 'água'] })
  })

  test('is replaced whole: what is left out takes its default', async () => {
    const { id } = await create({ supplier: 'Serra Azul', stock: 5, tags: ['x'], length_mm: '10' })
    const answer = await call('PUT', `/${String(id)}`, { json: { ...BOX, name: 'Outra' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe('"2"')
    expect(await jsonOf(answer)).toMatchObject({ name: 'Outra', supplier: null, stock: 0, tags: [], length_mm: null })
  })

  test('is gone after DELETE', async () => {
    const { id } = await create()
    expect((await call('DELETE', `/${String(id)}`)).status).toBe(204)
    await expectProblem(call('GET', `/${String(id)}`), 404, 'packaging_not_found')
    await expectProblem(call('PUT', `/${String(id)}`, { json: BOX }), 404, 'packaging_not_found')
    await expectProblem(call('DELETE', `/${String(id)}`), 404, 'packaging_not_found')
  })

  test('cannot take the sku of another', async () => {
    await create()
    await expectProblem(call('POST', '', { json: BOX }), 409, 'sku_taken')
    const { id } = await create({ sku: 'CX-2' })
    await expectProblem(call('PUT', `/${String(id)}`, { json: BOX }), 409, 'sku_taken')
  })
})

describe('a patch', () => {
  const patch = (id: unknown, json: unknown, headers: Record<string, string> = {}) =>
    call('PATCH', `/${String(id)}`, {
      body: JSON.stringify(json),
      headers: { 'content-type': 'application/merge-patch+json', ...headers },
    })
  const whole = { ...BOX, supplier: 'Ipê', stock: 5, tags: ['x'], length_mm: '10', recyclable: true }

  test('changes the fields that it has; null takes one back to its default', async () => {
    const { id } = await create(whole)
    const answer = await patch(id, { name: 'Outra', unit_cost: 0.5, stock: 7, tags: ['a', 'b'] })
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, '"2"'])
    const item = await jsonOf(answer)
    expect(item).toMatchObject({ ...whole, name: 'Outra', unit_cost: '0.5', stock: 7, tags: ['a', 'b'], version: 2 })
    expect(await jsonOf(call('GET', `/${String(id)}?`))).toEqual(item)
    const cleared = await patch(id, { supplier: null, stock: null, tags: null, length_mm: null, recyclable: null })
    expect(await jsonOf(cleared)).toMatchObject({
      name: 'Outra',
      supplier: null,
      stock: 0,
      tags: [],
      length_mm: null,
      recyclable: false,
      version: 3,
    })
    expect(await jsonOf(call('PATCH', `/${String(id)}`, { json: { kind: 'bag' } }))).toMatchObject({ kind: 'bag' })
  })

  test('that changes nothing, because it is empty or says what is so already, makes no version', async () => {
    const made = await create({ ...whole, unit_cost: '0.50' })
    for (const json of [{}, { stock: 5, unit_cost: '0.5', tags: ['x'] }]) {
      const answer = await patch(made.id, json)
      expect([answer.status, answer.headers.get('etag'), await jsonOf(answer)]).toEqual([200, '"1"', made])
    }
  })

  test('of an older version, of no item and with the sku of another is refused', async () => {
    await create()
    const { id } = await create({ sku: 'CX-2' })
    for (const json of [{ stock: 1 }, {}])
      await expectProblem(patch(id, json, { 'if-match': '"7"' }), 412, 'version_mismatch')
    expect((await patch(id, { stock: 1 }, { 'if-match': '"7", "1"' })).status).toBe(200)
    await expectProblem(patch(id, { sku: 'CX-1' }), 409, 'sku_taken')
    await expectProblem(patch(crypto.randomUUID(), {}), 404, 'packaging_not_found')
  })

  test.each<[why: string, change: unknown, path: string]>([
    ['null for what an item must have', { name: null }, '/name'],
    ['an unknown field', { colour: null }, '/colour'],
    ['the version', { version: 2 }, '/version'],
    ['five decimals in a number', { unit_cost: 0.12345 }, '/unit_cost'],
    ['half a surrogate pair', { tags: ['a\ud800b'] }, '/tags'],
    ['a text for a number', { stock: '5' }, '/stock'],
    ['a list', [{ stock: 5 }], '/'],
  ])('with %s is refused', async (_, change, path) => {
    const { id } = await create()
    expect(await expectProblem(patch(id, change), 422, 'validation_failed')).toContain(path)
  })

  test('comes as JSON, which no other route takes under the name of a patch', async () => {
    const { id } = await create()
    await expectProblem(patch(id, {}, { 'content-type': 'text/plain' }), 415, 'body_type_unsupported')
    const put = { body: JSON.stringify(BOX), headers: { 'content-type': 'application/merge-patch+json' } }
    await expectProblem(call('PUT', `/${String(id)}`, put), 415, 'body_type_unsupported')
  })

  test('loses nothing of others that change other fields at the same time', async () => {
    const { id } = await create()
    const changes: Json[] = [
      { name: 'n' },
      { kind: 'k' },
      { supplier: 's' },
      { stock: 3 },
      { reorder_level: 4 },
      { weight_g: '5' },
      { length_mm: '6' },
      { tags: ['t'] },
    ]
    const answers = await Promise.all(changes.map((change) => patch(id, change)))
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200))
    expect(await jsonOf(call('GET', `/${String(id)}`))).toMatchObject({
      ...Object.assign({}, ...changes),
      version: changes.length + 1,
    })
  })

  test('leaves what PUT of the merged item leaves', async () => {
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
    const text = fc.constantFrom('a', 'Ç', 'x "y"', '{}', '日本')
    const decimal = fc.constantFrom('0', '1.50', '12.005', 7)
    const patches = fc.record(
      {
        name: text,
        kind: text,
        unit_cost: decimal,
        width_mm: optional(decimal),
        supplier: optional(text),
        stock: optional(fc.nat(9)),
        recyclable: optional(fc.boolean()),
        tags: optional(fc.array(text, { maxLength: 3 })),
      },
      { requiredKeys: [] },
    )
    const [one, other] = [await create({ sku: 'one' }), await create({ sku: 'other' })]
    let merged: Json = { ...BOX }
    const values = (json: Json) => ({ ...json, id: 0, sku: 0, version: 0, created_at: 0, updated_at: 0 })
    await fc.assert(
      fc.asyncProperty(patches, async (change) => {
        const entries = Object.entries({ ...merged, ...change }).filter(([, value]) => value !== null)
        merged = Object.fromEntries(entries)
        const patched = await jsonOf(patch(one.id, change))
        const replaced = await jsonOf(call('PUT', `/${String(other.id)}`, { json: { ...merged, sku: 'other' } }))
        expect(values(patched)).toEqual(values(replaced))
      }),
      { numRuns: 60 },
    )
  })
})

describe('ETag', () => {
  test('If-None-Match answers 304 while nothing changed', async () => {
    const { id } = await create()
    const answer = await call('GET', `/${String(id)}`, { headers: { 'if-none-match': 'W/"1"' } })
    expect(answer.status).toBe(304)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect((await call('GET', `/${String(id)}`, { headers: { 'if-none-match': '"2"' } })).status).toBe(200)
  })

  test('of 50 clients that replace the same version at once, one wins', async () => {
    const { id } = await create()
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        call('PUT', `/${String(id)}`, { json: { ...BOX, stock: i }, headers: { 'if-match': '"1"' } }),
      ),
    )
    const statuses = answers.map((answer) => answer.status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(49)
    const item = await jsonOf(call('GET', `/${String(id)}`))
    expect(item).toMatchObject({ version: 2, stock: statuses.indexOf(200) })
  })

  test('DELETE of an older version is a 412 and deletes nothing; any of several tags will do', async () => {
    const { id } = await create()
    const remove = (tag: string) => call('DELETE', `/${String(id)}`, { headers: { 'if-match': tag } })
    await expectProblem(remove('"7"'), 412, 'version_mismatch')
    for (const tag of ['rubbish', '', ',', '"01"', 'W/"1"', '1'])
      await expectProblem(remove(tag), 412, 'version_mismatch')
    expect((await remove('"7", "1"')).status).toBe(204)
  })
})

describe('what is refused', () => {
  const wrong: Array<[why: string, change: Json, path: string]> = [
    ['an unknown field', { colour: 'red' }, '/colour'],
    ['a missing name', { name: undefined }, '/name'],
    ['a missing material', { material: undefined }, '/material'],
    ['a blank name', { name: '   ' }, '/name'],
    ['a line break in a name', { name: 'a\nb' }, '/name'],
    ['a NUL byte', { supplier: 'a\u0000b' }, '/supplier'],
    ['half a surrogate pair', { supplier: 'a\ud800b' }, '/supplier'],
    ['an unknown material', { material: 'papelao' }, '/material'],
    ['a negative cost', { unit_cost: '-1' }, '/unit_cost'],
    ['a decimal comma', { unit_cost: '1,25' }, '/unit_cost'],
    ['five decimals', { unit_cost: '0.12345' }, '/unit_cost'],
    ['five decimals in a number', { unit_cost: 0.12345 }, '/unit_cost'],
    ['a number beyond the column', { weight_g: '1234567890' }, '/weight_g'],
    ['a text for a measure', { length_mm: 'abc' }, '/length_mm'],
    ['a currency that is no code', { currency: 'REAIS' }, '/currency'],
    ['a fraction of a piece', { stock: 1.5 }, '/stock'],
    ['more than an integer holds', { stock: 2_147_483_648 }, '/stock'],
    ['a semicolon in a tag', { tags: ['a;b'] }, '/tags/0'],
    ['21 tags', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, '/tags'],
    ['a text for a boolean', { recyclable: 'true' }, '/recyclable'],
  ]
  test.each(wrong)('%s', async (_, change, path) => {
    const paths = await expectProblem(call('POST', '', { json: { ...BOX, ...change } }), 422, 'validation_failed')
    expect(paths).toContain(path)
  })

  test('an id that is no UUID, and a query that does not exist', async () => {
    await expectProblem(call('GET', '/7'), 422, 'validation_failed')
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'sort=colour', 'colour=red', 'material=x', 'q=%00', 'q='])
      await expectProblem(call('GET', `?${query}`), 422, 'validation_failed')
  })
})

describe('the list', () => {
  const skusOf = (page: Json) => (page.items as Json[]).map((item) => item.sku)
  const exportedSkus = async (query: string) => {
    const csv = await (await call('GET', `/export?${query}`, { as: 'viewer' })).text()
    return csv
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',', 1)[0])
  }
  const list = (query: string) => jsonOf(call('GET', `?${query}`, { as: 'viewer' }))

  async function walk(query: string): Promise<unknown[]> {
    const skus: unknown[] = []
    let cursor: unknown = ''
    do {
      const page = await list(`${query}${cursor ? `&cursor=${String(cursor)}` : ''}`)
      skus.push(...skusOf(page))
      cursor = page.next_cursor
    } while (cursor)
    return skus
  }

  test('walks every order page by page, each item once, also among equals', async () => {
    const names = ['água', 'Zinco', 'Ábaco', 'abade', 'caixa', 'caixa', 'caixa']
    for (const [i, name] of names.entries())
      await create({ sku: `S${i}`, name, unit_cost: ['10', '9.5', '9.50'][i % 3], stock: i % 2 })
    expect(await walk('limit=2')).toEqual(['S2', 'S3', 'S0', 'S4', 'S5', 'S6', 'S1'])
    expect(await walk('limit=3&sort=-sku')).toEqual(['S6', 'S5', 'S4', 'S3', 'S2', 'S1', 'S0'])
    expect(await walk('limit=2&sort=unit_cost')).toEqual(['S1', 'S2', 'S4', 'S5', 'S0', 'S3', 'S6'])
    expect(await walk('limit=1&sort=-created_at')).toEqual(['S6', 'S5', 'S4', 'S3', 'S2', 'S1', 'S0'])
    for (const sort of ['material', 'kind', 'stock', 'updated_at'])
      expect(await walk(`limit=2&sort=-${sort}`)).toEqual((await walk(`limit=3&sort=${sort}`)).toReversed())
  })

  test('a whole last page has no next cursor, and an empty list is a list', async () => {
    expect(await list('')).toEqual({ items: [], next_cursor: null })
    await create()
    expect(await list('limit=1')).toMatchObject({ items: [{ sku: 'CX-1' }], next_cursor: null })
  })

  test('a cursor of another order, an altered one and a made-up one are refused', async () => {
    await create()
    await create({ sku: 'CX-2' })
    const { next_cursor } = await list('limit=1&sort=-stock')
    const forged = (place: Json) => Buffer.from(JSON.stringify(place)).toString('base64url')
    const id = Bun.randomUUIDv7()
    for (const [sort, cursor] of [
      ['stock', next_cursor],
      ['-stock', 'rubbish'],
      ['-stock', forged({ order: '-stock', value: 'x', id })],
      ['-stock', forged({ order: '-stock', value: '1', id: 'x' })],
      ['sku', forged({ order: 'sku', value: 'a\u0000', id })],
      ['created_at', forged({ order: 'created_at', value: '2026-99-99', id })],
    ])
      await expectProblem(call('GET', `?sort=${String(sort)}&cursor=${String(cursor)}`), 422, 'cursor_invalid')
  })

  test('filters by material, recyclable and low stock, together', async () => {
    await create({ sku: 'A', stock: 5, reorder_level: 5 })
    await create({ sku: 'B', stock: 6, reorder_level: 5, recyclable: true })
    await create({ sku: 'C', material: 'glass', stock: 6, reorder_level: 5, recyclable: true })
    const walked = (query: string) => walk(`sort=sku&${query}`)
    expect(await walked('material=paper')).toEqual(['A', 'B'])
    expect(await walked('recyclable=true')).toEqual(['B', 'C'])
    expect(await walked('low_stock=true')).toEqual(['A'])
    expect(await walked('low_stock=false&material=glass')).toEqual(['C'])
    expect(await walked('sku=B')).toEqual(['B'])
    for (const none of ['sku=b', 'sku=B&material=glass', 'sku=%25']) expect(await walked(none)).toEqual([])
  })

  test('q finds text in sku, name, supplier and tags, whatever its case and accents, and takes no wildcards', async () => {
    await create({ sku: 'AB_1', name: 'Papelão 100% reciclado' })
    await create({ sku: 'AB-2', supplier: 'Cartonagem Ipê', tags: ['fefco 0201', 'ÂMBAR'] })
    const found = (q: string) => walk(`sort=sku&q=${encodeURIComponent(q)}`)
    expect(await found('papelao')).toEqual(['AB_1'])
    expect(await found('IPÊ')).toEqual(['AB-2'])
    expect(await found('âmbar')).toEqual(['AB-2'])
    expect(await found('b_1')).toEqual(['AB_1'])
    expect(await found('0%')).toEqual(['AB_1'])
    expect(await found('ab')).toEqual(['AB-2', 'AB_1'])
    expect(await found("'; drop table packaging --")).toEqual([])
    expect(await found('reciclado PAPELAO')).toEqual(['AB_1'])
    expect(await found('  0201   ipe ')).toEqual(['AB-2'])
    expect(await found('papelao ipe')).toEqual([])
    expect(await exportedSkus('q=0201+ambar')).toEqual(['AB-2'])
  })

  test('q finds what holds each of its words, without case and accents, as a program would', async () => {
    const part = fc.constantFrom('a', 'Á', 'ã', 'b', 'B', '%', '_', '\\', '*')
    const word = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''))
    const texts = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
    const fold = (text: string) =>
      text
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .toLowerCase()
    const items = fc.sample(fc.record({ name: texts, tags: fc.array(word, { maxLength: 2 }) }), 40)
    const made: Json[] = []
    for (const [n, item] of items.entries()) made.push(await create({ sku: `${n}`, ...item }))
    await fc.assert(
      fc.asyncProperty(texts, async (q) => {
        const holds = ({ sku, name, tags }: Json) => {
          const text = fold([sku, name, ...(tags as string[])].join('\n'))
          return q.split(' ').every((each) => text.includes(fold(each)))
        }
        const wanted = made.filter(holds).map(({ sku }) => sku)
        expect((await walk(`limit=100&q=${encodeURIComponent(q)}`)).toSorted()).toEqual(wanted.toSorted())
      }),
      { numRuns: 100 },
    )
  })

  test('gives what changed after a time in the order of the changes, to those who keep a copy, too', async () => {
    for (const [sku, name] of ['Az', 'By', 'Cx']) await create({ sku, name })
    const after = async (time: unknown, more = '') => list(`updated_after=${encodeURIComponent(String(time))}${more}`)
    const page = await after('1970-01-01T00:00:00Z', '&limit=2')
    expect(skusOf(page)).toEqual(['A', 'B'])
    await call('PATCH', `/${String((page.items as Json[])[0]!.id)}`, { json: { name: 'a' } })
    const rest = await after('1970-01-01T00:00:00Z', `&limit=2&cursor=${String(page.next_cursor)}`)
    expect(skusOf(rest)).toEqual(['C', 'A'])
    const { updated_at } = (rest.items as Json[])[1]!
    await api.db.sql`update packaging set updated_at = updated_at - interval '1 hour' where sku <> 'A'`
    expect(skusOf(await after(updated_at))).toEqual(['A'])
    // One hour ahead, in another zone.
    const local = String(updated_at).replace('Z', '-01:00')
    expect(skusOf(await after(local))).toEqual([])
    expect(await walk(`updated_after=1970-01-01T00:00:00Z&limit=1&sort=-sku`)).toEqual(['C', 'B', 'A'])
    expect(await exportedSkus(`updated_after=${String(updated_at)}`)).toEqual(['A'])
    for (const none of [
      'yesterday',
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026-13-01T00:00:00Z',
      '1/2/2026',
      '2026-02-30T00:00:00Z',
    ])
      await expectProblem(call('GET', `?updated_after=${none}`), 422, 'validation_failed')
  })
})

describe('the history of an item', () => {
  const history = async (id: unknown, as: 'operator' | 'viewer' = 'operator') =>
    (await jsonOf(call('GET', `/${String(id)}/history`, { as }))).items as Array<{
      action: string
      actor_name: string
      details: Json
    }>
  const path = ({ id }: Json) => `/${String(id)}`

  test('names each change with its author, newest first, under whatever sku it was', async () => {
    const item = await create()
    await call('PUT', path(item), { json: { ...BOX, sku: 'CX-2', stock: 7 } })
    const changes = await history(item.id)
    expect(changes.map(({ action }) => action)).toEqual(['packaging.changed', 'packaging.created'])
    expect(changes[0]).toMatchObject({
      actor_name: expect.any(String) as string,
      details: { before: { sku: 'CX-1', stock: 0 }, after: { sku: 'CX-2', stock: 7 } },
    })
    expect((await call('GET', `${path(item)}/history`, { as: 'viewer' })).status).toBe(403)
    const paged = await jsonOf(call('GET', `${path(item)}/history?limit=1`))
    const rest = await jsonOf(call('GET', `${path(item)}/history?limit=1&cursor=${String(paged.next_cursor)}`))
    expect(rest).toMatchObject({ items: [{ action: 'packaging.created' }], next_cursor: null })
  })

  test('brings a deleted item back as it was, under the next version', async () => {
    const item = await create({ tags: ['a', 'b'], weight_g: '36.50' })
    expect((await call('DELETE', path(item))).status).toBe(204)
    expect((await history(item.id))[0]!.action).toBe('packaging.deleted')
    const restored = await call('POST', `${path(item)}/restore`)
    expect({ status: restored.status, etag: restored.headers.get('etag') }).toEqual({ status: 200, etag: '"2"' })
    const there = await jsonOf(restored)
    const { updated_at } = there
    expect(there).toEqual({ ...item, version: 2, updated_at })
    // Again: it is there.
    expect(await jsonOf(call('POST', `${path(item)}/restore`))).toEqual({ ...item, version: 2, updated_at })
    expect((await history(item.id)).map(({ action }) => action)).toEqual([
      'packaging.restored',
      'packaging.deleted',
      'packaging.created',
    ])
  })

  test('does not bring back what was never there, nor over an item that has the sku by now', async () => {
    await expectProblem(call('POST', `/${Bun.randomUUIDv7()}/restore`), 404, 'packaging_not_found')
    const item = await create()
    await call('DELETE', path(item))
    await create()
    await expectProblem(call('POST', `${path(item)}/restore`), 409, 'sku_taken')
    await expectProblem(call('POST', `${path(item)}/restore`, { as: 'viewer' }), 403, 'forbidden')
  })
})

test('items are counted, all of them or those that the filters leave', async () => {
  await create()
  await create({ sku: 'CX-2', material: 'glass', stock: 5 })
  const count = async (query: string) => (await jsonOf(call('GET', `/count${query}`, { as: 'viewer' }))).items
  expect([
    await count(''),
    await count('?material=glass'),
    await count('?low_stock=true'),
    await count('?q=nothing'),
  ]).toEqual([2, 1, 1, 0])
})
