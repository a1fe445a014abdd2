/** Every code that the API can answer has a page, in both languages. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { STATUS } from '../../api/http/problems.ts'
import { PROBLEMS } from '../../api/problems/codes.ts'
import { testApi, type TestApi } from '../kit/api.ts'
import { saidErrors, sources } from './sentences.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())

/** What the API runs of the source. Bun's Glob finds nothing for braces that hold a slash. */
const ANSWERING = [
  'api/**/*.ts',
  'lib/*.ts',
  'db/{jobs,users,packaging,charts,dead-letters,events,alerts,audit,idempotency,monitoring,monitors,orders,reports}/**/*.ts',
  'db/engines/{cache,history,journal,objects,queue,stream,postgres}/**/*.ts',
  'db/engines/*.ts',
]

/** Not answered: a program that meets one of these does not start, or has a mistake of its own. */
const NOT_ANSWERED = new Set([
  ...['secret_empty', 'calendar_unknown', 'schedule_invalid'],
  ...[
    'database_too_old',
    'database_newer',
    'database_refused',
    'database_unreachable',
    'cache_ttl_invalid',
    'cache_key_invalid',
  ],
  ...['history_name_invalid', 'stream_name_invalid', 'queue_name_invalid', 'queue_settings_invalid'],
  ...['message_id_invalid', 'message_header_invalid', 'journal_document_too_large'],
])

/** Functions that make an AppError of a code that their caller names. */
const MAKERS = /\b(?:refused|rangeRefused)\(\s*'(\w+)'/g

async function codesOfSource(): Promise<Map<string, Set<string>>> {
  const codes = new Map<string, Set<string>>()
  const add = (code: string, kind: string) => codes.set(code, (codes.get(code) ?? new Set()).add(kind))
  for (const { kind, code } of (await Promise.all(ANSWERING.map(saidErrors))).flat())
    for (const [, name] of code.matchAll(/'(\w+)'/g)) add(name!, kind)
  for (const { source } of (await Promise.all(ANSWERING.map(sources))).flat())
    for (const [, name] of source.matchAll(MAKERS)) add(name!, 'invalid')
  return codes
}

describe('the list of codes', () => {
  test('has every code of the source, with the status that it is answered with', async () => {
    const found = await codesOfSource()
    expect(found.size).toBeGreaterThan(90)
    const missing = [...found.keys()].filter((code) => !PROBLEMS.has(code) && !NOT_ANSWERED.has(code))
    expect(missing).toEqual([])
    expect([...NOT_ANSWERED].filter((code) => !found.has(code))).toEqual([])
    for (const [code, { kind }] of PROBLEMS)
      if (found.has(code)) expect([code, found.get(code)!.has(kind)]).toEqual([code, true])
  })

  test('has no code that nothing answers any more', async () => {
    const found = await codesOfSource()
    const text = (await Promise.all(ANSWERING.map(sources))).flat()
    const dead = [...PROBLEMS.keys()].filter((code) => !found.has(code))
    const written = (code: string) =>
      text.some(({ path, source }) => !path.startsWith('api/problems/') && source.includes(`'${code}'`))
    expect(dead.filter((code) => !written(code))).toEqual([])
  })

  test('is public, as JSON in the language asked for', async () => {
    for (const [language, action] of [
      ['en', 'See GET /jobs.'],
      ['pt-BR', 'Veja GET /jobs.'],
    ]) {
      const answer = await api.call('GET', '/docs/problems', { headers: { 'accept-language': language! } })
      expect([answer.status, answer.headers.get('content-language')]).toEqual([200, language!])
      const { items } = (await answer.json()) as { items: Array<{ code: string; action: string }> }
      expect(items).toHaveLength(PROBLEMS.size)
      expect(items.find(({ code }) => code === 'job_not_found')).toMatchObject({ status: 404, action })
    }
  })
})

describe('a page', () => {
  const ask = (path: string, language: string, accept = 'text/html,*/*;q=0.8') =>
    api.call('GET', path, { headers: { accept, 'accept-language': language } })

  test('of every code says in both languages what happened and what to do, and loads nothing', async () => {
    for (const [code, { kind, what, action }] of PROBLEMS)
      for (const [language, texts] of [
        ['en', [what.en, action.en]],
        ['pt-BR', [what.pt, action.pt]],
      ] as const) {
        const answer = await ask(`/docs/problems/${code}`, language)
        const html = await answer.text()
        expect([code, answer.status, answer.headers.get('content-type')]).toEqual([
          code,
          200,
          'text/html; charset=utf-8',
        ])
        const plain = html.replaceAll(/<\/?code>/g, '')
        for (const text of texts) expect(plain).toContain(Bun.escapeHTML(text.replaceAll('`', '')))
        expect(html).toContain(`<html lang="${language}">`)
        expect(html).toContain(String(STATUS[kind]))
        expect(html).not.toMatch(/<script|https?:\/\/| src=/)
      }
  })

  test('has a policy that lets its own style in and nothing else', async () => {
    const answer = await ask('/docs/problems', 'en')
    const style = /<style>(.*?)<\/style>/s.exec(await answer.text())![1]!
    const hash = new Bun.CryptoHasher('sha256').update(style).digest('base64')
    expect(answer.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}';`)
    expect(answer.headers.get('vary')).toBe('Accept, Accept-Language, Accept-Encoding')
  })

  test('of the list links to all of them', async () => {
    const html = await (await ask('/docs/problems', 'pt')).text()
    const links = [...html.matchAll(/href="(\/docs\/problems\/\w+)"/g)].map(([, path]) => path!)
    expect(links).toHaveLength(PROBLEMS.size)
  })

  test('is where the type of a problem leads; of an unknown code there is none', async () => {
    const problem = (await (await api.call('GET', '/me')).json()) as { type: string; code: string }
    expect(problem.type).toBe(`/docs/problems/${problem.code}`)
    const page = await api.call('GET', problem.type)
    expect(await page.json()).toMatchObject({ code: problem.code, status: 401, type: problem.type })
    const again = await api.call('GET', problem.type, { headers: { 'if-none-match': page.headers.get('etag')! } })
    expect(again.status).toBe(304)
    expect((await ask('/docs/problems/never_heard_of', 'en')).status).toBe(404)
    for (const odd of ['A', 'a-b', '..%2f', '%3Cscript%3E', 'constructor%00', 'x'.repeat(65)])
      expect((await ask(`/docs/problems/${odd}`, 'en')).status).toBe(422)
    for (const name of ['constructor', '__proto__'])
      expect((await ask(`/docs/problems/${name}`, 'en')).status).toBe(404)
  })
})
