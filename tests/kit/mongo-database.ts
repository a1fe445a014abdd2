/** A database of a test file's own on a MongoDB server, with a client to look behind the driver's back. */
import { MongoClient } from 'mongodb'

let made = 0

/** `url` is JOURNAL_URL, with whose user the fresh database is used. */
export function freshMongo(url: string) {
  const name = `test_${process.pid}_${++made}_${Math.random().toString(36).slice(2, 8)}`
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 })
  const database = client.db(name)
  return {
    name,
    database,
    url: url.replace(/^(mongodb:\/\/[^/?]+)\/[^?]*/, `$1/${name}`),
    async drop(): Promise<void> {
      await database.dropDatabase()
      await client.close()
    },
  }
}
