/**
 * The whole proof of events: 100,000 of them and 1 % bad ones of every kind, while consumers, Kafka, the history and PostgreSQL are killed
 * with kill -9 after each step of a batch, members freeze for longer than their session, join and leave in mid-batch, and one partition
 * is slow and one cannot go on beside two healthy ones. Then every good event is in the history once and passed on in the order of its
 * key, every bad one is in events.failed and a dead letter with its reason. Where a figure is not 0 that must be, the bench fails.
 *
 * All combinations of client and history share the blows at engines: each client and each history meets all of them, in two halves.
 * One by itself, e.g. `events-kills/kafkajs-sql`, takes all of them. `--count 20000` is a smaller number of events.
 */
import postgres from 'postgres'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { rowsTable } from '../../db/engines/history/cassandra/schema.ts'
import { readCassandraUrl } from '../../db/engines/history/cassandra/url.ts'
import { createPartitioner } from '../../db/engines/stream/partitioner.ts'
import { STREAM_CLIENTS, type StreamClient } from '../../db/engines/stream/kafka/url.ts'
import { EVENTS_FAILED_GROUP, EVENTS_FAILED_TOPIC, EVENTS_GROUP, EVENTS_TOPIC } from '../../db/events/event.ts'
import { EVENTS_TABLE } from '../../db/events/history.ts'
import { envReader } from '../../lib/env.ts'
import { createLog } from '../../lib/log.ts'
import { cassandra } from '../../ops/engines/cassandra.ts'
import { kafka } from '../../ops/engines/kafka.ts'
import { postgresql } from '../../ops/engines/postgresql.ts'
import { STEPS } from '../consumers/events-cut.ts'
import { addPackaging } from '../consumers/events-fixture.ts'
import { ask, withKeyspace } from '../engines/cassandra-keyspace.ts'
import { privateEngine, type PrivateEngine } from '../engines/private-engine.ts'
import { killLeftPrograms, startProgram, until, type Program } from '../kit/program.ts'
import { removeTemporaryFolders, temporaryFolder } from '../kit/temporary-folder.ts'
import { checkAll, type StoredEvent } from './events-kills/check.ts'
import { BAD_EVERY, createLoad, SKUS } from './events-kills/load.ts'
import { ended, killed, openBlows } from './kills.ts'
import { andThen } from './roles/engines.ts'

const COUNT = 100_000
const HISTORIES = ['sql', 'cassandra'] as const
type HistoryName = (typeof HISTORIES)[number]
export const parts = STREAM_CLIENTS.flatMap((client) => HISTORIES.map((history) => `${client}-${history}`))

const CHILD = 'tests/consumers/events-child.ts'
/** Of a batch: it is handed out, what `aroundSteps` knows, and its handler returns. */
const ALL_STEPS = ['read', ...STEPS, 'handled']
/** Where a member freezes. */
const FROZEN_AT = ['read', 'history', 'processed']
const PARTITIONS = 4
const LEASE_S = 3
/** How long a batch waits for a row of the ledger that somebody else holds. */
const STATEMENT_S = 5
const END_MS = 600_000
const STEP_MS = 60_000

type Engines = Record<'postgresql' | 'kafka', PrivateEngine> & { cassandra?: PrivateEngine }

export async function bench(part?: string, _seconds?: number, count = COUNT): Promise<object[]> {
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const chosen = parts.filter((one) => part === undefined || one === part)
  const engines: Engines = { postgresql: await privateEngine(postgresql), kafka: await privateEngine(kafka) }
  if (chosen.some((one) => one.endsWith('cassandra'))) engines.cassandra = await privateEngine(cassandra)
  return andThen(
    async () => {
      const variables: Record<string, string> = {}
      for (const engine of Object.values(engines)) Object.assign(variables, await engine.up())
      const rows: object[] = []
      for (const [i, name] of chosen.entries()) {
        say(`${name} …`)
        const [client, history] = name.split('-') as [StreamClient, HistoryName]
        const half = chosen.length === 1 ? undefined : (STREAM_CLIENTS.indexOf(client) + HISTORIES.indexOf(history)) % 2
        const env = await fresh(variables, history, i)
        rows.push(await prove({ client, history, count, half, engines, env, say }))
      }
      return rows
    },
    async () => {
      await killLeftPrograms()
      for (const engine of Object.values(engines)) await engine.remove()
      await removeTemporaryFolders()
    },
  )
}

/** A database, a prefix and a keyspace of its own, on the same engines. */
async function fresh(variables: Record<string, string>, history: HistoryName, i: number) {
  const { DATABASE_URL, STREAM_URL, HISTORY_URL } = variables
  const name = `kills_${i}`
  const sql = postgres(DATABASE_URL!, { max: 1, onnotice: () => {} })
  await sql.unsafe(`create database ${name}`)
  await sql.end()
  return {
    DATA_DIR: temporaryFolder('doca-bench-'),
    DATABASE_URL: Object.assign(new URL(DATABASE_URL!), { pathname: name }).href,
    STREAM_URL: `${STREAM_URL}?prefix=${name}.&partitions=${PARTITIONS}`,
    STREAM_LEASE_S: String(LEASE_S),
    STATEMENT_TIMEOUT_S: String(STATEMENT_S),
    ...(history === 'cassandra' && { HISTORY_URL: withKeyspace(HISTORY_URL!, name) }),
  }
}

interface Stage {
  client: StreamClient
  history: HistoryName
  count: number
  /** Which half of the blows at engines; undefined: all of them. */
  half: number | undefined
  engines: Engines
  env: Record<string, string>
  say(line: string): void
}

async function prove({ client, history, count, half, engines, env: own, say }: Stage): Promise<object> {
  const blows = openBlows(own.DATA_DIR!, say)
  const env = { ...own, STREAM_CLIENT: client, CHILD_NOTES: blows.file }
  const db = await connect(readDbConfig(envReader(env)), createLog('bench', 'silent'), ['sql', 'stream', 'history'])
  await addPackaging(db.sql, SKUS)
  const partitionOf = (sku: string) => createPartitioner()(Buffer.from(sku), PARTITIONS)
  const load = createLoad(db.stream, own.STREAM_URL!, partitionOf)
  const missed: string[] = []
  const alive = new Set<Program>()
  let struck = 0

  async function start(words: string[] = [], more: Record<string, string> = {}): Promise<Program> {
    const program = startProgram(CHILD, words, { ...env, ...more })
    alive.add(program)
    void program.exited.then(() => alive.delete(program))
    await until('a consumer', () => program.output().includes('ready'), 120_000, program.output)
    return program
  }

  async function strike(blow: string, programs: Program[], act: () => Promise<unknown>, also?: () => string) {
    struck++
    const in_hand = await blows.strike(
      blow,
      programs.map(({ pid }) => pid),
      act,
      also,
    )
    if (in_hand.size === 0) missed.push(blow)
  }

  /** Ends it cleanly, whatever it has in hand. */
  async function leave(program: Program): Promise<void> {
    const code = await Promise.race([ended(program), Bun.sleep(60_000)])
    if (code === 0) return
    missed.push(`a consumer that was told to stop ended with ${code}`)
    say(`${missed.at(-1)}:\n${program.output().slice(-2000)}`)
    if (code === undefined) await killed(program)
  }

  const lagOf = async (group = EVENTS_GROUP, topic = EVENTS_TOPIC) => db.stream.lag(group, [topic]).catch(() => [])
  const isRead = (lags: Awaited<ReturnType<typeof lagOf>>) => lags.length > 0 && lags.every(({ lag }) => lag === 0)

  const targets = [
    'itself',
    'kafka',
    'postgresql',
    ...(history === 'cassandra' ? (['cassandra'] as const) : []),
  ] as const
  const isOurs = (what: string, step: number) => what === 'itself' || half === undefined || step % 2 === half
  const plan = targets.flatMap((what) => ALL_STEPS.filter((_, i) => isOurs(what, i)).map((step) => ({ what, step })))
  const shares = plan.length + FROZEN_AT.length + 2
  let begun = 0
  function sendShare(): Promise<void> {
    begun++
    return load.send(Math.floor((count * begun) / shares) - Math.floor((count * (begun - 1)) / shares))
  }

  await slowAndStuck()
  const steady = await start()
  for (const { what, step } of plan) await kill(what, step)
  for (const step of FROZEN_AT) await freeze(step)
  const isEnd = async () => isRead(await lagOf()) && isRead(await lagOf(EVENTS_FAILED_GROUP, EVENTS_FAILED_TOPIC))
  await until('the ends of both topics', isEnd, END_MS, steady.output)
  await leave(steady)
  const seconds = Math.round(blows.seconds())
  const sent = load.sent()
  const { messages, again, ...none } = await checkAll(db, await storedEvents(db, env, history), sent)
  await db.close()
  for (const blow of missed) say(`hit nothing, or failed: ${blow}`)
  const bad_figures = Object.entries({ ...none, missed: missed.length }).filter(([, value]) => value !== 0)
  for (const [figure, value] of bad_figures) say(`PROBLEM  ${client}-${history}: ${figure} ${value}`)
  if (bad_figures.length > 0) process.exitCode = 1
  return { client, history, ...sent, messages, blows: struck, missed: missed.length, ...none, again, seconds }

  async function kill(what: (typeof targets)[number], step: string): Promise<void> {
    const victim = await start([step, '1', what === 'itself' ? 'die' : 'stand'])
    const sending = sendShare()
    if (!(await isAt(step, victim))) await killed(victim)
    else if (what === 'itself')
      await strike(`kill -9 of a consumer after its step ${step}`, [victim], () => victim.exited)
    else {
      await strike(`kill -9 of ${what} after the step ${step} of a consumer`, [...alive], engines[what]!.kill)
      // Its next step meets an engine that is away.
      victim.kill('SIGCONT')
      await engines[what]!.up()
    }
    await sending
    if (alive.has(victim)) await leave(victim)
  }

  /** Sends a bad event now and then until it is. */
  async function isAt(step: string, program: Program): Promise<boolean> {
    const deadline = performance.now() + STEP_MS
    for (let tries = 1; !blows.noted(program, 'at step'); tries++) {
      if (performance.now() > deadline) {
        missed.push(`the step ${step} of a consumer`)
        say(`no ${step}: ${program.output().slice(-2000)}`)
        return false
      }
      if (tries % 40 === 0) await load.send(BAD_EVERY)
      await Bun.sleep(50)
    }
    return true
  }

  async function freeze(step: string): Promise<void> {
    const sleeper = await start([step, '1', 'stand'])
    await sendShare()
    if (await isAt(step, sleeper))
      await strike(`a consumer frozen after its step ${step} until others have done its work`, [sleeper], async () => {
        await until('its work done by others', async () => isRead(await lagOf()), END_MS, steady.output)
        sleeper.kill('SIGCONT')
      })
    await leave(sleeper)
  }

  /** One partition is slow, one waits for a row of the ledger; the others are read to their end. Another member comes and goes. */
  async function slowAndStuck(): Promise<void> {
    const [slow, stuck] = [...new Set(SKUS.map(partitionOf))] as [number, number]
    const first = await start([], { CHILD_SLOW: `${slow}:15000` })
    const locker = await db.sql.reserve()
    const event_id = Bun.randomUUIDv7()
    await locker`begin`
    await locker`set local idle_in_transaction_session_timeout = 0`
    await locker`insert into events_seen (event_id, content_hash, source) values (${event_id}, ''::bytea, 'the bench')`
    await load.sendOne(
      SKUS.find((sku) => partitionOf(sku) === stuck)!,
      event_id,
    )
    await load.sendAhead()
    await sendShare()
    let lags = await lagOf()
    const lagIn = (one: number) => lags.find((lag) => lag.partition === one)?.lag ?? 0
    const isHealthyRead = async () => {
      lags = await lagOf()
      return isRead(lags.filter((one) => one.partition !== slow && one.partition !== stuck))
    }
    await until('the ends of the healthy partitions', isHealthyRead, END_MS, first.output)
    say(
      `the healthy partitions are read while ${lagIn(slow)} messages wait in a slow and ${lagIn(stuck)} in a stuck one`,
    )
    if (lagIn(slow) === 0 || lagIn(stuck) === 0) missed.push('a slow and a stuck partition')
    let second = first
    await strike(
      'a consumer joins in mid-batch',
      [first],
      async () => (second = await start([], { CHILD_SLOW: '*:500' })),
    )
    const sending = sendShare()
    await until('messages in its hand', () => blows.noted(second, 'in hand'), 120_000, second.output)
    await strike('a consumer leaves in mid-batch', [second], () => leave(second))
    await locker`rollback`
    locker.release()
    await sending
    await leave(first)
  }
}

/** All rows of the history, whichever partition they are in. */
async function storedEvents(
  { sql }: Db<'sql'>,
  env: Record<string, string>,
  history: HistoryName,
): Promise<StoredEvent[]> {
  if (history === 'sql') return sql<StoredEvent[]>`select id, data from history_rows`
  return ask(env.HISTORY_URL!, async (client) => {
    const rows: StoredEvent[] = []
    const table = rowsTable(readCassandraUrl(env.HISTORY_URL!).endpoint, EVENTS_TABLE)
    const query = `select id, data from ${table}`
    for await (const row of await client.execute(query, [], { prepare: true, fetchSize: 1000 }))
      rows.push({ id: row.id as string, data: JSON.parse(row.data as string) })
    return rows
  })
}
