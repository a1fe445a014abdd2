import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { PEOPLE_TOPIC } from '../../../db/people/config.ts'
import { person as personSchema, type Person } from '../../../db/people/person.ts'
import { Value } from '@sinclair/typebox/value'
import usersStream from '../../../jobs/definitions/users_stream/index.ts'
import { createPace } from '../../../jobs/definitions/users_stream/pace.ts'
import { readPerson } from '../../../jobs/definitions/users_stream/read-person.ts'
import { streamUsers, type StreamUsersOptions } from '../../../jobs/definitions/users_stream/stream-users.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { busy, html, startOutsideApi, truncated, type OutsideApi } from '../../kit/outside-api.ts'
import { endedRun, silent, testRoles, type TestRoles } from '../../kit/replica.ts'
import { startReplica } from '../../../jobs/start-replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let opened: TestRoles
let api: OutsideApi
beforeAll(async () => {
  database = await testDatabase()
  opened = await testRoles(database)
  api = startOutsideApi(page)
})
afterEach(async () => {
  api.reset()
  await database.sql`truncate stream_messages`
})
afterAll(async () => {
  api.stop()
  await opened.close()
  await database.close()
})

function hundredMegabytes(): ReadableStream {
  const [spaces, left] = [new Uint8Array(1_000_000).fill(32), Array.from({ length: 100 })]
  return new ReadableStream({ pull: (body) => (left.pop(), left.length > 0 ? body.enqueue(spaces) : body.close()) })
}

/** The same people for the same seed and page, as RandomUser gives them. */
function page(url: URL): Response {
  const { results, page, seed } = Object.fromEntries(url.searchParams)
  const people = Array.from({ length: Number(results) }, (_, i) => personOf(`${seed}-${page}-${i}`))
  return Response.json({ results: people, info: { seed, results: people.length, page: Number(page), version: '1.4' } })
}

function personOf(name: string) {
  const hex = new Bun.CryptoHasher('sha256').update(name).digest('hex')
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  return {
    gender: 'female',
    name: { title: 'Ms', first: 'Íris', last: 'Araújo' },
    location: {
      street: { number: 12, name: 'Rua Acre' },
      city: 'Recife',
      state: 'Pernambuco',
      country: 'Brazil',
      postcode: 50030,
      coordinates: { latitude: '-8.05', longitude: '-34.88' },
      timezone: { offset: '-3:00', description: 'Brasília' },
    },
    email: `${name}@example.com`,
    login: { uuid, username: name, password: 'abc', salt: 'x', md5: 'x', sha1: 'x', sha256: 'x' },
    dob: { date: '1980-05-17T08:30:00.000Z', age: 46 },
    registered: { date: '2015-03-02T12:00:00.000Z', age: 11 },
    phone: '(81) 2222-3333',
    cell: '(81) 9999-3333',
    id: { name: '', value: null },
    picture: {
      large: 'https://example.com/l.jpg',
      medium: 'https://example.com/m.jpg',
      thumbnail: 'https://example.com/t.jpg',
    },
    nat: 'BR',
  }
}

async function sent(topic = PEOPLE_TOPIC): Promise<Person[]> {
  const rows = await database.sql<{ value: Uint8Array }[]>`
    select value from stream_messages where topic = ${topic} order by produced_at, "offset"`
  return rows.map(({ value }) => JSON.parse(new TextDecoder().decode(value)) as Person)
}

const said: string[] = []
const say = (message: string) => void said.push(message)
const log = { debug: say, info: say, warn: say, error: say }

const QUICK: StreamUsersOptions = {
  url: '',
  topic: PEOPLE_TOPIC,
  seconds: 1,
  per_s: 1000,
  page: 20,
  seed: 's',
  first_delay_ms: 20,
}
const signal = new AbortController().signal

async function stream(options: Partial<StreamUsersOptions> = {}, abort = signal) {
  said.length = 0
  return streamUsers(opened.roles.stream, { ...QUICK, url: api.url, ...options }, { log, signal: abort })
}

test('people are asked for page by page and sent flat, keyed by id, each once', async () => {
  api.next = [page, page, page, () => Response.json({ results: [] })]
  const done = await stream({ seconds: 30 })
  const people = await sent()
  expect([done.people, people.length]).toEqual([60, 60])
  expect(new Set(people.map(({ id }) => id)).size).toBe(people.length)
  expect(api.asked.slice(0, 2).map(({ search }) => search)).toEqual([
    '?results=20&page=1&seed=s',
    '?results=20&page=2&seed=s',
  ])
  const first = personOf('s-1-0')
  expect(people.find(({ id }) => id === first.login.uuid)).toEqual({
    id: first.login.uuid,
    nome: 'Íris',
    sobrenome: 'Araújo',
    genero: 'female',
    endereco: 'Rua Acre 12, Recife, Pernambuco, Brazil',
    codigo_postal: '50030',
    pais: 'Brazil',
    email: 's-1-0@example.com',
    usuario: 's-1-0',
    data_nascimento: '1980-05-17T08:30:00.000Z',
    data_registro: '2015-03-02T12:00:00.000Z',
    telefone: '(81) 2222-3333',
    imagem: 'https://example.com/m.jpg',
  })
  for (const one of people) expect(Value.Check(personSchema, one)).toBe(true)
})

test('no more people than the rate allows are sent, and the time is kept', async () => {
  const started = performance.now()
  const { people } = await stream({ per_s: 20, seconds: 2, page: 500 })
  // Slices of 5, the first at once.
  expect(people).toBeLessThanOrEqual(45)
  expect(people).toBeGreaterThanOrEqual(5)
  expect(performance.now() - started).toBeGreaterThan(1400)
  expect(api.asked).toHaveLength(1)
})

describe('the rate', () => {
  /** When slices of so many went, in ms, with these times without people. */
  function slicesOf(
    per_s: number,
    slice: number,
    total: number,
    outages: Array<[at_slice: number, ms: number]>,
  ): number[] {
    const pace = createPace(per_s, 0)
    let now = 0
    return Array.from({ length: Math.ceil(total / slice) }, (_, n) => {
      now += outages.find(([at]) => at === n)?.[1] ?? 0
      now += pace(slice, now)
      return now
    })
  }

  test('holds within a tenth over any ten seconds, and is kept where pages are late', () => {
    for (const per_s of [10, 73, 100, 1000]) {
      const slice = Math.max(1, Math.round(per_s / 4))
      // Each page takes 0.9 s to come, a slice in ten.
      const late = Array.from({ length: 60 }, (_, n): [number, number] => [n * 10, 900])
      const went = slicesOf(per_s, slice, per_s * 60, late)
      expect(went.at(-1)! / 60_000).toBeWithin(0.9, 1.1)
      for (const from of went) {
        const within = went.filter((at) => at >= from && at < from + 10_000).length * slice
        expect(within).toBeLessThanOrEqual(per_s * 10 * 1.1 + slice)
      }
    }
  })

  test('is no flood when the API was away for a minute', () => {
    const went = slicesOf(100, 25, 6000, [[40, 60_000]])
    const back_at = went[40]!
    expect(went.filter((at) => at >= back_at && at < back_at + 1000).length * 25).toBeLessThanOrEqual(225)
    expect(went.at(-1)!).toBeWithin(118_000, 122_000)
  })
})

test('an API that repeats its page gives nobody twice, and is left alone after a while', async () => {
  api.usual = (url) => {
    url.searchParams.set('page', '1')
    return page(url)
  }
  expect(await stream({ seconds: 30 })).toMatchObject({ people: 20, repeated: 60, pages: 4 })
  expect(await sent()).toHaveLength(20)
  expect(said).toContain('The last 3 pages had nobody new; the API repeats itself, or has no more.')
})

test('a page that is empty is the end', async () => {
  api.next = [page, () => Response.json({ results: [] })]
  expect(await stream({ seconds: 30 })).toMatchObject({ people: 20, pages: 1 })
})

test.each<[string, () => Response | Promise<Response>, RegExp]>([
  ['429 with a time to wait', busy(429, { 'retry-after': '0' }), /answered 429\. Asking again/],
  ['500', busy(500), /answered 500\. Asking again in 0 s|answered 500/],
  ['503', busy(503), /answered 503/],
  ['HTML', html, /no JSON \("<!doctype html> <h1>Sign in/],
  ['half an answer', truncated, /no JSON/],
])('after %s the page is asked for again', async (_, answer, sentence) => {
  api.next = [page, answer, answer, page, () => Response.json({ results: [] })]
  expect(await stream({ seconds: 30 })).toMatchObject({ people: 40, pages: 2 })
  expect(api.asked.slice(0, 4).map(({ searchParams }) => searchParams.get('page'))).toEqual(['1', '2', '2', '2'])
  expect(said.find((line) => sentence.test(line))).toBeDefined()
})

test('an API that breaks for good after some people is told, and they count', async () => {
  api.next = [page]
  api.usual = busy(503)
  expect(await stream({ seconds: 1 })).toMatchObject({ people: 20, pages: 1 })
  expect(said.some((line) => line.endsWith('The time is over.'))).toBe(true)
})

test.each<[string, () => Response, RegExp]>([
  ['always 503', busy(503), /answered 503\./],
  ['redirects without end', () => Response.redirect(api.url, 302), /redirects without end\./],
  ['sends 100 MB', () => new Response(hundredMegabytes()), /answered with more than 16777216 bytes\./],
  ['asks to wait for an hour', busy(429, { 'retry-after': '3600' }), /answered 429\./],
  ['does not know us', busy(401), /answered 401; check its key/],
  ['reports an error of its own', () => Response.json({ error: 'Uh oh, something has gone wrong.' }), /it says "Uh oh/],
  ['is another API', () => Response.json([1, 2]), /has no list named results; check USERS_API_URL/],
  ['has nobody', () => Response.json({ results: [] }), /gave an empty list/],
  ['has no people', () => Response.json({ results: [{ name: 'x' }, null, 3] }), /entries that are no people/],
])('an API that %s fails the run with a sentence', async (_, answer, sentence) => {
  api.usual = answer
  await expect(stream({ seconds: 1 })).rejects.toThrow(sentence)
  expect(await sent()).toEqual([])
})

test('an API that cannot be reached fails the run with a sentence that names it', async () => {
  await expect(stream({ url: 'http://127.0.0.1:1/api/?key=secret', seconds: 1 })).rejects.toThrow(
    /^GET http:\/\/127\.0\.0\.1:1\/api\/ failed: (?!.*secret)/,
  )
})

test('an abort ends it at once, in a wait as in a slow answer', async () => {
  for (const [usual, per_s] of [
    [page, 1],
    [() => new Promise<Response>(() => {}), 1000],
  ] as const) {
    api.usual = usual
    const abort = new AbortController()
    const going = stream({ seconds: 60, per_s, page: 10 }, abort.signal)
    await until('the first question', () => api.asked.length > 0)
    abort.abort(new Error('the run is over'))
    await expect(going).rejects.toThrow('the run is over')
    api.reset()
  }
})

test('as a job: configured by the environment and by who triggers it, with the run as seed, its figures as result', async () => {
  const roles = { ...opened.roles, settings: structuredClone(opened.roles.settings) }
  roles.settings.users = { url: api.url, topic: 'gente', seconds: 3600, per_s: 50, page: 10 }
  const replica = await startReplica(
    new Map([['users_stream', usersStream]]),
    roles,
    { concurrency: 1, lease_s: 15 },
    silent,
  )
  const { run_id } = await enqueueRun(database.sql, { job: 'users_stream', trigger: 'manual', conf: { seconds: 1 } })
  const run = await endedRun(database.sql, run_id)
  await replica.stop(1000)
  expect(run.state).toBe('succeeded')
  const people = await sent('gente')
  expect(run.result).toMatchObject({ topic: 'gente', people: people.length })
  expect(api.asked[0]!.searchParams.get('seed')).toBe(run_id)
})

const { login } = personOf('x')

test.each<[unknown, string]>([
  [null, 'login.uuid'],
  ['x', 'login.uuid'],
  [{}, 'login.uuid'],
  [{ login: { uuid: 'no' }, email: 'ana@example.com' }, 'login.uuid'],
  [{ login: null }, 'login.uuid'],
  [{ login }, 'email'],
  ...['', 'ana', 'ana@', '@example.com', 'ana@example', 'a b@example.com', 'ana@example.com, eva@example.com'].map(
    (email): [unknown, string] => [{ login, email }, 'email'],
  ),
  [{ login, email: `${'a'.repeat(250)}@example.com` }, 'email'],
  [{ login, email: 12 }, 'email'],
])('%j is nobody', (raw, wrong) => expect(readPerson(raw)).toEqual({ wrong: expect.stringContaining(wrong) }))

test('entries that are left out are counted, and named with the reason up to a limit', async () => {
  const bad = [{ ...personOf('bad'), email: 'none' }, ...Array.from({ length: 30 }, () => ({}))]
  api.next = [() => Response.json({ results: [personOf('good'), ...bad] }), () => Response.json({ results: [] })]
  expect(await stream({ seconds: 30 })).toMatchObject({ people: 1, left_out: 31 })
  expect(said).toContain('Entry 2 of page 1 is left out: its email is no e-mail address.')
  expect(said).toContain('Entry 3 of page 1 is left out: its login.uuid is no UUID.')
  expect(said.filter((line) => line.includes('is left out'))).toHaveLength(20)
  expect(said.at(-1)).toEndWith('31 entries were left out.')
})

test('a postcode that is a number beyond 2^53 is none, since it is not the one that was written', () => {
  const of = (postcode: unknown) => readPerson({ ...personOf('x'), location: { postcode } })
  expect(of(2 ** 53 - 1)).toMatchObject({ codigo_postal: '9007199254740991' })
  expect(of(2 ** 53)).toMatchObject({ codigo_postal: null })
  expect(of(1e30)).toMatchObject({ codigo_postal: null })
})

test('what a person lacks is null', () => {
  const { uuid: id } = login
  const email = 'ana@example.com'
  expect(
    readPerson({ login: { uuid: id.toUpperCase() }, email, name: { first: ' Ana ' }, location: { city: 'Natal' } }),
  ).toEqual({
    id,
    nome: 'Ana',
    sobrenome: null,
    genero: null,
    endereco: 'Natal',
    codigo_postal: null,
    pais: null,
    email,
    usuario: null,
    data_nascimento: null,
    data_registro: null,
    telefone: null,
    imagem: null,
  })
})
