/** GET /streams: how far behind groups are, in messages and in time, and where that is going. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { FEATURES } from '../../api/config.ts'
import { EVENTS_FAILED_GROUP, EVENTS_GROUP, EVENTS_TOPIC } from '../../db/events/event.ts'
import { PEOPLE_GROUP, PEOPLE_TOPIC } from '../../db/people/config.ts'
import { GROUPS } from '../../db/streams/groups.ts'
import { AppError } from '../../lib/errors.ts'
import type { streamsAnswer } from '../../api/streams/model.ts'
import { testApi, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

type Streams = typeof streamsAnswer.static

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
beforeEach(async () => {
  await api.db.sql`truncate stream_messages, stream_partitions, stream_offsets, stream_members, probe_samples, storms`
})

const read = async (query = ''): Promise<Streams> =>
  (await (await api.call('GET', `/streams${query}`, { as: 'viewer' })).json()) as Streams
const readerOf = ({ groups }: Streams, group = EVENTS_GROUP) => groups.find((one) => one.group === group)!

/** A topic of one partition with so many messages, of which the group has finished some; a member reads it, or none. */
async function given(topic: string, group: string, { end, committed, age_s = 0, member = true }: Given): Promise<void> {
  const { sql } = api.db
  await sql`insert into stream_partitions (topic, partition, next_offset) values (${topic}, 0, ${end}) on conflict do nothing`
  await sql`
    insert into stream_messages (topic, partition, "offset", value, headers, produced_at)
    select ${topic}, 0, n, '', '{}', now() - make_interval(secs => ${age_s}) from generate_series(0, ${end}::int - 1) n
    on conflict do nothing`
  await sql`
    insert into stream_offsets ("group", topic, partition, next_offset, member, lease_until)
    values (${group}, ${topic}, 0, ${committed}, ${member ? Bun.randomUUIDv7() : null}, now() + interval '1 hour')`
}
interface Given {
  end: number
  committed: number
  age_s?: number
  member?: boolean
}

/** What the probe saw `ago_s` ago. */
async function seen(ago_s: number, topic: string, group: string, committed: number, end: number): Promise<void> {
  const { sql } = api.db
  const name = `${group} ${topic}/0`
  await sql`
    insert into probe_samples as s (tick, replica, finished_at, stream_ends, stream_committed, stream_waited_s)
    values (now() - make_interval(secs => ${ago_s}), 'r', now(), ${sql.json({ [name]: end })},
      ${sql.json({ [name]: committed })}, ${sql.json({ [name]: 7 })})`
}

test('the topic of a group that never was there is missing; nothing else is shown', async () => {
  const streams = await read()
  expect(streams.topics).toEqual([])
  const missing = { state: 'topic_missing', lag: 0, waited_s: 0, clear_s: 0, partitions: [] }
  expect(streams.groups).toMatchObject(GROUPS.map(({ group, topics }) => ({ group, topic: topics[0], ...missing })))
})

test('a topic that was never written is no news where its feature is switched off', async () => {
  const features = FEATURES.filter((name) => name !== 'people')
  const other = await testApi({ FEATURES: features.join(',') })
  try {
    const ask = async (path: string) => (await other.call('GET', path, { as: 'viewer' })).json()
    const groups = async () => ((await ask('/streams')) as Streams).groups.map(({ group }) => group)
    expect(await groups()).toEqual([EVENTS_GROUP, EVENTS_FAILED_GROUP])
    expect(await ask('/me')).toMatchObject({ features })
    await other.db.stream.produce(PEOPLE_TOPIC, [{ key: 'k', value: new Uint8Array(1) }])
    expect(await groups()).toContain(PEOPLE_GROUP)
  } finally {
    await other.close()
  }
})

test('a lag is told in messages, in time, with its trend and the time to clear', async () => {
  await given(EVENTS_TOPIC, EVENTS_GROUP, { end: 1000, committed: 400, age_s: 120 })
  await seen(100, EVENTS_TOPIC, EVENTS_GROUP, 0, 900)
  const streams = await read('?hours=1')
  expect(streams.topics).toEqual([{ topic: EVENTS_TOPIC, partitions: 1, messages: 1000, groups: [EVENTS_GROUP] }])
  const one = readerOf(streams)
  expect(one).toMatchObject({ state: 'catching_up', members: 1, lag: 600, trend: 'falling' })
  expect(one.waited_s).toBeGreaterThanOrEqual(120)
  expect(one.waited_s).toBeLessThan(180)
  expect(one.produced_per_s).toBeCloseTo(1, 0)
  expect(one.finished_per_s).toBeCloseTo(4, 0)
  expect(one.clear_s).toBeGreaterThan(190)
  expect(one.clear_s).toBeLessThan(260)
  expect(one.partitions).toMatchObject([
    { partition: 0, committed: 400, end: 1000, lag: 600, member: expect.any(String) },
  ])
  expect(one.series).toEqual([{ at: expect.any(String), lag: 900, waited_s: 7 }])
})

test('states: paused by a storm, nobody reads, stuck, falling behind, not known yet, in time; the worst first', async () => {
  await given('a', 'unread', { end: 10, committed: 3, age_s: 90, member: false })
  await given('b', 'stuck', { end: 10, committed: 3, age_s: 90 })
  await seen(80, 'b', 'stuck', 3, 10)
  await given('c', 'slow', { end: 100, committed: 3, age_s: 90 })
  await seen(81, 'c', 'slow', 2, 10)
  await given('d', 'new', { end: 10, committed: 3, age_s: 90 })
  await given('e', 'well', { end: 10, committed: 10, age_s: 900 })
  await given('f', 'quick', { end: 10, committed: 9 })
  await api.db.sql`insert into storms (source, paused_at) values ('people', now())`
  const { groups, topics } = await read()
  expect(groups.map(({ group, state }) => `${group} ${state}`)).toEqual([
    `${PEOPLE_GROUP} paused`,
    'unread nobody_reads',
    'stuck stuck',
    'slow falling_behind',
    ...GROUPS.filter(({ source }) => source !== 'people').map(({ group }) => `${group} topic_missing`),
    'new behind',
    'quick in_time',
    'well in_time',
  ])
  expect(groups.find(({ group }) => group === 'slow')).toMatchObject({ trend: 'growing', clear_s: null })
  expect(groups.find(({ group }) => group === 'new')).toMatchObject({
    trend: null,
    finished_per_s: null,
    clear_s: null,
  })
  expect(topics.map(({ topic }) => topic)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('a member that left a partition is no longer among those that read it', async () => {
  await api.db.stream.produce(EVENTS_TOPIC, [{ key: 'k', value: new Uint8Array(1) }])
  expect(readerOf(await read())).toMatchObject({ state: 'nobody_reads', members: 0, lag: 1 })
  const consumer = await api.db.stream.consume({
    group: EVENTS_GROUP,
    topic: EVENTS_TOPIC,
    from: 'earliest',
    onBatch: async () => {},
  })
  await until('the message', async () => readerOf(await read()).lag === 0)
  expect(readerOf(await read())).toMatchObject({ state: 'in_time', members: 1 })
  await consumer.stop()
  expect(readerOf(await read())).toMatchObject({ state: 'nobody_reads', members: 0 })
})

test('the series goes back as many hours as are asked for, and is not there unless it is', async () => {
  await given(EVENTS_TOPIC, EVENTS_GROUP, { end: 10, committed: 3 })
  for (const ago_s of [60, 3000, 20_000]) await seen(ago_s, EVENTS_TOPIC, EVENTS_GROUP, 0, ago_s)
  expect(readerOf(await read())).not.toHaveProperty('series')
  expect(readerOf(await read('?hours=1')).series!.map(({ lag }) => lag)).toEqual([3000, 60])
  expect(readerOf(await read('?hours=24')).series!.map(({ lag }) => lag)).toEqual([20_000, 3000, 60])
  for (const bad of ['?hours=0', '?hours=25', '?hours=1.5', '?hours=x', '?colour=red'])
    expect((await api.call('GET', `/streams${bad}`, { as: 'viewer' })).status).toBe(422)
})

test('a stream that does not answer is said in a sentence, and is no empty list', async () => {
  const { stream } = api.db
  const { list } = stream
  stream.list = async () => {
    throw new AppError('unavailable', 'stream_unavailable', { en: 'Kafka is away.', pt: 'O Kafka está fora.' })
  }
  try {
    const answer = await api.call('GET', '/streams', { as: 'viewer' })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'stream_unavailable' })
  } finally {
    stream.list = list
  }
})
