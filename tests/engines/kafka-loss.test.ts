/** A Kafka that is not there yet, that is killed under load, that comes back: on an instance of our own. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import type { Stream } from '../../db/engines/stream/stream.ts'
import { createKafkaStream } from '../../db/engines/stream/kafka/stream.ts'
import { STREAM_CLIENTS, type StreamClient } from '../../db/engines/stream/kafka/url.ts'
import { kafka } from '../../ops/engines/kafka.ts'
import { engineProcesses } from '../../ops/engines/processes.ts'
import { collect, numbered, text } from '../contracts/stream-collect.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'

setDefaultTimeout(240_000)

for (const client of STREAM_CLIENTS)
  onEngine(`the loss of Kafka through ${client}`, 'STREAM_URL', () => describe(client, () => suite(client)))

function suite(client: StreamClient): void {
  let engine: PrivateEngine
  let url: string
  let lines: string[] = []
  let streams: Stream[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
  const said = (words: string) => lines.filter((line) => line.includes(words)).length
  beforeAll(async () => {
    engine = await privateEngine(kafka)
    url = (await engine.up()).STREAM_URL!
  })
  afterEach(async () => {
    await Promise.all(streams.map((stream) => stream.close()))
    streams = []
    lines = []
  })
  afterAll(() => engine.remove())

  async function open(): Promise<Stream> {
    const stream = await createKafkaStream(url, { client, log, lease_ms: 3_000 })
    streams.push(stream)
    return stream
  }

  test('kill -9 under load: what was resolved is consumed in its order, nothing hangs, all goes on by itself', async () => {
    const stream = await open()
    const gate = Promise.withResolvers<void>()
    let batches = 0
    const options = { group: 'g', topic: 't', from: 'earliest' as const, max_batch: 50 }
    const consumer = await collect(await open(), {
      ...options,
      async onBatch() {
        // In hand while the broker dies.
        if (batches++ === 20) await gate.promise
      },
    })

    const resolved: number[] = []
    const under_way = new Set<number>()
    let number = 0
    let stop = false
    const producers = Array.from({ length: 8 }, async (_, producer) => {
      while (!stop) {
        const mine = number++
        under_way.add(mine)
        const began = performance.now()
        const ok = await succeeds(stream.produce('t', [numbered(`key ${producer}`, String(mine))]))
        under_way.delete(mine)
        expect(performance.now() - began).toBeLessThan(20_000)
        if (ok) resolved.push(mine)
        else await Bun.sleep(50)
      }
    })
    await until('a batch in hand', () => batches > 20 && resolved.length > 500, 60_000)
    const hit = under_way.size
    await engine.kill()
    console.log(`killed Kafka with ${hit} produces in flight, ${resolved.length} resolved, a batch in hand`)
    expect(hit).toBeGreaterThan(0)
    await until('it to be missed', () => said('does not do what it is asked') > 0)
    const before = resolved.length
    await engine.up()
    gate.resolve()
    await until('produces again', () => resolved.length > before + 200, 60_000)
    stop = true
    await Promise.all(producers)

    await until(
      'all that was resolved',
      () => {
        const got = new Set(consumer.received.map((message) => Number(text(message))))
        return resolved.every((one) => got.has(one))
      },
      40_000,
    )
    for (let producer = 0; producer < 8; producer++) {
      // Whatever came twice: what is new comes in its order.
      const firsts = [
        ...new Set(
          consumer.received.filter(({ key }) => key === `key ${producer}`).map((message) => Number(text(message))),
        ),
      ]
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
    }
    // Each of the two streams may tell an outage once.
    expect(said('does not do what it is asked')).toBeLessThanOrEqual(2)
    expect(lines.length).toBeLessThan(20)
    await until('the commits', async () => (await stream.lag('g')).every(({ lag }) => lag === 0))
  })

  test('a program that starts without Kafka goes on, fails its produces, and consumes once it is there', async () => {
    await engine.down()
    const stream = await open()
    expect(said('cannot be reached')).toBe(1)
    await expect(stream.produce('late', [numbered('k', '1')])).rejects.toMatchObject({ code: 'stream_unavailable' })
    const { received } = await collect(stream, { group: 'late', topic: 'late', from: 'earliest' })
    const spent = process.cpuUsage()
    await Bun.sleep(2_000)
    const { user, system } = process.cpuUsage(spent)
    // It waits, and does not spin.
    expect((user + system) / 1_000).toBeLessThan(1_000)
    await engine.up()
    await until('a produce', () => succeeds(stream.produce('late', [numbered('k', '2')])), 60_000)
    await until('the message', () => received.length > 0, 60_000)
    expect(said('cannot be reached')).toBe(1)
    expect(said('does not do what it is asked')).toBe(0)
    expect(said('answers again')).toBe(1)
  })

  test('a broker that freezes fails calls in time; what is acknowledged afterwards is stored', async () => {
    const stream = await open()
    await stream.produce('frozen', [numbered('k', 'before')])
    const frozen = engineProcesses(engine.folder)
    for (const pid of frozen) process.kill(pid, 'SIGSTOP')
    console.log(`froze Kafka with a produce in flight (${frozen.length} process)`)
    expect(frozen.length).toBeGreaterThan(0)
    const began = performance.now()
    await expect(stream.produce('frozen', [numbered('k', 'given up')])).rejects.toMatchObject({
      code: 'stream_unavailable',
    })
    expect(performance.now() - began).toBeLessThan(16_000)
    // It is in the broker's hands, and will be stored. The next is of the same size: it must not pass for it.
    for (const pid of frozen) process.kill(pid, 'SIGCONT')
    await until('a produce', () => succeeds(stream.produce('frozen', [numbered('k', 'after')])), 60_000)
    const { received } = await collect(stream, { group: 'frozen', topic: 'frozen', from: 'earliest' })
    await until('it', () => received.map(text).includes('after'))
  })

  test('a consumer can be stopped while Kafka is away', async () => {
    const stream = await open()
    const first = await collect(stream, { group: 'stops', topic: 'stops', from: 'earliest' })
    await engine.kill()
    const began = performance.now()
    await first.stop()
    // Another one has not even begun.
    const waiting = stream.consume({ group: 'stops', topic: 'never', from: 'earliest', onBatch: async () => {} })
    await stream.close()
    await Promise.allSettled([waiting])
    expect(performance.now() - began).toBeLessThan(12_000)
    streams = []
    await engine.up()
  })
}

const succeeds = (call: Promise<unknown>) => call.then(() => true).catch(() => false)
