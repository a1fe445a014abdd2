/** The queue: published in large calls with confirms, consumed and acknowledged one by one, and idle wake-ups. */
import type { Sql } from 'postgres'
import { bytesArray } from '../../../db/bytes-array.ts'
import { listen } from '../../../db/listen.ts'
import { openQueue, type Queue, type QueueMessage } from '../../../db/queue/index.ts'
import { deadName, retryQueueName } from '../../../db/queue/rabbitmq/topology.ts'
import type { Figure } from '../main.ts'
import { andThen, type Ground } from './engines.ts'
import { bareRabbitmq } from './rabbitmq.ts'
import { arrivals, BYTES, inRounds, perSecond, rate, sleeper, wakeUps, type WakeUp } from './timing.ts'

export const CONCURRENCY = 100
const BODY = crypto.getRandomValues(new Uint8Array(BYTES))

/** What both sides do, each in queues of its own. */
export interface QueueSide {
  /** Resolves when all of it is on disk. */
  publish(queue: string, messages: QueueMessage[]): Promise<unknown>
  /** Takes and acknowledges `count` messages, and resolves with messages a second. */
  consume(queue: string, count: number): Promise<number>
  sleeper(queue: string): Promise<WakeUp>
}

interface Work {
  count: number
  batch: number
  publish_target: string
  consume_target: string
  how: string
}

export async function queueFigures({ db, log, fresh, onEngine }: Ground): Promise<Figure[]> {
  await db.sql`create table bare_queue (queue text, n bigint, body bytea, headers json, primary key (queue, n))`
  const sql = await figures('sql', side(db.queue, ''), bareSql(db.sql), {
    count: 10_000,
    batch: 100,
    publish_target: '>= 5000/s',
    consume_target: '>= 5000/s, ratio >= 0.8',
    how: `insert; delete … for update skip locked returning, ${CONCURRENCY} in a transaction`,
  })
  const rabbitmq = await onEngine('queue on RabbitMQ', 'QUEUE_URL', async (url) => {
    const names = ['bench', 'wake'].map((name) => `${fresh}-${name}`)
    const made = names.flatMap((name) => [name, deadName(name), retryQueueName(name, SETTINGS.retry_delay_ms)])
    const queue = await openQueue({ url, sql: db.sql, log })
    const bare = await bareRabbitmq(url, `${fresh}-`, made)
    const work = {
      count: 25_000,
      batch: 500,
      publish_target: '>= 25000/s, ratio >= 0.8',
      consume_target: 'ratio >= 0.8',
      how: `amqplib, quorum queue, persistent, mandatory, waitForConfirms a batch; prefetch ${CONCURRENCY}, an ack each`,
    }
    return andThen(
      () => figures('rabbitmq', side(queue, `${fresh}-`), bare, work),
      async () => {
        await queue.close()
        await bare.close()
      },
    )
  })
  return [...sql, ...rabbitmq]
}

async function figures(driver: string, ours: QueueSide, bare: QueueSide, work: Work): Promise<Figure[]> {
  const { count, batch, how } = work
  let serial = 0
  const messages = () => Array.from({ length: batch }, () => ({ id: `m${serial++}`, body: BODY }))
  const publishes = (one: QueueSide) => () =>
    rate(count, async () => {
      for (let n = 0; n < count; n += batch) await one.publish('bench', messages())
    })
  // A round publishes as much as one of the next consumes.
  const published = { ours: [] as number[], bare: [] as number[] }
  const consumes = (one: QueueSide, own: number[]) => async () => {
    own.push(await publishes(one)())
    return one.consume('bench', count)
  }
  const consumed = await inRounds(consumes(ours, published.ours), consumes(bare, published.bare))
  // The first of each found nothing compiled.
  for (const own of Object.values(published)) own.shift()
  const sent = `${count} messages of ${BYTES} bytes, ${batch} a call; bare: ${how}`
  return [
    perSecond(`queue publish, ${driver}`, published, work.publish_target, sent),
    perSecond(
      `queue consume, ${driver}`,
      consumed,
      work.consume_target,
      `${CONCURRENCY} handlers at once; bare: ${how}`,
    ),
    ...(await wakeUps(
      `queue wake-up, ${driver}`,
      await ours.sleeper('wake'),
      await bare.sleeper('wake'),
      '<= 5 ms',
      'from publish to the handler of an idle consumer; bare: the same',
    )),
  ]
}

const SETTINGS = { max_attempts: 3, retry_delay_ms: 1000 }

const side = (queue: Queue, prefix: string): QueueSide => ({
  publish: (name, messages) => queue.publish(prefix + name, messages),
  async consume(name, count) {
    const { came, all } = arrivals(count)
    const handler = async () => (came(1), 'ack' as const)
    const consumer = await queue.consume({ name: prefix + name, ...SETTINGS }, handler, { concurrency: CONCURRENCY })
    const rate = await all
    await consumer.stop()
    return rate
  },
  sleeper: (name) =>
    sleeper(async (woken) => {
      await queue.consume({ name: prefix + name, ...SETTINGS }, async () => (woken(), 'ack'))
      return (n) => queue.publish(prefix + name, [{ id: `wake${n}`, body: BODY }])
    }),
})

/** What a queue needs at least: rows of which each goes to one taker, and is gone with its work. */
function bareSql(sql: Sql): QueueSide {
  let placed = 0
  return {
    async publish(name, messages) {
      const from = placed
      placed += messages.length
      await sql`
        insert into bare_queue (queue, n, body, headers)
        select ${name}, ${from}::bigint + i, body, headers::json from unnest(
          ${bytesArray(messages.map(({ body }) => body))}::bytea[], ${messages.map(() => '{}')}::text[]
        ) with ordinality as items (body, headers, i)`
    },
    async consume(name, count) {
      const { came, all } = arrivals(count)
      for (let n = 0; n < count;) {
        await sql.begin(async (transaction) => {
          // Whoever dies before the commit has taken nothing.
          const rows = await transaction`
            delete from bare_queue where queue = ${name} and n in (
              select n from bare_queue where queue = ${name} order by n limit ${CONCURRENCY} for update skip locked
            ) returning *`
          n += rows.length
          came(rows.length)
        })
      }
      return all
    },
    sleeper: () =>
      sleeper(async (woken) => {
        await listen(sql, 'bare_queue', woken)
        return () => sql`select pg_notify('bare_queue', 'x')`
      }),
  }
}
