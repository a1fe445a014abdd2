/** Inspects the Redis behind the cache, for `bun run doctor`. */
import type { Redis } from 'ioredis'
import { messageOf } from '../../../../lib/errors.ts'
import type { Inspection } from '../../inspection.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { tryRights } from './commands.ts'
import { redisClient } from './connection.ts'
import { refusalOf, tlsMismatch, unavailable } from './errors.ts'
import { nameOf, readRedisUrl } from './url.ts'

const DEADLINE_MS = 3_000
/** The first with everything that we use; older ones get no repairs. */
const OLDEST = 6

/** Throws AppError when we cannot get in, or may not do what a cache does. */
export async function inspectRedis(url: string): Promise<Inspection> {
  const endpoint = readRedisUrl(url)
  const redis = redisClient(endpoint, DEADLINE_MS)
  let last_error: unknown = null
  redis.on('error', (err) => (last_error = err))
  const work = async () => {
    await redis.connect().catch((err: unknown) => {
      throw last_error ?? err
    })
    await tryRights(redis, endpoint.prefix)
    if (last_error !== null) throw last_error
    const asked = performance.now()
    await redis.get(`${endpoint.prefix}doca-scratch`)
    const latency_ms = Math.round((performance.now() - asked) * 100) / 100
    return { latency_ms, ...(await readInfo(redis)) }
  }
  try {
    return await withDeadline(work(), DEADLINE_MS, nameOf(endpoint))
  } catch (err) {
    throw (
      refusalOf(endpoint, err) ??
      (redis.status === 'ready' ? undefined : await tlsMismatch(endpoint)) ??
      unavailable(endpoint, err)
    )
  } finally {
    redis.disconnect()
  }
}

async function readInfo(redis: Redis): Promise<{ version: string; problems: Inspection['problems'] }> {
  // A user who may not ask INFO can use the cache all the same.
  const info = await redis.info().catch((err: unknown) => messageOf(err))
  const fact = (name: string) => new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1]
  const version = fact('redis_version') ?? 'unknown'
  const problems: Inspection['problems'] = []
  if (Number.parseInt(version, 10) < OLDEST)
    problems.push({ found: `it is version ${version}`, fix: `use Redis ${OLDEST} or later.` })
  if (fact('maxmemory') === '0')
    problems.push({
      found: 'it may grow until the machine has no memory left',
      fix: 'set maxmemory, and maxmemory-policy volatile-lru.',
    })
  else if (fact('maxmemory_policy') === 'noeviction')
    problems.push({
      found: 'it takes no more writes when it is full (maxmemory-policy noeviction)',
      fix: 'set maxmemory-policy volatile-lru: every key of ours may go.',
    })
  return { version, problems }
}
