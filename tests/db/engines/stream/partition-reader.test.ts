/** The offset never moves past a message that was not handled, whatever the handler, Kafka and the group do. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { PartitionReader } from '../../../../db/engines/stream/kafka/partition-reader.ts'
import type { StoredMessage } from '../../../../db/engines/stream/stream.ts'
import { createLog } from '../../../../lib/log.ts'
import { until } from '../../../kit/program.ts'

setDefaultTimeout(60_000)

const log = createLog('consumers', 'silent')

type Step =
  | { do: 'fetch'; messages: number }
  /** Handlers that wait end, or the next one does at once. */
  | { do: 'handle' }
  | { do: 'fail' }
  | { do: 'commit' }
  | { do: 'refuse' }
  | { do: 'hold' | 'freeze' | 'goOn' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fetch' as const), messages: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 6, arbitrary: fc.constant({ do: 'handle' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'fail' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'commit' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'refuse' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'freeze' as const, 'goOn' as const) }) },
)

/** A reader whose handlers and commits end when the test says so, and what it has done. */
function openReader() {
  const handling: Array<PromiseWithResolvers<void>> = []
  const committing: Array<PromiseWithResolvers<void>> = []
  const seen = { handled: 0, committed: 0, frozen: false, faults: [] as string[] }
  const onBatch = async (messages: StoredMessage[]) => {
    const offsets = messages.map(({ offset }) => offset)
    if (offsets.some((offset, i) => offset !== seen.handled + i))
      seen.faults.push(`handed out ${offsets.join()} after ${seen.handled}`)
    if (handling.length > 0) seen.faults.push('two batches of one partition at a time')
    const turn = Promise.withResolvers<void>()
    handling.push(turn)
    await turn.promise
    seen.handled = offsets.at(-1)! + 1
  }
  const commit = async (_: number, offset: number) => {
    if (offset > seen.handled) seen.faults.push(`commits ${offset}, of which only ${seen.handled} are handled`)
    if (offset < seen.committed) seen.faults.push(`commits ${offset} after ${seen.committed}`)
    if (seen.frozen) seen.faults.push('commits while the group decides')
    const turn = Promise.withResolvers<void>()
    committing.push(turn)
    await turn.promise
    seen.committed = offset
  }
  const giveUp = new AbortController()
  const options = { group: 'g', topic: 't', from: 'earliest' as const, onBatch, max_batch: 3 }
  const control = { commit, setPaused: () => {}, onRest: () => {} }
  const reader = new PartitionReader({ log, options, giveUp: giveUp.signal, ...control }, 0)
  return { reader, handling, committing, seen, giveUp }
}

const message = (offset: number): StoredMessage => ({
  topic: 't',
  partition: 0,
  offset,
  key: 'k',
  value: new Uint8Array(),
  headers: {},
  produced_at: new Date(0),
})

/** Lets everything go on that waits for nobody. */
const settle = () => Bun.sleep(0)

test('commits stay at or below the lowest offset in flight, in order, and end at the last message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.boolean(), async (steps, is_lost) => {
      const { reader, handling, committing, seen, giveUp } = openReader()
      let fetched = 0
      for (const one of steps) {
        if (one.do === 'fetch') reader.add(Array.from({ length: one.messages }, () => message(fetched++)))
        else if (one.do === 'handle') handling.shift()?.resolve()
        else if (one.do === 'fail') handling.shift()?.reject(new Error('an engine is away'))
        else if (one.do === 'commit') committing.shift()?.resolve()
        else if (one.do === 'refuse') committing.shift()?.reject(new Error('not now'))
        else {
          seen.frozen = one.do === 'freeze' || (one.do === 'hold' && seen.frozen)
          reader[one.do]()
          // What was fetched ahead is fetched again.
          if (one.do === 'goOn') fetched = reader.next
        }
        await settle()
      }
      if (is_lost) {
        reader.lose()
        const { committed } = seen
        for (const turn of [...handling, ...committing]) turn.reject(new Error('too late'))
        await reader.done
        expect(seen.committed).toBe(committed)
      } else {
        seen.frozen = false
        reader.goOn()
        fetched = reader.next
        reader.add([message(fetched++)])
        await until('all of it', () => {
          handling.shift()?.resolve()
          committing.shift()?.resolve()
          return seen.committed === fetched
        })
        reader.finish()
        await reader.done
      }
      giveUp.abort()
      expect(seen.faults).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('a partition whose handler is slow is fetched no further than a bound, and goes on when half of that is handled', async () => {
  const paused: boolean[] = []
  const handled: number[] = []
  const gate = Promise.withResolvers<void>()
  const onBatch = async (messages: StoredMessage[]) => {
    await gate.promise
    handled.push(messages.length)
  }
  const options = { group: 'g', topic: 't', from: 'earliest' as const, onBatch }
  const control = {
    commit: async () => {},
    setPaused: (_: number, is: boolean) => void paused.push(is),
    onRest: () => {},
  }
  const giveUp = new AbortController()
  const reader = new PartitionReader({ log, options, giveUp: giveUp.signal, ...control }, 0)
  const large = (offset: number) => ({ ...message(offset), value: new Uint8Array(1024 * 1024) })
  let offset = 0
  while (paused.length === 0 && offset < 100) reader.add([large(offset++)])
  expect([paused, offset <= 9]).toEqual([[true], true])
  gate.resolve()
  await until('the fetching to go on', () => paused.at(-1) === false)
  await until('all of it', () => handled.reduce((sum, size) => sum + size, 0) === offset)
  reader.finish()
  await reader.done
})
