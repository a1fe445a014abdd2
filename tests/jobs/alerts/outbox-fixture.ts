/** Outboxes of replicas on one database for a test file, and webhooks that take their messages; each test ends its own. */
import { afterAll, afterEach, beforeAll } from 'bun:test'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import type { Channel } from '../../../db/alerts/delivery/channel.ts'
import { startOutbox } from '../../../db/alerts/delivery/outbox.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { silent } from '../../kit/replica.ts'
import { startHook, type Hook } from '../../kit/alert-servers.ts'

export function outboxFixture() {
  let database: TestDatabase
  const cleanUps: Array<() => unknown> = []
  beforeAll(async () => void (database = await testDatabase()))
  afterAll(() => database.close())
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
    await database.sql`truncate alerts, alert_notifications, alert_channels`
  })

  return {
    get sql() {
      return database.sql
    },
    /** Runs at the end of the test; the last one first. */
    afterTest: (cleanUp: () => unknown) => void cleanUps.push(cleanUp),
    hook(): Hook {
      const started = startHook()
      cleanUps.push(started.stop)
      return started
    },
    /** A replica's outbox, with connections of its own. */
    async outbox(...channels: Channel[]) {
      const sql = openSql(database.url, 2)
      const started = await startOutbox(sql, channels, { log: silent, locale: 'en' })
      cleanUps.push(async () => {
        await started.stop()
        await sql.end()
      })
      return started
    },
  }
}
