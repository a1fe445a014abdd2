/** A Cassandra that is not there yet, that is killed under load, and that comes back: on an instance of our own. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import { createCassandraHistory } from '../../db/engines/history/cassandra/history.ts'
import type { History, HistoryRow } from '../../db/engines/history/history.ts'
import { cassandra } from '../../ops/engines/cassandra.ts'
import { engineProcesses } from '../../ops/engines/processes.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'

// A start takes 7 s, and half a minute on a machine with much else to do.
setDefaultTimeout(240_000)

onEngine('the loss of Cassandra', 'HISTORY_URL', () => {
  let engine: PrivateEngine
  let url: string
  let database: TestDatabase
  let history: History
  const { lines, log } = book()
  beforeAll(async () => {
    ;[engine, database] = await Promise.all([privateEngine(cassandra), testDatabase()])
    url = (await engine.up()).HISTORY_URL!
    history = await createCassandraHistory(url, database.sql, log)
  })
  afterAll(async () => {
    await history?.close()
    await engine.remove()
    await database.close()
  })

  // Three times: from the third on, the driver left alone has more connections and attempts than it needs.
  test.each([1, 2, 3])(
    'kill -9 under load, time %i: what was resolved is there, the rest failed, it works by itself',
    async (outage) => {
      const load = startLoad(history, outage)
      await until('writes', () => load.resolved.length >= 40, 60_000)
      const hit = load.under_way()
      await engine.kill()
      console.log(`killed Cassandra with ${hit} writes of 20 rows in flight, ${load.resolved.length} resolved`)
      expect(hit).toBeGreaterThan(0)
      await until('failures', () => said(lines, 'is away') === outage)
      const late = outage === 1 ? await openLate() : undefined
      const before = load.resolved.length
      await engine.up()
      await until('writes again', () => load.resolved.length > before + 8, 60_000)
      await load.stop()

      for (const call of load.resolved)
        expect(await history.read('events', `call ${call}`, { limit: 100 })).toEqual(rows(call).toReversed())
      expect(said(lines, 'is away')).toBe(outage)
      expect(said(lines, 'answers again')).toBe(outage)
      await late?.works()
      // Each has two ends on this machine.
      await until('a single connection', async () => (await connections(url)) === 2)
    },
  )

  /** A program that starts while it is away. */
  async function openLate() {
    const late = book()
    const opened = await createCassandraHistory(url, database.sql, late.log)
    expect(said(late.lines, 'cannot be reached; the program goes on')).toBe(1)
    await expect(opened.read('events', 'p', { limit: 1 })).rejects.toMatchObject({ code: 'history_unavailable' })
    return {
      async works() {
        await until('a late write', () => succeeds(opened.write('events', rows(-1))))
        expect(late.lines).toHaveLength(2)
        expect(said(late.lines, 'answers again')).toBe(1)
        await opened.close()
      },
    }
  }

  test('stopped in mid-sentence, a call fails within its deadline, and works when it goes on', async () => {
    const [pid] = engineProcesses(engine.folder)
    process.kill(pid!, 'SIGSTOP')
    try {
      const began = performance.now()
      const outcomes = await Promise.allSettled([
        history.write('events', rows(-2)),
        history.read('events', 'p', { limit: 1 }),
      ])
      expect(performance.now() - began).toBeLessThan(17_000)
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { code: 'history_unavailable', kind: 'unavailable' },
        })
    } finally {
      process.kill(pid!, 'SIGCONT')
    }
    await until('a write', () => succeeds(history.write('events', rows(-2))))
  })
})

function book() {
  const lines: string[] = []
  return { lines, log: pino({ level: 'info' }, { write: (line) => void lines.push(line) }) }
}

const said = (lines: string[], words: string) => lines.filter((line) => line.includes(words)).length

/** Eight writers, each with calls of twenty rows of a partition per call; `resolved` names those that were confirmed. */
function startLoad(history: History, outage: number) {
  const resolved: number[] = []
  const under_way = new Set<number>()
  let stopped = false
  let call = outage * 1_000_000
  async function write() {
    while (!stopped) {
      const number = call++
      under_way.add(number)
      const began = performance.now()
      const ok = await succeeds(history.write('events', rows(number)))
      under_way.delete(number)
      // No deadline was overrun, whatever happened.
      expect(performance.now() - began).toBeLessThan(17_000)
      if (ok) resolved.push(number)
      // While it is away a call fails at once.
      else await Bun.sleep(50)
    }
  }
  const writers = Array.from({ length: 8 }, write)
  return {
    resolved,
    under_way: () => under_way.size,
    async stop() {
      stopped = true
      await Promise.all(writers)
    },
  }
}

const row = (call: number, i: number): HistoryRow => ({
  partition: `call ${call}`,
  at: new Date(1_767_268_800_000 + i * 1000),
  id: String(i),
  data: { call, text: 'x'.repeat(250) },
})
const rows = (call: number) => Array.from({ length: 20 }, (_, i) => row(call, i))

const succeeds = (write: Promise<void>) =>
  write.then(
    () => true,
    () => false,
  )

/** Ends of connections to that port, as the kernel has them. */
async function connections(url: string): Promise<number> {
  const port = Number(/:(\d+)\//.exec(url)![1])
    .toString(16)
    .toUpperCase()
    .padStart(4, '0')
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => Bun.file(file).text()))
  const ESTABLISHED = '01'
  return tables
    .flatMap((table) => table.split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local, remote, state]) => state === ESTABLISHED && [local, remote].some((end) => end?.endsWith(`:${port}`)),
    ).length
}
