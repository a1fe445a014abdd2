import { expect, test } from 'bun:test'
import { createPagesInMemory } from '../../../db/packaging/pages-in-memory.ts'

const page = (size_bytes: number) => new Uint8Array(size_bytes)
const coming = (size_bytes: number) => Promise.resolve(page(size_bytes))

test('a page is kept until its time is over', async () => {
  let now_ms = 0
  const pages = createPagesInMemory(1000, () => now_ms)
  await pages.keep(1, 'q', coming(10))
  now_ms = 999
  expect(pages.get(1, 'q')).toEqual(page(10))
  now_ms = 1000
  expect(pages.get(1, 'q')).toBeUndefined()
})

test('another epoch has nothing of the one before, whether it is higher or lower, nor has that when it comes back', async () => {
  const pages = createPagesInMemory(1000)
  for (const other of [3, 1]) {
    await pages.keep(2, 'q', coming(10))
    expect(pages.get(other, 'q')).toBeUndefined()
    expect(pages.get(2, 'q')).toBeUndefined()
  }
})

test('who asks while a page is on its way waits for the same; one of an epoch that is over is not kept', async () => {
  const pages = createPagesInMemory(1000)
  const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
  const first = pages.keep(1, 'q', promise)
  const second = pages.get(1, 'q')
  pages.get(2, 'q')
  resolve(page(10))
  expect(await Promise.all([first, second])).toEqual([page(10), page(10)])
  expect(pages.get(2, 'q')).toBeUndefined()
})

test('what fails is told to all who wait, and asked for again', async () => {
  const pages = createPagesInMemory(1000)
  const first = pages.keep(1, 'q', Promise.reject(new Error('away')))
  const second = pages.get(1, 'q') as Promise<unknown>
  expect((await Promise.allSettled([first, second])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(pages.get(1, 'q')).toBeUndefined()
})

test('the oldest pages make room when all together are too large', async () => {
  const pages = createPagesInMemory(1000, Date.now, 100)
  for (const question of ['a', 'b', 'c']) await pages.keep(1, question, coming(40))
  expect(['a', 'b', 'c'].map((question) => pages.get(1, question) !== undefined)).toEqual([false, true, true])
  await pages.keep(1, 'huge', coming(101))
  expect(['b', 'c', 'huge'].map((question) => pages.get(1, question) !== undefined)).toEqual([false, false, false])
})
