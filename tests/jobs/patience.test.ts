import { expect, setDefaultTimeout, test } from 'bun:test'
import { askPatiently, type Patience } from '../../jobs/patience.ts'

setDefaultTimeout(120_000)

const signal = new AbortController().signal

/** The answers that come one after the other, asked for with these terms: the last one, and the waits before it. */
async function asked(waits: Array<number | null | 'final'>, terms: Partial<Patience<number>> = {}) {
  const delays: number[] = []
  const left = waits.keys()
  const answer = await askPatiently(
    async () => left.next().value!,
    {
      until: Infinity,
      first_delay_ms: 2,
      max_delay_ms: 4,
      waitOf: (index) => waits[index]!,
      onWait: (_, delay_ms) => delays.push(delay_ms),
      ...terms,
    },
    signal,
  )
  return { answer, delays }
}

test('it waits as long as the other side asks for, else by backoff, until an answer is final', async () => {
  expect(await asked([0, 7, null, 'final'])).toEqual({ answer: 3, delays: [0, 7, 4] })
})

test('a wait beyond the end of its patience is not begun', async () => {
  expect(await asked([0, 3_600_000], { until: performance.now() + 60_000 })).toEqual({ answer: 1, delays: [0] })
})
