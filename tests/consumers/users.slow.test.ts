/** People while the program of their consumer is killed in mid-batch, between every two of its steps. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Message } from '../../db/engines/stream/stream.ts'
import { PEOPLE_GROUP, readPeopleConfig } from '../../db/people/config.ts'
import { personMessage, type Person } from '../../db/people/person.ts'
import { REJECTIONS } from '../../db/people/read-person.ts'
import { envReader } from '../../lib/env.ts'
import { killLeftPrograms, startProgram, until } from '../kit/program.ts'
import { openEvents, raw, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(300_000)

const PEOPLE = 6000
/** One message in so many is no person. */
const BAD_EVERY = 40
const { topic, table } = readPeopleConfig(envReader({}))
const RECORDS = `${table.keyspace}.${table.name}`

let fixture: EventsFixture
beforeAll(async () => void (fixture = await openEvents()))
afterEach(killLeftPrograms)
afterAll(() => fixture.close())

const start = () => startProgram('consumers/main.ts', ['users'], { ...fixture.env, STREAM_LEASE_S: '1' })

const idOf = (n: number) => `0a1b2c3d-0000-4000-8000-${String(n).padStart(12, '0')}`
const person = (n: number, more: Partial<Person> = {}) =>
  personMessage(
    {
      id: idOf(n),
      nome: `Ana ${n}`,
      email: `ana${n}@example.com`,
      data_registro: '2015-03-02T12:00:00Z',
      ...more,
    } as Person,
    { trace_id: 'run-1' },
  )

/** Of every kind in turn, with its reason. */
const BAD: Array<[reason: (typeof REJECTIONS)[number], (n: number) => Message]> = [
  ['email_invalid', (n) => person(PEOPLE + n, { email: 'ana@' })],
  ['not_json', (n) => ({ ...raw(`{"id":"${idOf(n)}"`), key: idOf(n) })],
  ['tombstone', (n) => ({ ...raw(''), key: idOf(n) })],
  ['invalid', (n) => ({ ...raw(`{"id":"${n}"}`), key: idOf(n) })],
  ['too_large', (n) => person(PEOPLE + n, { nome: 'A'.repeat(70_000) })],
]

/** Every tenth person comes a second time, with another name. */
async function send(): Promise<void> {
  for (let begun = 0; begun < PEOPLE; begun += 1000) {
    const some = Array.from({ length: 1000 }, (_, i) => begun + i).flatMap((n) => [
      person(n),
      ...(n % 10 === 0 ? [person(n, { nome: `Ana ${n}, a nova` })] : []),
      ...(n % BAD_EVERY === 0 ? [BAD[(n / BAD_EVERY) % BAD.length]![1](n)] : []),
    ])
    await fixture.db.stream.produce(topic, some)
  }
}

const count = async (from: string) =>
  Number((await fixture.db.sql.unsafe<{ count: number }[]>(`select count(*) from ${from}`))[0]!.count)
/** Letters of messages that the group has yet to move past. */
const ahead = () =>
  count(`letters l join stream_offsets o on o."group" = '${PEOPLE_GROUP}' and l.origin = o.topic
    and split_part(regexp_replace(l.death, '^.*${topic}/', ''), '/', 1)::int = o.partition
    and split_part(regexp_replace(l.death, '^.*${topic}/', ''), '/', 2)::bigint >= o.next_offset`)
const held = async (relation: string) =>
  (await count(`pg_locks where not granted and relation = '${relation}'::regclass`)) > 0

/** Holds up whoever writes into the table, until it is let go. */
async function hold(relation: string): Promise<() => Promise<void>> {
  const locker = await fixture.db.sql.reserve()
  await locker`begin`
  await locker.unsafe(`lock table ${relation} in share mode`)
  return async () => {
    await locker`rollback`
    locker.release()
  }
}

/** Between which two steps: the table at which the program is held up, and what is there that shows it. */
const PLACES = [
  ['before the history', RECORDS, async () => true],
  ['between the history and the projection', 'people', async () => (await count(RECORDS)) > (await count('people'))],
  ['between the projection and the storm breaker', 'storms', async () => (await count('people')) > 0],
  ['between the storm breaker and the letters', 'letters', async () => (await count('storms')) > 0],
  ['between the letters and the offset', 'stream_offsets', async () => (await ahead()) > 0],
] as const

test('killed between every two steps, and anywhere: nobody is lost or there twice, and each letter is there once', async () => {
  const { sql, history } = fixture.db
  await history.upsert(table, [{ key: idOf(0), values: {}, written_at: new Date(0) }])
  await send()
  for (const [place, relation, isThere] of PLACES) {
    // The offsets are written all the time: they are held once a batch has come to its letters.
    const letGoLetters = relation === 'stream_offsets' ? await hold('letters') : undefined
    let letGo = letGoLetters ? undefined : await hold(relation)
    const program = start()
    if (letGoLetters) {
      await until('a batch at its letters', () => held('letters'), 60_000, program.output)
      letGo = await hold(relation)
      await letGoLetters()
    }
    const there = async () => (await held(relation)) && (await isThere())
    await until(`a batch ${place}`, there, 60_000, program.output)
    program.kill('SIGKILL')
    await program.exited
    await letGo!()
    await tell(`killed ${place}`)
  }
  for (const share of [0.3, 0.6]) {
    const program = start()
    await until('some more', async () => (await count('people')) > PEOPLE * share, 60_000, program.output)
    program.kill('SIGKILL')
    await program.exited
    await tell('killed anywhere')
  }

  const last = start()
  const lag = async () => (await fixture.db.stream.lag(PEOPLE_GROUP, [topic])).every((one) => one.lag === 0)
  await until('the end of the topic', lag, 120_000, last.output)
  last.kill('SIGTERM')
  expect(await last.exited).toBe(0)

  const expected = Array.from({ length: PEOPLE }, (_, n) => [idOf(n), `Ana ${n}${n % 10 === 0 ? ', a nova' : ''}`])
  const records = await sql.unsafe<{ id: string; nome: string }[]>(`select id, nome from ${RECORDS} order by id`)
  expect(records.map(({ id, nome }) => [id, nome])).toEqual(expected)
  const people = await sql<{ id: string; first_name: string }[]>`select id, first_name from people order by id`
  expect(people.map(({ id, first_name }) => [id, first_name])).toEqual(expected)
  const bad = PEOPLE / BAD_EVERY
  const letters = await sql<{ reason: string; count: number }[]>`
    select reason, count(*)::int as count from letters group by reason order by reason`
  expect([...letters]).toEqual(
    BAD.map(([reason]) => ({ reason, count: bad / BAD.length })).toSorted((a, b) => (a.reason < b.reason ? -1 : 1)),
  )
  expect(await count('storms where paused_at is not null')).toBe(0)
})

/** What the kill hit. */
async function tell(what: string): Promise<void> {
  const [records, people, letters] = [await count(RECORDS), await count('people'), await count('letters')]
  const lag = (await fixture.db.stream.lag(PEOPLE_GROUP, [topic])).reduce((sum, one) => sum + one.lag, 0)
  process.stderr.write(
    `${what}: ${records} records, ${people} people, ${letters} letters, ${await ahead()} of them ahead of the offset, ${lag} messages to read\n`,
  )
}
