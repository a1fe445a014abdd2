/** What a queue promises when things go wrong: attempts, delays, dead letters and their replay, consumers that die. */
import { expect } from 'bun:test'
import type { Decision } from '../../db/queue/index.ts'
import { startProgram, until } from '../e2e/program.ts'
import { collect, isEmpty, message, text } from './queue-collect.ts'
import type { OnQueueTest } from './queue.contract.ts'

export function retryContract(onTest: OnQueueTest): void {
  onTest(
    'retry comes again after the delay, exactly max_attempts times, then the message is dead',
    async ({ queue, name, settings }) => {
      const { deliveries, at } = await collect(queue, settings, () => 'retry')
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

  onTest('a handler that throws is a retry with a reason', async ({ queue, name, settings }) => {
    await queue.publish(name, [message('m')])
    await collect(queue, { ...settings, max_attempts: 2, retry_delay_ms: 0 }, () => {
      throw new TypeError('the sku is a \0 nul')
    })
    await until('its death', async () => (await queue.depth(name)).dead === 1)
    const [dead] = await queue.dead(name, { limit: 1 })
    expect(dead!.reason).toBe('Not done after 2 attempts: the sku is a \u{fffd} nul')
  })

  onTest('drop makes a dead letter at once, and others are not held up', async ({ queue, name, settings }) => {
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
    async ({ queue, name, settings }) => {
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

  onTest('a dead letter whose id is queued again waits until it is not', async ({ queue, name, settings }) => {
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

  onTest(
    'a queue keeps its messages and their attempts while nobody consumes',
    async ({ queue, program, name, settings }) => {
      await queue.publish(name, [message('m')])
      const first = await collect(queue, { ...settings, retry_delay_ms: 300 }, () => 'retry')
      await until('the first attempt', async () => (await queue.depth(name)).delayed === 1)
      await first.stop()
      const again = await collect(program(), settings, () => 'ack')
      await until('the second attempt', () => again.deliveries.length === 1)
      expect(again.deliveries[0]!.attempt).toBe(2)
    },
  )

  onTest('a long handler keeps its message through heartbeats', async ({ queue, program, name, settings }) => {
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
    async ({ queue, program, engine, name }) => {
      const settings = { name, max_attempts: 2, retry_delay_ms: 60_000 }
      const times = { lease_ms: 600 }
      await queue.publish(name, [message('killer')])
      for (const attempt of [1, 2]) {
        const child = startProgram('tests/contracts/queue-child.ts', [JSON.stringify({ engine, times, settings })], {})
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
}
