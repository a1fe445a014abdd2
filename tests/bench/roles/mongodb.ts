/** The mongodb package by itself, with the same promises as the journal role. */
import { MongoClient } from 'mongodb'
import type { JournalSide } from './journal.ts'

interface Stored {
  _id: string
  key: string
  at: Date
  data: Record<string, unknown>
  expires_at: Date
}

/** Works in the database that the URL names, and removes it when it is closed. */
export async function bareMongodb(url: string): Promise<JournalSide & { close(): Promise<void> }> {
  const client = await new MongoClient(url).connect()
  const collection = client.db().collection<Stored>('bare')
  await collection.createIndex({ key: 1, at: 1 })
  await collection.createIndex({ expires_at: 1 }, { expireAfterSeconds: 0 })
  return {
    write(documents, ttl_s) {
      const expires_at = new Date(Date.now() + ttl_s * 1000)
      const writes = documents.map(({ id, key, at, data }) => ({
        replaceOne: { filter: { _id: id }, replacement: { key, at, data, expires_at }, upsert: true },
      }))
      return collection.bulkWrite(writes, { ordered: false })
    },
    find: (key, limit) =>
      collection
        .find({ key, expires_at: { $gt: new Date() } })
        .sort({ at: 1, _id: 1 })
        .limit(limit)
        .toArray(),
    async close() {
      await client.db().dropDatabase()
      await client.close()
    },
  }
}
