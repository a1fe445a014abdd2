/** The cache: get, set and increment of small texts by many callers. */
import { Redis } from 'ioredis'
import type { Sql } from 'postgres'
import type { Cache } from '../../../db/engines/cache/cache.ts'
import { createRedisCache } from '../../../db/engines/cache/redis/cache.ts'
import type { Figure } from '../main.ts'
import { andThen, type Ground } from './engines.ts'
import { inRounds, inTurns, perSecond, rate } from './timing.ts'

const CALLERS = 100
const VALUE = 'v'.repeat(200)
const KEYS = 1000

type Calls = Pick<Cache, 'get' | 'set' | 'increment'>

export async function cacheFigures({ db, log, fresh, onEngine }: Ground): Promise<Figure[]> {
  await db.sql`create unlogged table bare_cache (key text primary key, value text, expires_at timestamptz)`
  const sql = await figures('sql', 3_000, db.cache, bareSql(db.sql), 'a statement each on an unlogged table')
  const redis = await onEngine('cache on Redis', 'CACHE_URL', async (url) => {
    const cache = await createRedisCache(`${url}?prefix=${fresh}:`, { log })
    const bare = new Redis(url, { keyPrefix: `${fresh}bare:` })
    return andThen(
      () => figures('redis', 20_000, cache, bareRedis(bare), 'ioredis as it comes, MULTI for the increment'),
      async () => {
        await cache.invalidate('')
        await cache.close()
        for (const key of await bare.keys(`${fresh}*`)) await bare.unlink(key.replace(`${fresh}bare:`, ''))
        bare.disconnect()
      },
    )
  })
  return [...sql, ...redis]
}

async function figures(driver: string, count: number, ours: Calls, bare: Calls, how: string): Promise<Figure[]> {
  const work = `${count} calls, ${CALLERS} callers; bare: ${how}`
  const calls: Record<string, (side: Calls, n: number) => Promise<unknown>> = {
    set: (side, n) => side.set(`key ${n % KEYS}`, VALUE, 60),
    get: (side, n) => side.get(`key ${n % KEYS}`),
    increment: (side, n) => side.increment(`count ${n % KEYS}`, 60),
  }
  const found: Figure[] = []
  for (const [name, call] of Object.entries(calls)) {
    const timed = (side: Calls) => () => rate(count, () => inTurns(count, CALLERS, (n) => call(side, n)))
    found.push(perSecond(`cache ${name}, ${driver}`, await inRounds(timed(ours), timed(bare)), '', work))
  }
  return found
}

const bareSql = (sql: Sql): Calls => ({
  get: async (key) =>
    (await sql<{ value: string }[]>`select value from bare_cache where key = ${key} and expires_at > now()`)[0]
      ?.value ?? null,
  async set(key, value, ttl_s) {
    await sql`
      insert into bare_cache values (${key}, ${value}, now() + make_interval(secs => ${ttl_s}))
      on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at`
  },
  async increment(key, ttl_s) {
    const [row] = await sql<{ value: string }[]>`
      insert into bare_cache as e values (${key}, '1', now() + make_interval(secs => ${ttl_s}))
      on conflict (key) do update set value = (e.value::bigint + 1)::text returning value`
    return Number(row!.value)
  },
})

const bareRedis = (redis: Redis): Calls => ({
  get: (key) => redis.get(key),
  async set(key, value, ttl_s) {
    await redis.set(key, value, 'PX', ttl_s * 1000)
  },
  async increment(key, ttl_s) {
    const results = await redis
      .multi()
      .set(key, '0', 'PX', ttl_s * 1000, 'NX')
      .incr(key)
      .exec()
    return Number(results![1]![1])
  },
})
