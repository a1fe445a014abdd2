/** The events consumer with its history on Cassandra. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { input, message, openEvents, type EventsFixture } from '../consumers/events-fixture.ts'
import { onEngine } from '../kit/engines.ts'
import { freshKeyspace } from './cassandra-keyspace.ts'

setDefaultTimeout(60_000)

onEngine('events on Cassandra', 'HISTORY_URL', (url) => {
  let fresh: Awaited<ReturnType<typeof freshKeyspace>>
  let fixture: EventsFixture
  beforeAll(async () => {
    fresh = await freshKeyspace(url)
    fixture = await openEvents({ HISTORY_URL: fresh.url })
  })
  afterAll(async () => {
    await fixture.close()
    await fresh.remove()
  })

  test('each is kept once, written at the time of its message, and passed on', async () => {
    const { db } = fixture
    const sent = Array.from({ length: 300 }, (_, i) => message(input({ sku: 'ABC'[i % 3]!, quantity: i + 1 })))
    await db.stream.produce('events', [...sent, ...sent.slice(0, 50)])
    await fixture.drain()
    expect(await fixture.bodies('events.processed')).toHaveLength(300)
    expect(await fixture.topic('events.failed')).toEqual([])
    const kept = await db.history.read('events', 'B', { limit: 1000 })
    expect(kept).toHaveLength(100)
    expect(kept[0]!.data.packaging).toMatchObject({ material: 'paper' })

    const produced = await db.sql`select distinct produced_at from stream_messages where topic = 'events'`
    const moments = new Set(produced.map((row) => (row.produced_at as Date).getTime()))
    const times = await fresh.ask((client) =>
      client.execute(`select writetime(data) as time from ${fresh.keyspace}.events_by_day`),
    )
    for (const row of times.rows) expect(moments).toContain(Math.floor(Number(row.time) / 1000))
  })

  test('a replay of the topic does not bring back what was overtaken', async () => {
    const { db } = fixture
    const [event] = await db.history.read('events', 'A', { limit: 1 })
    const corrected = { ...event!, data: { ...event!.data, corrected: true } }
    await db.history.write('events', [corrected])
    // As if the ledger had been lost with a restored database: every message is handled again.
    await db.sql`truncate events_seen, stream_offsets`
    await fixture.drain()
    const [standing] = await db.history.read('events', 'A', { limit: 1 })
    expect(standing!.data.corrected).toBe(true)
  })
})
