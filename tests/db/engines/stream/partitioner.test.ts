import { expect, setDefaultTimeout, test } from 'bun:test'
import { createPartitioner, murmur2 } from '../../../../db/engines/stream/partitioner.ts'

setDefaultTimeout(120_000)

const bytes = (text: string) => new TextEncoder().encode(text)

// The vectors of Kafka's own UtilsTest.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is what Kafka computes', (text, hash) => {
  expect(murmur2(bytes(text))).toBe(hash)
})

test('keyless messages go to each partition in turn', () => {
  const partitionOf = createPartitioner()
  const turns = Array.from({ length: 8 }, () => partitionOf(null, 4))
  expect(turns.toSorted()).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
})
