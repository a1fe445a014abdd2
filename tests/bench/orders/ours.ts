/** Our side: rows of two systems, sent at the same time, and one consumer that handles them until all have ended. */
import type { Collection } from 'mongodb'
import { join } from 'node:path'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect } from '../../../db/engines/connect.ts'
import { openMongo } from '../../../db/engines/journal/mongodb/client.ts'
import { readMongoUrl } from '../../../db/engines/journal/mongodb/url.ts'
import { readOrdersConfig } from '../../../db/orders/config.ts'
import { openOrdersDatabases, type OrdersDatabase } from '../../../db/orders/databases.ts'
import { fillOrders } from '../../../db/orders/fill.ts'
import { ATTEMPTS_COLLECTION } from '../../../db/orders/journal.ts'
import { countStatuses } from '../../../db/orders/ledger.ts'
import { ORDERS_QUEUE } from '../../../db/orders/message.ts'
import { sendOrders } from '../../../db/orders/send.ts'
import { envReader } from '../../../lib/env.ts'
import { removeQueues } from '../../engines/rabbitmq-place.ts'
import { startProgram, until } from '../../kit/program.ts'
import { peakMemory, type PeakMemory } from '../etl/peak-memory.ts'
import { andThen, type Ground } from '../roles/engines.ts'

export interface Work {
  orders: number
  false_share: number
  max_attempts: number
  retry_delay_s?: number
  /** Without, no attempt leaves a document, and nothing else is left out. */
  journal?: boolean
  /** Looks at the consumer's memory, which makes it slower. */
  memory?: boolean
}

export interface Done {
  fill_s: number
  send_s: number
  /** From the first attempt's begin to the last one's end, as the ledger has them. */
  handle_s: number
  attempts: number
  memory: PeakMemory | undefined
}

/** `variables`: where queue and journal are. */
export async function runOurs(ground: Ground, variables: Record<string, string>, work: Work): Promise<Done> {
  const { journal = true } = work
  return withSystems(ground, variables, work, async ({ systems, send, startConsumer }) => {
    const { sql } = ground.db
    const fill_s = await seconds(() =>
      Promise.all(systems.map((system) => fillOrders(system, work.orders / systems.length, work.false_share))),
    )
    const send_s = await seconds(() => Promise.all(systems.map(send)))
    const consumer = await startConsumer()
    const watched = work.memory ? peakMemory(consumer.pid) : undefined
    const ended = () => allEnded(ground, work.orders)
    // Asking costs the database time.
    await until('the end', async () => (await ended()) || (await Bun.sleep(200)), 300_000, consumer.output)
    const memory = await watched?.stop()
    await consumer.stop()
    const [{ handle_s, attempts }] = await sql<[{ handle_s: number; attempts: number }]>`
      select extract(epoch from max(ended_at) - min(first_at))::float8 as handle_s, sum(attempt)::int as attempts
      from order_messages`
    await checkJournal(ground, variables, journal, attempts)
    return { fill_s, send_s, handle_s, attempts, memory }
  })
}

export async function allEnded({ db: { sql } }: Ground, orders: number): Promise<boolean> {
  const counts = await countStatuses(sql)
  return counts.reduce((sum, { status, count }) => sum + (/output|dead/.test(status) ? count : 0), 0) >= orders
}

interface Systems {
  systems: OrdersDatabase[]
  send(this: void, system: OrdersDatabase): Promise<unknown>
  /** Resolves when it is ready. */
  startConsumer(): Promise<{ pid: number; output(): string; stop(): Promise<void> }>
}

/** Two systems without rows, an empty ledger, and an empty queue. */
export async function withSystems<T>(
  ground: Ground,
  variables: Record<string, string>,
  { max_attempts, retry_delay_s = 1, journal = true }: Work,
  use: (systems: Systems) => Promise<T>,
): Promise<T> {
  const { db, data_dir, log } = ground
  const env = {
    DATA_DIR: data_dir,
    LOG_LEVEL: 'info',
    ORDERS_MAX_ATTEMPTS: String(max_attempts),
    ORDERS_RETRY_DELAY_S: String(retry_delay_s),
    ...variables,
  }
  const clean = async () => {
    if (variables.QUEUE_URL) await removeQueues(variables.QUEUE_URL, [ORDERS_QUEUE], [retry_delay_s * 1000])
    if (variables.JOURNAL_URL) await onAttempts(variables.JOURNAL_URL, (attempts) => attempts.drop())
    await db.sql`truncate order_messages, letters, journal_documents`
  }
  // Whatever an earlier run that was stopped has left.
  await clean()
  const config = readOrdersConfig(envReader(env))
  const own = await connect(readDbConfig(envReader(env)), log, ['sql', 'queue', 'cache'])
  const databases = openOrdersDatabases(config, own.url)
  const { systems } = databases
  const context = { queue: own.queue, cache: own.cache, policy: config.retry, log }
  return andThen(
    async () => {
      for (const one of systems) await one.use((sql, schema) => sql`truncate ${sql(schema)}.orders`)
      await databases.output.use((sql, schema) => sql`truncate ${sql(schema)}.orders`)
      return use({
        systems,
        send: (system) => sendOrders(system, context, 'bench'),
        startConsumer: () => start(env, journal),
      })
    },
    async () => {
      await databases.close()
      await own.close()
      await clean()
    },
  )
}

/** Throws unless each attempt has its document; none is made twice here. */
async function checkJournal({ db }: Ground, variables: Record<string, string>, kept: boolean, attempts: number) {
  const [{ stored }] = await db.sql<[{ stored: number }]>`select count(*)::int as stored from journal_documents`
  const url = variables.JOURNAL_URL
  const documents = url ? await onAttempts(url, (collection) => collection.countDocuments()) : stored
  const due = kept ? attempts : 0
  if (documents !== due) throw new Error(`the journal has ${documents} documents of ${due} attempts`)
}

/** Uses the journal's collection of attempts on MongoDB. */
export async function onAttempts<T>(url: string, use: (attempts: Collection<StoredAttempt>) => Promise<T>): Promise<T> {
  const client = openMongo(url)
  return andThen(
    () => use(client.db(readMongoUrl(url).database).collection<StoredAttempt>(ATTEMPTS_COLLECTION)),
    () => client.close(),
  )
}

export interface StoredAttempt {
  key: string
  at: Date
  data: { attempt: number; begun_at: string }
}

async function start(env: Record<string, string>, journal: boolean) {
  const file = journal ? 'consumers/main.ts' : join('tests/bench/orders', 'without-journal.ts')
  const consumer = startProgram(file, journal ? ['orders'] : [], env)
  await until('the consumer', () => consumer.output().includes('ready'), 60_000, consumer.output)
  const stop = async () => {
    consumer.kill('SIGTERM')
    await consumer.exited
  }
  return { ...consumer, stop }
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun_at = performance.now()
  await work()
  return (performance.now() - begun_at) / 1000
}
