/** The consumer `users` from Kafka, where it is configured, into a table of Cassandra. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { startUsers, type UsersMode } from '../../consumers/users.ts'
import { PEOPLE_GROUP, readPeopleConfig, type PeopleConfig } from '../../db/people/config.ts'
import { personMessage, type Person } from '../../db/people/person.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { openEvents, type EventsFixture } from '../consumers/events-fixture.ts'
import { onEngine } from '../kit/engines.ts'
import { until } from '../kit/program.ts'
import { freshKeyspace } from './cassandra-keyspace.ts'

setDefaultTimeout(120_000)

onEngine('people on Kafka and Cassandra', 'HISTORY_URL', (url) => {
  let fresh: Awaited<ReturnType<typeof freshKeyspace>>
  let fixture: EventsFixture
  let config: PeopleConfig
  beforeAll(async () => {
    fresh = await freshKeyspace(url)
    const stream = process.env.STREAM_URL && new URL(process.env.STREAM_URL)
    if (stream) stream.searchParams.set('prefix', `${fresh.keyspace}.`)
    fixture = await openEvents({ HISTORY_URL: fresh.url, ...(stream && { STREAM_URL: stream.href }) })
    config = readPeopleConfig(envReader({ USERS_KEYSPACE: `${fresh.keyspace}_p` }))
  })
  afterAll(async () => {
    await fixture.close()
    await fresh.ask((client) =>
      client.execute(`drop keyspace if exists ${config.table.keyspace}`, [], { prepare: false, readTimeout: 60_000 }),
    )
    await fresh.remove()
  })

  const log = createLog('consumers', 'silent')
  const idOf = (n: number) => `0a1b2c3d-0000-4000-8000-${String(n).padStart(12, '0')}`
  const personOf = (n: number, some: Partial<Person> = {}) =>
    personMessage(
      {
        id: idOf(n),
        nome: `Ána ${n}`,
        sobrenome: null,
        genero: null,
        endereco: null,
        codigo_postal: '05003-060',
        pais: 'Brazil',
        email: `ana${n}@example.com`,
        usuario: null,
        data_nascimento: null,
        data_registro: null,
        telefone: null,
        imagem: null,
        ...some,
      },
      {},
    )

  async function drain(mode: UsersMode): Promise<void> {
    const { db } = fixture
    const consumer = await startUsers(config, mode, db, log)
    await until('the end of the topic', async () => {
      const lags = await db.stream.lag(PEOPLE_GROUP, [config.topic])
      return lags.length > 0 && lags.every(({ lag }) => lag === 0)
    })
    await consumer.stop()
  }
  const records = async () => {
    const { keyspace, name } = config.table
    const { rows } = await fresh.ask((client) =>
      client.execute(`select id, nome, email, codigo_postal, writetime(email) as time from ${keyspace}.${name}`),
    )
    // In milliseconds, those of the messages: below them the writes of one moment are counted.
    const timeOf = (time: unknown) => Math.floor(Number(time) / 1000)
    return new Map(rows.map((row) => [String(row.id), { ...row, id: String(row.id), time: timeOf(row.time) }]))
  }

  test('each person is there once, as the newest message says, and the rest are dead letters', async () => {
    const { db } = fixture
    const people = Array.from({ length: 300 }, (_, n) => personOf(n))
    const bad = Array.from({ length: 10 }, (_, n) => personOf(1000 + n, { email: 'none' }))
    await db.stream.produce(config.topic, [...people, ...bad])
    await db.stream.produce(config.topic, [personOf(7, { nome: 'Nova' }), { key: idOf(8), value: new Uint8Array() }])
    await drain('resume')
    const kept = await records()
    expect(kept.size).toBe(300)
    expect(kept.get(idOf(7))).toMatchObject({ nome: 'Nova', email: 'ana7@example.com', codigo_postal: '05003-060' })
    const reasons = await db.sql`select reason, count(*)::int as count from letters group by reason order by reason`
    expect([...reasons]).toEqual([
      { reason: 'email_invalid', count: 10 },
      { reason: 'tombstone', count: 1 },
    ])
    const [{ count }] = await db.sql<[{ count: number }]>`select count(*)::int as count from people`
    expect(count).toBe(300)
  })

  test('from the beginning again it changes nothing', async () => {
    const { db } = fixture
    const before = await records()
    await db.sql`truncate people`
    // Its last member may be known to the broker for a moment.
    await until('nobody to read', () => db.stream.forget(PEOPLE_GROUP))
    await drain('initial')
    expect(await records()).toEqual(before)
    const [{ count }] = await db.sql<[{ count: number }]>`select count(*)::int as count from people`
    expect(count).toBe(300)
    const letters = await db.sql`select 1 from letters`
    expect(letters).toHaveLength(11)
  })
})
