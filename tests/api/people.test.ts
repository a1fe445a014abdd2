/** GET /people: search by the beginnings of words, by country, in pages. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import type { Person } from '../../db/people/person.ts'
import { storePeople } from '../../db/people/store-people.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  await storePeople(
    api.db.sql,
    PEOPLE.map((some, i) => ({
      person: { ...NOBODY, ...some, id: idOf(i) },
      written_at: new Date(Date.UTC(2026, 10, 20)),
      replay_of: undefined,
    })),
  )
})
afterAll(() => api.close())

const idOf = (n: number) => `0a1b2c3d-0000-4000-8000-${String(n).padStart(12, '0')}`
const NOBODY: Person = {
  id: '',
  nome: null,
  sobrenome: null,
  genero: null,
  endereco: null,
  codigo_postal: null,
  pais: null,
  email: 'x@example.com',
  usuario: null,
  data_nascimento: null,
  data_registro: null,
  telefone: null,
  imagem: null,
}
const PEOPLE: Partial<Person>[] = [
  { nome: 'Íris', sobrenome: 'Araújo', pais: 'Brazil', email: 'iris.araujo@example.com', codigo_postal: '05003-060' },
  { nome: 'ANA', sobrenome: "D'Ávila", pais: 'brazil', email: 'ana@são-paulo.example', usuario: 'bluecat12' },
  {
    nome: 'Ana',
    sobrenome: 'Souza',
    pais: 'Côte d’Ivoire',
    endereco: 'Rua Acre 12, Recife',
    telefone: '(81) 2222-3333',
  },
  { nome: 'Жанна', sobrenome: 'Иванова', pais: 'Ukraine', email: 'жанна@пошта.укр' },
  { nome: '用户', pais: 'China', email: 'wang@example.cn' },
  { email: 'nameless@example.org' },
]

interface PeoplePage {
  items: Array<Record<string, string | null>>
  next_cursor: string | null
}
async function ask(query: Record<string, string | number>): Promise<PeoplePage> {
  const words = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  )
  const answer = await api.call('GET', `/people?${words}`, { as: 'viewer' })
  expect(answer.status).toBe(200)
  return (await answer.json()) as PeoplePage
}
const found = async (query: Record<string, string | number>) =>
  (await ask(query)).items.map(({ id }) => Number(id!.slice(-12)))

test('a person has every field of the seed', async () => {
  await storePeople(api.db.sql, [
    {
      person: {
        ...NOBODY,
        id: idOf(99),
        nome: 'Zoé',
        sobrenome: 'Zola',
        genero: 'female',
        endereco: 'Rua Acre 12, Recife, Pernambuco, Brazil',
        codigo_postal: '05003-060',
        pais: 'Brazil',
        email: 'zoe@example.com',
        usuario: 'zoe',
        data_nascimento: '1980-05-17T08:30:00.000Z',
        data_registro: '2015-03-02T09:00:00-03:00',
        telefone: '123',
        imagem: 'https://example.com/m.jpg',
      },
      written_at: new Date('2026-11-20T06:00:12.345Z'),
      replay_of: undefined,
    },
  ])
  expect((await ask({ q: 'zola' })).items).toEqual([
    {
      id: idOf(99),
      first_name: 'Zoé',
      last_name: 'Zola',
      gender: 'female',
      address: 'Rua Acre 12, Recife, Pernambuco, Brazil',
      postcode: '05003-060',
      country: 'Brazil',
      email: 'zoe@example.com',
      username: 'zoe',
      born_at: '1980-05-17T08:30:00.000Z',
      registered_at: '2015-03-02T12:00:00.000Z',
      phone: '123',
      picture: 'https://example.com/m.jpg',
      written_at: '2026-11-20T06:00:12.345Z',
    },
  ])
  await api.db.sql`delete from people where id = ${idOf(99)}`
})

test('people are in the order of their names, whatever case and accents; the nameless come first', async () =>
  expect(await found({})).toEqual([5, 1, 2, 0, 3, 4]))

test.each<[string, number[]]>([
  ['ana', [1, 2]],
  ['an', [1, 2]],
  ['ANA souza', [2]],
  ['souza ana', [2]],
  ['iris', [0]],
  ['ÍRIS ARAÚJO', [0]],
  ['araujo@example', [0]],
  ['iris.araujo@example.com', [0]],
  ["d'avila", [1]],
  ['sao-paulo', [1]],
  ['bluecat', [1]],
  ['05003-060', [0]],
  ['(81) 2222', [2]],
  ['rua acre', [2]],
  ['жанна', [3]],
  ['ЖАНН', [3]],
  ['用', [4]],
  ['ris', []],
  ['ana & souza | !x:*', [2]],
  ["'", []],
  ['\\', []],
  ['!!!', []],
  ['%', []],
])('q=%s finds %p', async (q, expected) => expect((await found({ q })).toSorted()).toEqual(expected))

test.each<[string, number[]]>([
  ['Brazil', [1, 0]],
  ['BRAZIL', [1, 0]],
  ['cote d’ivoire', [2]],
  ['Bra', []],
])('country=%s finds %p', async (country, expected) => expect(await found({ country })).toEqual(expected))

test('both filters hold together', async () => expect(await found({ country: 'brazil', q: 'ana' })).toEqual([1]))

test('pages of any size give everybody once, in one order, also with filters', async () => {
  for (const filters of [{}, { country: 'brazil' }, { q: 'a' }] as Record<string, string>[])
    for (const limit of [1, 2, 5]) {
      const all: number[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: PeoplePage = await ask({ ...filters, limit, ...(cursor && { cursor }) })
        expect(page.items.length).toBeLessThanOrEqual(limit)
        all.push(...page.items.map(({ id }) => Number(id!.slice(-12))))
        cursor = page.next_cursor
      }
      expect(all).toEqual(await found(filters))
    }
})

test.each([
  'x',
  Buffer.from('{"name":"a","id":"no"}').toString('base64url'),
  Buffer.from('{"id":"a"}').toString('base64url'),
])('the cursor %s of another list is refused', async (cursor) => {
  const answer = await api.call('GET', `/people?cursor=${cursor}`, { as: 'viewer' })
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([422, 'cursor_invalid'])
})

test('whatever is searched for, the answer is a list', async () => {
  const signs = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 30 })
    .filter((q) => !/[\u0000-\u001f\u007f-\u009f]/.test(q))
  await fc.assert(
    fc.asyncProperty(signs, async (q) => {
      const answer = await api.call('GET', `/people?${new URLSearchParams({ q })}`, { as: 'viewer' })
      expect(answer.status).toBe(200)
    }),
    { numRuns: 60 },
  )
})

test('what a clock in the future has written is replaced by what comes after it', async () => {
  const written = (nome: string, written_at: Date) =>
    storePeople(api.db.sql, [{ person: { ...NOBODY, id: idOf(98), nome }, written_at, replay_of: undefined }])
  await written('Quitéria', new Date('2445-01-01T00:00:00Z'))
  await written('Quintino', new Date(Date.now() + 60_000))
  expect((await ask({ q: 'qui' })).items).toMatchObject([{ first_name: 'Quintino' }])
})
