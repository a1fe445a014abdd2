/** A Redis of its own is killed, halted, emptied and filled up while the cache is in use. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cache } from '../../db/engines/cache/cache.ts'
import { createRedisCache } from '../../db/engines/cache/redis/cache.ts'
import { AppError } from '../../lib/errors.ts'
import type { Run } from '../../ops/engines/engine.ts'
import { engineProcesses, killAll } from '../../ops/engines/processes.ts'
import { redis } from '../../ops/engines/redis.ts'
import { codeOf } from '../contracts/objects.contract.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'
import { testRedis, type RedisForTest } from './redis-place.ts'

setDefaultTimeout(60_000)

/** More words for the command of the server. */
const braked: string[] = []
const withWords = ({ command }: Run, words: string[]): Run => ({ command: [...command, ...words] })

onEngine('redis', 'CACHE_URL', () => {
  let engine: PrivateEngine
  let place: RedisForTest
  let cache: Cache
  beforeAll(async () => {
    engine = await privateEngine({ ...redis, prepare: async (at) => withWords(await redis.prepare(at), braked) })
    place = testRedis((await engine.up()).CACHE_URL!)
    cache = await createRedisCache(place.url, { log: place.log })
  })
  afterAll(async () => {
    await cache.close()
    await place.close()
    await engine.remove()
  })

  /** The lines since the last look, as level and sentence. */
  const said = () => place.lines.splice(0).map((line) => JSON.parse(line).msg as string)
  const codeOfError = (thrown: unknown) => (thrown instanceof AppError ? thrown.code : String(thrown))
  const works = () => cache.increment('works', 60).then(Boolean, () => false)

  test('killed with increments in flight, it fails them at once, comes back by itself and has counted every answered one', async () => {
    await cache.set('before', 'x', 60)
    const calls = { begun: 0, answered: 0 }
    const codes: string[] = []
    const callers = Array.from({ length: 200 }, async () => {
      for (;;) {
        calls.begun++
        const code = await cache.increment('n', 600).then(() => '', codeOfError)
        if (code !== '') return codes.push(code)
        calls.answered++
      }
    })
    await until('some answers', () => calls.answered > 1000)
    killAll(engine.folder)
    const under_way = calls.begun - calls.answered
    const killed_at = performance.now()
    await Promise.all(callers)
    console.log(`killed Redis with ${under_way} increments in flight, after ${calls.answered} answers`)
    expect(under_way).toBe(200)
    expect(performance.now() - killed_at).toBeLessThan(1000)
    expect(new Set(codes)).toEqual(new Set(['cache_unavailable']))

    // While it is away a call costs nothing, and its error names it.
    const asked_at = performance.now()
    for (let i = 0; i < 100; i++) expect(await codeOf(cache.get('before'))).toBe('cache_unavailable')
    expect(performance.now() - asked_at).toBeLessThan(500)
    await engine.up()
    await until('the cache to work', works)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    const lines = said()
    expect(lines.filter((line) => line.startsWith('the cache is away')).length).toBe(1)
    expect(lines.length).toBe(2)
    // What Redis answered it had written to its log; what it did not answer may count or not, but nothing counts twice.
    const counted = (await cache.increment('n', 600)) - 1
    expect(counted).toBeGreaterThanOrEqual(calls.answered)
    expect(counted).toBeLessThanOrEqual(calls.begun)
    expect(await place.bare.pttl(`${place.prefix}n`)).toBeGreaterThan(0)
  })

  test('halted, it fails each call by the deadline without piling them up, and works again once it goes on', async () => {
    const pid = engineProcesses(engine.folder)[0]!
    process.kill(pid, 'SIGSTOP')
    const halted_at = performance.now()
    let calls = 0
    let slowest_ms = 0
    try {
      const caller = async () => {
        while (performance.now() - halted_at < 3500) {
          const asked_at = performance.now()
          calls++
          expect(await codeOf(cache.set(`halted:${calls}`, 'x', 60))).toBe('cache_unavailable')
          slowest_ms = Math.max(slowest_ms, performance.now() - asked_at)
          // A caller that is refused at once does other work.
          await Bun.sleep(1)
        }
      }
      await Promise.all(Array.from({ length: 50 }, caller))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    console.log(`halted Redis for 3.5 s: ${calls} calls failed, the slowest after ${Math.round(slowest_ms)} ms`)
    expect(slowest_ms).toBeGreaterThan(1500)
    expect(slowest_ms).toBeLessThan(3000)
    // The 50 that were under way waited for the deadline; those after them knew better.
    expect(calls).toBeGreaterThan(500)
    await until('the cache to work', works)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    expect(said().length).toBe(2)
  })

  test('more calls than an engine could have under way are refused, not kept', async () => {
    const pid = engineProcesses(engine.folder)[0]!
    process.kill(pid, 'SIGSTOP')
    try {
      const calls = Array.from({ length: 30_000 }, (_, n) => cache.get(`pile:${n}`))
      const refused = calls.slice(20_000)
      const first = await Promise.race([...refused.map((call) => codeOf(call)), Bun.sleep(1000).then(() => 'none')])
      expect(first).toBe('cache_unavailable')
      const ends = await Promise.allSettled(calls)
      expect(ends.every(({ status }) => status === 'rejected')).toBe(true)
      await until('the connection to be given up', () => place.lines.some((line) => line.includes('is away')))
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await until('the cache to work', works)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    said()
  })

  test('started anew without its data and scripts, it begins anew', async () => {
    await cache.set('kept', 'x', 60)
    await cache.increment('counted', 60)
    await engine.down()
    await rm(join(engine.folder, 'data'), { recursive: true })
    await engine.up()
    await until('the cache to work', works)
    expect(await cache.get('kept')).toBeNull()
    expect(await cache.increment('counted', 60)).toBe(1)
    expect(await place.bare.pttl(`${place.prefix}counted`)).toBeGreaterThan(0)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    said()
  })

  test('full, it says so once and what to do, and serves again when there is room', async () => {
    await until('the test to be connected', () => place.bare.status === 'ready')
    await cache.set('read', 'x', 60)
    await place.bare.config('SET', 'maxmemory-policy', 'noeviction')
    await place.bare.config('SET', 'maxmemory', '1')
    try {
      for (let i = 0; i < 3; i++) {
        const err = await cache.set('full', 'x', 60).catch((thrown: unknown) => thrown)
        expect(String(err)).toContain('is full; raise its maxmemory')
        expect((err as AppError).code).toBe('cache_unavailable')
      }
      expect(await cache.get('read')).toBe('x')
    } finally {
      await place.bare.config('SET', 'maxmemory', '0')
    }
    await cache.set('full', 'x', 60)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    expect(said()).toEqual([
      expect.stringContaining('the cache is away: Redis (127.0.0.1'),
      expect.stringContaining('the cache is back'),
    ])
  })

  test('a replica that takes no writes is named, and left as soon as it is the primary again', async () => {
    const own_id = await place.bare.client('ID')
    const connections = async () => (await place.bare.call('CLIENT', 'LIST', 'TYPE', 'NORMAL')) as string
    const ours = (await connections()).match(/^id=\d+/gm)!.filter((id) => !id.endsWith(`=${own_id}`))
    await place.bare.replicaof('127.0.0.1', 1)
    const err = await cache.set('replica', 'x', 60).catch((thrown: unknown) => thrown)
    expect(String(err)).toContain('is a replica that takes no writes')
    // The name may lead to the new primary by now, which only a new connection finds.
    await until('a new connection', async () => !(await connections()).includes(`${ours[0]} `))
    await place.bare.replicaof('NO', 'ONE')
    await until('the cache to work', works)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    expect(said().length).toBe(2)
  })

  test('loading its data takes patience, not an end', async () => {
    await until('the test to be connected', () => place.bare.status === 'ready')
    await place.bare.eval(`for i = 1, 20000 do redis.call('SET', KEYS[1] .. i, 'x') end`, 1, `${place.prefix}load`)
    await engine.down()
    // 0.2 ms a key, and a look at its clients every thousand bytes.
    braked.push('--key-load-delay', '200', '--loading-process-events-interval-bytes', '1024')
    const started = engine.up()
    const told = () => cache.get('x').then(String, String)
    await until('an answer while it loads', async () => (await told()).includes('is still loading its data'))
    await started
    braked.length = 0
    await until('the cache to work', works)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    expect(said().length).toBe(2)
    await place.empty()
  })

  test('a password that was changed is a sentence in the log, not an end, and never a password', async () => {
    await until('the test to be connected', () => place.bare.status === 'ready')
    said()
    await place.bare.config('SET', 'requirepass', 'another secret')
    await place.bare.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes')
    const told = () => cache.get('x').then(String, String)
    await until('the reason', async () => (await told()).includes('WRONGPASS'))
    expect(await told()).toContain('set the right user and password in CACHE_URL')
    const password = new URL(place.url).password
    expect(place.lines.join('')).not.toContain(password)
    await place.bare.config('SET', 'requirepass', password)
    await until('the cache to work', works)
    await until('the line that says so', () => place.lines.some((line) => line.includes('is back')))
    expect(place.lines.join('')).not.toContain(password)
    expect(said().length).toBe(2)
  })
})
