/** Texts for people in the language that the request asks for, else in LOCALE's; codes and names of fields never change. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { languageOf } from '../../api/http/language.ts'
import { problemResponse, STATUS, titleOf } from '../../api/http/problems.ts'
import { readApiConfig } from '../../api/config.ts'
import { AppError } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'
import { LOCALES, type Locale } from '../../lib/texts.ts'
import { PASSWORD, testApi, type CallOptions, type TestApi } from '../kit/api.ts'
import { same } from '../kit/texts.ts'
import { plainErrors, translations, verbatim } from './sentences.ts'

setDefaultTimeout(120_000)

interface Problem {
  title: string
  status: number
  detail: string
  code: string
  errors?: Array<{ path: string; message: string }>
}

let api: TestApi
let brazilian: TestApi
beforeAll(async () => {
  api = await testApi({ LOCALE: 'en' })
  brazilian = await testApi({ LOCALE: '' })
})
afterAll(async () => {
  await api.close()
  await brazilian.close()
})

async function problem(on: TestApi, method: string, path: string, accept?: string, options: CallOptions = {}) {
  const headers = { ...options.headers, ...(accept !== undefined && { 'accept-language': accept }) }
  const answer = await on.call(method, path, { ...options, headers })
  return { answer, body: (await answer.json()) as Problem }
}

describe('a problem', () => {
  test('is told in Portuguese or English, as the request asks; the code stays', async () => {
    for (const [accept, language, title, detail] of [
      ['pt-BR,pt;q=0.9,en;q=0.8', 'pt-BR', 'Não encontrado', 'Esta rota não existe; GET /docs mostra todas.'],
      ['en-GB', 'en', 'Not Found', 'There is no such route; GET /docs lists them.'],
    ] as const)
      for (const on of [api, brazilian]) {
        const { answer, body } = await problem(on, 'GET', '/nowhere', accept, { as: 'viewer' })
        expect(body).toMatchObject({ status: 404, code: 'route_not_found', title, detail })
        expect(answer.headers.get('content-language')).toBe(language)
        expect(answer.headers.get('vary')).toBe('Accept-Language')
      }
  })

  test("is in LOCALE's language for who asks for none, or for one we do not speak; that is Portuguese unless set", async () => {
    for (const accept of [undefined, 'de', 'de-CH, fr;q=0.8', '*', '???'])
      for (const [on, language] of [
        [api, 'en'],
        [brazilian, 'pt-BR'],
      ] as const) {
        const { answer } = await problem(on, 'GET', '/me', accept)
        expect([accept, answer.headers.get('content-language')]).toEqual([accept, language])
      }
  })

  test('names both things that it depends on where origins are allowed, too', async () => {
    const open = await testApi({ CORS_ORIGINS: 'https://intranet.example.com' })
    try {
      const { answer } = await problem(open, 'GET', '/me', 'pt', {
        headers: { origin: 'https://intranet.example.com' },
      })
      expect(answer.headers.get('vary')).toBe('Origin, Accept-Language')
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://intranet.example.com')
    } finally {
      await open.close()
    }
  })

  test('lists what does not fit in the same language, under the same paths', async () => {
    const json = { sku: 'A', name: '', material: 'stone', kind: 'box', unit_cost: '1', stock: 1.5, colour: 'red' }
    const options = { as: 'operator', json } as const
    const portuguese = (await problem(api, 'POST', '/embalagens', 'pt', options)).body
    const english = (await problem(api, 'POST', '/embalagens', 'en', options)).body
    expect(portuguese.errors!.map(({ path }) => path)).toEqual(english.errors!.map(({ path }) => path))
    const told = new Map(portuguese.errors!.map(({ path, message }) => [path, message]))
    expect(told.get('/colour')).toBe('é desconhecido')
    expect(told.get('/material')).toStartWith('deve ser um destes: paper, plastic')
    expect(told.get('/stock')).toBe('deve ser um número inteiro de 0 a 2147483647')
    expect(portuguese.errors!.find(({ path }) => path === '/currency')!.message).toBe('é obrigatório')
    expect(portuguese.errors!.find(({ path }) => path === '/name')!.message).toBe('deve ter ao menos 1 caractere')
  })

  test('of a file says in Portuguese what is wrong with its lines, and with a workbook', async () => {
    const csv = 'sku,name,material,kind,unit_cost,currency\nA,B,paper,box,abc,BRL\n'
    const rows = (await problem(api, 'POST', '/embalagens/import', 'pt', { as: 'operator', body: csv, headers: CSV }))
      .body
    expect(rows.detail).toBe('Linhas com erros: 1 de 1. Nada foi importado.')
    expect(rows.errors).toMatchObject([{ line: 2, column: 'unit_cost', message: 'não é um número: “abc”' }])
    const broken = new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3])
    const book = (
      await problem(api, 'POST', '/embalagens/import', 'pt', { as: 'operator', body: broken, headers: CSV })
    ).body
    expect(book.detail).toBe(
      'A planilha está danificada; salve-a de novo como .xlsx no Excel ou no LibreOffice, ou como CSV. Nada foi importado.',
    )
  })

  test('of a refused sign-in is the same for an unknown user and a wrong password, in Portuguese as well', async () => {
    await api.token('viewer')
    const told = []
    for (const json of [
      { username: 'viewer', password: `not ${PASSWORD}` },
      { username: 'nobody', password: PASSWORD },
    ]) {
      const { answer, body } = await problem(api, 'POST', '/login', 'pt-BR', { json })
      told.push({ ...body, request_id: '', status: answer.status })
    }
    expect(told[0]).toEqual(told[1]!)
    expect(told[0]).toMatchObject({ status: 401, detail: 'O nome de usuário ou a senha não confere.' })
  })
})

const CSV = { 'content-type': 'text/csv' }

describe('the language', () => {
  const pick = (header: string, fallback: Locale) =>
    languageOf(new Request('http://x', { headers: { 'accept-language': header } }), fallback)

  test('is the one of the highest quality; among equals the first, and what is refused is not taken', () => {
    for (const [header, wanted] of [
      ['en;q=0.5, pt;q=0.6', 'pt-BR'],
      ['pt;q=0.5,en', 'en'],
      ['en, pt', 'en'],
      ['PT-pt, EN', 'pt-BR'],
      ['pt;q=0.2, *', 'en'],
      ['en;q=0, *', 'pt-BR'],
      ['en;q=0', 'pt-BR'],
      ['pt-BR;q=0,de', 'en'],
      ['fr, pt;q=0.001', 'pt-BR'],
      ['pt ; q=0.300 , en ;q=0.299', 'pt-BR'],
    ] as const)
      for (const fallback of LOCALES) expect([header, pick(header, fallback)]).toEqual([header, wanted])
  })

  test('is LOCALE where the header says nothing that can be read', () => {
    const nonsense = [
      '',
      ' ',
      ',,,',
      '*',
      '*;q=0',
      'de',
      'english',
      'ptx',
      'en;q=2',
      'en;q=-1',
      'en;q=x',
      'en_US;',
      '../../etc',
    ]
    for (const header of [...nonsense, 'a'.repeat(8000), '-,'.repeat(4000), 'constructor', '__proto__'])
      for (const fallback of LOCALES) expect([header, pick(header, fallback)]).toEqual([header, fallback])
  })

  test('of LOCALE is one of two; another is a problem of the configuration', () => {
    expect(readApiConfig({}).locale).toBe('pt-BR')
    expect(readApiConfig({ LOCALE: 'en' }).locale).toBe('en')
    expect(() => readApiConfig({ LOCALE: 'fr' })).toThrow('LOCALE')
  })
})

describe('a failure that only an engine can explain', () => {
  const answerTo = (thrown: unknown, locale: Locale) =>
    problemResponse(thrown, 'request', createLog('api', 'silent'), { locale })

  test('says what it means to the reader, and where the engine is only to the log', async () => {
    const thrown = new AppError('unavailable', 'history_unavailable', same('Cassandra (x) has not answered.'))
    const english = answerTo(thrown, 'en')
    expect(await english.json()).toMatchObject({
      code: 'history_unavailable',
      detail: 'A part of the system does not answer now; try again in a moment.',
    })
    const portuguese = answerTo(thrown, 'pt-BR')
    expect(await portuguese.json()).toMatchObject({
      code: 'history_unavailable',
      title: 'Serviço indisponível',
      detail: 'Uma parte do sistema não responde agora; tente de novo daqui a pouco.',
    })
    expect(portuguese.headers.get('content-language')).toBe('pt-BR')
  })

  test('of the disk, or of ours, is told without its path', async () => {
    for (const [thrown, detail] of [
      [
        new AppError('no_space', 'disk_full', same('The disk of /var/doca is full.')),
        'O servidor está sem espaço; avise quem cuida do sistema.',
      ],
      [
        new AppError('internal', 'disk_failed', same('/var/doca cannot be used.')),
        'Algo deu errado aqui; o log tem os detalhes sob este request_id.',
      ],
      [new TypeError('x is undefined'), 'Algo deu errado aqui; o log tem os detalhes sob este request_id.'],
    ] as const) {
      expect(await answerTo(thrown, 'pt-BR').json()).toMatchObject({ detail })
      expect(await answerTo(thrown, 'en').text()).not.toMatch(/doca|undefined/)
    }
  })
})

/** The only Errors without a second language: for a log, the cause of another, or what cannot be. */
const NEVER_READ = [
  'messageOf(err)',
  'a thread for passwords ended',
  'reasonOf(err).en',
  'bytes are left',
  'unreachable: ',
  'another server answers',
  'no answer that PostgreSQL gives',
  'the database has not answered',
  'it answers ',
  'code ? `the network failed',
  'This job runs in processes of its own.',
  'nothing is asked',
  'cannot be listened on',
  'was deleted and made again',
]

describe('the source', () => {
  test('says in both languages, as AppErrors do by their type, whatever may end as the error of a run', async () => {
    const all = (await Promise.all(['lib/**/*.ts', 'db/**/*.ts', 'jobs/**/*.ts'].map(plainErrors))).flat()
    expect(all.filter(({ text }) => !NEVER_READ.some((known) => text.includes(known)))).toEqual([])
    for (const known of NEVER_READ) expect(all.filter(({ text }) => text.includes(known)).length).toBeGreaterThan(0)
  })

  test('keeps placeholders, routes and names as they are when it translates', async () => {
    const all = (
      await Promise.all(['api/**/*.ts', 'db/**/*.ts', 'jobs/**/*.ts', 'lib/**/*.ts'].map(translations))
    ).flat()
    expect(all.length).toBeGreaterThan(500)
    for (const { place, en, pt } of all) expect([place, ...verbatim(pt)]).toEqual([place, ...verbatim(en)])
  })

  test('has a Portuguese title for every status that it answers problems with', async () => {
    for (const status of Object.values(STATUS)) expect([status, titleOf(status, 'pt-BR')]).not.toEqual([status, 'Erro'])
  })
})
