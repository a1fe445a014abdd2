/**
 * Items that are created at the same time go in one statement: one commit, one write of the log to disk and one step of
 * the epoch for all of them. Each is told its own outcome: a sku that is taken, or comes twice in one statement, costs the
 * others nothing, and whatever else PostgreSQL refuses is tried again one by one.
 */
import postgres, { type Sql } from 'postgres'
import { batchReads } from '../../lib/batch-reads.ts'
import { insertPackaging, insertSeveral, type NewPackaging, type PackagingItem } from './packaging.ts'

type Outcome = PromiseSettledResult<PackagingItem | undefined>

/** Returns `create`: undefined when another item has the sku. Resolves when the item is committed. */
export function batchCreates(sql: Sql): (item: NewPackaging) => Promise<PackagingItem | undefined> {
  const add = batchReads((items: NewPackaging[]) => insertAll(sql, items))
  return async (item) => {
    const outcome = (await add(item)).get(item)!
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }
}

async function insertAll(sql: Sql, items: NewPackaging[]): Promise<Map<NewPackaging, Outcome>> {
  if (items.length === 1) return oneByOne(sql, items)
  try {
    const made = await insertSeveral(sql, items)
    return new Map(items.map((item) => [item, { status: 'fulfilled', value: made.get(item.id) }]))
  } catch (thrown) {
    // Where the connection broke, nobody knows whether it was committed.
    if (thrown instanceof postgres.PostgresError && thrown.severity === 'ERROR') return oneByOne(sql, items)
    throw thrown
  }
}

async function oneByOne(sql: Sql, items: NewPackaging[]): Promise<Map<NewPackaging, Outcome>> {
  const outcomes = await Promise.allSettled(items.map((item) => insertPackaging(sql, item)))
  return new Map(items.map((item, n) => [item, outcomes[n]!]))
}
