/** The stream: produced in large calls and one by one, consumed by a group, and how soon an idle consumer wakes. */
import type { Sql } from 'postgres'
import { bytesArray } from '../../../db/engines/postgres/bytes-array.ts'
import { listen } from '../../../db/engines/postgres/listen.ts'
import { openStream } from '../../../db/engines/stream/open.ts'
import { STREAM_CLIENTS } from '../../../db/engines/stream/kafka/url.ts'
import type { Message, Stream } from '../../../db/engines/stream/stream.ts'
import type { Figure } from '../main.ts'
import { andThen, type Ground } from './engines.ts'
import { bareKafka } from './kafka.ts'
import { arrivals, BATCH, BYTES, inRounds, inTurns, perSecond, rate, sleeper, wakeUps, type WakeUp } from './timing.ts'

const ITEMS: Message[] = Array.from({ length: BATCH }, (_, i) => ({
  key: `key-${i % 50}`,
  value: crypto.getRandomValues(new Uint8Array(BYTES)),
}))
const CALLERS = 100

/** What both sides do, each in topics of its own. */
export interface StreamSide {
  produce(topic: string, messages: Message[]): Promise<unknown>
  /** Reads `count` messages from the beginning as a new group, commits, and resolves with messages a second. */
  consume(topic: string, count: number): Promise<number>
  /** Starts a consumer that sleeps; the cause produces one message. */
  sleeper(topic: string): Promise<WakeUp>
}

interface Work {
  count: number
  singles: number
  produce_target: string
  wake_target: string
  how: string
}

export async function streamFigures({ db, log, fresh, onEngine }: Ground): Promise<Figure[]> {
  await prepareBareTables(db.sql)
  const sql = await figures('sql', side(db.stream), bareSql(db.sql), {
    count: 20_000,
    singles: 3_000,
    produce_target: '>= 15000/s',
    wake_target: '<= 5 ms',
    how: 'insert, select by offset, NOTIFY of postgres.js',
  })
  const kafka = await onEngine('stream on Kafka', 'STREAM_URL', async (url) => {
    const own = `${url}${url.includes('?') ? '&' : '?'}prefix=${fresh}.`
    const stream = await openStream({ url: own, sql: db.sql, log, lease_ms: 10_000 })
    const bare = await bareKafka(own)
    const work = {
      count: 50_000,
      singles: 10_000,
      produce_target: 'ratio >= 0.8',
      wake_target: '',
      how: 'kafkajs, idempotent, acks -1, one request at a time, the same partitions, a commit a batch',
    }
    const [first, second] = await Promise.all(
      STREAM_CLIENTS.map((client) =>
        openStream({ url: `${own}${client}.`, client, sql: db.sql, log, lease_ms: 10_000 }),
      ),
    )
    const paired = { ...work, produce_target: 'ratio >= 1', how: 'the driver on kafkajs' }
    return andThen(
      async () => [
        ...(await figures('kafka', side(stream), bare, work)),
        ...(await figures('kafka through platformatic', side(second!), side(first!), paired)),
      ],
      async () => {
        await Promise.all([stream, first!, second!].map((one) => one.close()))
        await bare.close()
      },
    )
  })
  return [...sql, ...kafka]
}

async function figures(driver: string, ours: StreamSide, bare: StreamSide, work: Work): Promise<Figure[]> {
  const { count, singles, how } = work
  const produces = (one: StreamSide) => (topic: string) => async () => {
    for (let n = 0; n < count; n += BATCH) await one.produce(topic, ITEMS)
  }
  let serial = 0
  // A topic a round, so that what is consumed is what was produced in it.
  const topics = { ours: [] as string[], bare: [] as string[] }
  const timedProduce = (one: StreamSide, own: string[]) => async () => {
    const topic = `t${serial++}`
    own.push(topic)
    // The topic is there by then.
    await one.produce(topic, [ITEMS[0]!])
    return rate(count, produces(one)(topic))
  }
  const produced = await inRounds(timedProduce(ours, topics.ours), timedProduce(bare, topics.bare))
  const timedSingles = (one: StreamSide) => () =>
    rate(singles, () => inTurns(singles, CALLERS, (n) => one.produce('singles', [ITEMS[n % BATCH]!])))
  await Promise.all([ours.produce('singles', [ITEMS[0]!]), bare.produce('singles', [ITEMS[0]!])])
  const alone = await inRounds(timedSingles(ours), timedSingles(bare), 3)
  const timedConsume = (one: StreamSide, own: string[]) => () => one.consume(own.pop()!, count)
  const consumed = await inRounds(timedConsume(ours, topics.ours), timedConsume(bare, topics.bare))
  const sent = `${count} messages of ${BYTES} bytes, ${BATCH} a call; bare: ${how}`
  return [
    perSecond(`stream produce, ${driver}`, produced, work.produce_target, sent),
    perSecond(`stream produce singly, ${driver}`, alone, '', `${singles} messages, ${CALLERS} callers; bare: the same`),
    perSecond(`stream consume, ${driver}`, consumed, 'ratio >= 0.8', `${sent}; from the first batch on`),
    ...(await wakeUps(
      `stream wake-up, ${driver}`,
      await ours.sleeper('wake'),
      await bare.sleeper('wake'),
      work.wake_target,
      'from produce to the handler of an idle consumer; bare: the same',
    )),
  ]
}

const side = (stream: Stream): StreamSide => ({
  produce: (topic, messages) => stream.produce(topic, messages),
  async consume(topic, count) {
    const { came, all } = arrivals(count)
    const onBatch = async (messages: unknown[]) => came(messages.length)
    const consumer = await stream.consume({ group: `g-${topic}`, topic, from: 'earliest', onBatch })
    const rate = await all
    await consumer.stop()
    return rate
  },
  sleeper: (topic) =>
    sleeper(async (woken) => {
      await stream.consume({ group: 'wake', topic, from: 'latest', onBatch: async () => woken() })
      return () => stream.produce(topic, [ITEMS[0]!])
    }),
})

async function prepareBareTables(sql: Sql): Promise<void> {
  await sql`
    create table bare_stream (topic text, partition int, n bigint, key bytea, value bytea, headers json,
      produced_at timestamptz default now(), primary key (topic, partition, n))`
  await sql`create table bare_offsets (topic text primary key, n bigint)`
}

const NO_HEADERS = ITEMS.map(() => '{}')

/** What a stream needs at least: rows with a place in an order, the next of them, and how far one has come. */
function bareSql(sql: Sql): StreamSide {
  let placed = 0
  async function produce(topic: string, messages: Message[]): Promise<void> {
    const from = placed
    placed += messages.length
    await sql`
      insert into bare_stream (topic, partition, n, key, value, headers)
      select ${topic}, 0, ${from}::bigint + i - 1, key, value, headers::json from unnest(
        ${bytesArray(messages.map(({ key }) => new TextEncoder().encode(String(key))))}::bytea[],
        ${bytesArray(messages.map(({ value }) => value))}::bytea[],
        ${NO_HEADERS.slice(0, messages.length)}::text[]
      ) with ordinality as items (key, value, headers, i)`
  }
  return {
    produce,
    async consume(topic, count) {
      const { came, all } = arrivals(count)
      let last = -1
      for (let received = 0; received < count;) {
        const rows = await sql`
          select * from bare_stream where topic = ${topic} and partition = 0 and n > ${last} order by n limit ${BATCH}`
        last = Number(rows.at(-1)!.n)
        received += rows.length
        await sql`insert into bare_offsets values (${topic}, ${last}) on conflict (topic) do update set n = excluded.n`
        came(rows.length)
      }
      return all
    },
    sleeper: () =>
      sleeper(async (woken) => {
        await listen(sql, 'bare', woken)
        return () => sql`select pg_notify('bare', 'x')`
      }),
  }
}
