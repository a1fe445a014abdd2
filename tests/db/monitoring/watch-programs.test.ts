/** Programs that watch each other: who is silent, who only was stopped or replaced, and who tells it when jobs cannot. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readAlertsConfig } from '../../../db/alerts/delivery/config.ts'
import { observeSilentJobs } from '../../../db/jobs/observe-silent.ts'
import { registerJobs } from '../../../db/jobs/jobs.ts'
import { observePrograms } from '../../../db/monitoring/observe-programs.ts'
import { readPrograms, recordBeat, thisProcess, type ProgramName } from '../../../db/monitoring/programs.ts'
import { watchPrograms, type ProgramWatch } from '../../../db/monitoring/watch-programs.ts'
import { envReader } from '../../../lib/env.ts'
import { createLog } from '../../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { jobsOf } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let data_dir: string
const watches: ProgramWatch[] = []
beforeAll(async () => {
  database = await testDatabase()
  data_dir = temporaryFolder()
})
afterAll(() => database.close())
beforeEach(async () => void (await database.sql`truncate programs, alerts, alert_notifications, alert_channels`))
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop()
})

const log = createLog('test', 'silent')

function watchOf(program: ProgramName): ProgramWatch {
  const alerts = readAlertsConfig(envReader({}), { data_dir, database_url: undefined })
  const watch = watchPrograms(program, database.sql, { alerts, locale: 'en', log })
  watches.push(watch)
  return watch
}

/** A process that began and was last heard of so many seconds ago. */
async function processSeen(
  program: ProgramName,
  seen_ago_s: number,
  { host = hostname(), began_ago_s = 30 * 86_400 } = {},
) {
  const me = { ...thisProcess(program), host }
  await recordBeat(database.sql, me)
  await database.sql`
    update programs set seen_at = now() - make_interval(secs => ${seen_ago_s}),
      started_at = now() - make_interval(secs => ${began_ago_s}) where instance = ${me.instance}`
  return me
}

const states = async () =>
  (await readPrograms(database.sql)).map(({ program, silent }) => `${program} ${silent ? 'silent' : 'at work'}`)
const alerts = async () =>
  (await database.sql<{ it: string }[]>`select concat_ws(' ', rule, subject, state) as it from alerts order by id`).map(
    ({ it }) => it,
  )

test('a process whose heartbeats stop is silent; one that was started again since is not', async () => {
  await processSeen('api', 5)
  const dead = await processSeen('jobs', 60)
  expect(await states()).toEqual(['api at work', 'jobs silent'])
  await observePrograms(database.sql)
  expect(await alerts()).toEqual([`PROGRAM_SILENT jobs@${hostname()} firing`])
  await processSeen('jobs', 2, { began_ago_s: 20 })
  expect(await states()).toEqual(['api at work', 'jobs at work'])
  await observePrograms(database.sql)
  expect(await alerts()).toEqual([`PROGRAM_SILENT jobs@${hostname()} resolved`])
  expect(await database.sql`select from programs where instance = ${dead.instance}`).toHaveLength(0)
})

test('a program that ended unasked and was started again before it was silent is told once', async () => {
  await processSeen('jobs', 40)
  await processSeen('jobs', 1, { began_ago_s: 20 })
  expect(await states()).toEqual(['jobs at work'])
  await Promise.all([observePrograms(database.sql), observePrograms(database.sql)])
  const rows = await database.sql`select state, failures, detail ->> 'en' as en from alerts`
  expect([...rows]).toEqual([
    {
      state: 'resolved',
      failures: 1,
      en: expect.stringMatching(/^jobs .* started again 20 s after its last heartbeat\.$/),
    },
  ])
})

test('a replica that died beside one that goes on is silent for an hour, then forgotten; the last one for a week', async () => {
  await processSeen('jobs', 1800, { host: 'elsewhere' })
  await processSeen('charts', 3700)
  await processSeen('jobs', 1)
  await observePrograms(database.sql)
  expect(await states()).toEqual(['charts silent', 'jobs silent', 'jobs at work'])
  await database.sql`update programs set seen_at = now() - interval '61 minutes' where host = 'elsewhere'`
  await observePrograms(database.sql)
  expect(await states()).toEqual(['charts silent', 'jobs at work'])
  await database.sql`update programs set seen_at = now() - interval '8 days' where program = 'charts'`
  await observePrograms(database.sql)
  expect(await states()).toEqual(['jobs at work'])
})

test('a heartbeat that the clock left hours ahead is that of a silent process', async () => {
  await processSeen('jobs', -7200)
  expect(await states()).toEqual(['jobs silent'])
})

test('a program that was stopped leaves nothing behind', async () => {
  const watch = watchOf('consumers')
  watch.beat()
  await until('its heartbeat', async () => (await states()).length === 1)
  await watch.stop()
  watch.beat()
  watch.beat()
  expect(await states()).toEqual([])
})

test('a program is no witness before it has sent some heartbeats in a row', async () => {
  await processSeen('charts', 60)
  const watch = watchOf('api')
  watch.beat()
  await until('its heartbeat', async () => (await states()).includes('api at work'))
  // The machine slept, or the database was away.
  await database.sql`update programs set seen_at = now() - interval '1 minute' where program = 'api'`
  watch.beat()
  watch.beat()
  await until('its next heartbeat', async () => (await states()).includes('api at work'))
  expect(await alerts()).toEqual([])
  await until('it to tell', async () => {
    watch.beat()
    return (await alerts()).length === 1
  })
})

test('while jobs is silent another program delivers its alert, and leaves that to jobs again', async () => {
  const mine = await processSeen('jobs', 60)
  const watch = watchOf('charts')
  const told = () => readFile(join(data_dir, 'alerts.log'), 'utf8').catch(() => '')
  await until('the message', async () => {
    watch.beat()
    return /PROGRAM_SILENT.*jobs@/.test(await told())
  })
  // Its outbox ends with the silence: what is due now waits for jobs.
  await until('the end of the silence', async () => {
    await recordBeat(database.sql, mine)
    watch.beat()
    return (await alerts()).some((one) => one.endsWith('resolved'))
  })
})

test('a job whose times pass without any slot is silent, and no longer once somebody records them', async () => {
  const { sql } = database
  const [minutely, paused, child] = ['minutely', 'paused', 'child'] as const
  await registerJobs(sql, [
    ...jobsOf(
      { name: minutely, schedule: '* * * * *', run: () => {} },
      { name: paused, schedule: '* * * * *', run: () => {} },
      { name: 'daily', schedule: '@daily', run: () => {} },
      { name: child, after: minutely, run: () => {} },
    ).values(),
  ])
  await observeSilentJobs(sql)
  expect(await alerts()).toEqual([])
  await sql`update jobs set scheduled_until = now() - interval '10 minutes' where name = any(${[minutely, paused, child]})`
  await sql`update jobs set paused_at = now() where name = ${paused}`
  await observeSilentJobs(sql)
  await observeSilentJobs(sql)
  expect(await alerts()).toEqual(['JOB_SILENT minutely firing'])
  await sql`update jobs set scheduled_until = now() where name = ${minutely}`
  await observeSilentJobs(sql)
  expect(await alerts()).toEqual(['JOB_SILENT minutely resolved'])
})
