import { isSuperuser, postgresVersion, serverClock } from '../../db/engines/postgres/server-facts.ts'
import { connect } from '../../db/engines/connect.ts'
import type { DbConfig } from '../../db/engines/config.ts'
import { messageOf } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'
import { failed, ok, type Finding } from './finding.ts'

/** Tokens and leases still work with this much. */
const MAX_CLOCK_DIFFERENCE_S = 5

/** What programs need; CREATEDB is for the backup's drill. */
const ROLE_ADVICE =
  'Programs need no superuser: `create role doca login createdb password …; create database doca owner doca;`, then restore ' +
  'a backup into it (`bun run restore FILE`) and name it in DATABASE_URL.'

/** Programs of an earlier build still hold the embedded server. */
const RESTART_ADVICE = 'Programs need no superuser: stop all of them once, and the next start changes it.'

/** Checks that the database is reachable, new enough, migrated, and agrees on the time. */
export async function checkDatabase(config: DbConfig): Promise<Finding> {
  const started = performance.now()
  const db = await connect({ ...config, database_wait_s: 0 }, createLog('doctor', 'silent'), ['sql']).catch(
    (thrown) => thrown,
  )
  if (db instanceof Error) return failed(messageOf(db), 'Do what it says, then run the doctor again.')
  try {
    const version = await postgresVersion(db.sql)
    const asked = performance.now()
    const difference_s = (await serverClock(db.sql)).getTime() / 1000 - Date.now() / 1000
    const latency_ms = performance.now() - asked
    const where = config.database_url ? 'DATABASE_URL' : 'embedded'
    const found = `PostgreSQL ${version}, ${where}, ready in ${(asked - started).toFixed(0)} ms, answers in ${latency_ms.toFixed(1)} ms`
    if (Math.abs(difference_s) > MAX_CLOCK_DIFFERENCE_S)
      return failed(`${found}; its clock differs by ${difference_s.toFixed(0)} s`, 'Set both clocks by NTP.')
    if (await isSuperuser(db.sql))
      return ok(`${found}; its user is a superuser`, config.database_url ? ROLE_ADVICE : RESTART_ADVICE)
    return ok(found)
  } finally {
    await db.close()
  }
}
