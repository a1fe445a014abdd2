/** What every driver of the cache role promises. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Cache } from '../../db/engines/cache/cache.ts'
import { until } from '../kit/program.ts'
import { codeOf } from './objects.contract.ts'

export interface OpenCache {
  cache: Cache
  /** Empties the engine behind the driver's back, as a crash would. */
  lose(): Promise<unknown>
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
      await until('expiry', async () => (await cache.get('short')) === null)
    })

    test('a hundred increments at once are counted, each once', async () => {
      const counts = await Promise.all(Array.from({ length: 100 }, () => cache.increment('n', 60)))
      expect(new Set(counts).size).toBe(100)
      expect(Math.max(...counts)).toBe(100)
    })

    test('an increment adds as much as it says', async () => {
      expect(await cache.increment('by', 60, 5)).toBe(5)
      expect(await cache.increment('by', 60)).toBe(6)
      expect(await cache.increment('by', 60, 1000)).toBe(1006)
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

    test('NUL and backslashes in keys and values are signs like any other', async () => {
      const odd = ['a\0b', 'a\\0b', 'a\\', 'a\\\\0b', 'a']
      for (const key of odd) await cache.set(`odd:${key}`, key, 60)
      for (const key of odd) expect(await cache.get(`odd:${key}`)).toBe(key)
      await cache.invalidate('odd:a\\')
      expect(await Promise.all(odd.map((key) => cache.get(`odd:${key}`)))).toEqual(['a\0b', null, null, null, 'a'])
      expect(await cache.increment('odd:\0', 60)).toBe(1)
      await cache.delete('odd:\0')
      expect(await cache.increment('odd:\0', 60)).toBe(1)
    })

    test('every sign that a pattern could give a meaning to is itself in a prefix', async () => {
      for (const sign of ['*', '?', '[', ']', '[a-z]', '^', '-', '\\*', '%', '_', '{}', '$1', '😀', '\ufeff']) {
        await cache.set(`sign:${sign}x`, sign, 60)
        await cache.set('sign:zx', 'stays', 60)
        await cache.set(`sign:z${sign}`, 'stays', 60)
        await cache.invalidate(`sign:${sign}`)
        expect(await cache.get(`sign:${sign}x`)).toBeNull()
        expect(await cache.get('sign:zx')).toBe('stays')
        expect(await cache.get(`sign:z${sign}`)).toBe('stays')
      }
    })

    test('invalidate finds the few and the many', async () => {
      await cache.set('crowded', 'stays', 60)
      for (let i = 0; i < 50; i++)
        await Promise.all(Array.from({ length: 100 }, (_, n) => cache.set(`crowd:${i}:${n}`, 'x', 60)))
      await cache.invalidate('crowd:7:')
      expect(await cache.get('crowd:7:0')).toBeNull()
      expect(await cache.get('crowd:8:0')).toBe('x')
      await cache.invalidate('crowd:')
      const left = await Promise.all(Array.from({ length: 50 }, (_, i) => cache.get(`crowd:${i}:${i}`)))
      expect(left.filter((value) => value !== null)).toEqual([])
      expect(await cache.get('crowded')).toBe('stays')
      await cache.invalidate('crowd:')
    })

    test('values of any text come back sign by sign', async () => {
      for (const value of ['\ufeffmark', '\u2028\u0085', '\r\n$3\r\nabc\r\n', ' ', '0', '-1', 'null', '\u0000\u0000'])
        for (const key of ['text', `text:${value}`]) {
          await cache.set(key, value, 60)
          expect(await cache.get(key)).toBe(value)
        }
    })

    test('a time to live below a millisecond is short, not none', async () => {
      await cache.set('brief', 'x', 0.0001)
      expect(await cache.increment('brief count', 0.0001)).toBe(1)
      await until('expiry', async () => (await cache.get('brief')) === null)
      await until('expiry', async () => (await cache.increment('brief count', 0.0001)) === 1)
    })

    test('a value may replace a count and a count goes on from a number', async () => {
      await cache.set('n or text', '41', 60)
      expect(await cache.increment('n or text', 60)).toBe(42)
      expect(await cache.get('n or text')).toBe('42')
      await cache.set('n or text', 'text', 60)
      expect(await cache.get('n or text')).toBe('text')
    })

    test('a key that is too long and a time to live that is none are refused', async () => {
      const key = 'é'.repeat(512)
      await cache.set(key, 'x', 60)
      expect(await cache.get(key)).toBe('x')
      expect(await codeOf(cache.set(`${key}+`, 'x', 60))).toBe('cache_key_invalid')
      expect(await codeOf(cache.increment(`${key}+`, 60))).toBe('cache_key_invalid')
      expect(await cache.get('é'.repeat(50_000))).toBeNull()
      for (const ttl_s of [0, -1, NaN, Infinity]) {
        expect(await codeOf(cache.set('ttl', 'x', ttl_s))).toBe('cache_ttl_invalid')
        expect(await codeOf(cache.increment('ttl', ttl_s))).toBe('cache_ttl_invalid')
      }
    })

    test('emptied at any moment, it only begins anew', async () => {
      await cache.set('lost', 'x', 60)
      expect(await cache.increment('lost count', 60)).toBe(1)
      await opened.lose()
      expect(await cache.get('lost')).toBeNull()
      expect(await cache.increment('lost count', 60)).toBe(1)
    })

    test('closed while calls are under way, it ends each of them', async () => {
      const closing = await open()
      const calls = Array.from({ length: 200 }, (_, n) => closing.cache.increment(`closing:${n % 7}`, 60))
      await Promise.all([closing.cache.close(), closing.cache.close()])
      const ends = await Promise.allSettled(calls)
      expect(ends.filter(({ status }) => status === 'fulfilled').length).toBe(200)
      await closing.close()
    })
  })
}
