/** A broker that is killed, hangs, or has no room left, under load: each on a broker of the test's own. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { inspectRabbitmq } from '../../db/engines/queue/rabbitmq/inspect.ts'
import { run } from '../../ops/engines/install.ts'
import { engineProcesses } from '../../ops/engines/processes.ts'
import { rabbitmq, rabbitmqctl } from '../../ops/engines/rabbitmq.ts'
import { readState } from '../../ops/engines/state.ts'
import { collect, isEmpty, message } from '../contracts/queue-collect.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'
import { rabbitmqProgram, type TestProgram } from './rabbitmq-place.ts'

setDefaultTimeout(180_000)

onEngine('RabbitMQ', 'QUEUE_URL', () => {
  let database: TestDatabase
  let engine: PrivateEngine
  let url: string
  let programs: TestProgram[] = []
  beforeAll(async () => {
    database = await testDatabase()
    engine = await privateEngine(rabbitmq)
    url = (await engine.up()).QUEUE_URL!
  })
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.close()))
    programs = []
  })
  afterAll(async () => {
    await engine.remove()
    await database.close()
  })

  async function program() {
    const opened = await rabbitmqProgram(url, database)
    programs.push(opened)
    return opened
  }

  async function control(...words: string[]) {
    const state = (await readState(join(engine.folder, '../..')))[rabbitmq.name]!
    const { command, env } = rabbitmqctl({ folder: engine.folder, programs: '', ...state }, words)
    return run(command, { env })
  }

  function signalAll(signal: NodeJS.Signals) {
    for (const pid of engineProcesses(engine.folder)) process.kill(pid, signal)
  }

  test('kill -9 under load: what was confirmed is delivered, what was not is told, attempts stay right', async () => {
    const settings = { name: 'killed', max_attempts: 3, retry_delay_ms: 300 }
    // RabbitMQ 3.10 writes down which quorum queues it has some seconds after it made them: killed before, it has lost the
    // queue with all its messages. One that has seen a clean stop is safe.
    const founder = await program()
    await founder.queue.publish(settings.name, [message('first')])
    const { stop } = await founder.queue.consume(settings, async () => 'ack')
    await until('an empty queue', async () => isEmpty(await founder.queue.depth(settings.name)))
    await stop()
    await engine.down()
    await engine.up()
    const publisher = await program()
    const worker = await program()
    const acked = new Set<string>()
    const attempts = new Map<string, Set<number>>()
    let running = 0
    await worker.queue.consume(
      settings,
      async ({ id, attempt }) => {
        running++
        attempts.set(id, (attempts.get(id) ?? new Set()).add(attempt))
        await new Promise((resolve) => setImmediate(resolve))
        running--
        if (Number(id) % 3 === 0 && attempt === 1) return 'retry'
        acked.add(id)
        return 'ack'
      },
      { concurrency: 100 },
    )

    const confirmed: string[] = []
    const rejected: string[] = []
    let in_flight = 0
    let killed = false
    let next = 0
    const body = new Uint8Array(1024)
    async function publishOn() {
      while (!killed) {
        const ids = Array.from({ length: 100 }, () => String(next++))
        in_flight += ids.length
        try {
          await publisher.queue.publish(
            settings.name,
            ids.map((id) => ({ id, body })),
          )
          confirmed.push(...ids)
        } catch (err) {
          expect(err).toMatchObject({ code: 'queue_unavailable' })
          rejected.push(...ids)
        }
        in_flight -= ids.length
      }
    }
    const publishing = Promise.all(Array.from({ length: 20 }, publishOn))
    await until('load', () => confirmed.length > 4_000 && acked.size > 500 && in_flight > 0 && running > 0, 60_000)
    const hit = { in_flight, running, acked: acked.size, confirmed: confirmed.length }
    await engine.kill()
    killed = true
    // None hangs.
    await publishing
    console.log(
      `killed RabbitMQ with ${hit.in_flight} publishes in flight and ${hit.running} handlers at work, after ` +
        `${hit.confirmed} confirms and ${hit.acked} acks; ${rejected.length} were rejected`,
    )
    expect(hit.in_flight).toBeGreaterThan(0)
    expect(rejected.length).toBeGreaterThan(0)

    await engine.up()
    await until(
      'the publisher to go on',
      () =>
        publisher.queue
          .publish(
            settings.name,
            rejected.map((id) => ({ id, body })),
          )
          .then(
            () => true,
            () => false,
          ),
      60_000,
    )
    await until(
      'every message',
      () => acked.size === next,
      90_000,
      () => `${acked.size} of ${next}`,
    )
    for (const [id, seen] of attempts) {
      const expected = Number(id) % 3 === 0 ? [1, 2] : [1]
      expect([...seen].toSorted()).toEqual(expected)
    }
    await until('an empty queue', async () => isEmpty(await worker.queue.depth(settings.name)), 60_000)
    expect((await worker.queue.depth(settings.name)).dead).toBe(0)
    for (const { lines } of [publisher, worker]) {
      const said = (word: RegExp) => lines.filter(({ msg }) => word.test(msg)).length
      expect([said(/is away/), said(/is back/)]).toEqual([1, 1])
      expect(lines.filter(({ level }) => level >= 50)).toEqual([])
    }
  })

  test('a disk alarm stops publishing with a sentence that names it, not consuming, and passes by itself', async () => {
    const settings = { name: 'full', max_attempts: 3, retry_delay_ms: 50 }
    const { queue, lines } = await program()
    await queue.publish(settings.name, [message('before'), message('again')])
    await control('set_disk_free_limit', '900000GB')
    await until('the alarm', async () => (await inspectRabbitmq(url)).problems.length > 0, 30_000)
    expect((await inspectRabbitmq(url)).problems[0]!.found).toMatch(/takes no messages now \(.*disk/)
    const began = performance.now()
    await expect(queue.publish(settings.name, [message('during')])).rejects.toMatchObject({
      code: 'queue_unavailable',
      message: expect.stringMatching(/RabbitMQ \(.*\) takes no messages now \(.*disk.*make room/),
    })
    expect(performance.now() - began).toBeLessThan(20_000)
    const { deliveries } = await collect(queue, settings, ({ attempt, id }) =>
      id === 'again' && attempt === 1 ? 'retry' : 'ack',
    )
    await until('what was there, with a retry', () => deliveries.length === 3)

    const later = queue.publish(settings.name, [message('waits')])
    await control('set_disk_free_limit', '50MB')
    await later
    await until('what waited', () => deliveries.some(({ id }) => id === 'waits'))
    await until('the end to be logged', () => lines.some(({ msg }) => /takes messages again/.test(msg)))
    expect(lines.filter(({ msg }) => /takes no messages now/.test(msg)).length).toBe(1)
  })

  test('a broker that hangs makes calls fail in time, and all goes on when it wakes', async () => {
    const settings = { name: 'hung', max_attempts: 3, retry_delay_ms: 50 }
    const { queue } = await program()
    const { deliveries } = await collect(queue, settings, () => 'ack')
    await queue.publish(settings.name, [message('before')])
    await until('the first', () => deliveries.length === 1)
    signalAll('SIGSTOP')
    try {
      const began = performance.now()
      const large = { id: 'large', body: new Uint8Array(8_000_000) }
      const calls = [queue.publish(settings.name, [large]), queue.depth(settings.name)]
      for (const call of await Promise.allSettled(calls)) expect(call.status).toBe('rejected')
      expect(performance.now() - began).toBeLessThan(20_000)
    } finally {
      signalAll('SIGCONT')
    }
    await until('it to be stored', () =>
      queue.publish(settings.name, [message('after')]).then(
        () => true,
        () => false,
      ),
    )
    await until('the consumer', () => deliveries.some(({ id }) => id === 'after'))
  })

  test('a missing right is told with the command that gives it', async () => {
    await control('add_user', 'reader', 'secret')
    await control('set_permissions', '-p', 'doca', 'reader', '^$', '^$', '.*')
    const limited = new URL(url)
    limited.username = 'reader'
    limited.password = 'secret'
    const opened = await rabbitmqProgram(limited.href, database)
    programs.push(opened)
    const settings = { name: 'forbidden', max_attempts: 1, retry_delay_ms: 0 }
    const calls = [
      () => opened.queue.publish('forbidden', [message('m')]),
      () => opened.queue.consume(settings, async () => 'ack'),
      () => inspectRabbitmq(limited.href),
    ]
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        code: 'engine_refused',
        message: expect.stringMatching(/rabbitmqctl set_permissions -p doca reader/),
      })
  })
})
