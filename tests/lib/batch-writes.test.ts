import { expect, test } from 'bun:test'
import { batchWrites } from '../../lib/batch-writes.ts'

test('what is left of a call whose first part failed is not written before its caller sends it again, and other calls are', async () => {
  const writes: number[][] = []
  let failures = 1
  const add = batchWrites(
    async (items: number[]) => {
      writes.push(items)
      if (failures-- > 0) throw new Error('away')
    },
    { max_items: 3, max_bytes: Infinity, bytesOf: () => 1 },
  )
  const first = add([1, 2, 3, 4, 5, 6, 7, 8])
  const other = add([10, 11])
  await expect(first).rejects.toThrow('away')
  await add([1, 2, 3, 4])
  await other
  expect(writes).toEqual([[1, 2, 3], [10, 11], [1, 2, 3], [4]])
})
