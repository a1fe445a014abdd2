/** Inspects the MongoDB behind the journal, for `bun run doctor`. */
import type { MongoClient } from 'mongodb'
import type { Inspection } from '../../inspection.ts'
import { withDeadline } from '../../../../lib/retry.ts'
import { enterMongo, openMongo } from './client.ts'
import { mongoError } from './errors.ts'
import { engineName, readMongoUrl } from './url.ts'

const DEADLINE_MS = 10_000
/** Expiry goes by the programs' clocks, removal by the server's. */
const MAX_SKEW_MS = 5_000

/** Throws AppError when we cannot get in, or may not do what a journal does. */
export async function inspectMongo(url: string): Promise<Inspection> {
  const { hosts, database } = readMongoUrl(url)
  const client = openMongo(url)
  const work = async () => {
    await enterMongo(client, url)
    await tryRights(client, database)
    return inspect(client, database)
  }
  try {
    return await withDeadline(work(), DEADLINE_MS, engineName(hosts))
  } catch (err) {
    throw mongoError(err, engineName(hosts), database)
  } finally {
    await client.close()
  }
}

async function tryRights(client: MongoClient, database: string): Promise<void> {
  const scratch = client.db(database).collection<{ _id: string }>(`doca_scratch_${crypto.randomUUID()}`)
  await scratch.createIndex({ expires_at: 1 }, { expireAfterSeconds: 0 })
  await scratch.insertOne({ _id: 'x' }, { writeConcern: { w: 'majority', journal: true } })
  await scratch.findOne({ _id: 'x' })
  await scratch.deleteOne({ _id: 'x' })
  await scratch.drop()
}

async function inspect(client: MongoClient, database: string): Promise<Inspection> {
  const db = client.db(database)
  const { version } = await db.command({ buildInfo: 1 })
  const asked = performance.now()
  const asked_at = Date.now()
  const { localTime } = await db.command({ hello: 1 })
  const took_ms = performance.now() - asked
  const skew_ms = (localTime as Date).getTime() - asked_at - took_ms / 2
  const problems: Inspection['problems'] = []
  if (Math.abs(skew_ms) > MAX_SKEW_MS)
    problems.push({
      found: `its clock is ${Math.round(Math.abs(skew_ms) / 1000)} s ${skew_ms > 0 ? 'ahead of' : 'behind'} ours`,
      fix: 'set both clocks by NTP: journal documents expire by ours and are removed by its own.',
    })
  return { version: String(version), latency_ms: Math.round(took_ms * 100) / 100, problems }
}
