/** The indexes of a journal collection: one to find by key, one by which the server removes what has expired. */
import type { Collection } from 'mongodb'
import { isIndexConflict } from './errors.ts'
import type { Stored } from './document.ts'

const TTL_KEY = { expires_at: 1 } as const

/** Makes what is missing, and changes a TTL index that has other options. */
export async function ensureIndexes(collection: Collection<Stored>): Promise<void> {
  await collection.createIndex({ key: 1, at: 1, _id: 1 })
  await collection.createIndex(TTL_KEY, { expireAfterSeconds: 0 }).catch(async (err: unknown) => {
    if (!isIndexConflict(err)) throw err
    const indexes = await collection.listIndexes().toArray()
    const other = indexes.find(({ key }) => JSON.stringify(key) === JSON.stringify(TTL_KEY))
    // Until the new one is there, expired documents stay; no read finds them.
    if (other) await collection.dropIndex(other.name as string)
    await collection.createIndex(TTL_KEY, { expireAfterSeconds: 0 })
  })
}
