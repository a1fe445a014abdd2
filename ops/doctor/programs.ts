import type { Sql } from 'postgres'
import { pageOf, pausedSources, readConsumerState } from '../../db/dead-letters/storms.ts'
import { connect } from '../../db/engines/connect.ts'
import type { DbConfig } from '../../db/engines/config.ts'
import { readPrograms } from '../../db/monitoring/programs.ts'
import { createLog } from '../../lib/log.ts'
import { failed, ok, type Finding } from './finding.ts'

/** Checks that no program that is at work, or should be, is silent, and that no consumer waits for a decision. */
export async function checkPrograms(config: DbConfig): Promise<Finding> {
  const db = await connect({ ...config, database_wait_s: 0 }, createLog('doctor', 'silent'), ['sql']).catch(() => null)
  if (!db) return ok('not checked, without a database')
  const [found, paused] = await Promise.all([readPrograms(db.sql), readPaused(db.sql)]).finally(db.close)
  const silent = found.filter((one) => one.silent)
  const atWork = [...new Set(found.filter((one) => !one.silent).map(({ program }) => program))]
  const well = atWork.length > 0 ? `${atWork.join(', ')} at work` : 'none at work'
  const [storm] = paused
  if (silent.length === 0 && storm)
    return failed(
      `the consumer of ${storm.source} is paused since ${storm.since!.toISOString()}, since ${storm.failed} of ${storm.of} messages ` +
        `failed with ${storm.reason}; ${well}`,
      `Correct the cause and choose "try again" at ${pageOf(storm.source)}, or "dead-letter them" (POST /${storm.source}/consumer/resume).`,
    )
  if (silent.length === 0) return ok(well)
  const list = silent.map(
    ({ program, pid, host, seen_ago_s }) =>
      `${program} (process ${pid} on ${host}) silent for ${Math.round(seen_ago_s)} s`,
  )
  return failed(
    `${list.join(', ')}; ${well}`,
    'Look at its log; end it by its process id, and start it again (`bun run up` does so by itself).',
  )
}

async function readPaused(sql: Sql) {
  const paused = await pausedSources(sql)
  return Promise.all(paused.map(async ({ source }) => ({ source, ...(await readConsumerState(sql, source)) })))
}
