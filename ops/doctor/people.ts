/** Checks the table of people where it is one of sql: that it can be written, or made. */
import { connect } from '../../db/engines/connect.ts'
import type { DbConfig } from '../../db/engines/config.ts'
import { recordRights } from '../../db/engines/history/sql/inspect-records.ts'
import type { PeopleConfig } from '../../db/people/config.ts'
import { createLog } from '../../lib/log.ts'
import { failed, ok, type Finding } from './finding.ts'

interface Config {
  db: DbConfig
  people: PeopleConfig
}

/** On an engine of its own the check of the history tries it. */
export const peopleChecks = (config: Config): Array<[string, () => Promise<Finding>]> =>
  config.db.history_url === undefined ? [['people', () => checkPeople(config)]] : []

async function checkPeople({ db: config, people: { table } }: Config): Promise<Finding> {
  const db = await connect({ ...config, database_wait_s: 0 }, createLog('doctor', 'silent'), ['sql']).catch(() => null)
  if (!db) return ok('not checked, without a database')
  const { place, is_there, missing } = await recordRights(db.sql, table).finally(db.close)
  if (missing === null) return ok(is_there ? `in ${place}` : `in ${place}, which the first person makes`)
  return failed(
    `the user of the database may not write people: ${missing.found}`,
    `Run, as the owner or a superuser: ${missing.fix};`,
  )
}
