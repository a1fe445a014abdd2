/** Kafka, Cassandra and PostgreSQL of `bun run engines up`, with names on them that nobody else has. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { types } from 'cassandra-driver'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect, type Db } from '../../../db/engines/connect.ts'
import { rowsTable } from '../../../db/engines/history/cassandra/schema.ts'
import { readCassandraUrl } from '../../../db/engines/history/cassandra/url.ts'
import { openStream } from '../../../db/engines/stream/open.ts'
import type { StreamClient } from '../../../db/engines/stream/kafka/url.ts'
import type { Stream } from '../../../db/engines/stream/stream.ts'
import { EVENTS_TABLE } from '../../../db/events/history.ts'
import { envReader } from '../../../lib/env.ts'
import { createLog } from '../../../lib/log.ts'
import { engineVariables } from '../../../ops/engines/state.ts'
import { ask } from '../../engines/cassandra-keyspace.ts'
import { freshUrls } from '../../engines/fresh.ts'
import { removeKafkaPrefix } from '../../engines/kafka-engine.ts'
import { startProgram, until, type Program } from '../../kit/program.ts'
import { andThen } from '../roles/engines.ts'
import { ITEMS, skuOf } from './work.ts'

const NEEDED = ['DATABASE_URL', 'STREAM_URL', 'HISTORY_URL'] as const
/** Changing the schema takes a while on a machine with much else to do. */
const PATIENTLY = { prepare: false, readTimeout: 60_000 }

export interface Place {
  /** As the engines are for whoever uses them without our names. */
  engines: Record<(typeof NEEDED)[number], string>
  db: Db<'sql' | 'history'>
  history_url: string
  /** Asks Cassandra about the table of events, whose name is put after `words`. */
  askHistory(words: string): Promise<types.Row[]>
  /** Topics and tables without a message or a row. */
  withPipeline<T>(settings: Settings, use: (pipeline: Pipeline) => Promise<T>): Promise<T>
}

export interface Settings {
  client: StreamClient
  /** Of HISTORY_URL; unset: the default. */
  concurrency?: number | undefined
}

export interface Pipeline {
  stream: Stream
  /** Starts `bun run consumers events`, and resolves when it reads. */
  startConsumer(): Promise<Program & { stop(): Promise<void> }>
}

/** Undefined, with a line that says how to get them, where the engines are not up. */
export async function openPlace(): Promise<(Place & { close(): Promise<void> }) | undefined> {
  const env = { ...(await engineVariables(resolve(process.env.DATA_DIR || '.data'))), ...process.env }
  const missing = NEEDED.filter((name) => !env[name])
  if (missing.length > 0) {
    process.stderr.write(
      `skipped: events, since ${missing.join(', ')} is not set and its engine is not up; bun run engines up kafka cassandra postgresql\n`,
    )
    return undefined
  }
  const { variables, remove } = await freshUrls(Object.fromEntries(NEEDED.map((name) => [name, env[name]])))
  const urls = variables as Place['engines']
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const log = createLog('bench', 'silent')
  const db = await connect(readDbConfig(envReader({ DATA_DIR: data_dir, ...urls })), log, ['sql', 'history'])
  await fillCatalogue(db)
  const history_table = rowsTable(readCassandraUrl(urls.HISTORY_URL).endpoint, EVENTS_TABLE)
  const askHistory = (words: string) =>
    ask(urls.HISTORY_URL, async (cassandra) =>
      Array.fromAsync(await cassandra.execute(`${words} ${history_table}`, [], PATIENTLY)),
    )
  let serial = 0

  async function withPipeline<T>({ client, concurrency }: Settings, use: (one: Pipeline) => Promise<T>): Promise<T> {
    await db.sql`truncate events_seen, letters, storms`
    // Made by the first write.
    await db.history.write(EVENTS_TABLE, [{ partition: 'none', at: new Date(), id: 'none', data: {} }])
    await askHistory('truncate')
    const stream_url = `${urls.STREAM_URL}run${serial++}.`
    const stream = await openStream({ url: stream_url, sql: db.sql, log, lease_ms: 10_000 })
    const history_url = `${urls.HISTORY_URL}${concurrency === undefined ? '' : `&concurrency=${concurrency}`}`
    const variables = { ...urls, STREAM_URL: stream_url, STREAM_CLIENT: client, HISTORY_URL: history_url }
    return andThen(
      () => use({ stream, startConsumer: () => startConsumer({ DATA_DIR: data_dir, ...variables }) }),
      async () => {
        await stream.close()
        await removeKafkaPrefix(stream_url)
      },
    )
  }

  return {
    engines: Object.fromEntries(NEEDED.map((name) => [name, env[name]!])) as Place['engines'],
    db,
    history_url: urls.HISTORY_URL,
    askHistory,
    withPipeline,
    async close() {
      await db.close()
      await remove()
      await rm(data_dir, { recursive: true })
    },
  }
}

async function fillCatalogue({ sql }: Db<'sql'>): Promise<void> {
  const skus = Array.from({ length: ITEMS }, (_, n) => skuOf(n))
  await sql`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency, supplier)
    select gen_random_uuid(), sku, 'Caixa ' || sku, 'paper', 'box', 1.5, 'BRL', 'Papelaria do Sul'
    from unnest(${skus}::text[]) as sku`
  await sql`analyze packaging`
}

async function startConsumer(env: Record<string, string>) {
  const consumer = startProgram('consumers/main.ts', ['events'], env)
  await until('the consumer', () => consumer.output().includes('ready'), 60_000, consumer.output)
  async function stop(): Promise<void> {
    consumer.kill('SIGTERM')
    await consumer.exited
  }
  return { ...consumer, stop }
}
