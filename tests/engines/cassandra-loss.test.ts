/** A Cassandra that is not there yet, that is killed under load, and that comes back: on an instance of our own. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import { createCassandraHistory } from '../../db/history/cassandra.ts'
import type { History, HistoryRow } from '../../db/history/index.ts'
import { cassandra } from '../../ops/engines/cassandra.ts'
import { testDatabase, type TestDatabase } from '../database.ts'
import { until } from '../e2e/program.ts'
import { onEngine } from '../engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'

setDefaultTimeout(120_000)

onEngine('the loss of Cassandra', 'HISTORY_URL', () => {
  let engine: PrivateEngine
  let url: string
  let database: TestDatabase
  let history: History
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
  const said = (words: string) => lines.filter((line) => line.includes(words)).length
  beforeAll(async () => {
    ;[engine, database] = await Promise.all([privateEngine(cassandra), testDatabase()])
    url = (await engine.up()).HISTORY_URL!
  })
  afterAll(async () => {
    await history?.close()
    await engine.remove()
    await database.close()
  })

  test('a program that starts without it goes on, and works once it is there', async () => {
    await engine.kill()
    history = await createCassandraHistory(url, database.sql, log)
    expect(said('cannot be reached')).toBe(1)
    await expect(history.read('events', 'p', { limit: 1 })).rejects.toMatchObject({ code: 'history_unavailable' })
    await engine.up()
    await until('a write', () => succeeds(history.write('events', [row(0, 0)])), 30_000)
    expect(said('answers again')).toBe(1)
  })

  test('kill -9 under load, twice: what was resolved is there, the rest failed, nothing hangs, it works by itself', async () => {
    let call = 1
    for (const outage of [1, 2]) {
      const resolved: number[] = []
      const under_way = new Set<number>()
      let stop = false
      const writers = Array.from({ length: 8 }, async () => {
        while (!stop) {
          const number = call++
          under_way.add(number)
          const began = performance.now()
          const ok = await succeeds(history.write('events', rows(number)))
          under_way.delete(number)
          // No deadline was overrun, whatever happened.
          expect(performance.now() - began).toBeLessThan(20_000)
          if (ok) resolved.push(number)
          // An engine that is away fails a call at once: a consumer pauses, too.
          else await Bun.sleep(50)
        }
      })
      await until('writes', () => resolved.length >= 40, 60_000)
      const hit = under_way.size
      await engine.kill()
      console.log(`killed Cassandra with ${hit} writes of 20 rows in flight, ${resolved.length} resolved`)
      expect(hit).toBeGreaterThan(0)
      await until('failures', () => said('is away') === outage)
      const before = resolved.length
      await engine.up()
      await until('writes again', () => resolved.length > before + 8, 30_000)
      stop = true
      await Promise.all(writers)

      for (const number of resolved) {
        const kept = await history.read('events', `call ${number}`, { limit: 100 })
        expect(kept).toEqual(rows(number).toReversed())
      }
      // The driver left alone says and does more with each outage.
      expect(said('is away')).toBe(outage)
      expect(said('answers again')).toBe(outage + 1)
      expect(await connections(url)).toBe(2)
    }
  }, 240_000)
})

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

/** Ends of connections to that port, as the kernel has them: each open connection of this machine has two. */
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
