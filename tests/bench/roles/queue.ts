/** The queue: published in large calls with confirms, consumed and acknowledged one by one, and idle wake-ups. */
import type { Sql } from 'postgres'
import { bytesArray } from '../../../db/engines/postgres/bytes-array.ts'
import { bookkeepingPool } from '../../../db/engines/postgres/bookkeeping-pool.ts'
import { listen } from '../../../db/engines/postgres/listen.ts'
import { openQueue } from '../../../db/engines/queue/open.ts'
import type { Queue, QueueMessage } from '../../../db/engines/queue/queue.ts'
import { deadName, retryQueueName } from '../../../db/engines/queue/rabbitmq/topology.ts'
import { claimMessages, extendLeases } from '../../../db/engines/queue/sql/messages.ts'
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
  await prepareBareTable(db.sql)
  const sql = await figures('sql', side(db.queue, ''), bareSql(db.sql), {
    count: 10_000,
    batch: 100,
    publish_target: '>= 5000/s',
    consume_target: '>= 5000/s, ratio >= 0.8',
    how: `insert unless the id is there; ${CONCURRENCY} at a time: take them for the length of a lease, then delete them`,
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
  return [...sql, ...(await claimFigures(db.sql, db.queue)), ...rabbitmq]
}

/** What taking a message costs the database besides the work itself. */
async function claimFigures(sql: Sql, queue: Queue): Promise<Figure[]> {
  const own = bookkeepingPool(sql, { connections: 1 })
  const consumer = Bun.randomUUIDv7()
  const count = 5_000
  for (let n = 0; n < count; n += 100)
    await queue.publish(
      'claims',
      Array.from({ length: 100 }, (_, i) => ({ id: `m${n + i}`, body: BODY })),
    )
  const measured = async () => {
    await own`select pg_stat_force_next_flush()`
    const [row] = await own<[{ updated: number; in_place: number; wal_bytes: number }]>`
      select n_tup_upd::int as updated, n_tup_hot_upd::int as in_place,
        pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal_bytes
      from pg_stat_user_tables where relname = 'queue_messages'`
    return row
  }
  const before = await measured()
  const claim = { queue: 'claims', consumer, max: CONCURRENCY, max_lost: 1, lease_ms: 60_000, ...SETTINGS }
  for (let n = 0; n < count; n += CONCURRENCY) {
    const { claimed } = await claimMessages(own, claim)
    const ids = claimed.map(({ delivery }) => delivery.id)
    await extendLeases(own, { queue: 'claims', consumer, ids, lease_ms: 60_000 })
  }
  const after = await measured()
  await own`delete from queue_messages where queue = 'claims'`
  await own.end()
  const work = `${count} messages claimed, ${CONCURRENCY} at a time, and their leases renewed once`
  const share = (after.in_place - before.in_place) / (after.updated - before.updated)
  return [
    {
      figure: 'queue updates in place (HOT), sql',
      value: Math.round(1000 * share) / 10,
      unit: '%',
      target: '>= 90 %',
      work,
    },
    {
      figure: 'queue WAL, sql',
      value: Math.round((after.wal_bytes - before.wal_bytes) / count),
      unit: 'bytes/message',
      target: '',
      work,
    },
  ]
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

/** What a queue needs at least: ids that are queued once, a time from which each is there, a lease for who died. */
async function prepareBareTable(sql: Sql): Promise<void> {
  await sql`
    create table bare_queue (queue text, id text, body bytea, headers json,
      available_at timestamptz not null default clock_timestamp(), primary key (queue, id))`
  await sql`create index on bare_queue (queue, available_at)`
}

function bareSql(sql: Sql): QueueSide {
  return {
    publish: (name, messages) => sql`
      insert into bare_queue (queue, id, body, headers)
      select ${name}, id, body, headers::json from unnest(
        ${messages.map(({ id }) => id)}::text[], ${bytesArray(messages.map(({ body }) => body))}::bytea[],
        ${messages.map(() => '{}')}::text[]
      ) as items (id, body, headers)
      on conflict do nothing`,
    async consume(name, count) {
      const { came, all } = arrivals(count)
      let deleted: Promise<unknown> = Promise.resolve()
      for (let n = 0; n < count;) {
        const rows = await sql<{ id: string }[]>`
          update bare_queue set available_at = now() + interval '15 s'
          where queue = ${name} and id in (
            select id from bare_queue where queue = ${name} and available_at <= now()
            order by available_at limit ${CONCURRENCY} for update skip locked
          ) returning id, body, headers`
        n += rows.length
        came(rows.length)
        await deleted
        // While the next are taken.
        deleted = sql`delete from bare_queue where queue = ${name} and id = any(${rows.map(({ id }) => id)})`
        deleted.catch(() => {})
      }
      await deleted
      return all
    },
    sleeper: () =>
      sleeper(async (woken) => {
        await listen(sql, 'bare_queue', woken)
        return () => sql`select pg_notify('bare_queue', 'x')`
      }),
  }
}
