/**
 * Two advisory locks of the main database. One says that a backup, a drill or a restore
 * runs, of which there is one at a time. The
 * other is held while objects are copied: who deletes an object takes it shared for that moment, so that what the
 * snapshot of the database names is there when its turn comes. Both end with the connection of whoever dies.
 */
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import type { Objects } from '../engines/objects/objects.ts'
import { openAlone } from './connection.ts'

const BACKUP_LOCK = 4_711_010
const DELETIONS_LOCK = 4_711_011

/** Whoever deletes holds the lock for one deletion. */
const DELETIONS_WAIT = '60s'

export interface BackupLock {
  /** Keeps every deletion of objects waiting from now on. */
  holdDeletions(): Promise<void>
  releaseDeletions(): Promise<void>
}

/** Does `work` alone; throws AppError backup_running when somebody else is at it, or backup_lock_lost when we no longer were. */
export async function withBackupLock<T>(url: string, work: (lock: BackupLock) => Promise<T>): Promise<T> {
  const sql = openAlone(url, { application_name: 'doca backup lock' })
  try {
    const [{ free, backend }] = await sql<[{ free: boolean; backend: number }]>`
      select pg_try_advisory_lock(${BACKUP_LOCK}) as free, pg_backend_pid() as backend`
    if (!free)
      throw new AppError('conflict', 'backup_running', {
        en: 'A backup, a drill or a restore runs already; wait until it has ended.',
        pt: 'Um backup, uma verificação ou uma restauração já está em andamento; espere terminar.',
      })
    const stillOurs = async () => {
      const [now] = await sql<[{ backend: number }]>`select pg_backend_pid() as backend`
      if (now.backend !== backend)
        throw new AppError('unavailable', 'backup_lock_lost', 'The database went away during the backup; run it again.')
    }
    return await work({
      async holdDeletions() {
        await stillOurs()
        await sql.unsafe(`set lock_timeout = '${DELETIONS_WAIT}'`)
        await sql`select pg_advisory_lock(${DELETIONS_LOCK})`
      },
      async releaseDeletions() {
        await stillOurs()
        await sql`select pg_advisory_unlock(${DELETIONS_LOCK})`
      },
    })
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Charts are drawn again from their workbooks at any time; a drawing need not wait for a backup. */
const REMADE = 'graficos/'
const LOOK_EVERY_MS = 200

/** `objects`, whose deletions wait while a backup copies objects. */
export function waitWithDeletions(objects: Objects, sql: Sql): Objects {
  return {
    ...objects,
    async delete(key) {
      if (key.startsWith(REMADE)) return objects.delete(key)
      // Asked again and again, since a connection that waits for a lock is one that nobody else can use.
      while (!(await deletedNow(key))) await Bun.sleep(LOOK_EVERY_MS)
    },
  }

  async function deletedNow(key: string): Promise<boolean> {
    return sql.begin(async (tx) => {
      const [{ free }] = await tx<[{ free: boolean }]>`
        select pg_try_advisory_xact_lock_shared(${DELETIONS_LOCK}) as free`
      if (free) await objects.delete(key)
      return free
    })
  }
}
