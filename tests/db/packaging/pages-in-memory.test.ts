import { expect, test } from 'bun:test'
import { createPagesInMemory } from '../../../db/packaging/pages-in-memory.ts'

const page = (size_bytes: number) => new Uint8Array(size_bytes)
const coming = (size_bytes: number) => () => Promise.resolve(page(size_bytes))
/** For what is in memory: nobody reads it anew. */
const unread = () => Promise.reject(new Error('read again'))

test('a page is kept until its time is over', async () => {
  let now_ms = 1
  const pages = createPagesInMemory(1000, { now_ms: () => now_ms })
  await pages(1, 'q', coming(10))
  now_ms = 1000
  expect(await pages(1, 'q', unread)).toEqual(page(10))
  now_ms = 1002
  expect(await pages(1, 'q', coming(20))).toEqual(page(20))
})

test('another epoch has nothing of the one before, whether it is higher or lower, nor has that when it comes back', async () => {
  const pages = createPagesInMemory(1000)
  for (const other of [3, 1]) {
    expect(await pages(2, 'q', coming(10))).toEqual(page(10))
    expect(await pages(other, 'q', coming(20))).toEqual(page(20))
    expect(await pages(2, 'q', coming(30))).toEqual(page(30))
    await pages(4, 'q', coming(40))
  }
})

test('readers that ask while a page is on its way share it; one of an epoch that is over is not kept', async () => {
  const pages = createPagesInMemory(1000)
  const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
  const first = pages(1, 'q', () => promise)
  const second = pages(1, 'q', unread)
  const later = pages(2, 'q', coming(20))
  resolve(page(10))
  expect(await Promise.all([first, second, later])).toEqual([page(10), page(10), page(20)])
  expect(await pages(2, 'q', unread)).toEqual(page(20))
  expect(await pages(1, 'q', coming(30))).toEqual(page(30))
})

test('what fails is told to all who wait, and asked for again', async () => {
  const pages = createPagesInMemory(1000)
  const failed = Promise.reject(new Error('away'))
  const both = [pages(1, 'q', () => failed), pages(1, 'q', unread)]
  for (const { status, reason } of (await Promise.allSettled(both)) as PromiseRejectedResult[])
    expect([status, (reason as Error).message]).toEqual(['rejected', 'away'])
  expect(await pages(1, 'q', coming(10))).toEqual(page(10))
})

test('the pages that were asked for longest ago make room; one that is too large for all is not kept', async () => {
  const pages = createPagesInMemory(1000, { max_bytes: 100 })
  for (const question of ['a', 'b', 'c']) await pages(1, question, coming(40))
  for (const question of ['b', 'c']) expect(await pages(1, question, unread)).toEqual(page(40))
  await expect(pages(1, 'a', unread)).rejects.toThrow('read again')
  await pages(1, 'huge', coming(101))
  for (const question of ['b', 'c']) expect(await pages(1, question, unread)).toEqual(page(40))
  await expect(pages(1, 'huge', unread)).rejects.toThrow('read again')
})
