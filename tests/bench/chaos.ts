/**
 * The chaos of tests/jobs/chaos.slow.test.ts for minutes, with the lease that is the default and a clock that jumps: what must be 0,
 * and how soon work goes on.
 */
import { migrateDatabase } from '../../db/engines/postgres/migrate.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { leaveTestServer, testDatabase } from '../kit/database.ts'
import { fakeTime, startPostgresWithClock } from '../kit/fake-clock.ts'
import { killLeftPrograms } from '../kit/program.ts'
import { removeTemporaryFolders, temporaryFolder } from '../kit/temporary-folder.ts'
import { runChaos } from '../jobs/chaos/run-chaos.ts'
import type { Figure } from './main.ts'

const JOBS = 50
const LEASE_S = 15

export async function bench(_part: string | undefined, seconds = 300): Promise<Figure[]> {
  const database = await serverWithClock()
  try {
    const say = (line: string) => void process.stderr.write(`${line}\n`)
    const seed = Math.floor(Math.random() * 2 ** 31)
    say(`seed ${seed}`)
    const found = await runChaos(database, {
      jobs: JOBS,
      seconds,
      blows_of_each: 2,
      lease_s: LEASE_S,
      seed,
      clock: database.clock,
      say,
    })
    say(JSON.stringify(found, null, 2))
    const { kills, freezes, jumps, hit, slots, runs, attempts } = found
    const work = `3 replicas, ${JOBS} jobs a second for ${seconds} s or more, ${kills} killed and ${freezes} frozen with ${hit} attempts under way, two versions of the files, ${jumps} jumps of the database's clock`
    const none = (figure: string, value: number, of: string) => row(figure, value, of, '0', work)
    return [
      none('slots with two runs', found.slots_with_two_runs, `of ${slots}`),
      none('attempts started twice', found.attempts_started_twice, `of ${attempts}`),
      none('slots unaccounted for', found.slots_unaccounted, `of ${slots}`),
      none('books that contradict themselves or the jobs', found.contradictions, `of ${runs} runs`),
      none('results of an attempt that no longer counted', found.results_of_stale_attempts, `of ${runs} runs`),
      none('retries before their time', found.retries_too_early, `of ${attempts}`),
      none('runs of a dead worker not taken up', found.not_taken_up, `of ${hit}`),
      row('taken up after, the longest', found.taken_up_within_s, 's', '<= 30', `a lease of ${LEASE_S} s, the default`),
    ]
  } finally {
    await killLeftPrograms()
    await database.close()
    await leaveTestServer()
  }
}

const row = (figure: string, value: number, unit: string, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 100) / 100,
  unit,
  target,
  work,
})

/** Without faketime the clock stays as it is, which the table says. */
async function serverWithClock() {
  if (!fakeTime) return { ...(await testDatabase()), clock: undefined }
  const server = await startPostgresWithClock(temporaryFolder())
  await migrateDatabase(server.url)
  const sql = openSql(server.url, 4, { statement_timeout_s: 60 })
  const close = async () => {
    await sql.end({ timeout: 5 })
    await server.stop()
    await removeTemporaryFolders()
  }
  return { url: server.url, sql, clock: server.clock, close }
}
