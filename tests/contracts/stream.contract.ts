/** What every stream driver promises. `open` gives an engine; each test uses topics and groups of its own on it. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { MAX_MESSAGE_BYTES } from '../../db/stream/limits.ts'
import type { ConsumeOptions, Message, StoredMessage, Stream } from '../../db/stream/index.ts'
import { startProgram, until } from '../e2e/program.ts'
import { openStreamProgram, type StreamEngine, type StreamProgram, type StreamTimes } from './stream-programs.ts'

export function streamContract(driver: string, open: () => Promise<{ engine: StreamEngine; close(): Promise<void> }>) {
  describe(`a stream on ${driver}`, () => {
    let engine: StreamEngine
    let close: () => Promise<void>
    let stream: Stream
    let programs: StreamProgram[] = []
    beforeAll(async () => {
      ;({ engine, close } = await open())
    })
    afterAll(() => close())
    afterEach(async () => {
      await Promise.all(programs.map((program) => program.close()))
      programs = []
    })

    /** A program's stream; one per test unless it plays several programs. Leases last so long that polling plays no part. */
    function program(times: StreamTimes = { lease_ms: 600_000 }): Stream {
      const opened = openStreamProgram(engine, times)
      programs.push(opened)
      return opened.stream
    }

    const unique = (what: string) => `${what}-${crypto.randomUUID()}`
    const onTest = (name: string, run: (names: { topic: string; group: string }) => Promise<void>) =>
      test(name, async () => {
        stream = program()
        await run({ topic: unique('topic'), group: unique('group') })
      })

    onTest('messages of one key arrive in the order in which they were produced', async ({ topic, group }) => {
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

    onTest('messages without a key are spread over the partitions', async ({ topic, group }) => {
      await stream.produce(
        topic,
        Array.from({ length: 40 }, (_, i) => numbered(null, String(i))),
      )
      const { received } = await collect(stream, { group, topic, from: 'earliest' })
      await until('all messages', () => received.length === 40)
      expect(new Set(received.map(({ partition }) => partition)).size).toBe(4)
      expect(received.every(({ key }) => key === null)).toBe(true)
    })

    onTest('what many producers write at once is all stored, each partition without gaps', async ({ topic, group }) => {
      const others = [program(), program()]
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
    })

    onTest('any key, header and value comes back as it was', async ({ topic, group }) => {
      const messages: Message[] = [
        { key: 'empty', value: new Uint8Array() },
        { key: '', value: bytes('the empty key') },
        { key: null, value: bytes('no key') },
        { key: 'ação 🧾 日本', value: bytes('ünïcode'), headers: { 'título ✓': 'maçã', nul: 'a\0b' } },
        { key: 'nul\0in it', value: Uint8Array.from({ length: 256 }, (_, i) => i) },
        { key: '\u{feff}mark', value: crypto.getRandomValues(new Uint8Array(60_000)) },
        { key: 'large', value: new Uint8Array(1_048_576).fill(7) },
      ]
      await stream.produce(topic, messages)
      const { received } = await collect(stream, { group, topic, from: 'earliest' })
      await until('all messages', () => received.length === messages.length)
      for (const { key, value, headers = {} } of messages) {
        const same = received.find((message) => message.key === key)
        expect(same?.headers).toEqual(headers)
        expect(Buffer.compare(same!.value, value)).toBe(0)
        expect(Math.abs(Date.now() - same!.produced_at.getTime())).toBeLessThan(60_000)
      }
    })

    onTest('many large messages come in batches that fit into memory', async ({ topic, group }) => {
      const value = new Uint8Array(3 * 1_048_576).fill(1)
      await stream.produce(
        topic,
        Array.from({ length: 6 }, () => ({ key: 'same', value })),
      )
      const { received, batches } = await collect(stream, { group, topic, from: 'earliest' })
      await until('all messages', () => received.length === 6)
      expect(batches.length).toBeGreaterThan(1)
    })

    onTest('a message that is too large and a name that is none are refused with a sentence', async ({ topic }) => {
      const large = stream.produce(topic, [{ key: null, value: new Uint8Array(MAX_MESSAGE_BYTES + 1) }])
      await expect(large).rejects.toMatchObject({ code: 'message_too_large', status: 413 })
      for (const name of ['', 'with space', 'ção', '.', 'x'.repeat(250), 'nul\0'])
        await expect(stream.produce(name, [])).rejects.toMatchObject({ code: 'stream_name_invalid', status: 400 })
    })

    onTest('a batch has at most max_batch messages', async ({ topic, group }) => {
      await stream.produce(
        topic,
        Array.from({ length: 25 }, (_, i) => numbered('k', String(i))),
      )
      const { received, batches } = await collect(stream, { group, topic, from: 'earliest', max_batch: 10 })
      await until('all messages', () => received.length === 25)
      expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5])
    })

    onTest('an idle consumer is woken by a message without polling', async ({ topic, group }) => {
      const { received } = await collect(stream, { group, topic, from: 'earliest' })
      const producer = program()
      await producer.produce(topic, [numbered('k', 'first')])
      await until('the first message', () => received.length === 1, 1000)
      await producer.produce(topic, [numbered('k', 'second')])
      await until('the second message', () => received.length === 2, 1000)
    })

    onTest('a group that begins at latest gets only what comes from then on', async ({ topic, group }) => {
      await stream.produce(topic, [numbered('k', 'before')])
      const first = await collect(stream, { group, topic, from: 'latest' })
      await stream.produce(topic, [numbered('k', 'after')])
      await until('a message', () => first.received.length > 0)
      await first.stop()
      expect(first.received.map(text)).toEqual(['after'])
    })

    onTest('where a group begins is decided once', async ({ topic, group }) => {
      const first = await collect(stream, { group, topic, from: 'latest' })
      await first.stop()
      await stream.produce(topic, [numbered('k', 'while nobody read')])
      const again = await collect(stream, { group, topic, from: 'latest' })
      await until('the message', () => again.received.length === 1)
    })

    onTest('a group goes on where it stopped', async ({ topic, group }) => {
      await stream.produce(topic, [numbered('k', '1'), numbered('k', '2')])
      const first = await collect(stream, { group, topic, from: 'earliest' })
      await until('two messages', () => first.received.length === 2)
      await first.stop()
      await stream.produce(topic, [numbered('k', '3')])
      const again = await collect(program(), { group, topic, from: 'earliest' })
      await until('the third message', () => again.received.length > 0)
      expect(again.received.map(text)).toEqual(['3'])
    })

    onTest('each group gets every message', async ({ topic, group }) => {
      const one = await collect(stream, { group, topic, from: 'earliest' })
      const two = await collect(stream, { group: unique('other'), topic, from: 'earliest' })
      await stream.produce(topic, [numbered('a', '1'), numbered('b', '2')])
      await until('both groups to have both', () => one.received.length === 2 && two.received.length === 2)
    })

    onTest('lag says what is not finished, per partition', async ({ topic, group }) => {
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
      expect(lags.map(({ partition }) => partition)).toEqual([0, 1, 2, 3])
      expect(lags.reduce((sum, { end }) => sum + end, 0)).toBe(5)
    })

    onTest('a failing batch comes again, later and later, while other partitions go on', async ({ topic, group }) => {
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
    })

    onTest('stop waits for the running batch, and its offset moves', async ({ topic, group }) => {
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

    onTest('a batch that outlives the grace of stop is aborted and comes again', async ({ topic, group }) => {
      await stream.produce(topic, [numbered('k', '1')])
      const impatient = program({ lease_ms: 600_000, stop_grace_ms: 50 })
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
    })

    onTest('two members share the partitions; who comes takes over without a doubled message', async (names) => {
      const options = { ...names, from: 'earliest' as const }
      const one = await collect(stream, options)
      const produced = countUp(stream, names.topic)
      await until('first messages', () => one.received.length > 50)
      const two = await collect(program(), options)
      await until('a share for the second', () => partitionsOf(two.received).size === 2)
      const before = two.received.length
      await until('more', () => two.received.length > before + 20)
      const numbers = await produced.end()
      await until('all', () => one.received.length + two.received.length >= numbers)
      const all = [...one.received, ...two.received].map((message) => Number(text(message))).toSorted((a, b) => a - b)
      expect(all).toEqual(Array.from({ length: numbers }, (_, i) => i))
    })

    onTest('the partitions of a member that stops go to the others at once', async ({ topic, group }) => {
      const options = { group, topic, from: 'earliest' as const }
      const one = await collect(stream, options)
      const two = await collect(program(), options)
      await one.stop()
      await stream.produce(
        topic,
        Array.from({ length: 20 }, (_, i) => numbered(`k${i}`, String(i))),
      )
      await until('all of it', () => two.received.length === 20, 2000)
    })

    onTest('more members than partitions do no harm', async ({ topic, group }) => {
      const options = { group, topic, from: 'earliest' as const }
      const members = await Promise.all(Array.from({ length: 6 }, () => collect(program(), options)))
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
      async ({ topic, group }) => {
        const times = { lease_ms: 400 }
        await stream.produce(
          topic,
          Array.from({ length: 10 }, (_, i) => numbered('k', String(i))),
        )
        const consume = { group, topic, from: 'earliest' as const }
        const child = startProgram('tests/contracts/stream-child.ts', [JSON.stringify({ engine, times, consume })], {})
        const line = await until('a batch in the child', () => child.output().split('\n').at(-2), 15_000, child.output)
        expect(JSON.parse(line)).toEqual({ offsets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
        const survivor = await collect(program(times), consume)
        child.kill('SIGKILL')
        await child.exited
        expect(survivor.received.length).toBe(0)
        await until('the batch', () => survivor.received.length === 10, 5000)
      },
    )
  })
}

/** Consumes into an array; `onBatch` decides how each batch ends. */
async function collect(
  stream: Stream,
  options: Omit<ConsumeOptions, 'onBatch'> & { onBatch?: ConsumeOptions['onBatch'] },
) {
  const received: StoredMessage[] = []
  const batches: StoredMessage[][] = []
  const consumer = await stream.consume({
    ...options,
    async onBatch(messages, signal) {
      received.push(...messages)
      batches.push(messages)
      await options.onBatch?.(messages, signal)
    },
  })
  return { received, batches, stop: consumer.stop }
}

/** Produces 0, 1, 2, … under many keys until `end()`, which says how many there are. */
function countUp(stream: Stream, topic: string) {
  let n = 0
  let going = true
  const running = (async () => {
    while (going)
      await stream.produce(
        topic,
        Array.from({ length: 8 }, () => numbered(`key ${n % 31}`, String(n++))),
      )
  })()
  return {
    async end() {
      going = false
      await running
      return n
    },
  }
}

const bytes = (content: string) => new TextEncoder().encode(content)
const numbered = (key: string | null, content: string): Message => ({ key, value: bytes(content) })
const text = ({ value }: StoredMessage) => new TextDecoder().decode(value)
const partitionsOf = (messages: StoredMessage[]) => new Set(messages.map(({ partition }) => partition))
