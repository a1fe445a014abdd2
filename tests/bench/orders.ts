/** Orders from end to end: rows are filled, sent with confirms, and handled by one consumer: output, journal, dead letters. */
import { readDbConfig } from '../../db/engines/config.ts'
import { connect } from '../../db/engines/connect.ts'
import { readOrdersConfig } from '../../db/orders/config.ts'
import { openOrdersDatabases } from '../../db/orders/databases.ts'
import { fillOrders } from '../../db/orders/fill.ts'
import { countStatuses } from '../../db/orders/ledger.ts'
import { ORDERS_QUEUE } from '../../db/orders/message.ts'
import { sendOrders } from '../../db/orders/send.ts'
import { envReader } from '../../lib/env.ts'
import { removeQueues } from '../engines/rabbitmq-place.ts'
import { freshMongo } from '../kit/mongo-database.ts'
import { startProgram, until } from '../kit/program.ts'
import { peakMemory } from './etl/peak-memory.ts'
import type { Figure } from './main.ts'
import { deadLetterFigures } from './orders/dead-letters.ts'
import { andThen, openGround, type Ground } from './roles/engines.ts'

const COUNT = 20_000
const FALSE_SHARE = 0.2

export const parts = ['dead-letters']

export async function bench(part?: string): Promise<Figure[]> {
  const ground = await openGround()
  if (part === 'dead-letters') return andThen(() => deadLetterFigures(ground.db.sql), ground.close)
  return andThen(
    async () => [
      ...(await deadLetterFigures(ground.db.sql)),
      ...(await figures(ground, 'sql', {})),
      ...(await ground.onEngine('orders on RabbitMQ', 'QUEUE_URL', (QUEUE_URL) =>
        ground.onEngine('orders with MongoDB', 'JOURNAL_URL', async (url) => {
          const journal = freshMongo(url)
          // Whatever an earlier run that was stopped has left.
          await removeQueues(QUEUE_URL, [ORDERS_QUEUE], [1000])
          return andThen(
            () => figures(ground, 'rabbitmq, mongodb', { QUEUE_URL, JOURNAL_URL: journal.url }),
            async () => {
              await removeQueues(QUEUE_URL, [ORDERS_QUEUE], [1000])
              await journal.drop()
            },
          )
        }),
      )),
    ],
    ground.close,
  )
}

/** Without retries, then with them: a second apart, at most five attempts. */
async function figures(ground: Ground, engines: string, variables: Record<string, string>): Promise<Figure[]> {
  return [
    ...(await run(ground, `${engines}: one attempt each`, { ...variables, ORDERS_MAX_ATTEMPTS: '1' })),
    ...(await run(ground, `${engines}: up to five attempts`, { ...variables, ORDERS_MAX_ATTEMPTS: '5' })),
  ]
}

async function run({ db: { sql }, data_dir, log }: Ground, name: string, variables: Record<string, string>) {
  const env = { DATA_DIR: data_dir, ORDERS_RETRY_DELAY_S: '1', LOG_LEVEL: 'info', ...variables }
  const config = readOrdersConfig(envReader(env))
  const db = await connect(readDbConfig(envReader(env)), log, ['sql', 'queue', 'cache'])
  const databases = openOrdersDatabases(config, db.url)
  const context = { queue: db.queue, cache: db.cache, policy: config.retry, log }
  await sql`truncate order_messages, letters, journal_documents`
  for (const one of databases.systems) await one.use((own, schema) => own`truncate ${own(schema)}.orders`)
  const fill_s = await seconds(() =>
    Promise.all(databases.systems.map((system) => fillOrders(system, COUNT / 2, FALSE_SHARE))),
  )
  const send_s = await seconds(() =>
    Promise.all(databases.systems.map((system) => sendOrders(system, context, 'bench'))),
  )
  const ended = async () =>
    (await countStatuses(sql)).reduce((sum, { status, count }) => sum + (/output|dead/.test(status) ? count : 0), 0)
  const consumer = startProgram('consumers/main.ts', ['orders'], env)
  const [already, handle_s, peak_mib] = await andThen(
    async () => {
      await until('the consumer', () => consumer.output().includes('ready'), 60_000, consumer.output)
      const before = await ended()
      const memory = peakMemory(consumer.pid)
      const time_s = await seconds(() => until('the end', async () => (await ended()) >= COUNT, 600_000))
      return [before, time_s, await memory.stop()] as const
    },
    async () => {
      consumer.kill('SIGTERM')
      await consumer.exited
    },
  )
  const [{ attempts }] = await sql<[{ attempts: number }]>`select sum(attempt)::int as attempts from order_messages`
  await databases.close()
  await db.close()
  const per_s = (count: number, time_s: number) => Math.round(count / time_s)
  const work = `${COUNT} orders of two systems, ${FALSE_SHARE * 100} % FALSE; ${attempts} attempts of one consumer`
  return [
    { figure: `${name}, filled`, value: per_s(COUNT, fill_s), unit: 'rows/s', target: '', work },
    { figure: `${name}, sent`, value: per_s(COUNT, send_s), unit: 'messages/s', target: '', work },
    { figure: `${name}, handled`, value: per_s(COUNT - already, handle_s), unit: 'messages/s', target: '', work },
    { figure: `${name}, memory`, value: Math.round(peak_mib), unit: 'MiB', target: '<= 120', work },
  ] satisfies Figure[]
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun_at = performance.now()
  await work()
  return (performance.now() - begun_at) / 1000
}
