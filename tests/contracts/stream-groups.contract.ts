/** What a stream promises to groups: where they begin and go on, how members share, stop and die. */
import { expect } from 'bun:test'
import type { StoredMessage } from '../../db/engines/stream/stream.ts'
import { startProgram, until } from '../kit/program.ts'
import { collect, countUp, numbered, partitionsOf, text } from './stream-collect.ts'
import type { OnStreamTest } from './stream.contract.ts'

export function groupContract(onTest: OnStreamTest): void {
  onTest('a group that begins at latest gets only what comes from then on', async ({ stream, topic, group }) => {
    await stream.produce(topic, [numbered('k', 'before')])
    const first = await collect(stream, { group, topic, from: 'latest' })
    await stream.produce(topic, [numbered('k', 'after')])
    await until('a message', () => first.received.length > 0)
    await first.stop()
    expect(first.received.map(text)).toEqual(['after'])
  })

  onTest('where a group begins is decided once', async ({ stream, topic, group }) => {
    const first = await collect(stream, { group, topic, from: 'latest' })
    await first.stop()
    await stream.produce(topic, [numbered('k', 'while nobody read')])
    const again = await collect(stream, { group, topic, from: 'latest' })
    await until('the message', () => again.received.length === 1)
  })

  onTest('a group goes on where it stopped', async ({ stream, program, topic, group }) => {
    await stream.produce(topic, [numbered('k', '1'), numbered('k', '2')])
    const first = await collect(stream, { group, topic, from: 'earliest' })
    await until('two messages', () => first.received.length === 2)
    await first.stop()
    await stream.produce(topic, [numbered('k', '3')])
    const again = await collect(await program(), { group, topic, from: 'earliest' })
    await until('the third message', () => again.received.length > 0)
    expect(again.received.map(text)).toEqual(['3'])
  })

  onTest(
    'a group that is forgotten begins anew, and is not forgotten while it is read',
    async ({ stream, topic, group }) => {
      expect(await stream.forget(group)).toBe(true)
      await stream.produce(topic, [numbered('k', '1'), numbered('k', '2')])
      const first = await collect(stream, { group, topic, from: 'earliest' })
      await until('two messages', () => first.received.length === 2)
      expect(await stream.forget(group)).toBe(false)
      await first.stop()
      await until('nobody to be there', () => stream.forget(group))
      const again = await collect(stream, { group, topic, from: 'earliest' })
      await until('both again', () => again.received.length === 2)
      await again.stop()
      await until('nobody to be there', () => stream.forget(group))
      const late = await collect(stream, { group, topic, from: 'latest' })
      await stream.produce(topic, [numbered('k', '3')])
      await until('what is new', () => late.received.length > 0)
      expect(late.received.map(text)).toEqual(['3'])
    },
  )

  onTest('each group gets every message', async ({ stream, topic, group }) => {
    const one = await collect(stream, { group, topic, from: 'earliest' })
    const two = await collect(stream, { group: `${group}-other`, topic, from: 'earliest' })
    await stream.produce(topic, [numbered('a', '1'), numbered('b', '2')])
    await until('both groups to have both', () => one.received.length === 2 && two.received.length === 2)
  })

  onTest('of a topic that a group never began, all is still to do', async ({ stream, topic, group }) => {
    expect(await stream.lag(group, [topic])).toEqual([])
    await stream.produce(topic, [numbered('a', '1'), numbered('b', '2')])
    const lags = await stream.lag(group, [topic])
    expect(lags.map(({ partition }) => partition)).toEqual([0, 1, 2, 3])
    expect(lags.reduce((sum, { lag }) => sum + lag, 0)).toBe(2)
    expect(await stream.lag(group)).toEqual([])
  })

  onTest('lag says what is not finished, per partition', async ({ stream, topic, group }) => {
    expect(await stream.lag(group)).toEqual([])
    const gate = Promise.withResolvers<void>()
    await stream.produce(
      topic,
      Array.from({ length: 5 }, (_, i) => numbered('k', String(i))),
    )
    const { received } = await collect(stream, { group, topic, from: 'earliest', onBatch: () => gate.promise })
    await until('the batch', () => received.length === 5)
    const total = async () => (await stream.lag(group)).reduce((sum, { lag }) => sum + lag, 0)
    expect(await total()).toBe(5)
    gate.resolve()
    await until('the commit', async () => (await total()) === 0)
    const lags = await stream.lag(group)
    expect(new Set(lags.map((partition) => partition.topic))).toEqual(new Set([topic]))
    expect(lags.map(({ partition }) => partition)).toEqual([0, 1, 2, 3])
    expect(lags.reduce((sum, { end }) => sum + end, 0)).toBe(5)
  })

  onTest('lag says how long the oldest message that is not finished has waited', async ({ stream, topic, group }) => {
    const waited = async () => (await stream.lag(group, [topic])).map(({ waited_s }) => waited_s!)
    await stream.produce(topic, [numbered('k', '1')])
    await until('some time to pass', async () => Math.max(...(await waited())) > 0.2)
    const second_at = performance.now()
    await stream.produce(topic, [numbered('k', '2')])
    expect((await waited()).toSorted()).toEqual([0, 0, 0, expect.any(Number)])
    expect(Math.max(...(await waited()))).toBeGreaterThan(0.2)

    const gate = Promise.withResolvers<void>()
    const onBatch = async ([message]: StoredMessage[]) => {
      if (text(message!) === '2') await gate.promise
    }
    await collect(stream, { group, topic, from: 'earliest', max_batch: 1, onBatch })
    await until('the first commit', async () => (await stream.lag(group)).some(({ committed }) => committed === 1))
    const left = Math.max(...(await waited()))
    expect(left).toBeLessThan((performance.now() - second_at) / 1000 + 0.01)
    gate.resolve()
    await until('the end', async () => (await waited()).every((seconds) => seconds === 0))
  })

  onTest('lag says which member reads a partition, as partitions move', async ({ stream, program, topic, group }) => {
    const members = async () => (await stream.lag(group, [topic])).map(({ member }) => member)
    await stream.produce(topic, [numbered('k', '1')])
    expect(await members()).toEqual([null, null, null, null])
    const first = await collect(stream, { group, topic, from: 'earliest' })
    await until('one reader of all', async () => !(await members()).includes(null))
    expect(new Set(await members()).size).toBe(1)
    const second = await collect(await program(), { group, topic, from: 'earliest' })
    await until('two readers', async () => new Set(await members()).size === 2 && !(await members()).includes(null))
    await first.stop()
    await until(
      'one reader again',
      async () => new Set(await members()).size === 1 && !(await members()).includes(null),
    )
    await second.stop()
    await until('nobody', async () => (await members()).every((member) => member === null))
    expect((await stream.lag(group)).reduce((sum, { lag }) => sum + lag, 0)).toBe(0)
  })

  onTest('topics and groups are listed, with what is kept of a topic', async ({ stream, topic, group }) => {
    expect((await stream.list()).topics).not.toContain(topic)
    expect(await stream.kept([topic])).toEqual([])
    expect(await stream.lag(group, [topic])).toEqual([])
    await stream.produce(topic, [numbered('a', '1'), numbered('b', '2'), numbered('c', '3')])
    const { received } = await collect(stream, { group, topic, from: 'earliest' })
    await until('all', () => received.length === 3)
    await until('the group to be listed', async () => (await stream.list()).groups.includes(group))
    expect((await stream.list()).topics).toContain(topic)
    const kept = await stream.kept([topic, `${topic}-of-nobody`])
    expect(kept.map((one) => [one.topic, one.partition, one.oldest])).toEqual([0, 1, 2, 3].map((n) => [topic, n, 0]))
    expect(kept.reduce((sum, { end }) => sum + end, 0)).toBe(3)
  })

  onTest('stop waits for the running batch, and its offset moves', async ({ stream, topic, group }) => {
    await stream.produce(topic, [numbered('k', '1')])
    const gate = Promise.withResolvers<void>()
    let aborted = false
    const first = await collect(stream, {
      group,
      topic,
      from: 'earliest',
      async onBatch(_, signal) {
        await gate.promise
        aborted = signal.aborted
      },
    })
    await until('the batch', () => first.received.length === 1)
    let stopped = false
    const stopping = first.stop().then(() => (stopped = true))
    await stream.produce(topic, [numbered('k', '2')])
    expect(stopped).toBe(false)
    gate.resolve()
    await stopping
    expect(aborted).toBe(false)
    expect(first.received.length).toBe(1)
    const lag = (await stream.lag(group)).reduce((sum, partition) => sum + partition.lag, 0)
    expect(lag).toBe(1)
  })

  onTest(
    'a batch that outlives the grace of stop is aborted and comes again',
    async ({ stream, program, topic, group }) => {
      await stream.produce(topic, [numbered('k', '1')])
      const impatient = await program({ lease_ms: 600_000, stop_grace_ms: 50 })
      const first = await collect(impatient, {
        group,
        topic,
        from: 'earliest',
        // Returns without an error, as handlers do that look at their signal.
        onBatch: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      })
      await until('the batch', () => first.received.length === 1)
      await first.stop()
      const again = await collect(stream, { group, topic, from: 'earliest' })
      await until('it again', () => again.received.length === 1)
    },
  )

  onTest(
    'two members share the partitions; who comes takes over without a doubled message',
    async ({ stream, program, topic, group }) => {
      const options = { topic, group, from: 'earliest' as const }
      const one = await collect(stream, options)
      const produced = countUp(stream, topic)
      await until('first messages', () => one.received.length > 50)
      const two = await collect(await program(), options)
      await until('a share for the second', () => partitionsOf(two.received).size === 2)
      const before = two.received.length
      await until('more', () => two.received.length > before + 20)
      const numbers = await produced.end()
      await until('all', () => one.received.length + two.received.length >= numbers)
      const all = [...one.received, ...two.received].map((message) => Number(text(message))).toSorted((a, b) => a - b)
      expect(all).toEqual(Array.from({ length: numbers }, (_, i) => i))
    },
  )

  onTest('a batch in hand stays with its member when another comes', async ({ stream, program, topic, group }) => {
    await stream.produce(topic, [numbered('k', '1')])
    const gate = Promise.withResolvers<void>()
    let aborted = false
    const first = await collect(await program({ lease_ms: 600_000, stop_grace_ms: 300 }), {
      group,
      topic,
      from: 'earliest',
      async onBatch(messages, signal) {
        if (!messages.some((message) => text(message) === '1')) return
        await gate.promise
        aborted = signal.aborted
      },
    })
    await until('the batch', () => first.received.length === 1)
    const second = await collect(await program(), { group, topic, from: 'earliest' })
    const twenty = Array.from({ length: 20 }, (_, i) => numbered(`k${i}`, 'more'))
    let produced = 1
    await until('a share for the second', async () => {
      await stream.produce(topic, twenty)
      produced += twenty.length
      return second.received.length > 0
    })
    expect(second.received.map(text)).not.toContain('1')
    gate.resolve()
    await until('the rest', () => first.received.length + second.received.length === produced)
    expect(aborted).toBe(false)
    await until('the commits', async () => (await stream.lag(group)).every(({ lag }) => lag === 0))
  })

  onTest(
    'members that come and go lose nothing, and what is finished never comes again',
    async ({ stream, program, topic, group }) => {
      const options = { topic, group, from: 'earliest' as const, max_batch: 5 }
      const finished: number[] = []
      const member = async () =>
        collect(await program(), {
          ...options,
          async onBatch(messages) {
            await Bun.sleep(1)
            finished.push(...messages.map((message) => Number(text(message))))
          },
        })
      let members = [await member()]
      const produced = countUp(stream, topic)
      for (let round = 0; round < 3; round++) {
        members.push(await member(), await member())
        const before = finished.length
        await until('some work', () => finished.length > before + 50)
        const [first, second, ...rest] = members
        await Promise.all([first!.stop(), second!.stop()])
        members = rest
      }
      const numbers = await produced.end()
      await until('all', () => new Set(finished).size === numbers)
      expect(finished.toSorted((a, b) => a - b)).toEqual(Array.from({ length: numbers }, (_, i) => i))
    },
  )

  onTest('closing waits for the batch in hand and for what is being produced', async ({ program, topic, group }) => {
    const busy = await program()
    await busy.produce(topic, [numbered('k', '0')])
    const gate = Promise.withResolvers<void>()
    const consumer = await collect(busy, { group, topic, from: 'earliest', onBatch: () => gate.promise })
    await until('the batch', () => consumer.received.length === 1)
    const produces = Array.from({ length: 50 }, (_, i) => busy.produce(topic, [numbered(`k${i}`, String(i + 1))]))
    const outcomes = Promise.allSettled(produces)
    const closing = busy.close()
    gate.resolve()
    await closing
    const resolved = (await outcomes).flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i + 1)] : []))
    expect(resolved.length).toBeGreaterThan(0)
    const next = await collect(await program(), { group, topic, from: 'earliest' })
    await until('all that was resolved', () => resolved.every((one) => next.received.map(text).includes(one)))
    expect(next.received.map(text)).not.toContain('0')
  })

  onTest(
    'the partitions of a member that stops go to the others at once',
    async ({ stream, program, topic, group }) => {
      const options = { group, topic, from: 'earliest' as const }
      const one = await collect(stream, options)
      const two = await collect(await program(), options)
      await one.stop()
      await stream.produce(
        topic,
        Array.from({ length: 20 }, (_, i) => numbered(`k${i}`, String(i))),
      )
      await until('all of it', () => two.received.length === 20, 2000)
    },
  )

  onTest('more members than partitions do no harm', async ({ stream, program, topic, group }) => {
    const options = { group, topic, from: 'earliest' as const }
    const members = await Promise.all(Array.from({ length: 6 }, async () => collect(await program(), options)))
    const total = () => members.reduce((sum, { received }) => sum + received.length, 0)
    await stream.produce(
      topic,
      Array.from({ length: 40 }, (_, i) => numbered(`k${i}`, String(i))),
    )
    await until('all of it', () => total() >= 40)
    await Promise.all(members.slice(0, 5).map((member) => member.stop()))
    await stream.produce(
      topic,
      Array.from({ length: 40 }, (_, i) => numbered(`k${i}`, String(40 + i))),
    )
    await until('all of it', () => total() >= 80)
    expect(total()).toBe(80)
  })

  onTest(
    'a killed member loses nothing: its batch comes again when its lease has ended',
    async ({ stream, program, topic, group, engine }) => {
      const times = { lease_ms: 600 }
      await stream.produce(
        topic,
        Array.from({ length: 10 }, (_, i) => numbered('k', String(i))),
      )
      const consume = { group, topic, from: 'earliest' as const }
      const child = startProgram('tests/contracts/stream-child.ts', [JSON.stringify({ engine, times, consume })], {})
      const line = await until('a batch in the child', () => child.output().split('\n').at(-2), 60_000, child.output)
      expect(JSON.parse(line)).toEqual({ offsets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
      const survivor = await collect(await program(times), consume)
      child.kill('SIGKILL')
      await child.exited
      expect(survivor.received.length).toBe(0)
      await until('the batch', () => survivor.received.length === 10)
    },
  )
}
