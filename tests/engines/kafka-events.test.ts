/** Events, their failures and storms with Kafka behind the stream. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { runReplays } from '../../consumers/replays.ts'
import { startReplay } from '../../db/dead-letters/replays/start.ts'
import { findReplay } from '../../db/dead-letters/replays/replays.ts'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { readKafkaUrl, STREAM_CLIENTS, type StreamClient } from '../../db/engines/stream/kafka/url.ts'
import { EVENTS_GROUP, EVENTS_TOPIC } from '../../db/events/event.ts'
import { eventsReplays } from '../../db/events/replay-source.ts'
import { input, message, openEvents, raw, type EventsFixture } from '../consumers/events-fixture.ts'
import { onEngine } from '../kit/engines.ts'
import { until } from '../kit/program.ts'
import { removeKafkaPrefix, withAdmin, withPrefix } from './kafka-engine.ts'

setDefaultTimeout(120_000)

const SOMEBODY = { actor_id: null, actor_name: 'ana', address: null, request_id: null }

for (const client of STREAM_CLIENTS)
  onEngine(`events on Kafka through ${client}`, 'STREAM_URL', (engine) => describe(client, () => suite(client, engine)))

function suite(STREAM_CLIENT: StreamClient, engine: string): void {
  const STREAM_URL = withPrefix(engine)
  let fixture: EventsFixture
  const running: Array<{ stop(): Promise<unknown> }> = []
  beforeAll(async () => void (fixture = await openEvents({ STREAM_URL, STREAM_CLIENT })))
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop()
    await fixture.db.sql`truncate storms, letters, replays, replay_letters`
  })
  afterAll(async () => {
    await fixture.close()
    await removeKafkaPrefix(STREAM_URL)
  })

  const count = async (table: 'letters' | 'history_rows', at_least = 0) => {
    const [row] = await fixture.db.sql<[{ count: number }]>`select count(*)::int as count from ${fixture.db.sql(table)}`
    return row.count >= at_least
  }
  const startAll = async () => void running.push(await fixture.start(), await fixture.startFailed())

  test('failures are dead letters with their original bytes, and are replayed', async () => {
    const { db } = fixture
    const bad = raw(new Uint8Array([0xff, 0, 1]))
    const late = message(input({ sku: 'LATE' }))
    await startAll()
    running.push(await runReplays(eventsReplays(db.stream), db.sql, fixture.log))
    await db.stream.produce(EVENTS_TOPIC, [message(input()), bad, late])
    await until('the letters', () => count('letters', 2))
    const letters = await db.sql<
      { body: Uint8Array; reason: string }[]
    >`select body, reason from letters order by reason`
    expect(letters.map(({ body, reason }) => [reason, Buffer.from(body)])).toEqual([
      ['not_json', Buffer.from(bad.value!)],
      ['unknown_sku', Buffer.from(late.value!)],
    ])
    await fixture.addPackaging('LATE')
    const asked = { name: 'test', source: 'events', filter: {}, rate_per_s: 100, canary: 0 }
    const { id } = await startReplay(db.sql, asked, SOMEBODY)
    await until('its end', async () => (await findReplay(db.sql, id)).finished_at !== null)
    expect(await findReplay(db.sql, id)).toMatchObject({ succeeded: 1, died_again: 1 })
  })

  test('a storm pauses two consumers, no offset moves, and both go on when somebody has decided', async () => {
    const { db } = fixture
    running.push(await fixture.start())
    await startAll()
    await until('all of it', async () => (await db.stream.lag(EVENTS_GROUP)).every(({ lag }) => lag === 0))
    await db.stream.produce(
      EVENTS_TOPIC,
      Array.from({ length: 30 }, () => raw('?')),
    )
    await until('a pause', async () => (await readConsumerState(db.sql, 'events')).state === 'paused')
    expect((await db.stream.lag(EVENTS_GROUP)).reduce((sum, { lag }) => sum + lag, 0)).toBe(30)
    expect(await count('letters', 1)).toBeFalse()
    await decideStorm(db.sql, 'events', 'dead_letter', SOMEBODY)
    await until('the letters', () => count('letters', 30))
  })

  test('a topic that is deleted and made again goes on: its events are new ones, and so are its failures', async () => {
    const { db } = fixture
    await startAll()
    await db.stream.produce(EVENTS_TOPIC, [message(input()), raw('!')])
    await until('the letter', () => count('letters', 1))
    const [before] = await db.sql<[{ count: number }]>`select count(*)::int as count from history_rows`
    await withAdmin(engine, (admin) => admin.deleteTopics({ topics: [readKafkaUrl(STREAM_URL).prefix + EVENTS_TOPIC] }))
    await db.stream.produce(EVENTS_TOPIC, [message(input()), raw('!')])
    await until('the event', () => count('history_rows', before.count + 1), 60_000)
    await until('its failure', () => count('letters', 2), 60_000)
  })
}
