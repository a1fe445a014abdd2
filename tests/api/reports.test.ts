import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { reportKey } from '../../db/reports/reports.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
let ids: string[]
beforeAll(async () => {
  api = await testApi()
  ids = Array.from({ length: 3 }, () => Bun.randomUUIDv7())
  for (const id of ids) {
    await api.db.sql`insert into reports (id, name, summary) values (${id}, 'packaging', '{"items": 7}')`
    await api.db.objects.put(reportKey(id, 'json'), '{"items":7}')
    await api.db.objects.put(reportKey(id, 'csv'), 'material,items\r\npaper,7\r\n')
    await api.db.objects.put(reportKey(id, 'png'), new Uint8Array([137, 80, 78, 71]))
  }
})
afterAll(() => api.close())

const get = (path: string) => api.call('GET', `/api/relatorios${path}`, { as: 'viewer' })
type Page = { items: Array<{ id: string; files: Record<string, string> }>; next_cursor: string | null }

test('reports are listed newest first, page by page, each with the paths of its files', async () => {
  const first = (await (await get('?limit=2')).json()) as Page
  const rest = (await (await get(`?limit=2&cursor=${first.next_cursor}`)).json()) as Page
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids.toReversed())
  expect(rest.next_cursor).toBeNull()
  expect(first.items[0]!.files.csv).toBe(`/api/relatorios/${ids[2]}.csv`)
})

test('the reports of a day are those made from its first moment to the next', async () => {
  const listed = async (query: string) => ((await (await get(query)).json()) as Page).items.map(({ id }) => id)
  await api.db.sql`update reports set created_at = '2026-11-20T03:00:00Z' where id = ${ids[0]!}`
  expect(await listed('?from=2026-11-20T00:00:00-03:00&to=2026-11-21T00:00:00-03:00')).toEqual([ids[0]!])
  expect(await listed('?to=2026-11-20T03:00:00Z')).toEqual([])
  expect((await get('?from=yesterday')).status).toBe(422)
})

test('one report, and each of its files with its type and a name', async () => {
  const [id] = ids
  expect(await (await get(`/${id}`)).json()).toMatchObject({
    id,
    name: 'packaging',
    run_id: null,
    summary: { items: 7 },
  })
  const csv = await get(`/${id}.csv`)
  expect(csv.headers.get('content-type')).toStartWith('text/csv')
  expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="packaging-\d{4}-\d\d-\d\d\.csv"$/)
  expect(await csv.text()).toBe('material,items\r\npaper,7\r\n')
  expect(await (await get(`/${id}.json`)).json()).toEqual({ items: 7 })
  const png = await get(`/${id}.png`)
  expect([png.headers.get('content-type'), png.headers.get('content-length')]).toEqual(['image/png', '4'])
})

test('an unknown report, a removed file, a foreign suffix and a foreign cursor each get their own answer', async () => {
  const codeOf = async (path: string) => {
    const answer = await get(path)
    return [answer.status, ((await answer.json()) as { code: string }).code]
  }
  expect(await codeOf(`/${Bun.randomUUIDv7()}`)).toEqual([404, 'report_not_found'])
  expect(await codeOf(`/${Bun.randomUUIDv7()}.png`)).toEqual([404, 'report_not_found'])
  await api.db.objects.delete(reportKey(ids[1]!, 'png'))
  expect(await codeOf(`/${ids[1]}.png`)).toEqual([404, 'report_file_missing'])
  expect(await codeOf(`/${ids[1]}.exe`)).toEqual([422, 'validation_failed'])
  expect(await codeOf('?cursor=bm8')).toEqual([422, 'cursor_invalid'])
})
