/** People from the topic to the table of records, the projection and the dead letters; again after a crash, and replayed. */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { runReplays } from '../../consumers/replays.ts'
import { startUsers, type UsersMode } from '../../consumers/users.ts'
import { editLetter } from '../../db/dead-letters/edit.ts'
import { findReplay } from '../../db/dead-letters/replays/replays.ts'
import { dryRun, startReplay } from '../../db/dead-letters/replays/start.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { commandLineActor } from '../../db/audit/audit.ts'
import type { Db } from '../../db/engines/connect.ts'
import { PEOPLE_GROUP, readPeopleConfig, type PeopleConfig } from '../../db/people/config.ts'
import { PEOPLE_SOURCE, peopleEffects, peopleLetters, peopleReplays } from '../../db/people/letters.ts'
import { personMessage, type Person } from '../../db/people/person.ts'
import { PEOPLE_CHANGED } from '../../db/people/store-people.ts'
import { envReader } from '../../lib/env.ts'
import { AppError } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'
import { startProgram, until } from '../kit/program.ts'
import { openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(120_000)

const log = createLog('consumers', 'silent')
const ACTOR = commandLineActor()
let fixture: EventsFixture
let db: Db
let config: PeopleConfig
beforeAll(async () => {
  fixture = await openEvents()
  db = fixture.db
  config = readPeopleConfig(envReader({}))
})
beforeEach(async () => {
  await fixture.empty()
  await db.sql`truncate people, people_replayed, letters, alerts, audit, replays, replay_letters, stream_members cascade`
  await db.sql`drop schema if exists dsa_dados_usuarios cascade`
})
afterAll(() => fixture.close())

const idOf = (n: number) => `0a1b2c3d-0000-4000-8000-${String(n).padStart(12, '0')}`
const ana: Person = {
  id: idOf(1),
  nome: 'Ána',
  sobrenome: "D'Ávila",
  genero: 'female',
  endereco: 'Rua Acre 12, Recife, Pernambuco, Brazil',
  codigo_postal: '05003-060',
  pais: 'Brazil',
  email: 'ana@são-paulo.example',
  usuario: 'bluecat12',
  data_nascimento: '1980-05-17T08:30:00.000Z',
  data_registro: '2015-03-02T12:00:00.000Z',
  telefone: '(81) 2222-3333',
  imagem: 'https://example.com/m.jpg',
}
const message = (person: Partial<Person>) => personMessage({ ...ana, ...person }, { trace_id: 'run-1' })

async function drain(mode: UsersMode = 'resume', on: Db = db): Promise<void> {
  const consumer = await startUsers(config, mode, on, log, undefined, 0)
  await until('the end of the topic', async () => (await waiting()) === 0)
  await consumer.stop()
}

const waiting = async () => (await db.stream.lag(PEOPLE_GROUP, [config.topic])).reduce((sum, { lag }) => sum + lag, 0)
const records = async () => [
  ...(await db.sql.unsafe<Record<string, unknown>[]>('select * from dsa_dados_usuarios.tb_usuarios order by id')),
]
const projected = async () => [...(await db.sql<Record<string, unknown>[]>`select * from people order by id`)]
type Row = {
  message_id: string
  reason: string
  detail: string
  state: string
  body: Uint8Array
  id: string
  replay: number
}
const letters = async () => [...(await db.sql<Row[]>`select * from letters order by id`)]

test('every field of a person is in tb_usuarios, which is made where it is missing, and in the projection', async () => {
  await db.stream.produce(config.topic, [message({})])
  await drain()
  const [record] = await records()
  const { written_at, ...fields } = record!
  expect(fields).toEqual({ ...ana })
  expect(written_at).toBeInstanceOf(Date)
  expect(await projected()).toMatchObject([
    {
      id: ana.id,
      first_name: 'Ána',
      last_name: "D'Ávila",
      gender: 'female',
      address: ana.endereco,
      postcode: '05003-060',
      country: 'Brazil',
      email: ana.email,
      username: 'bluecat12',
      born_at: new Date('1980-05-17T08:30:00Z'),
      registered_at: new Date('2015-03-02T12:00:00Z'),
      phone: '(81) 2222-3333',
      picture: ana.imagem,
      written_at,
    },
  ])
  expect(await letters()).toEqual([])
})

test('who shows people or dead letters is told of both', async () => {
  const told: string[] = []
  const listening = await db.sql.listen(PEOPLE_CHANGED, (payload) => void told.push(payload))
  await db.stream.produce(config.topic, [message({})])
  await drain()
  await until('the person to be told', () => told.length === 1)
  await db.stream.produce(config.topic, [message({ email: 'none' })])
  await drain()
  await until('the letter to be told', () => told.length === 2)
  await listening.unlisten()
})

test('keyspace, table and topic are named by the configuration', async () => {
  const env = { USERS_KEYSPACE: 'gente', USERS_TABLE: 'pessoas', USERS_TOPIC: 'outro' }
  const other = readPeopleConfig(envReader(env))
  await db.stream.produce('outro', [message({})])
  const consumer = await startUsers(other, 'resume', db, log)
  await until('the person', async () => (await projected()).length === 1)
  await consumer.stop()
  expect([...(await db.sql`select email from gente.pessoas`)]).toEqual([{ email: ana.email }])
})

test.each([
  ['USERS_KEYSPACE', 'public'],
  ['USERS_KEYSPACE', 'pg_catalog'],
  ['USERS_KEYSPACE', 'Gente'],
  ['USERS_TABLE', 'a;b'],
  ['USERS_TOPIC', 'a b'],
])('%s=%s is refused at the start', (name, value) => {
  const read = envReader({ [name]: value })
  readPeopleConfig(read)
  expect(() => read.finish()).toThrow(`${name} cannot be`)
})

const bytes = (text: string) => new TextEncoder().encode(text)
const withField = (field: string, json: string) =>
  raw(`{"id":"${idOf(9)}","email":"ana@example.com","${field}":${json}}`)

describe('a message that is no person becomes a dead letter with its bytes and the reason', () => {
  test.each<[string, ReturnType<typeof raw>, string, RegExp]>([
    ['a tombstone', raw(new Uint8Array()), 'tombstone', /no value/],
    ['invalid UTF-8', raw(Buffer.concat([bytes('{"id":"'), Buffer.from([0xff, 0xfe]), bytes('"}')])), 'not_json', /./],
    ['no JSON', raw('{"id":'), 'not_json', /./],
    ['10,000-deep nesting', raw('['.repeat(10_000) + ']'.repeat(10_000)), 'invalid', /no JSON object/],
    ['a field of 10,000-deep nesting', withField('nome', '['.repeat(10_000) + ']'.repeat(10_000)), 'invalid', /nome/],
    ['null', raw('null'), 'invalid', /no JSON object/],
    ['a list', raw('[]'), 'invalid', /no JSON object/],
    ['no id', raw('{"email":"ana@example.com"}'), 'invalid', /id is no UUID/],
    ['a postcode beyond 2^53', withField('codigo_postal', '9007199254740993'), 'invalid', /codigo_postal.*2\^53/],
    ['a number beyond all', withField('telefone', '1e400'), 'invalid', /telefone/],
    ['an object for a name', withField('nome', '{}'), 'invalid', /nome/],
    ['a NUL', withField('nome', String.raw`"a\u0000b"`), 'invalid', /nome holds a NUL/],
    ['half a surrogate pair', withField('nome', String.raw`"\ud800"`), 'invalid', /nome holds half/],
    ['a name of 2,000 characters', withField('nome', `"${'a'.repeat(2000)}"`), 'invalid', /nome has 2000/],
    ['more than 64 KiB', withField('nome', `"${'a'.repeat(70_000)}"`), 'too_large', /65536/],
    ['5 MB', withField('nome', `"${'a'.repeat(5_000_000)}"`), 'too_large', /65536/],
    ['no address', withField('email', 'null'), 'email_invalid', /no e-mail address/],
    ['a bad address', withField('email', '"ana@example"'), 'email_invalid', /"ana@example" is no/],
  ])('%s', async (_, bad, reason, detail) => {
    await db.stream.produce(config.topic, [message({}), bad, message({ id: idOf(2) })])
    await drain()
    expect(await projected()).toHaveLength(2)
    const [letter, ...more] = await letters()
    expect(more).toEqual([])
    expect(letter).toMatchObject({
      source: 'people',
      reason,
      origin: config.topic,
      detail: expect.stringMatching(detail),
    })
    expect(Buffer.from(letter!.body).equals(bad.value!)).toBeTrue()
  })
})

test('a postcode that is a number is kept as a text, a name without what cannot be told apart is null', async () => {
  await db.stream.produce(config.topic, [
    raw(`{"id":"${idOf(3).toUpperCase()}","email":" ana@example.com ","codigo_postal":50030,"nome":"  "}`),
  ])
  await drain()
  expect(await records()).toMatchObject([
    { id: idOf(3), codigo_postal: '50030', email: 'ana@example.com', nome: null, pais: null },
  ])
})

test('a time that is none is kept as a text, and null where it is searched', async () => {
  await db.stream.produce(config.topic, [message({ data_nascimento: 'ontem', data_registro: '2015-02-30T00:00:00Z' })])
  await drain()
  expect(await records()).toMatchObject([{ data_nascimento: 'ontem' }])
  expect(await projected()).toMatchObject([{ born_at: null, registered_at: null }])
})

test('the longest names of every script are stored and indexed', async () => {
  const names = ['각', '\u{1d160}', 'ᾂ', 'İ'].map((sign) => sign.repeat(1000 / sign.length))
  const people = names.map((nome, i) =>
    message({ id: idOf(10 + i), nome, sobrenome: nome, pais: nome, endereco: nome }),
  )
  await db.stream.produce(config.topic, people)
  await drain()
  expect(await projected()).toHaveLength(4)
})

test('what is sent again changes nothing, and the newest message of a person stands', async () => {
  const bad = withField('email', '"none"')
  await db.stream.produce(config.topic, [message({}), message({ nome: 'Nova' }), bad])
  await drain()
  const before = [await projected(), await records()]
  await drain('initial')
  // With the times of storing: no row was written again.
  expect([await projected(), await records()]).toEqual(before)
  expect(await records()).toMatchObject([{ nome: 'Nova' }])
  expect(await projected()).toMatchObject([{ first_name: 'Nova' }])
  expect(await letters()).toHaveLength(1)
})

test('initial reads the topic from its beginning every time, append what is new, and without a mode they go on', async () => {
  const emptied = async () => void (await db.sql`truncate people`)
  await db.stream.produce(config.topic, [message({})])
  await drain('append')
  expect(await projected()).toEqual([])
  await db.stream.produce(config.topic, [message({ id: idOf(2) })])
  await drain('append')
  expect((await projected()).map(({ id }) => id)).toEqual([idOf(2)])
  await drain('initial')
  expect(await projected()).toHaveLength(2)
  await emptied()
  await drain('resume')
  expect(await projected()).toEqual([])
  await drain('initial')
  expect(await projected()).toHaveLength(2)
})

test('while somebody is reading, initial joins and leaves the others where they are', async () => {
  await db.stream.produce(config.topic, [message({})])
  const first = await startUsers(config, 'resume', db, log)
  await until('the person', async () => (await projected()).length === 1)
  await db.sql`truncate people`
  const second = await startUsers(config, 'initial', db, log)
  await db.stream.produce(config.topic, [message({ id: idOf(2) })])
  await until('the other', async () => (await projected()).length === 1)
  await Promise.all([first.stop(), second.stop()])
  expect((await projected()).map(({ id }) => id)).toEqual([idOf(2)])
})

describe('initial, while the stream is away', () => {
  const away = (code: string) => new AppError('unavailable', code, { en: 'Away.', pt: 'Fora.' })
  const startOn = (forget: Db['stream']['forget']) =>
    startUsers(config, 'initial', { ...db, stream: { ...db.stream, forget } }, log)

  test('waits for it, and reads from the beginning', async () => {
    await db.stream.produce(config.topic, [message({})])
    await drain()
    await db.sql`truncate people`
    let tries = 0
    const consumer = await startOn(async (group) => {
      if (++tries <= 2) throw away('stream_unavailable')
      return db.stream.forget(group)
    })
    await until('the person', async () => (await projected()).length === 1)
    await consumer.stop()
    expect(tries).toBe(3)
  })

  test('can be stopped', async () => {
    const consumer = await startOn(() => Promise.reject(away('stream_unavailable')))
    await consumer.stop()
  })

  test('does not wait where it is refused', async () => {
    await expect(startOn(() => Promise.reject(away('stream_refused')))).rejects.toMatchObject({
      code: 'stream_refused',
    })
  })
})

describe('a storm', () => {
  const consumer = () => readConsumerState(db.sql, PEOPLE_SOURCE)
  /** Of one key, and so one batch. */
  const people = (count: number, more: Partial<Person> = {}) =>
    Array.from({ length: count }, (_, i) => ({
      ...message({ id: crypto.randomUUID(), usuario: `u${i}`, ...more }),
      key: 'one',
    }))

  test('within one batch pauses the consumer before any of it is a dead letter, and a person decides', async () => {
    await db.stream.produce(config.topic, [...people(11, { email: 'none' }), ...people(9)])
    const running = [await startUsers(config, 'resume', db, log)]
    await until('a pause', async () => (await consumer()).state === 'paused')
    expect(await consumer()).toMatchObject({ reason: 'email_invalid', failed: 11, of: 20 })
    const [alert] = await db.sql`select subject, detail from alerts where rule = 'CONSUMER_PAUSED' and state = 'firing'`
    expect(alert).toMatchObject({ subject: 'people doca-users', detail: { path: '/people' } })
    // Nothing is taken, whoever starts meanwhile.
    running.push(await startUsers(config, 'initial', db, log))
    expect([await letters(), await waiting()]).toEqual([[], 20])
    await decideStorm(db.sql, PEOPLE_SOURCE, 'dead_letter', ACTOR)
    await until('the end', async () => (await waiting()) === 0)
    await Promise.all(running.map((one) => one.stop()))
    expect([await letters(), await projected()].map(({ length }) => length)).toEqual([11, 9])
    expect(await db.sql`select from alerts where rule = 'CONSUMER_PAUSED' and state = 'firing'`).toHaveLength(0)
    const [audited] = await db.sql`select details from audit where action = 'people.consumer_resumed'`
    expect(audited!.details).toEqual({ decision: 'dead_letter', reason: 'email_invalid' })
  })

  test('whose cause is repaired is tried again, and nothing of it was a dead letter', async () => {
    await db.sql.unsafe('create schema dsa_dados_usuarios')
    await db.sql.unsafe('create table dsa_dados_usuarios.tb_usuarios (id uuid primary key, data_registro timestamptz)')
    await db.stream.produce(config.topic, people(25, { data_registro: 'ontem' }))
    const running = await startUsers(config, 'resume', db, log)
    await until('a pause', async () => (await consumer()).state === 'paused')
    expect(await consumer()).toMatchObject({ reason: 'unstorable', failed: 25, of: 25 })
    await db.sql.unsafe('alter table dsa_dados_usuarios.tb_usuarios alter data_registro type text')
    await decideStorm(db.sql, PEOPLE_SOURCE, 'retry', ACTOR)
    await until('all of them', async () => (await projected()).length === 25)
    await running.stop()
    expect(await letters()).toEqual([])
  })

  test('is not made by single bad addresses, however many batches they come in', async () => {
    const one = (i: number) => message({ id: idOf(i), email: i % 5 < 2 ? `ana${i}@` : 'ana@example.com' })
    for (let first = 0; first < 200; first += 50)
      await db.stream.produce(
        config.topic,
        Array.from({ length: 50 }, (_, i) => one(first + i)),
      )
    await drain()
    expect([await letters(), await projected()].map(({ length }) => length)).toEqual([80, 120])
  })

  test('is not made by what was a dead letter before: read again from the beginning, or sent again as it was', async () => {
    await db.stream.produce(config.topic, [...people(19, { email: 'none' }), ...people(19)])
    await db.stream.produce(config.topic, people(19, { email: 'none' }))
    const deciding = await startUsers(config, 'resume', db, log, undefined, 0)
    await until('all of it', async () => {
      if ((await consumer()).state === 'paused') await decideStorm(db.sql, PEOPLE_SOURCE, 'dead_letter', ACTOR)
      return (await waiting()) === 0
    })
    await deciding.stop()
    await db.sql`truncate storms`
    await drain('initial')
    const dead = await letters()
    expect(dead).toHaveLength(38)
    expect(await replay(dead.map(({ id }) => id))).toMatchObject({ died_again: 38 })
    expect(await consumer()).toMatchObject({ state: 'running', reason: null })
  })
})

test('a person whom an engine refuses becomes a dead letter, and holds up nobody', async () => {
  await db.sql.unsafe('create schema dsa_dados_usuarios')
  // As another program made it.
  await db.sql.unsafe('create table dsa_dados_usuarios.tb_usuarios (id uuid primary key, data_registro timestamptz)')
  // Of one key, and so one batch.
  const key = { key: 'one' }
  await db.stream.produce(config.topic, [
    { ...message({ id: idOf(2) }), ...key },
    { ...message({ data_registro: 'ontem' }), ...key },
    { ...message({ id: idOf(3) }), ...key },
  ])
  await drain()
  expect((await projected()).map(({ id }) => id)).toEqual([idOf(2), idOf(3)])
  expect((await records()).map(({ id }) => id)).toEqual([idOf(2), idOf(3)])
  expect(await letters()).toMatchObject([{ message_id: ana.id, reason: 'unstorable' }])
})

test.each(['before', 'after'])('a batch that is cut off %s the history comes again whole', async (when) => {
  await db.stream.produce(config.topic, [message({}), message({ email: 'none' })])
  let cut = false
  const upsert: Db['history']['upsert'] = async (...args) => {
    const ours = !cut
    cut = true
    if (ours && when === 'before') throw new Error('cut off')
    await db.history.upsert(...args)
    if (ours) throw new Error('cut off')
  }
  await drain('resume', { ...db, history: { ...db.history, upsert } })
  expect(cut).toBeTrue()
  expect([await records(), await projected(), await letters()].map(({ length }) => length)).toEqual([1, 1, 1])
})

test('a letter and the offset move together: while the database refuses letters, nothing is passed over', async () => {
  await db.sql`alter table letters rename to letters_away`
  // Of one key, and so one batch.
  await db.stream.produce(config.topic, [message({}), message({ email: 'none' })])
  const consumer = await startUsers(config, 'resume', db, log)
  await until('an attempt', async () => (await projected()).length > 0)
  expect(await waiting()).toBe(2)
  await db.sql`alter table letters_away rename to letters`
  await until('the letter', async () => (await letters()).length === 1)
  await consumer.stop()
  expect(await projected()).toHaveLength(1)
})

async function replay(ids: string[]) {
  const asked = { name: 'again', source: 'people', filter: { ids }, rate_per_s: 1000, canary: 0 }
  const { id } = await startReplay(db.sql, asked, ACTOR)
  const driver = await runReplays(peopleReplays(db.stream, config.topic), db.sql, log)
  const consumer = await startUsers(config, 'resume', db, log)
  await until('the end', async () => (await findReplay(db.sql, id)).finished_at !== null)
  await Promise.all([driver.stop(), consumer.stop()])
  return findReplay(db.sql, id)
}

describe('replays', () => {
  test('an address that is mended brings the person, and what is as it was dies again', async () => {
    const bad = [1, 2].map((n) => message({ id: idOf(n), email: 'ana@' }))
    await db.stream.produce(config.topic, [...bad, raw('{')])
    await drain()
    const dead = await letters()
    const [first, second, unreadable] = ['1', '2', '/'].map((end) =>
      dead.find((one) => one.message_id.includes(end === '/' ? '/' : idOf(Number(end))))!,
    )
    const copy = await editLetter(db.sql, [peopleLetters], first!.id, { email: 'ana@example.com' }, ACTOR)
    const ids = [copy, second!.id, unreadable!.id]
    expect(await dryRun(db.sql, { source: 'people', filter: { ids } }, peopleEffects)).toMatchObject({
      count: 3,
      effects: [
        { effect: 'people', count: 1 },
        { effect: 'dies_again', count: 2 },
      ],
    })
    expect(await replay(ids)).toMatchObject({ state: 'done', succeeded: 1, died_again: 2 })
    expect(await projected()).toMatchObject([{ id: idOf(1), email: 'ana@example.com', first_name: 'Ána' }])
    const again = (await letters()).filter((one) => one.state === 'dead')
    expect(again.map(({ message_id, replay }) => [message_id, replay]).toSorted()).toEqual(
      [
        [idOf(2), 1],
        [expect.stringContaining('/'), 1],
      ].toSorted(),
    )
  })

  test('a replayed letter never replaces what has come since', async () => {
    await db.stream.produce(config.topic, [message({ nome: 'Velha', email: 'ana@' })])
    await db.stream.produce(config.topic, [message({ nome: 'Nova' })])
    await drain()
    const copy = await editLetter(db.sql, [peopleLetters], (await letters())[0]!.id, { email: 'a@example.com' }, ACTOR)
    await db.sql`update letters set headers = json_build_object('produced-at', '2020-01-01T00:00:00.000Z') where id = ${copy}`
    expect(await replay([copy])).toMatchObject({ succeeded: 1 })
    expect(await projected()).toMatchObject([{ first_name: 'Nova' }])
    expect(await records()).toMatchObject([{ nome: 'Nova' }])
  })
})

test('as a program: --mode initial reads what is there; a mode that is none, or without users, is wrong usage', async () => {
  await db.stream.produce(config.topic, [message({})])
  const program = startProgram('consumers/main.ts', ['users', '--mode', 'initial'], fixture.env)
  await until('the person', async () => (await projected()).length === 1, 60_000, program.output)
  program.kill('SIGTERM')
  expect(await program.exited).toBe(0)
  for (const words of [
    ['users', '--mode', 'all'],
    ['events', '--mode', 'append'],
  ])
    expect(await startProgram('consumers/main.ts', words, fixture.env).exited).toBe(2)
})
