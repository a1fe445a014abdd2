/**
 * Connects a program to its data. A program receives the roles it needs from here as plain objects; which engine
 * stands behind a role is decided by the configuration alone.
 */
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import { waitWithDeletions } from '../backup/locks.ts'
import { openCache } from './cache/open.ts'
import type { Cache } from './cache/cache.ts'
import type { DbConfig } from './config.ts'
import { joinEmbedded, type EmbeddedServer } from './embedded/index.ts'
import { openHistory } from './history/open.ts'
import type { History } from './history/history.ts'
import { openJournal } from './journal/open.ts'
import type { Journal } from './journal/journal.ts'
import { migrateDatabase } from './postgres/migrate.ts'
import { openObjects } from './objects/open.ts'
import type { Objects } from './objects/objects.ts'
import { openSql } from './postgres/open-sql.ts'
import { openQueue } from './queue/open.ts'
import type { Queue } from './queue/queue.ts'
import { openStream } from './stream/open.ts'
import type { Stream } from './stream/stream.ts'
import { waitForDatabase } from './postgres/wait-for-database.ts'

export { openSql }

export interface Db {
  sql: Sql
  /** Where sql is connected to, with its password: for who needs a connection of its own. */
  url: string
  cache: Cache
  history: History
  journal: Journal
  stream: Stream
  objects: Objects
  queue: Queue
  /** Closes every role, then leaves the embedded server, if that is what stands behind sql. */
  close(): Promise<void>
}

/** Opens every role. Waits `database_wait_s` for a database that is late; throws AppError that says what to do. */
export async function connect(config: DbConfig, log: Log): Promise<Db> {
  const embedded = config.database_url
    ? undefined
    : await joinEmbedded({ data_dir: config.data_dir, port: config.embedded_port, log })
  const url = config.database_url ?? embedded!.url
  try {
    if (!embedded) await waitForDatabase(url, config.database_wait_s, log)
    await migrateDatabase(url)
    const sql = openSql(url, config.database_pool)
    const roles = await openRoles(config, sql, log).catch(async (err: unknown) => {
      await sql.end({ timeout: 5 })
      throw err
    })
    return { sql, url, ...roles, close: () => close(Object.values(roles), sql, embedded) }
  } catch (err) {
    await embedded?.leave()
    throw err
  }
}

type Roles = Omit<Db, 'sql' | 'url' | 'close'>

/** All at once; when an engine refuses us, those already open are closed. */
async function openRoles(config: DbConfig, sql: Sql, log: Log): Promise<Roles> {
  const opening = {
    cache: openCache({ url: config.cache_url, sql, log }),
    history: openHistory({ url: config.history_url, sql, log }),
    journal: openJournal({ url: config.journal_url, sql, log }),
    stream: openStream({ url: config.stream_url, sql, log, lease_ms: config.stream_lease_s * 1000 }),
    objects: openObjects({ url: config.objects_url, data_dir: config.data_dir, log }),
    queue: openQueue({ url: config.queue_url, sql, log }),
  }
  const outcomes = await Promise.allSettled(Object.values(opening))
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  if (refusals.length > 0) {
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.close()
    throw refusals.length === 1 ? refusals[0] : new AggregateError(refusals)
  }
  return {
    cache: await opening.cache,
    history: await opening.history,
    journal: await opening.journal,
    stream: await opening.stream,
    objects: waitWithDeletions(await opening.objects, sql),
    queue: await opening.queue,
  }
}

async function close(roles: Array<{ close(): Promise<void> }>, sql: Sql, embedded: EmbeddedServer | undefined) {
  const closed = await Promise.allSettled(roles.map((role) => role.close()))
  await sql.end({ timeout: 5 })
  await embedded?.leave()
  const failed = closed.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (failed.length > 0) throw new AggregateError(failed)
}
