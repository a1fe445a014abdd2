/**
 * The facts of items, kept in memory while the catalogue stays as it is. Every write of the catalogue moves its epoch in its own
 * transaction (see list-cache.ts), and each question reads the epoch with the items that are not in memory, in one statement: so
 * what it answers is the catalogue as it was then, whichever process wrote.
 */
import { LRUCache } from 'lru-cache'
import type { Sql } from 'postgres'
import { packagingBySku, type PackagingFacts } from './packaging.ts'

const MAX_KEPT = 10_000

/** The known ones of these skus. */
export type ReadFacts = (skus: string[]) => Promise<Map<string, PackagingFacts>>

export function cachePackagingFacts(sql: Sql): ReadFacts {
  const kept = new LRUCache<string, PackagingFacts>({ max: MAX_KEPT })
  let kept_epoch = -1

  return async (skus) => {
    const found = new Map<string, PackagingFacts>()
    const epoch_then = kept_epoch
    for (const sku of skus) {
      const facts = kept.get(sku)
      if (facts) found.set(sku, facts)
    }
    const missing = skus.filter((sku) => !found.has(sku))
    const read = await packagingBySku(sql, missing)
    if (read.epoch === epoch_then) return keep(read, found)
    // What was found is of another catalogue.
    const whole = found.size === 0 ? read : await packagingBySku(sql, skus)
    return keep(whole, new Map())
  }

  /** Another batch may have read a newer catalogue meanwhile, which stays in memory then. */
  function keep({ epoch, items }: Awaited<ReturnType<typeof packagingBySku>>, found: Map<string, PackagingFacts>) {
    if (epoch > kept_epoch) {
      kept.clear()
      kept_epoch = epoch
    }
    for (const [sku, facts] of items) {
      found.set(sku, facts)
      if (epoch === kept_epoch) kept.set(sku, facts)
    }
    return found
  }
}
