/** Connects a program to its data: to the database, and to the engines of the roles that it names, and to no other. */
import type { Log } from '../../lib/log.ts'
import { closeToOthers } from '../../lib/private-folder.ts'
import { NO_WATCH } from '../../lib/watch.ts'
import type { DbConfig } from './config.ts'
import { joinEmbedded } from './embedded/index.ts'
import { migrateDatabase } from './postgres/migrate.ts'
import { openSql } from './postgres/open-sql.ts'
import { waitForDatabase } from './postgres/wait-for-database.ts'
import { closeAll, lazyRoles, openRoles, type LazyRole, type RoleName, type Roles } from './roles.ts'
import { watchPool, watchRoles } from './watch.ts'

/** The roles that a program named, as plain objects; all of them unless it says which. */
export type Db<N extends RoleName = RoleName> = Pick<Roles, N> & {
  /** Where sql is connected to, with its password: for a connection of one's own. */
  url: string
  /** Closes every role, then leaves the embedded server, if that is what stands behind sql. */
  close(): Promise<void>
}

/** What programs make in the data folder. */
const OURS = /^(objects|postgres|secrets|backups|drill|alerts|engines)($|\.)/

/**
 * Opens the roles `names`; those of `lazy` are opened by their first call. Waits `database_wait_s` for a database that is
 * late, and migrates it; what an earlier build left open in the data folder is closed. Both are watched as `watch` says. Throws AppError, which says what to do, when the database or an engine of `names` refuses us.
 */
export async function connect<N extends RoleName, L extends LazyRole = never>(
  config: DbConfig,
  log: Log,
  names: readonly N[],
  lazy: readonly L[] = [],
  watch = NO_WATCH,
): Promise<Db<N | L>> {
  closeToOthers(config.data_dir, (name) => OURS.test(name))
  const embedded = config.database_url
    ? undefined
    : await joinEmbedded({ data_dir: config.data_dir, port: config.embedded_port, wal: config.wal, log })
  const url = config.database_url ?? embedded!.url
  try {
    if (!embedded) await waitForDatabase(url, config.database_wait_s, log)
    await migrateDatabase(url)
    const sql = openSql(url, config.database_pool, config, watch)
    watchPool(sql, watch)
    const parts = { config, sql: () => sql, log: () => log }
    const opened = await openRoles(names, parts).catch(async (err: unknown) => {
      await sql.end({ timeout: 5 })
      throw err
    })
    const later = lazyRoles(lazy, parts)
    const close = async () => {
      try {
        await closeAll([opened, later])
      } finally {
        await sql.end({ timeout: 5 })
        await embedded?.leave()
      }
    }
    const roles = watchRoles({ ...opened.roles, ...later.roles } as Pick<Roles, N | L>, config, watch)
    return { ...roles, url, close }
  } catch (err) {
    await embedded?.leave()
    throw err
  }
}
