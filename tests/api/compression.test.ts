/** Answers of more than 1 KB are compressed for clients that accept it, and mean the same. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(60_000)

const ITEM = { material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL' }

let api: TestApi
let item: { id: string; name: string }
beforeAll(async () => {
  api = await testApi({ CORS_ORIGINS: 'https://intranet.example.com' })
  for (let n = 0; n < 20; n++)
    await api.call('POST', '/embalagens', { as: 'operator', json: { ...ITEM, sku: `C-${n}`, name: `Caixa ${n}` } })
  const tags = Array.from({ length: 20 }, (_, n) => `etiqueta ${n} `.padEnd(50, 'x'))
  const made = await api.call('POST', '/embalagens', {
    as: 'operator',
    json: { ...ITEM, sku: 'LONG', name: 'Longa', tags },
  })
  item = (await made.json()) as typeof item
})
afterAll(() => api.close())

const get = (path: string, accept_encoding: string, headers: Record<string, string> = {}, method = 'GET') =>
  api.call(method, path, { as: 'viewer', headers: { ...headers, 'accept-encoding': accept_encoding } })

const UNPACK = {
  zstd: (bytes: Uint8Array<ArrayBuffer>) => new TextDecoder().decode(Bun.zstdDecompressSync(bytes)),
  gzip: (bytes: Uint8Array<ArrayBuffer>) => new TextDecoder().decode(Bun.gunzipSync(bytes)),
}

async function textOf(answer: Response): Promise<string> {
  const encoding = answer.headers.get('content-encoding') as keyof typeof UNPACK | null
  return encoding ? UNPACK[encoding](new Uint8Array(await answer.arrayBuffer())) : answer.text()
}

const LONG = [
  '/embalagens?limit=50',
  '/docs/json',
  '/docs/problems',
  '/audit',
  '/docs/swagger-ui.css',
  '/redoc/redoc.standalone.js',
]

describe('an answer of more than 1 KB', () => {
  test('is compressed as the client accepts it, and says the same', async () => {
    for (const path of LONG) {
      const as = path === '/audit' ? 'admin' : 'viewer'
      const ask = (accept?: string) =>
        api.call('GET', path, { as, ...(accept && { headers: { 'accept-encoding': accept } }) })
      if (path === '/audit') await auditRows()
      const plain = await (await ask()).text()
      expect(plain.length).toBeGreaterThan(1024)
      for (const [accept, encoding] of [
        ['zstd', 'zstd'],
        ['gzip, deflate, br, zstd', 'zstd'],
        ['GZIP;q=0.5', 'gzip'],
        ['zstd;q=0, gzip', 'gzip'],
        ['br, deflate', null],
        ['identity', null],
        ['zstd;q=0.0,gzip;q=0', null],
        ['', null],
      ] as const) {
        const answer = await ask(accept)
        expect([path, accept, answer.headers.get('content-encoding')]).toEqual([path, accept, encoding])
        expect(await textOf(answer)).toBe(plain)
      }
      expect((await ask('zstd')).headers.get('vary')).toContain('Accept-Encoding')
      expect((await (await ask('zstd')).bytes()).length).toBeLessThan(plain.length / 2)
    }
  })

  test('is compressed also when it is a problem', async () => {
    const rows = Array.from({ length: 50 }, (_, n) => `X-${n},Caixa,paper,box,abc,BRL`)
    const body = `sku,name,material,kind,unit_cost,currency\n${rows.join('\n')}\n`
    const headers = { 'content-type': 'text/csv', 'accept-encoding': 'zstd', origin: 'https://intranet.example.com' }
    const answer = await api.call('POST', '/embalagens/import', { as: 'operator', body, headers })
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([422, 'zstd'])
    expect(answer.headers.get('vary')).toBe('Origin, Accept-Language, Accept-Encoding')
    expect(JSON.parse(await textOf(answer))).toMatchObject({ code: 'import_rejected', errors: { length: 50 } })
  })

  test('that is a stream of text is compressed on its way', async () => {
    const plain = await (await get('/embalagens/export', '')).text()
    for (const encoding of ['zstd', 'gzip']) {
      const answer = await get('/embalagens/export', encoding)
      expect(answer.headers.get('content-encoding')).toBe(encoding)
      expect(await textOf(answer)).toBe(plain)
    }
  })

  test('that is a stream ends with its reader', async () => {
    for (let n = 0; n < 4; n++) {
      const answer = await get('/embalagens/export', 'zstd')
      expect(answer.status).toBe(200)
      await answer.body!.cancel()
    }
  })

  test('is the same for HEAD but for its body', async () => {
    const answer = await get('/embalagens?limit=50', 'zstd', {}, 'HEAD')
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(answer.headers.get('vary')).toBe('Origin, Accept-Encoding')
  })
})

test('short answers, pictures and event streams are left as they are', async () => {
  await api.db.objects.put('graficos/p.png', new Uint8Array(5000))
  const id = Bun.randomUUIDv7()
  await api.db.sql`
    insert into charts (id, source_key, source_version, state, output_key)
    values (${id}, 'uploads/p.xlsx', '1', 'drawn', 'graficos/p')`
  for (const path of ['/health/live', '/me', `/charts/${id}.png`, '/docs/favicon-32x32.png', '/alerts/stream']) {
    const answer = await get(path, 'zstd, gzip')
    expect([path, answer.status, answer.headers.get('content-encoding')]).toEqual([path, 200, null])
    await answer.body?.cancel()
  }
})

describe('an ETag', () => {
  test('of a compressed answer is another, known by If-None-Match and If-Match as the same version', async () => {
    const path = `/embalagens/${item.id}`
    const plain = (await get(path, '')).headers.get('etag')!
    const packed = (await get(path, 'zstd')).headers.get('etag')!
    expect([plain, packed]).toEqual(['"1"', '"1-zstd"'])
    for (const [known, accept] of [
      [packed, 'zstd'],
      [plain, 'zstd'],
      [packed, ''],
      [`W/${packed}`, 'zstd'],
      ['"1-gzip"', ''],
    ] as const) {
      const answer = await get(path, accept, { 'if-none-match': known })
      expect([known, answer.status]).toEqual([known, 304])
      expect(answer.headers.get('etag')).toBe(known.replace('W/', ''))
    }
    const change = (etag: string) =>
      api.call('PUT', path, {
        as: 'operator',
        json: { ...ITEM, sku: 'LONG', name: 'Longa' },
        headers: { 'if-match': etag },
      })
    expect((await change('"7-zstd"')).status).toBe(412)
    expect((await change(packed)).status).toBe(200)
    expect((await change(packed)).status).toBe(412)
  })

  test('of the OpenAPI document names its encoding, too', async () => {
    const tag = (await get('/docs/json', 'gzip')).headers.get('etag')!
    expect(tag).toEndWith('-gzip"')
    expect((await get('/docs/json', 'gzip', { 'if-none-match': tag })).status).toBe(304)
  })
})

test('a repeated answer is kept as it was, and compressed for whoever asks', async () => {
  const events = Array.from({ length: 100 }, () => ({ sku: 'C-1', kind: 'sale', quantity: 1 }))
  const send = (accept: string) =>
    api.call('POST', '/events', {
      as: 'operator',
      json: events,
      headers: { 'idempotency-key': 'many-events', 'accept-encoding': accept },
    })
  const first = await send('zstd')
  expect([first.status, first.headers.get('content-encoding')]).toEqual([202, 'zstd'])
  const text = await textOf(first)
  for (const accept of ['', 'gzip', 'zstd']) {
    const again = await send(accept)
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 'true'])
    expect(await textOf(again)).toBe(text)
  }
})

async function auditRows(): Promise<void> {
  for (let n = 0; n < 5; n++)
    await api.call('POST', '/users', {
      as: 'admin',
      json: { username: `u ${n}`, password: 'caderno azul e chuva fina', role: 'viewer' },
    })
}
