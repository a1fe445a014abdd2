/** What Redis, or the way to it, may say no to. The shared server is only asked, never stopped. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import { readDbConfig } from '../../db/engines/config.ts'
import { createRedisCache } from '../../db/engines/cache/redis/cache.ts'
import { inspectRedis } from '../../db/engines/cache/redis/inspect.ts'
import { envReader } from '../../lib/env.ts'
import { AppError } from '../../lib/errors.ts'
import { freePort } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { changed, testRedis, type RedisForTest } from './redis-place.ts'
import { startTlsRedis, type TlsRedis } from './redis-tls.ts'

setDefaultTimeout(30_000)

const silent = pino({ level: 'silent' })
/** As a pattern of an access rule. */
const escaped = (text: string) => text.replace(/[\\*?[\]]/g, '\\$&')

test.each([
  ['redis://h/zero', 'is no number'],
  ['redis://h/-1', 'is no number'],
  ['redis://h?prefix=a&ttl=5', 'parameter "ttl"'],
  ['redis://:hunter2%@h', 'write it as %25'],
])('%s is a problem of the configuration', (url, sentence) => {
  const env = envReader({ CACHE_URL: url })
  readDbConfig(env)
  let message = ''
  try {
    env.finish()
  } catch (thrown) {
    message = String(thrown)
  }
  expect(message).toContain(sentence)
  expect(message).not.toContain('hunter2')
})

onEngine('redis', 'CACHE_URL', (url) => {
  let place: RedisForTest
  beforeAll(() => void (place = testRedis(url)))
  afterAll(() => place.close())

  async function refusal(other: string): Promise<AppError> {
    const opened = await createRedisCache(other, { log: place.log }).catch((thrown: unknown) => thrown)
    expect(opened).toBeInstanceOf(AppError)
    const inspected = await inspectRedis(other).catch((thrown: unknown) => thrown)
    expect(inspected).toBeInstanceOf(AppError)
    expect((inspected as AppError).message).toBe((opened as AppError).message)
    expect(JSON.stringify([opened, (opened as AppError).cause, inspected])).not.toContain('hunter2')
    return opened as AppError
  }

  test('a wrong password ends the start with a sentence that does not hold it', async () => {
    const err = await refusal(changed(place.url, (at) => void (at.password = 'hunter2')))
    expect(err.code).toBe('engine_refused')
    expect(err.message).toContain('set the right user and password in CACHE_URL')
    expect(err.message).not.toContain('hunter2')
    const none = await refusal(changed(place.url, (at) => void (at.password = '')))
    expect(none.message).toContain('NOAUTH')
  })

  test('a database that is not there ends the start, instead of writing into another', async () => {
    const err = await refusal(changed(place.url, (at) => void (at.pathname = '/99')))
    expect(err.code).toBe('engine_refused')
    expect(err.message).toContain('end CACHE_URL in a lower number')
  })

  test('a user who may not do all that a cache does is told which rights are missing', async () => {
    const user = `u${crypto.randomUUID()}`
    await place.bare.acl('SETUSER', user, 'on', '>hunter2', '~*', '+@all', '-scan')
    const limited = changed(place.url, (at) => Object.assign(at, { username: user, password: 'hunter2' }))
    const err = await refusal(limited)
    expect(err.message).toContain('NOPERM')
    expect(err.message).toContain('ACL SETUSER')
    // What the sentence lists is enough.
    const rights = /~PREFIX\* ([^.]*)\./.exec(err.message)![1]!.split(' ')
    await place.bare.acl('SETUSER', user, 'reset', 'on', '>hunter2', `~${escaped(place.prefix)}*`, ...rights)
    const cache = await createRedisCache(limited, { log: place.log })
    expect(await cache.increment('a', 60)).toBe(1)
    await cache.invalidate('a')
    expect(await cache.get('a')).toBeNull()
    await cache.close()
    expect((await inspectRedis(limited)).version).toBe('unknown')
    await place.bare.acl('DELUSER', user)
  })

  test('TLS to a port without it is named as that', async () => {
    const err = await refusal(place.url.replace('redis://', 'rediss://'))
    expect(err.code).toBe('engine_refused')
    expect(err.message).toContain('write redis:// in CACHE_URL')
  })

  test('a host that is not there is a warning; the cache fails fast and closes', async () => {
    for (const other of [
      changed(place.url, (at) => void (at.port = String(freePort()))),
      changed(place.url, (at) => void (at.hostname = 'nowhere.invalid')),
    ]) {
      place.lines.length = 0
      const cache = await createRedisCache(other, { log: place.log })
      expect(place.lines.length).toBe(1)
      expect(place.lines[0]).toContain('cannot be reached; the program goes on without it')
      const err = await cache.get('a').catch((thrown: unknown) => thrown)
      expect((err as AppError).code).toBe('cache_unavailable')
      await cache.close()
      expect(place.lines.length).toBe(1)
      await expect(inspectRedis(other)).rejects.toThrow('does not answer')
    }
  })

  test('inspected, it tells its version, its latency, and that it may fill up', async () => {
    const { version, latency_ms, problems } = await inspectRedis(place.url)
    expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(latency_ms).toBeGreaterThan(0)
    expect(problems.every(({ found, fix }) => found && fix)).toBe(true)
    expect((await place.bare.keys('*')).filter((key) => key.startsWith(place.prefix))).toEqual([])
  })

  test('a prefix keeps two systems apart', async () => {
    const other = testRedis(url)
    const [a, b] = await Promise.all([place, other].map(({ url: own, log }) => createRedisCache(own, { log })))
    await a!.set('k', 'a', 60)
    await b!.set('k', 'b', 60)
    await a!.invalidate('')
    expect(await a!.get('k')).toBeNull()
    expect(await b!.get('k')).toBe('b')
    await Promise.all([a!.close(), b!.close(), other.close()])
  })

  test('no key is without a time to live, not even one that somebody else left so', async () => {
    const cache = await createRedisCache(place.url, { log: place.log })
    await place.bare.set(`${place.prefix}left`, '4')
    expect(await cache.increment('left', 60)).toBe(5)
    await Promise.all(Array.from({ length: 50 }, () => cache.increment('fresh', 60)))
    for (const key of ['left', 'fresh']) expect(await place.bare.pttl(place.prefix + key)).toBeGreaterThan(0)
    await cache.close()
  })

  test('an increment of what is no number is an error about that, and the cache stays', async () => {
    const cache = await createRedisCache(place.url, { log: place.log })
    place.lines.length = 0
    await cache.set('word', 'x', 60)
    await expect(cache.increment('word', 60)).rejects.toThrow('not an integer')
    expect(await cache.get('word')).toBe('x')
    expect(place.lines).toEqual([])
    await cache.close()
  })
})

onEngine('redis', 'CACHE_URL', () => {
  let server: TlsRedis
  beforeAll(async () => void (server = await startTlsRedis()))
  afterAll(() => server.stop())

  test('over TLS it works when the certificate is trusted', async () => {
    const { exitCode, stdout, stderr } = await server.tryTrusted()
    expect([exitCode, stdout, stderr]).toEqual([0, '1\n', ''])
  })

  test('a certificate that nobody vouches for ends the start', async () => {
    await expect(createRedisCache(server.url, { log: silent })).rejects.toThrow(
      'let this machine trust the certificate',
    )
  })

  test('a port that speaks TLS only, reached without, is named as that', async () => {
    await expect(createRedisCache(server.url.replace('rediss://', 'redis://'), { log: silent })).rejects.toThrow(
      'write rediss:// in CACHE_URL',
    )
  })
})
