import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Translated } from '../../lib/texts.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi({ MAX_UPLOAD_MB: '1' })))
afterAll(() => api.close())

const workbook = () => Bun.file(`${import.meta.dir}/../fixtures/workbooks/sales-estimate.xlsx`)

async function addChart(state: string, output_key: string | null, error: Translated | null = null): Promise<string> {
  const id = Bun.randomUUIDv7()
  await api.db.sql`
    insert into charts (id, source_key, source_version, state, output_key, error)
    values (${id}, 'uploads/x.xlsx', ${id}, ${state}, ${output_key}, ${error && api.db.sql.json({ ...error })})`
  return id
}

test('a workbook is uploaded as a form or as a raw body, whole', async () => {
  const bytes = new Uint8Array(await workbook().arrayBuffer())
  const form = new FormData()
  form.append('file', new Blob([bytes]), 'Relatório de março.xlsx')
  const asForm = await api.call('POST', '/charts', { as: 'operator', body: form })
  expect(asForm.status).toBe(201)
  expect(await asForm.json()).toMatchObject({ key: 'uploads/Relatório de março.xlsx', size_bytes: bytes.length })
  const asBody = await api.call('POST', '/charts?name=raw.xlsx', { as: 'operator', body: bytes })
  expect(asBody.status).toBe(201)
  for (const key of ['uploads/Relatório de março.xlsx', 'uploads/raw.xlsx'])
    expect(await new Response((await api.db.objects.get(key))!.body).bytes()).toEqual(bytes)
})

test('a name that leads elsewhere, or is no workbook, is refused or reduced to its last part', async () => {
  const put = (name: string) =>
    api.call('POST', `/charts?name=${encodeURIComponent(name)}`, { as: 'operator', body: 'x' })
  expect(await (await put('../../secrets/a.xlsx')).json()).toMatchObject({ key: 'uploads/a.xlsx' })
  expect(await (await put('C:\\Temp\\b.XLSX')).json()).toMatchObject({ key: 'uploads/b.XLSX' })
  for (const name of ['a.exe', '.xlsx', '..', '~$a.xlsx', 'a.xlsx/..', 'a\0.xlsx', 'x'.repeat(190) + '/']) {
    const answer = await put(name)
    expect([name, answer.status]).toEqual([name, 422])
  }
  expect((await api.call('POST', '/charts', { as: 'operator', body: 'x' })).status).toBe(422)
  const empty = new FormData()
  empty.append('other', 'x')
  expect((await api.call('POST', '/charts', { as: 'operator', body: empty })).status).toBe(422)
})

test('a name that leaves no room for the suffixes of its chart is refused with a sentence', async () => {
  const put = (name: string) => {
    const form = new FormData()
    form.append('file', new Blob(['a;b\n1;2']), name)
    return api.call('POST', '/charts', { as: 'operator', body: form })
  }
  for (const ending of ['.csv', '.xlsx'])
    for (const length of [240, 241, 247, 248, 250, 255]) {
      const answer = await put('é'.repeat(10) + 'x'.repeat(length - 20 - ending.length) + ending)
      const { code } = (await answer.json()) as { code?: string }
      const wanted = length > 240 ? [422, 'chart_name_too_long'] : [201, undefined]
      expect([length, answer.status, code]).toEqual([length, ...wanted] as [number, number, string | undefined])
    }
})

test('a name that would show as another is refused', async () => {
  for (const name of ['a\u202egnp.csv', '\u2067a.csv', 'a\u200fb.xlsx', 'a\u0085.csv']) {
    const answer = await api.call('POST', `/charts?name=${encodeURIComponent(name)}`, {
      as: 'operator',
      body: 'a;b\n1;2',
      headers: { 'content-type': 'text/csv' },
    })
    expect([name, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      name,
      422,
      'chart_name_invalid',
    ])
  }
})

test('an upload is answered with its chart, which waits, and the same again when it is repeated', async () => {
  const send = () =>
    api.call('POST', '/charts?name=repeated.csv', {
      as: 'operator',
      body: 'a;b\n1;2',
      headers: { 'content-type': 'text/csv', 'idempotency-key': 'a-chart' },
    })
  const answer = await send()
  const { id } = (await answer.json()) as { id: string }
  expect(answer.headers.get('location')).toBe(`/charts/${id}`)
  const chart = await api.call('GET', `/charts/${id}`, { as: 'viewer' })
  expect(await chart.json()).toMatchObject({ id, source_key: 'uploads/repeated.csv', state: 'waiting' })
  expect((await api.call('GET', `/charts/${id}.png`, { as: 'viewer' })).status).toBe(404)
  expect(await (await send()).json()).toMatchObject({ id })
})

test('an upload over MAX_UPLOAD_MB is a 413', async () => {
  const answer = await api.call('POST', '/charts?name=big.xlsx', {
    as: 'operator',
    body: new Uint8Array(1024 * 1024 + 1),
  })
  expect(answer.status).toBe(413)
})

test('charts are listed newest first, by pages', async () => {
  await api.db.sql`delete from charts`
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.push(await addChart('drawn', 'graficos/x'))
  const seen: string[] = []
  let cursor = ''
  do {
    const page = (await (await api.call('GET', `/charts?limit=2${cursor}`, { as: 'viewer' })).json()) as {
      items: Array<{ id: string }>
      next_cursor: string | null
    }
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
  } while (cursor)
  expect(seen).toEqual(ids.toReversed())
  for (const cursor of ['x', Buffer.from('{"id":"1"}').toString('base64url')])
    expect((await api.call('GET', `/charts?cursor=${cursor}`, { as: 'viewer' })).status).toBe(422)
})

test('charts are filtered by name, state and what is replaced by now', async () => {
  await api.db.sql`delete from charts`
  const listed = async (query: string) => {
    const answer = await api.call('GET', `/charts${query}`, { as: 'viewer' })
    return ((await answer.json()) as { items: Array<{ id: string }> }).items.map(({ id }) => id)
  }
  const add = async (key: string, version: string, state: string) => {
    const id = Bun.randomUUIDv7()
    await api.db.sql`
      insert into charts (id, source_key, source_version, state) values (${id}, ${key}, ${version}, ${state})`
    return id
  }
  const old = await add('uploads/ações.csv', '1', 'drawn')
  const now = await add('uploads/ações.csv', '2', 'failed')
  const other = await add('uploads/vendas.xlsx', '1', 'drawn')
  expect(await listed('?current=true')).toEqual([other, now])
  expect(await listed('?state=drawn')).toEqual([other, old])
  expect(await listed('?q=ACOES')).toEqual([now, old])
  expect(await listed(`?name=${encodeURIComponent('ações.csv')}&current=true`)).toEqual([now])
})

test('a workbook is deleted with all its charts and pictures, but not while one is drawn', async () => {
  const { sql, objects } = api.db
  await sql`delete from charts`
  const send = (method: string, path: string, as: 'operator' | 'viewer' = 'operator') =>
    api.call(method, `/charts${path}`, { as })
  const uploaded = (await (
    await api.call('POST', '/charts?name=bye.csv', {
      as: 'operator',
      body: 'a;b\n1;2',
      headers: { 'content-type': 'text/csv' },
    })
  ).json()) as { id: string }
  expect((await send('DELETE', `/${uploaded.id}`, 'viewer')).status).toBe(403)
  await sql`update charts set state = 'drawing', lease_until = now() + interval '1 hour'`
  expect(await (await send('DELETE', `/${uploaded.id}`)).json()).toMatchObject({
    status: 409,
    code: 'chart_being_drawn',
  })
  await sql`update charts set state = 'drawn', output_key = 'graficos/bye.csv', finished_at = now()`
  for (const suffix of ['png', 'svg', 'json']) await objects.put(`graficos/bye.csv.${suffix}`, suffix)
  expect(await (await send('GET', `/${uploaded.id}.json`)).text()).toBe('json')
  expect((await send('DELETE', `/${uploaded.id}`)).status).toBe(204)
  expect(await objects.head('uploads/bye.csv')).toBeNull()
  for (const suffix of ['png', 'svg', 'json']) expect(await objects.head(`graficos/bye.csv.${suffix}`)).toBeNull()
  expect((await send('DELETE', `/${uploaded.id}`)).status).toBe(404)
})

test('what no poller draws can be deleted: a workbook that waits, one whose poller died, versions that were replaced', async () => {
  const { sql, objects } = api.db
  for (const [state, lease_until] of [
    ['waiting', null],
    ['drawing', new Date(0)],
  ] as const) {
    await sql`delete from charts`
    await addChart(state, null)
    const id = await addChart(state, null)
    await sql`update charts set lease_until = ${lease_until}`
    await objects.put('uploads/x.xlsx', 'x')
    expect((await api.call('DELETE', `/charts/${id}`, { as: 'operator' })).status).toBe(204)
    expect(await objects.head('uploads/x.xlsx')).toBeNull()
    expect(await sql`select from charts`).toHaveLength(0)
  }
})

test('deleting a workbook leaves the picture of another, whatever is known of its own', async () => {
  const { sql, objects } = api.db
  const add = async (source_key: string, output_key: string | null) => {
    const id = Bun.randomUUIDv7()
    await sql`
      insert into charts (id, source_key, source_version, state, output_key)
      values (${id}, ${source_key}, ${id}, ${output_key ? 'drawn' : 'waiting'}, ${output_key})`
    return id
  }
  await sql`delete from charts`
  await add('uploads/s.XLSX', 'graficos/s')
  for (const file of ['s', 's.xlsx', 'shared']) await objects.put(`graficos/${file}.png`, file)
  const mine = await add('uploads/s.xlsx', 'graficos/s.xlsx')
  await add('uploads/s.xlsx', null)
  expect((await api.call('DELETE', `/charts/${mine}`, { as: 'operator' })).status).toBe(204)
  expect([await objects.head('graficos/s.xlsx.png'), await objects.head('graficos/s.png')]).toEqual([
    null,
    expect.objectContaining({ key: 'graficos/s.png' }),
  ])
  // As a build of before named them.
  await add('uploads/shared.xlsx', 'graficos/shared')
  const other = await add('uploads/shared.XLSX', 'graficos/shared')
  expect((await api.call('DELETE', `/charts/${other}`, { as: 'operator' })).status).toBe(204)
  expect(await objects.head('graficos/shared.png')).not.toBeNull()
})

test('a chart of a file with an unusable name is read; its deletion says who can delete the file', async () => {
  const { sql } = api.db
  await sql`delete from charts`
  for (const [key, version] of [
    ['uploads/vendas\\2025.csv', '1'],
    ['uploads/Pre\ufffdo.csv', 'unreadable'],
  ] as const) {
    const id = Bun.randomUUIDv7()
    await sql`
      insert into charts (id, source_key, source_version, state, output_key) values (${id}, ${key}, ${version}, 'failed', 'graficos/x')`
    const read = await api.call('GET', `/charts/${id}`, { as: 'viewer' })
    expect(await read.json()).toMatchObject({ source_key: key, state: 'failed' })
    expect((await api.call('GET', `/charts/${id}.png`, { as: 'viewer' })).status).toBe(404)
    const answer = await api.call('DELETE', `/charts/${id}`, { as: 'operator' })
    expect(await answer.json()).toMatchObject({ status: 409, code: 'chart_name_unusable' })
    expect((await api.call('GET', `/charts/${id}`, { as: 'viewer' })).status).toBe(200)
  }
})

test('a drawn chart has its picture, one that is not says why', async () => {
  await api.db.objects.put('graficos/p.png', new Uint8Array([137, 80, 78, 71]))
  await api.db.objects.put('graficos/p.svg', '<svg/>')
  const id = await addChart('drawn', 'graficos/p')
  const png = await api.call('GET', `/charts/${id}.png`, { as: 'viewer' })
  expect(png.headers.get('content-type')).toBe('image/png')
  expect(await png.bytes()).toEqual(new Uint8Array([137, 80, 78, 71]))
  const svg = await api.call('GET', `/charts/${id}.svg`, { as: 'viewer' })
  expect(await svg.text()).toBe('<svg/>')
  expect(((await (await api.call('GET', `/charts/${id}`, { as: 'viewer' })).json()) as { state: string }).state).toBe(
    'drawn',
  )

  const words = { en: 'The workbook has no numbers.', pt: 'A planilha não tem números.' }
  const failed = await addChart('failed', null, words)
  for (const [language, sentence] of [
    ['pt', words.pt],
    ['en', words.en],
  ] as const) {
    const ask = (path: string) => api.call('GET', path, { as: 'viewer', headers: { 'accept-language': language } })
    expect(await (await ask(`/charts/${failed}.png`)).json()).toMatchObject({ status: 404, detail: sentence })
    expect(await (await ask(`/charts/${failed}`)).json()).toMatchObject({ state: 'failed', error: sentence })
    expect(await (await ask('/charts?limit=1')).json()).toMatchObject({ items: [{ id: failed, error: sentence }] })
  }
  expect((await api.call('GET', `/charts/${await addChart('drawing', null)}.png`, { as: 'viewer' })).status).toBe(404)
  expect((await api.call('GET', `/charts/${Bun.randomUUIDv7()}`, { as: 'viewer' })).status).toBe(404)
  expect((await api.call('GET', '/charts/nope', { as: 'viewer' })).status).toBe(422)
})

test('a notification of the bucket announces the workbooks it names, and nothing else', async () => {
  const { sql, objects } = api.db
  for (const key of ['uploads/Vendas de março+1.csv', 'uploads/~$b.xlsx', 'elsewhere/c.csv'])
    await objects.put(key, 'Mês;Valor\njan;1')
  const notify = (json: object, as: 'operator' | 'viewer' = 'operator') =>
    api.call('POST', '/charts/notifications', { as, json })
  const record = (key: string) => ({
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'doca' }, object: { key, size: 15, eTag: 'x' } },
  })
  const named = ['uploads/Vendas+de+mar%C3%A7o%2B1.csv', 'uploads/~%24b.xlsx', 'elsewhere/c.csv', 'uploads/gone.csv']
  const answer = await notify({ Records: [...named, named[0]!, '%E7', '..%2Fx'].map(record) })
  expect([answer.status, await answer.json()]).toEqual([202, { announced: 1 }])
  await notify({ Records: [record(named[0]!)], EventName: 's3:ObjectCreated:Put', Key: 'doca/uploads/x' })
  const rows = await sql`select source_key, state from charts where source_key like 'uploads/Vendas de%'`
  expect(rows).toEqual([{ source_key: 'uploads/Vendas de março+1.csv', state: 'waiting' }] as never)

  const bridged = {
    detail: { bucket: {}, object: { key: 'uploads/Vendas de março+1.csv', size: 1 } },
    source: 'aws.s3',
  }
  expect(await (await notify(bridged)).json()).toEqual({ announced: 1 })
  expect(await (await notify({ Service: 'Amazon S3', Event: 's3:TestEvent' })).json()).toEqual({ announced: 0 })
  expect((await notify({ Records: [{ s3: {} }] })).status).toBe(422)
  expect((await notify({ Records: [] }, 'viewer')).status).toBe(403)
})
