/**
 * The advisory lock of the main database that a backup, a drill or a restore holds, of which one runs at a time. The
 * connection that holds it also keeps deletions of objects waiting; both end with it when the process dies.
 */
import { AppError } from '../../lib/errors.ts'
import { holdDeletions, releaseDeletions } from '../engines/objects/deletion-lock.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'

const BACKUP_LOCK = 4_711_010

/** A deletion holds the lock only while it deletes. */
const DELETIONS_WAIT = '60s'

export interface BackupLock {
  /** Keeps every deletion of objects waiting from now on. */
  holdDeletions(): Promise<void>
  releaseDeletions(): Promise<void>
}

/** Does `work` alone; throws AppError backup_running when somebody else is at it, or backup_lock_lost when we no longer were. */
export async function withBackupLock<T>(url: string, work: (lock: BackupLock) => Promise<T>): Promise<T> {
  const sql = openAlone(url, 'doca backup lock')
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
        throw new AppError('unavailable', 'backup_lock_lost', {
          en: 'The database went away during the backup; run it again.',
          pt: 'O banco de dados saiu do ar durante o backup; rode-o de novo.',
        })
    }
    return await work({
      async holdDeletions() {
        await stillOurs()
        await sql.unsafe(`set lock_timeout = '${DELETIONS_WAIT}'`)
        await holdDeletions(sql)
      },
      async releaseDeletions() {
        await stillOurs()
        await releaseDeletions(sql)
      },
    })
  } finally {
    await sql.end({ timeout: 1 })
  }
}
