/**
 * The journal role on MongoDB: a collection of the server for each of ours. A write is on disk on most members when it
 * resolves. What has expired is never found, though the server removes it in rounds of a minute; when that is, the clock
 * of the program that writes and reads decides.
 */
import { MongoBulkWriteError, type Collection } from 'mongodb'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { initialConnection } from '../../initial-connection.ts'
import { createOutage } from '../../../../lib/outage.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import type { Journal, JournalDocument } from '../journal.ts'
import { fromStored, toStored, type Stored } from './document.ts'
import { enterMongo, openMongo } from './client.ts'
import { mongoError } from './errors.ts'
import { ensureIndexes } from './indexes.ts'
import { engineName, readMongoUrl } from './url.ts'

const DEADLINE_MS = 15_000
/** Documents in one request, so that it ends well within its deadline. */
const AT_ONCE = 500
const DURABLE = { w: 'majority', journal: true } as const
const DUPLICATE_KEY = 11_000

export async function createMongoJournal(url: string, log: Log): Promise<Journal> {
  const { database, hosts } = readMongoUrl(url)
  const engine = engineName(hosts)
  const client = openMongo(url)
  const collections = new Map<string, Promise<Collection<Stored>>>()
  const busy = new Set<Promise<unknown>>()
  const outage = createOutage(log, `${engine} does not do what it is asked`, `${engine} answers again`)

  let closed = false
  async function call<T>(make: () => Promise<T>): Promise<T> {
    if (closed)
      throw new AppError('unavailable', 'journal_closed', {
        en: 'The journal is closed: the program is ending.',
        pt: 'O journal está fechado: o programa está terminando.',
      })
    const begun_at = performance.now()
    // The driver does not connect again by itself when it never was connected.
    const calling = withDeadline(client.connect().then(make), DEADLINE_MS, engine)
    busy.add(calling)
    try {
      const result = await calling
      outage.answered(begun_at)
      return result
    } catch (err) {
      const error = mongoError(err, engine, database)
      // The server that comes back may be another one, or empty.
      if (error.code === 'journal_unavailable' && outage.failed(error, begun_at)) collections.clear()
      throw error
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
    await initialConnection(engine, log, () => enterMongo(client, url))
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
      closed = true
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

/** The documents that were not inserted, if that was only because their ids were there, and the others all were. */
function duplicatesOf(err: unknown, documents: Stored[]): Stored[] | null {
  if (!(err instanceof MongoBulkWriteError)) return null
  const failed = [err.writeErrors].flat()
  // A lost connection comes as the same error, and names no document.
  if (failed.length + err.insertedCount !== documents.length) return null
  if (err.result.getWriteConcernError() || failed.some(({ code }) => code !== DUPLICATE_KEY)) return null
  return failed.map(({ index }) => documents[index]!)
}

function withoutId({ _id, ...rest }: Stored): Omit<Stored, '_id'> {
  return rest
}
