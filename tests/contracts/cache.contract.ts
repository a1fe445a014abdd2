/** What every driver of the cache role promises. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Cache } from '../../db/cache/index.ts'
import { until } from '../e2e/program.ts'

export interface OpenCache {
  cache: Cache
  close(): Promise<void>
}

export function cacheContract(driver: string, open: () => Promise<OpenCache>): void {
  describe(`cache on ${driver}`, () => {
    let opened: OpenCache
    let cache: Cache
    beforeAll(async () => {
      opened = await open()
      cache = opened.cache
    })
    afterAll(() => opened.close())

    test('a value is read until it is deleted, and overwritten by the next', async () => {
      expect(await cache.get('a')).toBeNull()
      await cache.set('a', 'one', 60)
      await cache.set('a', '{"two":"ç 😀"}', 60)
      expect(await cache.get('a')).toBe('{"two":"ç 😀"}')
      await cache.delete('a')
      await cache.delete('a')
      expect(await cache.get('a')).toBeNull()
    })

    test('an empty value is a value', async () => {
      await cache.set('empty', '', 60)
      expect(await cache.get('empty')).toBe('')
    })

    test('a megabyte and a key in any script pass unchanged', async () => {
      const value = 'é'.repeat(500_000)
      await cache.set('chave/ключ/鍵', value, 60)
      expect(await cache.get('chave/ключ/鍵')).toBe(value)
    })

    test('a value is gone after its time to live', async () => {
      await cache.set('short', 'x', 1)
      expect(await cache.get('short')).toBe('x')
      await until('expiry', async () => (await cache.get('short')) === null, 5000)
    })

    test('a hundred increments at once are counted, each once', async () => {
      const counts = await Promise.all(Array.from({ length: 100 }, () => cache.increment('n', 60)))
      expect(new Set(counts).size).toBe(100)
      expect(Math.max(...counts)).toBe(100)
    })

    test('the first increment starts the time to live, later ones do not prolong it', async () => {
      expect(await cache.increment('window', 1)).toBe(1)
      const counts: number[] = []
      await until('a new window', async () => {
        counts.push(await cache.increment('window', 60))
        return counts.at(-1) === 1
      })
      expect(counts[0]).toBe(2)
    })

    test('invalidate takes the prefix literally and leaves the rest', async () => {
      for (const key of ['list_1:a', 'list_1:b', 'list%:a', 'listX1:a', 'other']) await cache.set(key, 'x', 60)
      await cache.invalidate('list_1:')
      expect(await cache.get('list_1:a')).toBeNull()
      expect(await cache.get('list_1:b')).toBeNull()
      for (const key of ['list%:a', 'listX1:a', 'other']) expect(await cache.get(key)).toBe('x')
      await cache.invalidate('list%')
      expect(await cache.get('list%:a')).toBeNull()
      expect(await cache.get('listX1:a')).toBe('x')
    })
  })
}
