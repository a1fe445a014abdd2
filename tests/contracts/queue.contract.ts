/** What every queue driver promises. `open` gives an engine; each test uses a queue of its own on it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Decision, Delivery, Queue, QueueMessage, QueueSettings } from '../../db/queue/index.ts'
import { MAX_BODY_BYTES } from '../../db/queue/limits.ts'
import { startProgram, until } from '../e2e/program.ts'
import { openQueueProgram, type QueueEngine, type QueueProgram, type QueueTimes } from './queue-programs.ts'

export function queueContract(driver: string, open: () => Promise<{ engine: QueueEngine; close(): Promise<void> }>) {
  describe(`a queue on ${driver}`, () => {
    let engine: QueueEngine
    let close: () => Promise<void>
    let queue: Queue
    let programs: QueueProgram[] = []
    beforeAll(async () => {
      ;({ engine, close } = await open())
    })
    afterAll(() => close())
    afterEach(async () => {
      await Promise.all(programs.map((program) => program.close()))
      programs = []
    })

    /** A program's queue; one per test unless it plays several programs. Leases last so long that they play no part. */
    function program(times: QueueTimes = { lease_ms: 600_000 }): Queue {
      const opened = openQueueProgram(engine, times)
      programs.push(opened)
      return opened.queue
    }

    const onTest = (title: string, run: (name: string, settings: QueueSettings) => Promise<void>) =>
      test(title, async () => {
        queue = program()
        const name = `queue-${crypto.randomUUID()}`
        await run(name, { name, max_attempts: 3, retry_delay_ms: 150 })
      })

    onTest('a message that was acknowledged is gone', async (name, settings) => {
      await queue.publish(name, [message('1'), message('2')])
      expect(await queue.depth(name)).toEqual({ ready: 2, delayed: 0, in_flight: 0, dead: 0 })
      const { deliveries } = await collect(queue, settings, () => 'ack')
      await until('both', () => deliveries.length === 2)
      await until('an empty queue', async () => isEmpty(await queue.depth(name)))
      expect(deliveries.map(({ id, attempt }) => [id, attempt])).toEqual([
        ['1', 1],
        ['2', 1],
      ])
    })

    onTest('publishing an id that is still queued changes nothing', async (name, settings) => {
      await queue.publish(name, [message('same', 'first'), message('same', 'in the same call')])
      await queue.publish(name, [message('same', 'second'), message('other', 'new')])
      const { deliveries } = await collect(queue, settings, () => 'ack')
      await until('both', () => deliveries.length === 2)
      expect(deliveries.map(text).toSorted()).toEqual(['first', 'new'])
    })

    onTest('any body and header comes back as it was', async (name, settings) => {
      const messages: QueueMessage[] = [
        { id: 'empty', body: new Uint8Array() },
        { id: 'ação 日本 🧾', body: bytes('ünïcode'), headers: { 'título ✓': 'maçã' } },
        { id: 'binary', body: Uint8Array.from({ length: 256 }, (_, i) => i) },
        { id: 'large', body: crypto.getRandomValues(new Uint8Array(65_536)) },
        { id: 'megabyte', body: new Uint8Array(1_048_576).fill(7) },
      ]
      await queue.publish(name, messages)
      const { deliveries } = await collect(queue, settings, () => 'ack')
      await until('all', () => deliveries.length === messages.length)
      for (const { id, body, headers = {} } of messages) {
        const same = deliveries.find((delivery) => delivery.id === id)!
        expect(Buffer.compare(same.body, body)).toBe(0)
        expect(same.headers).toEqual(headers)
      }
    })

    onTest('what no driver could carry is refused with a sentence', async (name) => {
      const publish = (sent: QueueMessage) => queue.publish(name, [sent])
      await expect(publish({ id: 'x', body: new Uint8Array(MAX_BODY_BYTES + 1) })).rejects.toMatchObject({
        code: 'message_too_large',
      })
      for (const id of ['', 'nul\0', 'é'.repeat(128)])
        await expect(publish(message(id))).rejects.toMatchObject({ code: 'message_id_invalid', status: 400 })
      for (const bad of ['', 'with space', 'ç', 'x'.repeat(201)])
        await expect(queue.publish(bad, [])).rejects.toMatchObject({ code: 'queue_name_invalid', status: 400 })
    })

    onTest(
      'retry comes again after the delay, exactly max_attempts times, then the message is dead',
      async (name, s) => {
        const { deliveries, at } = await collect(queue, s, () => 'retry')
        await queue.publish(name, [{ ...message('m', 'body'), headers: { h: '1' } }])
        await until('its death', async () => (await queue.depth(name)).dead === 1)
        expect(deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
        for (const i of [1, 2]) {
          expect(at[i]! - at[i - 1]!).toBeGreaterThanOrEqual(145)
          expect(at[i]! - at[i - 1]!).toBeLessThan(1000)
        }
        const [dead, ...rest] = await queue.dead(name, { limit: 10 })
        expect(rest).toEqual([])
        expect(dead).toMatchObject({ queue: name, message_id: 'm', headers: { h: '1' }, attempt: 3 })
        expect(dead!.reason).toBe('Not done after 3 attempts.')
        expect(text(dead!)).toBe('body')
        expect(Math.abs(Date.now() - dead!.died_at.getTime())).toBeLessThan(60_000)
        expect(await queue.depth(name)).toEqual({ ready: 0, delayed: 0, in_flight: 0, dead: 1 })
      },
    )

    onTest('a handler that throws is a retry with a reason', async (name, settings) => {
      await queue.publish(name, [message('m')])
      await collect(queue, { ...settings, max_attempts: 2, retry_delay_ms: 0 }, () => {
        throw new TypeError('the sku is a \0 nul')
      })
      await until('its death', async () => (await queue.depth(name)).dead === 1)
      const [dead] = await queue.dead(name, { limit: 1 })
      expect(dead!.reason).toBe('Not done after 2 attempts: the sku is a \u{fffd} nul')
    })

    onTest('drop makes a dead letter at once, and others are not held up', async (name, settings) => {
      await queue.publish(name, [message('bad'), message('good')])
      const { deliveries } = await collect(queue, settings, ({ id }) => (id === 'bad' ? 'drop' : 'ack'))
      await until('both', () => deliveries.length === 2)
      await until('its death', async () => (await queue.depth(name)).dead === 1)
      expect(deliveries.map(({ id }) => id).toSorted()).toEqual(['bad', 'good'])
      const [dead] = await queue.dead(name, { limit: 1 })
      expect(dead!.reason).toBe('Dropped by its handler on attempt 1.')
    })

    onTest(
      'dead letters are listed newest first, page by page, and replayed from attempt 1',
      async (name, settings) => {
        const ids = ['a', 'b', 'c', 'd', 'e']
        let decision: Decision = 'drop'
        const { deliveries } = await collect(queue, settings, () => decision)
        for (const id of ids) {
          await queue.publish(name, [message(id)])
          await until('its death', async () => (await queue.depth(name)).dead === ids.indexOf(id) + 1)
        }
        const page = await queue.dead(name, { limit: 3 })
        const rest = await queue.dead(name, { limit: 3, cursor: page.at(-1)!.id })
        expect([...page, ...rest].map(({ message_id }) => message_id)).toEqual(ids.toReversed())

        decision = 'ack'
        deliveries.length = 0
        expect(await queue.replay(name, [page[0]!.id])).toBe(1)
        await until('it again', () => deliveries.length === 1)
        expect(deliveries[0]).toMatchObject({ id: 'e', attempt: 1 })
        expect(await queue.replay(name)).toBe(4)
        await until('all again', () => deliveries.length === 5)
        expect(await queue.replay(name)).toBe(0)
        await until('an empty queue', async () => isEmpty(await queue.depth(name)))
      },
    )

    onTest('a dead letter whose id is queued again waits until it is not', async (name, settings) => {
      const first = await collect(queue, settings, () => 'drop')
      await queue.publish(name, [message('m', 'old')])
      await until('its death', async () => (await queue.depth(name)).dead === 1)
      await first.stop()
      await queue.publish(name, [message('m', 'new')])
      expect(await queue.replay(name)).toBe(0)
      const { deliveries } = await collect(queue, settings, () => 'ack')
      await until('the new one', () => deliveries.length === 1)
      await until('its end', async () => (await queue.depth(name)).in_flight === 0)
      expect(await queue.replay(name)).toBe(1)
      await until('the old one', () => deliveries.length === 2)
      expect(deliveries.map(text)).toEqual(['new', 'old'])
    })

    onTest('two consumers share the work; nothing is handled twice', async (name, settings) => {
      const ids = Array.from({ length: 200 }, (_, i) => `m${i}`)
      // Every handler waits until both consumers are at work.
      const both = Promise.withResolvers<void>()
      const busy = new Set<string>()
      const as = (who: string) => async (): Promise<Decision> => {
        if (busy.add(who).size === 2) both.resolve()
        await both.promise
        return 'ack'
      }
      const one = await collect(queue, settings, as('one'), { concurrency: 5 })
      const two = await collect(program(), settings, as('two'), { concurrency: 5 })
      await queue.publish(
        name,
        ids.map((id) => message(id)),
      )
      await until('an empty queue', async () => isEmpty(await queue.depth(name)))
      expect(one.deliveries.length).toBeGreaterThan(0)
      expect(two.deliveries.length).toBeGreaterThan(0)
      expect([...one.deliveries, ...two.deliveries].map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    })

    onTest('as many handlers run at once as concurrency says, and no more', async (name, settings) => {
      await queue.publish(
        name,
        Array.from({ length: 12 }, (_, i) => message(`m${i}`)),
      )
      const gates: Array<() => void> = []
      let running = 0
      let most = 0
      const { deliveries } = await collect(
        queue,
        settings,
        async (): Promise<Decision> => {
          most = Math.max(most, ++running)
          await new Promise<void>((resolve) => gates.push(resolve))
          running--
          return 'ack'
        },
        { concurrency: 4 },
      )
      while (deliveries.length < 12) {
        await until('four at once or the last', () => running === 4 || deliveries.length === 12)
        for (const open of gates.splice(0)) open()
      }
      await until('the last', () => (gates.splice(0).forEach((open) => open()), running === 0))
      expect(most).toBe(4)
    })

    onTest('an idle consumer is woken by a message without polling', async (name, settings) => {
      const { deliveries } = await collect(queue, settings, () => 'ack')
      const publisher = program()
      await publisher.publish(name, [message('1')])
      await until('the first', () => deliveries.length === 1, 1000)
      await publisher.publish(name, [message('2')])
      await until('the second', () => deliveries.length === 2, 1000)
    })

    onTest('a queue keeps its messages and their attempts while nobody consumes', async (name, settings) => {
      await queue.publish(name, [message('m')])
      const first = await collect(queue, { ...settings, retry_delay_ms: 300 }, () => 'retry')
      await until('the first attempt', async () => (await queue.depth(name)).delayed === 1)
      await first.stop()
      const again = await collect(program(), settings, () => 'ack')
      await until('the second attempt', () => again.deliveries.length === 1)
      expect(again.deliveries[0]!.attempt).toBe(2)
    })

    onTest('stop waits for the running handler, and its decision counts', async (name, settings) => {
      await queue.publish(name, [message('1'), message('2')])
      const gate = Promise.withResolvers<void>()
      let aborted = false
      const { deliveries, stop } = await collect(queue, settings, async (_, signal): Promise<Decision> => {
        await gate.promise
        aborted = signal.aborted
        return 'ack'
      })
      await until('a delivery', () => deliveries.length === 1)
      expect(await queue.depth(name)).toEqual({ ready: 1, delayed: 0, in_flight: 1, dead: 0 })
      let stopped = false
      const stopping = stop().then(() => (stopped = true))
      await queue.publish(name, [message('3')])
      expect(stopped).toBe(false)
      gate.resolve()
      await stopping
      expect(aborted).toBe(false)
      expect(deliveries.length).toBe(1)
      expect(await queue.depth(name)).toEqual({ ready: 2, delayed: 0, in_flight: 0, dead: 0 })
    })

    onTest('a handler that outlives the grace of stop is aborted', async (name, settings) => {
      await queue.publish(name, [message('m')])
      const impatient = program({ lease_ms: 600_000, stop_grace_ms: 50 })
      const first = await collect(
        impatient,
        { ...settings, retry_delay_ms: 0 },
        async (_, signal): Promise<Decision> => {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          return 'retry'
        },
      )
      await until('the delivery', () => first.deliveries.length === 1)
      await first.stop()
      const again = await collect(queue, settings, () => 'ack')
      await until('it again', () => again.deliveries.length === 1)
      expect(again.deliveries[0]!.attempt).toBe(2)
    })

    onTest('a long handler keeps its message through heartbeats', async (name, settings) => {
      const [owner, other] = [program({ lease_ms: 250 }), program({ lease_ms: 250 })]
      const gate = Promise.withResolvers<void>()
      const one = await collect(owner, settings, () => gate.promise.then((): Decision => 'ack'))
      await queue.publish(name, [message('m')])
      await until('the delivery', () => one.deliveries.length === 1)
      const two = await collect(other, settings, () => 'ack')
      const begun = performance.now()
      await until('three leases', () => performance.now() - begun > 750)
      gate.resolve()
      await until('an empty queue', async () => isEmpty(await queue.depth(name)))
      expect(two.deliveries.length).toBe(0)
    })

    onTest(
      'a message whose consumer is killed comes again with the next attempt, and at last is dead',
      async (name) => {
        const settings = { name, max_attempts: 2, retry_delay_ms: 60_000 }
        const times = { lease_ms: 400 }
        await queue.publish(name, [message('killer')])
        for (const attempt of [1, 2]) {
          const child = startProgram(
            'tests/contracts/queue-child.ts',
            [JSON.stringify({ engine, times, settings })],
            {},
          )
          const line = await until('a delivery', () => child.output().split('\n').at(-2), 15_000, child.output)
          expect(JSON.parse(line)).toEqual({ id: 'killer', attempt })
          child.kill('SIGKILL')
          await child.exited
        }
        const survivor = await collect(program(times), settings, () => 'ack')
        await until('its death', async () => (await queue.depth(name)).dead === 1)
        expect(survivor.deliveries.length).toBe(0)
        const [dead] = await queue.dead(name, { limit: 1 })
        expect(dead).toMatchObject({ message_id: 'killer', attempt: 2 })
        expect(dead!.reason).toBe('Its consumer did not come back from attempt 2 of 2.')
      },
    )
  })
}

/** Consumes into an array, with the time of each delivery; `decide` says what becomes of each. */
async function collect(
  queue: Queue,
  settings: QueueSettings,
  decide: (delivery: Delivery, signal: AbortSignal) => Decision | Promise<Decision>,
  options?: { concurrency: number },
) {
  const deliveries: Delivery[] = []
  const at: number[] = []
  const consumer = await queue.consume(
    settings,
    async (delivery, signal) => {
      deliveries.push(delivery)
      at.push(performance.now())
      return decide(delivery, signal)
    },
    options,
  )
  return { deliveries, at, stop: consumer.stop }
}

const bytes = (content: string) => new TextEncoder().encode(content)
const message = (id: string, content = id): QueueMessage => ({ id, body: bytes(content) })
const text = ({ body }: { body: Uint8Array }) => new TextDecoder().decode(body)
const isEmpty = ({ ready, delayed, in_flight }: { ready: number; delayed: number; in_flight: number }) =>
  ready + delayed + in_flight === 0
