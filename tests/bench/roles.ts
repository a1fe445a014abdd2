/**
 * Stream and queue on embedded PostgreSQL, each beside a bare postgres.js statement that moves the same bytes in the
 * same run: `bun tests/bench/roles.ts`, or `bun run bench roles`. A data folder of its own; nothing else should run.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import postgres from 'postgres'
import { bytesArray } from '../../db/bytes-array.ts'
import { readDbConfig } from '../../db/config.ts'
import { connect, type Db } from '../../db/index.ts'
import { listen } from '../../db/listen.ts'
import { createSqlQueue } from '../../db/queue/sql.ts'
import { createSqlStream } from '../../db/stream/sql.ts'
import { printRows } from '../../lib/command-line.ts'
import { envReader } from '../../lib/env.ts'
import type { Figure } from './main.ts'

const log = pino({ level: 'silent' })
const BYTES = 300
const BATCH = 500
const STREAM_MESSAGES = 60_000
const QUEUE_MESSAGES = 20_000
const CONCURRENCY = 100
const WAKE_UPS = 200
const IDLE_S = 15

export async function bench(): Promise<Figure[]> {
  const data_dir = await mkdtemp(join(tmpdir(), 'doca-bench-'))
  const db = await connect(readDbConfig(envReader({ DATA_DIR: data_dir })), log)
  try {
    const idle = await idleFigures(db)
    await prepareBareTables(db)
    return [...(await streamFigures(db)), ...(await queueFigures(db)), ...idle]
  } finally {
    await db.close()
    await rm(data_dir, { recursive: true })
  }
}

const ITEMS = Array.from({ length: BATCH }, (_, i) => ({
  key: `key-${i % 50}`,
  value: crypto.getRandomValues(new Uint8Array(BYTES)),
}))

async function streamFigures({ stream, sql }: Db): Promise<Figure[]> {
  const sent = `${STREAM_MESSAGES} messages of ${BYTES} bytes`
  const produced = await rate(STREAM_MESSAGES, async () => {
    for (let n = 0; n < STREAM_MESSAGES; n += BATCH) await stream.produce('bench', ITEMS)
  })
  const inserted = await rate(STREAM_MESSAGES, async () => {
    for (let n = 0; n < STREAM_MESSAGES; n += BATCH) await insertStream(sql, n)
  })
  const singles = await rate(10_000, () => inTurns(10_000, 100, (n) => stream.produce('singles', [ITEMS[n % BATCH]!])))
  const bareSingles = await rate(10_000, () =>
    inTurns(10_000, 100, (n) => sql`insert into bare_single values (${n}, ${ITEMS[n % BATCH]!.value})`),
  )

  const done = Promise.withResolvers<void>()
  let received = 0
  const consumed = await rate(STREAM_MESSAGES, async () => {
    const consumer = await stream.consume({
      group: 'bench',
      topic: 'bench',
      from: 'earliest',
      async onBatch(messages) {
        received += messages.length
        if (received === STREAM_MESSAGES) done.resolve()
      },
    })
    await done.promise
    await consumer.stop()
  })
  const selected = await rate(STREAM_MESSAGES, async () => {
    for (let n = 0; n < STREAM_MESSAGES; n += BATCH)
      await sql`
        select * from bare_stream where topic = 'bench' and partition = 0 and n >= ${n} order by n limit ${BATCH}`
  })
  const wakeUps = await wakeUpTimes(async (woken) => {
    await stream.consume({ group: 'wake', topic: 'wake', from: 'latest', onBatch: async () => woken() })
    return () => stream.produce('wake', [ITEMS[0]!])
  })
  const notifies = await wakeUpTimes(async (woken) => {
    await listen(sql, 'bare', woken)
    return () => sql`select pg_notify('bare', 'x')`
  })
  return [
    perSecond('stream: produce', produced, '15000', `${sent}, ${BATCH} a call, one call at a time`),
    perSecond('stream: bare insert', inserted, '', `the same bytes and columns, ${BATCH} rows a statement`),
    perSecond('stream: produce one by one', singles, '', `10000 messages, 100 callers at a time`),
    perSecond('stream: bare insert one by one', bareSingles, '', `10000 rows, 100 callers at a time`),
    perSecond('stream: consume', consumed, '', `${sent}, joining and committing included`),
    perSecond('stream: bare select', selected, '', `the same bytes, ${BATCH} rows a statement`),
    ...latency('stream: idle wake-up', wakeUps, '5', 'produce called until the handler has the message'),
    ...latency('stream: bare notify', notifies, '', 'pg_notify called until the listener is called'),
  ]
}

async function queueFigures({ queue, sql }: Db): Promise<Figure[]> {
  const sent = `${QUEUE_MESSAGES} messages of ${BYTES} bytes`
  const published = await rate(QUEUE_MESSAGES, async () => {
    for (let n = 0; n < QUEUE_MESSAGES; n += BATCH)
      await queue.publish(
        'bench',
        ITEMS.map(({ value }, i) => ({ id: `m${n + i}`, body: value })),
      )
  })
  const inserted = await rate(QUEUE_MESSAGES, async () => {
    for (let n = 0; n < QUEUE_MESSAGES; n += BATCH) await insertQueue(sql, n)
  })
  const handled = await rate(QUEUE_MESSAGES, async () => {
    const done = Promise.withResolvers<void>()
    let count = 0
    const settings = { name: 'bench', max_attempts: 3, retry_delay_ms: 1000 }
    const consumer = await queue.consume(
      settings,
      async () => {
        if (++count === QUEUE_MESSAGES) done.resolve()
        return 'ack'
      },
      { concurrency: CONCURRENCY },
    )
    await done.promise
    await consumer.stop()
  })
  const deleted = await rate(QUEUE_MESSAGES, async () => {
    for (let n = 0; n < QUEUE_MESSAGES; n += CONCURRENCY)
      await sql`
        delete from bare_queue where n in (
          select n from bare_queue order by n limit ${CONCURRENCY} for update skip locked
        ) returning *`
  })
  const wakeUps = await wakeUpTimes(async (woken) => {
    await queue.consume({ name: 'wake', max_attempts: 1, retry_delay_ms: 0 }, async () => (woken(), 'ack'))
    return (n) => queue.publish('wake', [{ id: `m${n}`, body: ITEMS[0]!.value }])
  })
  return [
    perSecond('queue: publish', published, '', `${sent}, ${BATCH} a call, one call at a time`),
    perSecond('queue: bare insert', inserted, '', `the same bytes, ${BATCH} rows a statement`),
    perSecond('queue: consume and ack', handled, '', `${sent}, ${CONCURRENCY} handlers at once`),
    perSecond('queue: bare delete', deleted, '', `the same bytes, ${CONCURRENCY} rows a statement, once each`),
    ...latency('queue: idle wake-up', wakeUps, '5', 'publish called until the handler has the message'),
  ]
}

/** What consumers cost that have nothing to do. */
async function idleFigures({ sql }: Db): Promise<Figure[]> {
  let statements = 0
  const counted = postgres({ ...sql.options, debug: () => statements++ } as object) as unknown as Db['sql']
  const stream = createSqlStream(counted, { log })
  const queue = createSqlQueue(counted, { log })
  await stream.consume({ group: 'idle', topic: 'idle', from: 'latest', onBatch: async () => {} })
  await queue.consume({ name: 'idle', max_attempts: 1, retry_delay_ms: 0 }, async () => 'ack')
  // Joining is over by then.
  await Bun.sleep(1000)
  statements = 0
  const cpu = process.cpuUsage()
  await Bun.sleep(IDLE_S * 1000)
  const { user, system } = process.cpuUsage(cpu)
  const work = `one stream and one queue consumer, idle for ${IDLE_S} s`
  const figures = [
    { figure: 'idle: statements', value: round(statements / IDLE_S), unit: '/s', target: '', work },
    { figure: 'idle: processor', value: round((user + system) / 1e4 / IDLE_S), unit: '%', target: '', work },
  ]
  await Promise.all([stream.close(), queue.close()])
  await counted.end()
  return figures
}

async function prepareBareTables({ sql }: Db): Promise<void> {
  await sql`create table bare_stream (topic text, partition int, n bigint, key bytea, value bytea, headers json,
    produced_at timestamptz default now(), primary key (topic, partition, n))`
  await sql`create table bare_queue (n bigint primary key, body bytea, headers json, queued_at timestamptz default now())`
  await sql`create table bare_single (n bigint primary key, value bytea)`
}

function insertStream(sql: Db['sql'], from: number): PromiseLike<unknown> {
  return sql`
    insert into bare_stream (topic, partition, n, key, value, headers)
    select 'bench', 0, ${from}::bigint + i - 1, key, value, headers::json from unnest(
      ${bytesArray(ITEMS.map(({ key }) => new TextEncoder().encode(key)))}::bytea[],
      ${bytesArray(ITEMS.map(({ value }) => value))}::bytea[],
      ${ITEMS.map(() => '{}')}::text[]
    ) with ordinality as items (key, value, headers, i)`
}

function insertQueue(sql: Db['sql'], from: number): PromiseLike<unknown> {
  return sql`
    insert into bare_queue (n, body, headers)
    select ${from}::bigint + i, body, headers::json from unnest(
      ${bytesArray(ITEMS.map(({ value }) => value))}::bytea[], ${ITEMS.map(() => '{}')}::text[]
    ) with ordinality as items (body, headers, i)`
}

/** How often `count` of it fit into a second. */
async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const begun_at = performance.now()
  await work()
  return count / ((performance.now() - begun_at) / 1000)
}

async function inTurns(count: number, at_once: number, work: (n: number) => PromiseLike<unknown>): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: at_once }, caller))
}

/** Milliseconds from the call that `prepare` returns to its wake-up, with a pause between, so that all is idle. */
async function wakeUpTimes(
  prepare: (woken: () => void) => Promise<(n: number) => PromiseLike<unknown>>,
): Promise<number[]> {
  let woken = () => {}
  const cause = await prepare(() => woken())
  const times: number[] = []
  for (let n = 0; n < WAKE_UPS; n++) {
    await Bun.sleep(10)
    const { promise, resolve } = Promise.withResolvers<void>()
    woken = resolve
    const begun_at = performance.now()
    await Promise.all([cause(n), promise.then(() => times.push(performance.now() - begun_at))])
  }
  return times.toSorted((a, b) => a - b)
}

const perSecond = (figure: string, value: number, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value),
  unit: '/s',
  target: target && `>= ${target}`,
  work,
})

function latency(figure: string, sorted: number[], p50: string, work: string): Figure[] {
  const at = (share: number) => round(sorted[Math.floor(share * sorted.length)]!)
  return [
    { figure: `${figure}, p50`, value: at(0.5), unit: 'ms', target: p50 && `<= ${p50}`, work },
    { figure: `${figure}, p99`, value: at(0.99), unit: 'ms', target: '', work },
  ]
}

const round = (value: number) => Math.round(value * 100) / 100

if (import.meta.main) printRows(await bench(), Bun.argv.includes('--json'))
