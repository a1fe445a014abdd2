/** The events consumer on a database of its own, for the tests around it. */
import type { Sql } from 'postgres'
import { events } from '../../consumers/events.ts'
import type { EventsConfig } from '../../consumers/events/config.ts'
import { failedEvents } from '../../consumers/failed-events.ts'
import { runStream } from '../../consumers/run-stream.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { ROLE_NAMES } from '../../db/engines/roles.ts'
import {
  EVENTS_FAILED_GROUP,
  EVENTS_GROUP,
  eventMessage,
  type EventInput,
  type StockEvent,
} from '../../db/events/event.ts'
import type { Message } from '../../db/engines/stream/stream.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

export type EventsFixture = Awaited<ReturnType<typeof openEvents>>

/** A database with the packaging items A, B and C; `engines` names what stands behind other roles, e.g. HISTORY_URL. */
export async function openEvents(engines: Record<string, string> = {}) {
  const database = await testDatabase()
  const data_dir = temporaryFolder()
  const log = createLog('consumers', 'silent')
  const db_config = readDbConfig(
    envReader({ DATA_DIR: data_dir, DATABASE_URL: database.url, DATABASE_WAIT_S: '5', ...engines }),
  )
  const db = await connect(db_config, log, ROLE_NAMES)
  await addPackaging(db.sql, ['A', 'B', 'C'])

  /** Every message of a topic, oldest first. */
  async function topic(name: string) {
    const rows = await db.sql<{ value: Uint8Array; headers: Record<string, string> }[]>`
      select value, headers from stream_messages where topic = ${name} order by produced_at, partition, "offset"`
    return [...rows]
  }

  const config = (more: Partial<EventsConfig>) => ({
    unknown_sku: 'failed' as const,
    schema_registry_url: undefined,
    ...more,
  })
  // Failures that are too few for a storm wait for no other consumer's.
  const start = (on: Db = db, more: Partial<EventsConfig> = {}) =>
    runStream(events(on, config(more), 0), on.stream, log)
  const atEnd = (group: string) =>
    until('the end of the topic', async () => (await db.stream.lag(group)).every(({ lag }) => lag === 0))

  return {
    db,
    log,
    /** What a program of its own needs to find this database. */
    env: { DATABASE_URL: database.url, DATA_DIR: data_dir },
    addPackaging: (...skus: string[]) => addPackaging(db.sql, skus),
    topic,
    /** The events in a topic. */
    bodies: async (name: string) =>
      (await topic(name)).map(({ value }) => JSON.parse(new TextDecoder().decode(value)) as StockEvent),
    start,
    startFailed: () => runStream(failedEvents(db), db.stream, log),

    /** Runs the consumer until the topic is read to its end. */
    async drain(on: Db = db, more: Partial<EventsConfig> = {}): Promise<void> {
      const consumer = await start(on, more)
      await atEnd(EVENTS_GROUP)
      await consumer.stop()
    },

    /** Runs the drain of failed events until all of them are dead letters. */
    async drainFailed(): Promise<void> {
      const consumer = await runStream(failedEvents(db), db.stream, log)
      await atEnd(EVENTS_FAILED_GROUP)
      await consumer.stop()
    },

    async empty(): Promise<void> {
      await db.sql`truncate stream_messages, stream_offsets, history_rows, events_seen, event_replays, letters, storms,
        replays, replay_letters`
      await db.sql`update stream_partitions set next_offset = 0`
    },

    async close(): Promise<void> {
      await db.close()
      await database.close()
    },
  }
}

export async function addPackaging(sql: Sql, skus: string[]): Promise<void> {
  await sql`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency)
    select gen_random_uuid(), sku, 'Caixa', 'paper', 'box', 1.5, 'BRL' from unnest(${skus}::text[]) as sku`
}

export const input = (more: Partial<EventInput> = {}): EventInput => ({ sku: 'A', kind: 'sale', quantity: 1, ...more })

/** As the API sends it. */
export const message = (event: EventInput): Message => eventMessage(event, 'trace-1', new Date()).message

/** As anyone may send it. */
export const raw = (value: string | Uint8Array): Message => ({
  key: 'A',
  value: typeof value === 'string' ? new TextEncoder().encode(value) : value,
})
