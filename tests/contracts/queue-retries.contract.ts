/** What a queue promises when things go wrong: attempts, delays, dead letters and their replay, consumers that die. */
import { expect } from 'bun:test'
import type { Decision } from '../../db/engines/queue/queue.ts'
import { startProgram, until } from '../kit/program.ts'
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
      await until('nothing else', async () => isEmpty(await queue.depth(name)))
    },
  )

  onTest('a handler that throws is a retry with a reason', async ({ queue, name, settings }) => {
    await queue.publish(name, [message('m')])
    await collect(queue, { ...settings, max_attempts: 2, retry_delay_ms: 0 }, () => {
      throw new TypeError('the sku is a \0 nul')
    })
    await until('its death', async () => (await queue.depth(name)).dead === 1)
    const [dead] = await queue.dead(name, { limit: 1 })
    expect(dead!.reason).toBe('Not done after 2 attempts: the sku is a  nul')
  })

  onTest(
    'many messages with retries in between are shared, each with exactly its attempts',
    async ({ queue, program, name, settings }) => {
      const ids = Array.from({ length: 300 }, (_, i) => `${i}`)
      // As many attempts as the id says: 1, 2, or all 3, after which it is dead.
      const decideBy = ({ id, attempt }: { id: string; attempt: number }): Decision =>
        attempt > Number(id) % 4 ? 'ack' : 'retry'
      const one = await collect(queue, settings, decideBy, { concurrency: 10 })
      const two = await collect(await program(), settings, decideBy, { concurrency: 10 })
      for (let i = 0; i < ids.length; i += 50)
        await queue.publish(
          name,
          ids.slice(i, i + 50).map((id) => message(id)),
        )
      await until('the dead', async () => (await queue.depth(name)).dead === 75)
      await until('an empty queue', async () => isEmpty(await queue.depth(name)))
      const all = [...one.deliveries, ...two.deliveries]
      for (const id of ids) {
        const attempts = all.filter((delivery) => delivery.id === id).map(({ attempt }) => attempt)
        expect(attempts.toSorted()).toEqual([1, 2, 3].slice(0, Math.min(3, (Number(id) % 4) + 1)))
      }
      expect(Math.min(one.deliveries.length, two.deliveries.length)).toBeGreaterThan(0)
      expect((await queue.dead(name, { limit: 100 })).every(({ message_id }) => Number(message_id) % 4 === 3)).toBe(
        true,
      )
    },
  )

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
      const rest = await queue.dead(name, { limit: 3, after: page.at(-1)!.id })
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

  onTest(
    'a queue keeps its messages and their attempts while nobody consumes',
    async ({ queue, program, name, settings }) => {
      await queue.publish(name, [message('m')])
      const first = await collect(queue, { ...settings, retry_delay_ms: 300 }, () => 'retry')
      await until('the first attempt', async () => (await queue.depth(name)).delayed === 1)
      await first.stop()
      const again = await collect(await program(), settings, () => 'ack')
      await until('the second attempt', () => again.deliveries.length === 1)
      expect(again.deliveries[0]!.attempt).toBe(2)
    },
  )

  onTest('a long handler keeps its message through heartbeats', async ({ queue, program, name, settings }) => {
    // Long enough for a busy machine to come to its heartbeats.
    const lease_ms = 1500
    const [owner, other] = [await program({ lease_ms }), await program({ lease_ms })]
    const gate = Promise.withResolvers<void>()
    const one = await collect(owner, settings, () => gate.promise.then((): Decision => 'ack'))
    await queue.publish(name, [message('m')])
    await until('the delivery', () => one.deliveries.length === 1)
    const two = await collect(other, settings, () => 'ack')
    const begun = performance.now()
    await until('two leases', () => performance.now() - begun > 2 * lease_ms + 200)
    gate.resolve()
    await until('an empty queue', async () => isEmpty(await queue.depth(name)))
    expect(two.deliveries.length).toBe(0)
  })

  onTest(
    'a message whose consumer is killed comes again with the same attempt, and after max_lost deliveries it is dead',
    async ({ queue, program, engine, name, settings }) => {
      const times = { lease_ms: 600, max_lost: 2 }
      await queue.publish(name, [message('killer')])
      const once = await collect(await program(times), settings, () => 'retry')
      await until('the first attempt', () => once.deliveries.length === 1)
      await once.stop()
      for (const _ of ['first', 'second']) {
        const child = startProgram('tests/contracts/queue-child.ts', [JSON.stringify({ engine, times, settings })], {})
        const line = await until('a delivery', () => child.output().split('\n').at(-2), 60_000, child.output)
        expect(JSON.parse(line)).toEqual({ id: 'killer', attempt: 2 })
        child.kill('SIGKILL')
        await child.exited
      }
      const survivor = await collect(await program(times), settings, () => 'ack')
      await until('its death', async () => (await queue.depth(name)).dead === 1)
      expect(survivor.deliveries.length).toBe(0)
      const [dead] = await queue.dead(name, { limit: 1 })
      expect(dead).toMatchObject({ message_id: 'killer', attempt: 2 })
      expect(dead!.reason).toBe('Its consumer did not come back from 2 deliveries of attempt 2.')
    },
  )

  onTest('each attempt has all its deliveries again', async ({ queue, program, engine, name, settings }) => {
    const times = { lease_ms: 600, max_lost: 2 }
    await queue.publish(name, [message('m')])
    for (const attempt of [1, 2]) {
      const child = startProgram('tests/contracts/queue-child.ts', [JSON.stringify({ engine, times, settings })], {})
      const line = await until('a delivery', () => child.output().split('\n').at(-2), 60_000, child.output)
      expect(JSON.parse(line)).toEqual({ id: 'm', attempt })
      child.kill('SIGKILL')
      await child.exited
      const next = await collect(await program(times), settings, () => 'retry')
      await until('it again', () => next.deliveries.length === 1)
      await next.stop()
      expect(next.deliveries[0]!.attempt).toBe(attempt)
    }
    const last = await collect(queue, settings, () => 'ack')
    await until('the third', () => last.deliveries.length === 1)
    expect(last.deliveries[0]!.attempt).toBe(3)
  })

  onTest('a message that has had more attempts than are allowed by now is dead', async ({ queue, name, settings }) => {
    await queue.publish(name, [message('m')])
    const first = await collect(queue, settings, () => 'retry')
    await until('the second attempt', () => first.deliveries.length === 2)
    await first.stop()
    const second = await collect(queue, { ...settings, max_attempts: 1 }, () => 'ack')
    await until('its death', async () => (await queue.depth(name)).dead === 1)
    expect(second.deliveries.length).toBe(0)
    const [dead] = await queue.dead(name, { limit: 1 })
    expect(dead).toMatchObject({ attempt: 2, reason: 'Not done after 2 attempts.' })
  })
}
