/** A MongoDB server that is killed, stands still, or is not there yet. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import type { Journal, JournalDocument } from '../../db/engines/journal/journal.ts'
import { createMongoJournal } from '../../db/engines/journal/mongodb/journal.ts'
import { mongodb } from '../../ops/engines/mongodb.ts'
import { engineProcesses } from '../../ops/engines/processes.ts'
import { openOrders } from '../consumers/orders-fixture.ts'
import { codeOf } from '../contracts/objects.contract.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'

setDefaultTimeout(120_000)

const document = (id: string, key: string): JournalDocument => ({ id, key, at: new Date(), data: { id } })

onEngine('mongodb, when it is lost', 'JOURNAL_URL', () => {
  let server: PrivateEngine
  let url: string
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
  const said = (word: string) => lines.filter((line) => line.includes(word)).length

  beforeAll(async () => {
    server = await privateEngine(mongodb)
    url = (await server.up()).JOURNAL_URL!
  })
  afterAll(() => server.remove())

  async function idsOf(journal: Journal, key: string): Promise<Set<string>> {
    return new Set((await journal.find('kept', key, 100_000)).map(({ id }) => id))
  }

  test('kill -9 during writes: what was written is there, what was not says so, and it goes on by itself', async () => {
    const journal = await createMongoJournal(url, log)
    const written = new Set<string>()
    const failures: Array<{ code: string; begun_at: number; took_ms: number }> = []
    let in_flight = 0
    async function write(writer: number) {
      for (let n = 0; ; n++) {
        const documents = Array.from({ length: 5 }, (_, i) => document(`${writer}:${n}:${i}`, 'killed'))
        in_flight++
        const begun_at = performance.now()
        const code = await codeOf(journal.write('kept', documents, 3600))
        in_flight--
        if (code !== 'nothing was thrown')
          return failures.push({ code, begun_at, took_ms: performance.now() - begun_at })
        for (const { id } of documents) written.add(id)
      }
    }
    const writers = Array.from({ length: 8 }, (_, writer) => write(writer))
    let killed_at = 0
    await server.kill(() => written.size >= 1000 && in_flight === 8 && (killed_at = performance.now()) > 0)
    await Promise.all(writers)
    const hit = failures.filter(({ begun_at }) => begun_at <= killed_at).length
    console.log(`killed the MongoDB server with ${hit} writes in flight, ${written.size} documents written`)
    expect(hit).toBeGreaterThan(0)
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['journal_unavailable']))
    expect(await codeOf(journal.write('kept', [document('away', 'away')], 60))).toBe('journal_unavailable')
    expect(await codeOf(journal.find('kept', 'away', 1))).toBe('journal_unavailable')
    expect(Math.max(...failures.map(({ took_ms }) => took_ms))).toBeLessThan(17_000)
    await server.up()
    await until('the driver goes on', async () => (await codeOf(idsOf(journal, 'killed'))) === 'nothing was thrown')
    const found = await idsOf(journal, 'killed')
    expect(written.difference(found)).toEqual(new Set())
    await journal.write('kept', [document('after', 'after')], 60)
    expect([said('does not do what it is asked'), said('answers again')]).toEqual([1, 1])
    await journal.close()
  })

  test('orders wait for it with all their attempts, and go on by themselves', async () => {
    const fixture = await openOrders({ JOURNAL_URL: url })
    const { sql } = fixture.db
    await fixture.fill(60)
    await fixture.drain()
    await server.kill()
    await fixture.send()
    const consumer = await fixture.start()
    const held = () => sql`select from order_messages where state = 'running' and attempt = 1`
    await until('all of them at the journal', async () => (await held()).length === 60)
    await server.up()
    await until('the end', fixture.isIdle)
    await consumer.stop()
    expect(await fixture.misfits()).toEqual([])
    await fixture.close()
  })

  test('a program starts without its server, and uses it once it is there', async () => {
    await server.kill()
    lines.length = 0
    const journal = await createMongoJournal(url, log)
    expect(said('goes on without it')).toBe(1)
    expect(await codeOf(journal.write('kept', [document('early', 'early')], 60))).toBe('journal_unavailable')
    await server.up()
    await journal.write('kept', [document('late', 'late')], 60)
    expect(await idsOf(journal, 'late')).toEqual(new Set(['late']))
    await journal.close()
  })

  test('a server that stands still fails every call in time, and no connection stays stuck', async () => {
    const journal = await createMongoJournal(url, log)
    await journal.write('kept', [document('before', 'still')], 60)
    const pids = engineProcesses(server.folder)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    const begun_at = performance.now()
    // More than the pool has connections.
    const calls = Array.from({ length: 30 }, (_, n) => journal.write('kept', [document(`still:${n}`, 'still')], 60))
    const codes = await Promise.all([...calls, idsOf(journal, 'still')].map(codeOf))
    const took_s = (performance.now() - begun_at) / 1000
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    expect(codes).toEqual(codes.map(() => 'journal_unavailable'))
    expect(took_s).toBeLessThan(17)
    await until('it goes on', async () => (await codeOf(idsOf(journal, 'still'))) === 'nothing was thrown')
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => journal.write('kept', [document(`after:${n}`, 'still')], 60)),
    )
    await journal.close()
  })

  test('a host that is not there is a warning, and an error within its time', async () => {
    const nowhere = await createMongoJournal('mongodb://nowhere.invalid:27017/doca', log)
    expect(await codeOf(nowhere.find('c', 'x', 1))).toBe('journal_unavailable')
    await nowhere.close()
  })
})
