/**
 * The journal role on MongoDB: a collection of the server for each of ours. A write is on disk on most members when it
 * resolves. What has expired is never found, though the server removes it in rounds of a minute; when that is, the clock
 * of whoever writes and reads decides.
 */
import { MongoBulkWriteError, MongoClient, type Collection } from 'mongodb'
import type { Log } from '../../lib/log.ts'
import { firstContact } from '../first-contact.ts'
import { createOutage } from '../outage.ts'
import { withDeadline } from '../outlast.ts'
import type { Journal, JournalDocument } from './index.ts'
import { fromStored, toStored, type Stored } from './mongodb-document.ts'
import { mongoError } from './mongodb-errors.ts'
import { ensureIndexes } from './mongodb-indexes.ts'
import { readMongoUrl } from './mongodb-url.ts'

const DEADLINE_MS = 15_000
/** Documents in one request, so that it ends well within its deadline. */
const AT_ONCE = 1_000
const DURABLE = { w: 'majority', journal: true } as const
const DUPLICATE_KEY = 11_000

export async function createMongoJournal(url: string, log: Log): Promise<Journal> {
  const { database, hosts } = readMongoUrl(url)
  const engine = `MongoDB at ${hosts}`
  const client = openMongo(url, engine, database)
  const collections = new Map<string, Promise<Collection<Stored>>>()
  const busy = new Set<Promise<unknown>>()
  const outage = createOutage({
    begins(err) {
      // Whatever comes back may be another server, or an empty one.
      collections.clear()
      log.warn({ err }, `${engine} does not do what it is asked`)
    },
    ends: () => log.info(`${engine} answers again`),
  })

  async function call<T>(make: () => Promise<T>): Promise<T> {
    const begun_at = performance.now()
    const calling = withDeadline(make(), DEADLINE_MS, engine)
    busy.add(calling)
    try {
      const result = await calling
      outage.answered(begun_at)
      return result
    } catch (err) {
      const told = mongoError(err, engine, database)
      if (told.code === 'journal_unavailable') outage.failed(begun_at, told)
      throw told
    } finally {
      busy.delete(calling)
    }
  }

  /** With its indexes, which are seen to once per process. */
  function collectionOf(name: string): Promise<Collection<Stored>> {
    const known = collections.get(name)
    if (known) return known
    const collection = client.db(database).collection<Stored>(name)
    const opening = ensureIndexes(collection).then(() => collection)
    collections.set(name, opening)
    opening.catch(() => collections.delete(name))
    return opening
  }

  try {
    await firstContact(engine, log, () => contact(client, database, engine))
  } catch (err) {
    await client.close()
    throw err
  }
  return {
    async write(name, documents, ttl_s) {
      const expires_at = new Date(Date.now() + ttl_s * 1000)
      const last = new Map(documents.map((document) => [document.id, document]))
      const stored = [...last.values()].map((document) => toStored(document, expires_at))
      for (let from = 0; from < stored.length; from += AT_ONCE)
        await call(async () => put(await collectionOf(name), stored.slice(from, from + AT_ONCE)))
    },

    async find(name, key, limit): Promise<JournalDocument[]> {
      // To MongoDB, no limit.
      if (limit <= 0) return []
      const found = client
        .db(database)
        .collection<Stored>(name)
        .find({ key, expires_at: { $gt: new Date() } })
      return (await call(() => found.sort({ at: 1, _id: 1 }).limit(limit).toArray())).map(fromStored)
    },

    async close() {
      await Promise.allSettled(busy)
      await client.close()
    },
  }
}

/** Inserts, and replaces what was there already: a document is nearly always new, and an insert costs less than half. */
async function put(collection: Collection<Stored>, documents: Stored[]): Promise<void> {
  try {
    await collection.insertMany(documents, { ordered: false, writeConcern: DURABLE })
  } catch (err) {
    const existing = duplicatesOf(err, documents)
    if (!existing) throw err
    const replacing = existing.map((document) => ({
      replaceOne: { filter: { _id: document._id }, replacement: withoutId(document), upsert: true },
    }))
    await collection.bulkWrite(replacing, { ordered: false, writeConcern: DURABLE })
  }
}

/** The documents that were not inserted, if that was only because their ids were there. */
function duplicatesOf(err: unknown, documents: Stored[]): Stored[] | null {
  if (!(err instanceof MongoBulkWriteError)) return null
  const failed = [err.writeErrors].flat()
  if (err.result.getWriteConcernError() || failed.some(({ code }) => code !== DUPLICATE_KEY)) return null
  return failed.map(({ index }) => documents[index]!)
}

function withoutId({ _id, ...rest }: Stored): Omit<Stored, '_id'> {
  return rest
}

/** Signs in, and tries the right to read: a ping needs none. */
export async function contact(client: MongoClient, database: string, engine: string): Promise<void> {
  try {
    await client.connect()
    await client.db(database).listCollections({}, { nameOnly: true, authorizedCollections: true }).toArray()
  } catch (err) {
    throw mongoError(err, engine, database)
  }
}

/** Options in the URL win over ours. Throws AppError for options that the driver does not know. */
export function openMongo(url: string, engine: string, database: string): MongoClient {
  const given = new Set([...readMongoUrl(url).options.keys()].map((name) => name.toLowerCase()))
  const ours = {
    serverSelectionTimeoutMS: 4_000,
    connectTimeoutMS: 4_000,
    maxPoolSize: 10,
    // Ends a connection whose server stands still; a socket's own timeout does not fire on Bun.
    timeoutMS: DEADLINE_MS - 1_000,
    appName: 'doca',
  }
  const options = Object.fromEntries(Object.entries(ours).filter(([name]) => !given.has(name.toLowerCase())))
  try {
    const client = new MongoClient(url, options)
    // Without a listener an error event would end the process; every call says its own.
    client.on('error', () => {})
    return client
  } catch (err) {
    throw mongoError(err, engine, database)
  }
}
