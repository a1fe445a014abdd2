/**
 * Deletions wait while a backup copies every object, so that what the snapshot of the database names is there when its
 * turn comes. The copy holds an advisory lock of the main database; a deletion takes it shared for its moment. The lock
 * ends with the connection of a process that dies.
 */
import type { Sql } from 'postgres'
import type { Objects } from './objects.ts'

const DELETIONS_LOCK = 4_711_011
const ASK_EVERY_MS = 200

/** Keeps every deletion waiting from now on. `connection` is one connection, whose lock_timeout bounds the wait for deletions under way. */
export async function holdDeletions(connection: Sql): Promise<void> {
  await connection`select pg_advisory_lock(${DELETIONS_LOCK})`
}

export async function releaseDeletions(connection: Sql): Promise<void> {
  await connection`select pg_advisory_unlock(${DELETIONS_LOCK})`
}

/** `objects`, whose deletions wait for a copy under way; `sql` is the main database. */
export function waitForCopies(objects: Objects, sql: Sql): Objects {
  return {
    ...objects,
    async delete(key, options) {
      if (options?.at_once) return objects.delete(key)
      // Polled, since a connection that waits for a lock is lost to everybody else.
      while (!(await deletedNow(key))) await Bun.sleep(ASK_EVERY_MS)
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
