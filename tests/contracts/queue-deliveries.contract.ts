/** What a queue promises of its deliveries: once each, as they were, shared, woken, and finished before a stop. */
import { expect } from 'bun:test'
import type { Decision, QueueMessage } from '../../db/engines/queue/queue.ts'
import { MAX_BODY_BYTES } from '../../db/engines/queue/limits.ts'
import { until } from '../kit/program.ts'
import { bytes, collect, isEmpty, message } from './queue-collect.ts'
import type { OnQueueTest } from './queue.contract.ts'

export function deliveryContract(onTest: OnQueueTest): void {
  onTest('a message that was acknowledged is gone', async ({ queue, name, settings }) => {
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

  onTest('any body and header comes back as it was', async ({ queue, name, settings }) => {
    const messages: QueueMessage[] = [
      { id: 'empty', body: new Uint8Array() },
      { id: 'ação 日本 🧾', body: bytes('ünïcode'), headers: { 'título ✓': 'maçã', empty: '' } },
      {
        id: 'é'.repeat(127),
        body: bytes('ids and headers to the limit'),
        headers: { ['é'.repeat(127)]: 'x'.repeat(30_000), nul: '\0' },
      },
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

  onTest('what no driver could carry is refused with a sentence', async ({ queue, name, settings }) => {
    const publish = (sent: QueueMessage) => queue.publish(name, [sent])
    await expect(publish({ id: 'x', body: new Uint8Array(MAX_BODY_BYTES + 1) })).rejects.toMatchObject({
      code: 'message_too_large',
    })
    for (const id of ['', 'nul\0', 'é'.repeat(128)])
      await expect(publish(message(id))).rejects.toMatchObject({ code: 'message_id_invalid', kind: 'invalid' })
    await expect(publish(message('\ud800'))).rejects.toMatchObject({ code: 'message_id_invalid', kind: 'invalid' })
    for (const headers of [{ 'x-death': '1' }, { ['é'.repeat(128)]: '' }, { half: '\ud800' }])
      await expect(publish({ ...message('m'), headers })).rejects.toMatchObject({ code: 'message_header_invalid' })
    const large = { ...message('m'), headers: { large: 'x'.repeat(32_768) } }
    await expect(publish(large)).rejects.toMatchObject({ code: 'message_too_large', kind: 'too_large' })
    for (const wrong of [{ max_attempts: 0 }, { retry_delay_ms: -1 }, { retry_delay_ms: 2 ** 32 }])
      await expect(queue.consume({ ...settings, ...wrong }, async () => 'ack')).rejects.toMatchObject({
        code: 'queue_settings_invalid',
      })
    for (const bad of ['', 'with space', 'ç', 'x'.repeat(201)])
      await expect(queue.publish(bad, [])).rejects.toMatchObject({ code: 'queue_name_invalid', kind: 'invalid' })
  })

  onTest('two consumers share the work; nothing is handled twice', async ({ queue, program, name, settings }) => {
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
    const two = await collect(await program(), settings, as('two'), { concurrency: 5 })
    await queue.publish(
      name,
      ids.map((id) => message(id)),
    )
    await until('an empty queue', async () => isEmpty(await queue.depth(name)))
    expect(one.deliveries.length).toBeGreaterThan(0)
    expect(two.deliveries.length).toBeGreaterThan(0)
    expect([...one.deliveries, ...two.deliveries].map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  })

  onTest('as many handlers run at once as concurrency says, and no more', async ({ queue, name, settings }) => {
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

  onTest('an idle consumer is woken by a message without polling', async ({ queue, program, name, settings }) => {
    const { deliveries } = await collect(queue, settings, () => 'ack')
    const publisher = await program()
    await publisher.publish(name, [message('1')])
    await until('the first', () => deliveries.length === 1, 1000)
    await publisher.publish(name, [message('2')])
    await until('the second', () => deliveries.length === 2, 1000)
  })

  onTest('stop waits for the running handler, and its decision counts', async ({ queue, name, settings }) => {
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

  onTest('a message that is returned while its consumer stops comes again with the same attempt', async (on) => {
    const { queue, program, name, settings } = on
    await queue.publish(name, [message('m')])
    const first = await collect(await program(), settings, () => 'retry')
    await until('the first attempt', () => first.deliveries.length === 1)
    await first.stop()
    const gate = Promise.withResolvers<void>()
    const second = await collect(queue, settings, () => gate.promise.then((): Decision => 'return'))
    await until('the second attempt', () => second.deliveries.length === 1)
    const stopping = second.stop()
    gate.resolve()
    await stopping
    const third = await collect(await program(), settings, () => 'ack')
    await until('it again', () => third.deliveries.length === 1)
    expect([...second.deliveries, ...third.deliveries].map(({ attempt }) => attempt)).toEqual([2, 2])
    await until('an empty queue', async () => isEmpty(await queue.depth(name)))
  })

  onTest('close while busy ends what has begun, and loses nothing', async ({ queue, program, name, settings }) => {
    const busy = await program()
    const gate = Promise.withResolvers<void>()
    const first = await collect(busy, settings, () => gate.promise.then((): Decision => 'ack'), { concurrency: 2 })
    await queue.publish(name, [message('1'), message('2'), message('3')])
    await until('two handlers', () => first.deliveries.length === 2)
    const publishing = busy.publish(
      name,
      Array.from({ length: 500 }, (_, i) => message(`late-${i}`)),
    )
    const closing = busy.close()
    gate.resolve()
    await Promise.all([publishing, closing])
    await busy.close()
    expect(first.deliveries.length).toBe(2)
    const rest = await collect(queue, settings, () => 'ack', { concurrency: 50 })
    await until('all the others', () => rest.deliveries.length === 501)
    await until('an empty queue', async () => isEmpty(await queue.depth(name)))
    const done = new Set(first.deliveries.map(({ id }) => id))
    expect(rest.deliveries.filter(({ id }) => done.has(id))).toEqual([])
    expect(rest.deliveries.every(({ attempt }) => attempt === 1)).toBe(true)
  })

  onTest('a handler that outlives the grace of stop is aborted', async ({ queue, program, name, settings }) => {
    await queue.publish(name, [message('m')])
    const impatient = await program({ lease_ms: 600_000, stop_grace_ms: 50 })
    const first = await collect(impatient, { ...settings, retry_delay_ms: 0 }, async (_, signal): Promise<Decision> => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return 'retry'
    })
    await until('the delivery', () => first.deliveries.length === 1)
    await first.stop()
    const again = await collect(queue, settings, () => 'ack')
    await until('it again', () => again.deliveries.length === 1)
    expect(again.deliveries[0]!.attempt).toBe(2)
  })
}
