/** What a stream promises of its messages: order, fidelity, batches, wake-ups, and what a failing handler sees. */
import { expect } from 'bun:test'
import { isDeepStrictEqual } from 'node:util'
import type { Message } from '../../db/engines/stream/stream.ts'
import { MAX_MESSAGE_BYTES } from '../../db/engines/stream/limits.ts'
import { until } from '../kit/program.ts'
import { bytes, collect, numbered, text } from './stream-collect.ts'
import type { OnStreamTest } from './stream.contract.ts'

/** Without the kind of array that a driver has taken for the bytes. */
const plain = <T>(part: T | Uint8Array) => (part instanceof Uint8Array ? Buffer.from(part) : part)

export function messageContract(onTest: OnStreamTest): void {
  onTest('messages of one key arrive in the order in which they were produced', async ({ stream, topic, group }) => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    for (let round = 0; round < 10; round++) {
      const numbers = Array.from({ length: 20 }, (_, i) => String(round * 20 + i))
      // Not awaited one by one: order holds from call to call, too.
      await Promise.all(numbers.map((n) => stream.produce(topic, [numbered(keys[Number(n) % 7]!, n)])))
    }
    const { received } = await collect(stream, { group, topic, from: 'earliest' })
    await until('all messages', () => received.length >= 200)
    for (const key of keys) {
      const ofKey = received.filter((message) => message.key === key)
      const numbers = ofKey.map((message) => Number(text(message)))
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
      expect(new Set(ofKey.map(({ partition }) => partition)).size).toBe(1)
    }
    expect(new Set(received.map(({ partition }) => partition)).size).toBeGreaterThan(1)
  })

  onTest('messages without a key are spread over the partitions', async ({ stream, topic, group }) => {
    await stream.produce(
      topic,
      Array.from({ length: 40 }, (_, i) => numbered(null, String(i))),
    )
    const { received } = await collect(stream, { group, topic, from: 'earliest' })
    await until('all messages', () => received.length === 40)
    expect(new Set(received.map(({ partition }) => partition)).size).toBe(4)
    expect(received.every(({ key }) => key === null)).toBe(true)
  })

  onTest(
    'what many producers write at once is all stored, each partition without gaps',
    async ({ stream, program, topic, group }) => {
      const others = [await program(), await program()]
      await Promise.all(
        others.flatMap((producer) =>
          Array.from({ length: 30 }, (_, i) => producer.produce(topic, [numbered(`k${i}`, 'x'), numbered(null, 'y')])),
        ),
      )
      const { received } = await collect(stream, { group, topic, from: 'earliest' })
      await until('all messages', () => received.length === 120)
      for (const { partition, end } of await stream.lag(group)) {
        const offsets = received.filter((message) => message.partition === partition).map(({ offset }) => offset)
        expect(offsets).toEqual(Array.from({ length: end }, (_, i) => i))
      }
    },
  )

  onTest('any key, header and value comes back as it was', async ({ stream, topic, group }) => {
    const messages: Message[] = [
      { key: 'empty', value: new Uint8Array() },
      { key: '', value: bytes('the empty key') },
      { key: null, value: bytes('no key') },
      { key: 'ação 🧾 日本', value: bytes('ünïcode'), headers: { 'título ✓': 'maçã', nul: 'a\0b', empty: '' } },
      { key: 'nul\0in it', value: Uint8Array.from({ length: 256 }, (_, i) => i) },
      { key: '\u{feff}mark', value: crypto.getRandomValues(new Uint8Array(60_000)) },
      { key: 'large', value: new Uint8Array(1_048_576).fill(7) },
      { key: 'a tombstone', value: null },
      { key: Buffer.from([0xff, 0, 0xc3, 0x28]), value: bytes('a key that is no UTF-8') },
      { key: Buffer.from([0xff, 0, 0xc3, 0x29]), value: null, headers: { of: 'a tombstone' } },
    ]
    await stream.produce(topic, messages)
    const { received } = await collect(stream, { group, topic, from: 'earliest' })
    await until('all messages', () => received.length === messages.length)
    for (const { key, value, headers = {} } of messages) {
      const same = received.find((message) => isDeepStrictEqual(plain(message.key), plain(key)))
      expect(same?.topic).toBe(topic)
      expect(same?.headers).toEqual(headers)
      expect(plain(same!.value)).toEqual(plain(value))
      expect(Math.abs(Date.now() - same!.produced_at.getTime())).toBeLessThan(60_000)
    }
  })

  onTest('a message of the largest size arrives', async ({ stream, topic, group }) => {
    const value = new Uint8Array(MAX_MESSAGE_BYTES).fill(3)
    await stream.produce(topic, [])
    await stream.produce(topic, [{ key: 'large', value }])
    const { received } = await collect(stream, { group, topic, from: 'earliest' })
    await until('the message', () => received.length === 1)
    expect(Buffer.compare(received[0]!.value!, value)).toBe(0)
  })

  onTest('many large messages come in batches that fit into memory', async ({ stream, topic, group }) => {
    const value = new Uint8Array(3 * 1_048_576).fill(1)
    await stream.produce(
      topic,
      Array.from({ length: 6 }, () => ({ key: 'same', value })),
    )
    const { received, batches } = await collect(stream, { group, topic, from: 'earliest' })
    await until('all messages', () => received.length === 6)
    expect(batches.length).toBeGreaterThan(1)
  })

  onTest(
    'a message that is too large and a name that is none are refused with a sentence',
    async ({ stream, topic }) => {
      const large = stream.produce(topic, [{ key: null, value: new Uint8Array(MAX_MESSAGE_BYTES + 1) }])
      await expect(large).rejects.toMatchObject({ code: 'message_too_large', kind: 'too_large' })
      for (const name of ['', 'with space', 'ção', '.', 'x'.repeat(250), 'nul\0'])
        await expect(stream.produce(name, [])).rejects.toMatchObject({ code: 'stream_name_invalid', kind: 'invalid' })
    },
  )

  onTest('a batch has at most max_batch messages', async ({ stream, topic, group }) => {
    await stream.produce(
      topic,
      Array.from({ length: 25 }, (_, i) => numbered('k', String(i))),
    )
    const { received, batches } = await collect(stream, { group, topic, from: 'earliest', max_batch: 10 })
    await until('all messages', () => received.length === 25)
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5])
  })

  onTest('an idle consumer is woken by a message without polling', async ({ stream, program, topic, group }) => {
    const { received } = await collect(stream, { group, topic, from: 'earliest' })
    const producer = await program()
    await producer.produce(topic, [numbered('k', 'first')])
    await until('the first message', () => received.length === 1, 1000)
    await producer.produce(topic, [numbered('k', 'second')])
    await until('the second message', () => received.length === 2, 1000)
  })

  onTest(
    'a failing batch comes again, later and later, while other partitions go on',
    async ({ stream, topic, group }) => {
      await stream.produce(topic, [numbered('poison', '1'), numbered('poison', '2')])
      const tries: Array<{ at: number; batch: string[] }> = []
      const { received } = await collect(stream, {
        group,
        topic,
        from: 'earliest',
        async onBatch(messages) {
          if (messages[0]!.key !== 'poison') return
          tries.push({ at: performance.now(), batch: messages.map(text) })
          if (tries.length <= 2) throw new TypeError('no good')
        },
      })
      await until('the first failure', () => tries.length === 1)
      await stream.produce(
        topic,
        [...'abcdefgh'].map((key) => numbered(key, 'fine')),
      )
      await stream.produce(topic, [numbered('poison', '3')])
      const poisoned = received[0]!.partition
      await until('third try', () => tries.length === 3)
      const others = received.filter(({ partition }) => partition !== poisoned)
      expect(others.length).toBeGreaterThan(0)
      for (const { batch } of tries) expect(batch).toEqual(['1', '2'])
      const [first, second, third] = tries.map(({ at }) => at)
      expect(second! - first!).toBeGreaterThanOrEqual(95)
      expect(third! - second!).toBeGreaterThanOrEqual(190)
      await until('what was behind it', () => received.some((message) => text(message) === '3'))
    },
  )
}
