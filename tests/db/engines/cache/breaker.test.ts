import { expect, test } from 'bun:test'
import { withBreaker } from '../../../../db/engines/cache/breaker.ts'
import type { Cache } from '../../../../db/engines/cache/cache.ts'
import { AppError } from '../../../../lib/errors.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { codeOf } from '../../../contracts/objects.contract.ts'
import pino from 'pino'
import { same } from '../../../kit/texts.ts'

const PAUSE_MS = 5_000

/** A cache whose calls end as told, its breaker with a clock of ours, and what was logged. */
function broken() {
  const told = { calls: 0, end: async (): Promise<string | null> => 'value' }
  const lines: string[] = []
  const clock = { now_ms: 0 }
  const log = pino({}, { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) })
  const inner = { get: () => (told.calls++, told.end()) } as unknown as Cache
  const outage = createOutage(log, 'away', 'back')
  return { told, lines, clock, cache: withBreaker(inner, { outage, pause_ms: PAUSE_MS, now: () => clock.now_ms }) }
}

const fails = () => Promise.reject(new Error('no answer'))

test('after a failure nobody asks for a while, and it is said once', async () => {
  const { told, lines, cache } = broken()
  told.end = fails
  await expect(cache.get('a')).rejects.toThrow('no answer')
  for (let n = 0; n < 10; n++) expect(await codeOf(cache.get('a'))).toBe('cache_unavailable')
  expect(told.calls).toBe(1)
  expect(lines).toEqual(['away: no answer'])
})

test('then one call tries; the others wait for nothing, and its answer lets everybody in again', async () => {
  const { told, lines, clock, cache } = broken()
  told.end = fails
  await cache.get('a').catch(() => {})
  clock.now_ms = PAUSE_MS
  const gate = Promise.withResolvers<string>()
  told.end = () => gate.promise
  const trying = cache.get('a')
  expect(await codeOf(cache.get('a'))).toBe('cache_unavailable')
  gate.resolve('found')
  expect(await trying).toBe('found')
  expect(await cache.get('a')).toBe('found')
  expect(lines).toEqual(['away: no answer', 'back'])
})

test('a try that fails begins another pause', async () => {
  const { told, lines, clock, cache } = broken()
  told.end = fails
  for (clock.now_ms = 0; clock.now_ms <= 2 * PAUSE_MS; clock.now_ms += PAUSE_MS / 2)
    await cache.get('a').catch(() => {})
  expect(told.calls).toBe(3)
  expect(lines).toEqual(['away: no answer'])
})

test('what is wrong with a call says nothing about the cache', async () => {
  const { told, lines, cache } = broken()
  told.end = () => Promise.reject(new AppError('invalid', 'cache_key_invalid', same('too long')))
  for (let n = 0; n < 3; n++) expect(await codeOf(cache.get('a'))).toBe('cache_key_invalid')
  expect([told.calls, lines]).toEqual([3, []])
})
