/** The dashboard's files: which requests get a page and which the API's answer, and how they are kept by browsers. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { testApi, type TestApi } from '../../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const open = (path: string, headers: Record<string, string> = {}) =>
  api.call('GET', path, { headers: { accept: HTML, ...headers } })
const isPage = ({ headers }: Response) => headers.get('content-type') === 'text/html; charset=utf-8'

describe('the address of a page', () => {
  test.each(['/', '/jobs', '/jobs/hello', '/runs/01a1fc6d-ba26-771a-b067-b72d1b4570e8', '/alerts', '/account'])(
    '%s opens the dashboard in a browser',
    async (path) => {
      const answer = await open(path)
      expect([answer.status, isPage(answer)]).toEqual([200, true])
      expect(await answer.text()).toContain('<div id="root"></div>')
    },
  )

  test('is answered by the API for a program', async () => {
    for (const accept of ['application/json', '*/*']) {
      const answer = await api.call('GET', '/jobs', { as: 'viewer', headers: { accept } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json;charset=utf-8'])
    }
  })

  test('is told apart by caches', async () => {
    expect((await open('/jobs')).headers.get('vary')).toBe('Accept, Accept-Encoding')
  })

  test('takes no other method', async () => {
    const answer = await api.call('POST', '/jobs/hello/trigger', { headers: { accept: HTML } })
    expect(answer.status).toBe(401)
  })
})

test('a browser gets the API, too, where there is no page', async () => {
  for (const [path, status] of [
    ['/docs', 200],
    ['/health', 200],
    ['/jobs/hello/runs', 401],
    // Files and streams beside the pages of items.
    ['/embalagens/export', 401],
    ['/alerts/stream', 401],
    ['/charts/01a1fc6d-ba26-771a-b067-b72d1b4570e8.png', 401],
    ['/dashboard/gone.js', 404],
  ] as const) {
    const answer = await open(path)
    expect([path, answer.status]).toEqual([path, status])
    expect(await answer.text()).not.toContain('id="root"')
  }
})

describe('an address that neither a page nor the API has', () => {
  const UNKNOWN = ['/nonsense', '/jobs/', '/account/', '/jobs/hello/nonsense/x']

  test('opens the dashboard in a browser, which says so', async () => {
    for (const path of UNKNOWN)
      for (const mode of [{}, { 'sec-fetch-mode': 'navigate' }]) {
        const answer = await open(path, mode)
        expect([path, answer.status, isPage(answer)]).toEqual([path, 404, true])
        expect(answer.headers.get('etag')).toBeNull()
        expect(await answer.text()).toContain('<div id="root"></div>')
      }
  })

  test("is the API's to answer for scripts and programs", async () => {
    for (const path of UNKNOWN)
      for (const headers of [{ accept: HTML, 'sec-fetch-mode': 'cors' }, { accept: '*/*' }, {}])
        for (const [as, status] of [
          [undefined, 401],
          ['viewer', 404],
        ] as const) {
          const answer = await api.call('GET', path, { headers, ...(as && { as }) })
          expect([path, answer.status]).toEqual([path, status])
          expect(answer.headers.get('content-type')).toBe('application/problem+json')
        }
    expect((await api.call('POST', '/nonsense', { headers: { accept: HTML } })).status).toBe(401)
  })
})

describe('the page', () => {
  test('loads nothing from elsewhere and runs no inline script or style', async () => {
    const answer = await open('/')
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(policy).not.toContain('unsafe')
    const html = await answer.text()
    expect(html).not.toMatch(/https?:|<style|<script>|style=|\son\w+=/)
  })

  test('is not sent again while it is the same', async () => {
    const etag = (await open('/')).headers.get('etag')!
    const again = await open('/jobs', { 'if-none-match': etag })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect(again.headers.get('cache-control')).toBe('no-cache')
  })

  test('says in both languages where to go without JavaScript', async () => {
    expect(await (await open('/')).text()).toMatch(/<noscript>.*precisa de JavaScript.*needs JavaScript.*<\/noscript>/)
  })
})

describe('its scripts and styles', () => {
  const names = async () =>
    [...(await (await open('/')).text()).matchAll(/"(\/dashboard\/[^"]+)"/g)].map(([, name]) => name!)

  test('are kept for good under names with a hash', async () => {
    const found = await names()
    expect(found.map((name) => name.replace(/-[\w-]+\./, '-….'))).toEqual([
      '/dashboard/icon-….svg',
      '/dashboard/styles-….css',
      '/dashboard/main-….js',
    ])
    for (const name of found) {
      const answer = await api.call('GET', name)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test.each(['gzip', 'zstd'])('leave compressed by %s, and read the same', async (encoding) => {
    for (const name of await names()) {
      const plain = await (await api.call('GET', name)).bytes()
      const answer = await api.call('GET', name, { headers: { 'accept-encoding': encoding } })
      expect(answer.headers.get('content-encoding')).toBe(encoding)
      const packed = new Uint8Array(await answer.arrayBuffer())
      const bytes = encoding === 'gzip' ? Bun.gunzipSync(packed) : Bun.zstdDecompressSync(packed)
      expect(Bun.hash(bytes)).toBe(Bun.hash(plain))
    }
  })

  test('are small enough for a first visit: what comes before any page', async () => {
    const sizes = await Promise.all(
      (await names()).map(async (name) => {
        const answer = await api.call('GET', name, { headers: { 'accept-encoding': 'gzip' } })
        return [name.slice(name.lastIndexOf('.')), (await answer.arrayBuffer()).byteLength] as const
      }),
    )
    const bytes = new Map(sizes)
    expect(bytes.get('.js')).toBeLessThan(180_000)
    expect(bytes.get('.css')).toBeLessThan(30_000)
  })

  test('are all that the folder has', async () => {
    for (const name of ['index.html', 'main.js', '..%2fbuild.ts', 'index.html.gz'])
      expect([name, (await api.call('GET', `/dashboard/${name}`)).status]).toEqual([name, 404])
  })
})
