/** The order systems and the orders consumer on a database of their own, for the tests around them. */
import { orders } from '../../consumers/orders.ts'
import { runQueue } from '../../consumers/run-queue.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import type { JournalDocument } from '../../db/engines/journal/journal.ts'
import { ROLE_NAMES } from '../../db/engines/roles.ts'
import { readOrdersConfig } from '../../db/orders/config.ts'
import { openOrdersDatabases } from '../../db/orders/databases.ts'
import { fillOrders } from '../../db/orders/fill.ts'
import { ATTEMPTS_COLLECTION } from '../../db/orders/journal.ts'
import { ORDERS_QUEUE, type OrderMessage } from '../../db/orders/message.ts'
import type { OrderRow } from '../../db/orders/rows.ts'
import { sendOrders } from '../../db/orders/send.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

/** Of a first send. */
export const TRAVEL = { trace_id: 'trace-1', replay: 0, attempts_before: 0 }

/** A message of its own, which succeeds at once unless `more` says otherwise. */
export const orderMessage = (more: Partial<OrderMessage> = {}): OrderMessage => ({
  message_id: crypto.randomUUID(),
  origin: 'a',
  order_id: 1,
  product: 'Caixa',
  price: '1.97',
  security_check: true,
  required_attempts: 1,
  ...more,
})

export type OrdersFixture = Awaited<ReturnType<typeof openOrders>>

/** `env`: settings, and what stands behind other roles, e.g. QUEUE_URL. Without a delay before a retry, unless it says one. */
export async function openOrders(env: Record<string, string> = {}) {
  const database = await testDatabase()
  const data_dir = temporaryFolder()
  const variables = {
    DATA_DIR: data_dir,
    DATABASE_URL: database.url,
    DATABASE_WAIT_S: '5',
    ORDERS_RETRY_DELAY_S: '0',
    ...env,
  }
  const log = createLog('consumers', 'silent')
  const config = readOrdersConfig(envReader(variables))
  const db = await connect(readDbConfig(envReader(variables)), log, ROLE_NAMES)
  const databases = openOrdersDatabases(config, db.url)
  const a = databases.system('a')

  /** Every row of a system, oldest first. */
  const rows = (system = a) =>
    system.use(async (sql, schema) => [...(await sql<OrderRow[]>`select * from ${sql(schema)}.orders order by id`)])
  const output = async () => {
    const found = await databases.output.use(
      (sql, schema) => sql<{ message_id: string }[]>`select message_id from ${sql(schema)}.orders`,
    )
    return found.map(({ message_id }) => message_id).toSorted()
  }
  const dead = () =>
    db.sql<{ message_id: string; reason: string; attempts: number; detail: string; step: string; body: Uint8Array }[]>`
      select message_id, reason, attempts, detail, step, body from letters where state = 'dead' order by message_id`
  const journal = async (message_id: string) =>
    (await db.journal.find(ATTEMPTS_COLLECTION, message_id, 100)).map(({ data }: JournalDocument) => data)
  const isIdle = async () => {
    const { ready, delayed, in_flight } = await db.queue.depth(ORDERS_QUEUE)
    const [open] = await db.sql`select 1 from order_messages where state in ('running', 'retrying') limit 1`
    if (ready + delayed + in_flight > 0 || open) return false
    // A broker does not say what a consumer that was just killed still has.
    const [{ known }] = await db.sql<[{ known: number }]>`select count(*)::int as known from order_messages`
    const sent = (await Promise.all([rows(), rows(databases.system('b'))])).flat().filter(({ sent_at }) => sent_at)
    return known >= sent.length
  }

  return {
    db,
    config,
    databases,
    a,
    b: databases.system('b'),
    log,
    /** What a program of its own needs to find all this. */
    env: variables,
    rows,
    output,
    dead,
    journal,
    isIdle,
    fill: (count: number, false_share = 0.3, system = a) => fillOrders(system, count, false_share),
    send: (system = a, on: Pick<Db, 'queue' | 'cache'> = db) =>
      sendOrders(system, { ...on, policy: config.retry, log }, 'trace-1'),
    start: (on: Db = db) => runQueue(orders(on, config, log), on.queue, log),

    /** Runs the consumer until nothing is left in the queue. */
    async drain(on: Db = db): Promise<void> {
      const consumer = await runQueue(orders(on, config, log), on.queue, log)
      await until('an empty queue', isIdle)
      await consumer.stop()
    },

    /** What must be, whatever happened: each TRUE order once in the output, each FALSE one dead, every attempt in the journal. */
    async misfits(): Promise<string[]> {
      const all = [...(await rows()), ...(await rows(databases.system('b')))]
      const done = await output()
      const letters = (await dead()).map(({ message_id }) => message_id)
      const wanted = (checked: boolean) =>
        all.flatMap((row) => (row.security_check === checked ? [row.message_id] : [])).toSorted()
      const found: string[] = []
      if (!Bun.deepEquals(done, wanted(true)))
        found.push(`output has ${done.length}, not the ${wanted(true).length} TRUE ones`)
      if (!Bun.deepEquals(letters, wanted(false)))
        found.push(`${letters.length} are dead, not the ${wanted(false).length} FALSE ones`)
      const journals = await Promise.all(all.map(({ message_id }) => journal(message_id)))
      for (const [i, { message_id, security_check, sent_at }] of all.entries()) {
        const attempts = journals[i]!
        const needed = security_check ? (attempts[0]?.required_attempts as number) : config.retry.max_attempts
        const numbers = attempts.map(({ attempt }) => attempt as number)
        if (numbers.join() !== Array.from({ length: needed }, (_, n) => n + 1).join())
          found.push(`${message_id} has the attempts ${numbers.join()}, not 1 to ${needed}`)
        if (sent_at === null) found.push(`${message_id} is not marked as sent`)
      }
      return found
    },

    async empty(): Promise<void> {
      await db.sql`
        truncate queue_messages, dead_letters, letters, storms, replays, replay_letters, order_messages, journal_documents`
      for (const one of [...databases.systems, databases.output])
        await one.use((sql, schema) => sql`truncate ${sql(schema)}.orders`)
    },

    async close(): Promise<void> {
      await databases.close()
      await db.close()
      await database.close()
    },
  }
}
