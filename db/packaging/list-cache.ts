/**
 * Pages of the catalogue, kept in the cache role and in memory. The key carries the catalogue's epoch, which every write
 * moves in its own transaction: a reader that asks after a write was acknowledged sees the new epoch and cannot find an
 * older page, whichever process wrote, and whether the cache died, was emptied or missed something in between. So nothing
 * has to be invalidated, and a page of an old epoch only waits for its time to live to end. Readers that ask for the same at
 * the same time get one answer: the epoch is read after they asked, and the page after the epoch.
 */
import type { Sql } from 'postgres'
import { batchReads } from '../../lib/batch-reads.ts'
import type { Cache } from '../engines/cache/cache.ts'
import { packagingEpoch } from './packaging.ts'
import { createPagesInMemory, type Page } from './pages-in-memory.ts'

const TTL_S = 60

/** `read` with the cache before it; gives its text as UTF-8, ready to be sent. */
export function withListCache<Query extends object>(
  read: (query: Query) => Promise<string>,
  { sql, cache }: { sql: Sql; cache: Cache },
) {
  const epochNow = batchReads(() => packagingEpoch(sql))
  const memory = createPagesInMemory(TTL_S * 1000)

  async function find(query: Query, epoch: number, question: string): Promise<Page> {
    const key = `packaging:${epoch}:${new Bun.CryptoHasher('sha256').update(question).digest('base64url')}`
    const kept = await cache.get(key).catch(withoutCache)
    if (kept != null) return encoder.encode(kept)
    const page = await read(query)
    cache.set(key, page, TTL_S).catch(withoutCache)
    return encoder.encode(page)
  }

  return async (query: Query): Promise<Page> => {
    // First of all: what is read after it is at least as new.
    const epoch = await epochNow(undefined)
    const question = questionOf(query)
    return memory(epoch, question, () => find(query, epoch, question))
  }
}

/** A cache that is away reports it itself. */
const withoutCache = () => null

const encoder = new TextEncoder()

/** The same for the same question, in whatever order it was asked. */
const questionOf = (query: object) => JSON.stringify(Object.entries(query).toSorted(([a], [b]) => (a < b ? -1 : 1)))
