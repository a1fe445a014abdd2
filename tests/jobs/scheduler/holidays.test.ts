/** A job with a calendar starts nothing on its holidays, and each of their slots says which one it was. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backfill } from '../../../db/jobs/backfill.ts'
import { readJob, registerJobs } from '../../../db/jobs/jobs.ts'
import { listRuns } from '../../../db/jobs/runs.ts'
import { readSchedule } from '../../../db/jobs/schedule.ts'
import { listSlots } from '../../../db/jobs/slots.ts'
import { nextSlot, nextSlots } from '../../../db/jobs/upcoming.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { planSlots } from '../../../jobs/scheduler/plan-slots.ts'
import { schedulePass } from '../../../jobs/scheduler/scheduler.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { jobsOf } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'
import { textIn } from '../../../lib/texts.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const NATAL = { en: 'Christmas Day', pt: 'Natal' }
const ANO_NOVO = { en: "New Year's Day", pt: 'Ano Novo' }
const HOLIDAYS = { '2026-12-25': NATAL, '2027-01-01': ANO_NOVO }

/** What becomes of the slots of a stretch, as they stand in a plan: first slot, count, state, holiday. */
function planned(schedule: string, from: string, now: string, change: { catchup?: 'all'; timezone?: string } = {}) {
  const { timezone = 'America/Sao_Paulo', catchup = 'last' } = change
  const state = {
    ...({ name: 'j', schedule, timezone, catchup, holidays: HOLIDAYS, overlap: 'allow', after: null } as const),
    ...{ catchup_window_s: null, paused: false, resumed_at: null, recorded: [] },
    ...{ scheduled_until: new Date(from), now: new Date(now) },
  }
  const { slots } = planSlots(state, readSchedule(schedule, timezone))!.plan
  return slots.map((one) => [one.slot.toISOString().slice(0, 16), one.count, one.state, one.holiday?.pt ?? null])
}

test('a holiday that is due starts nothing; the day after does', () => {
  expect(planned('0 9 * * *', '2026-12-24T12:00:00Z', '2026-12-25T12:00:00Z')).toEqual([
    ['2026-12-25T12:00', 1, 'holiday', 'Natal'],
  ])
  expect(planned('0 9 * * *', '2026-12-25T12:00:00Z', '2026-12-26T12:00:00Z')).toEqual([
    ['2026-12-26T12:00', 1, 'queued', null],
  ])
})

test('a holiday is a day of the job by its own clock', () => {
  const becomes = (schedule: string, from: string, now: string, timezone?: string) =>
    planned(schedule, from, now, timezone === undefined ? {} : { timezone }).map(([, , state]) => state)
  // 23:00 on the 24th and the 25th in São Paulo; 2:00 on the 26th in UTC.
  expect(becomes('0 23 * * *', '2026-12-24T12:00:00Z', '2026-12-25T02:00:00Z')).toEqual(['queued'])
  expect(becomes('0 23 * * *', '2026-12-25T12:00:00Z', '2026-12-26T02:00:00Z')).toEqual(['holiday'])
  expect(becomes('0 2 * * *', '2026-12-25T12:00:00Z', '2026-12-26T02:00:00Z', 'UTC')).toEqual(['queued'])
})

test('after a downtime holidays are told apart from missed slots, and the last working one is caught up', () => {
  expect(planned('0 9 * * *', '2026-12-23T12:00:00Z', '2027-01-01T13:00:00Z')).toEqual([
    ['2026-12-24T12:00', 6, 'missed', null],
    ['2026-12-25T12:00', 1, 'holiday', 'Natal'],
    ['2026-12-31T12:00', 1, 'caught_up', null],
    ['2027-01-01T12:00', 1, 'holiday', 'Ano Novo'],
  ])
  const all = planned('0 9 * * *', '2026-12-23T12:00:00Z', '2026-12-26T13:00:00Z', { catchup: 'all' })
  expect(all.map(([, , state]) => state)).toEqual(['caught_up', 'holiday', 'caught_up'])
})

test('the many slots of one holiday are one row', () => {
  expect(planned('*/30 * * * *', '2026-12-25T02:59:00Z', '2026-12-25T20:00:00Z')).toEqual([
    ['2026-12-25T03:00', 35, 'holiday', 'Natal'],
  ])
})

/** Of a job for every half hour whose today, and whose last and next two days, are holidays in the database's time. */
async function closedJob() {
  const days = [-2, -1, 0, 1, 2].map((day) => new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10))
  const jobs = jobsOf({ name: 'closed', schedule: '*/30 * * * *', calendar: 'BR', run: () => {} })
  const holidays = Object.fromEntries(days.map((day) => [day, NATAL]))
  await registerJobs(
    database.sql,
    [...jobs.values()].map((job) => ({ ...job, holidays })),
  )
  const late = () =>
    database.sql`
      update jobs set scheduled_until = (
        select coalesce(max(coalesce(slot_until, slot)), date_trunc('milliseconds', now()) - interval '3 h')
        from slots where job = 'closed')`
  return { jobs, late }
}

test('its slots are recorded with the holiday, a stretch as one row; a backfill and the next times leave them out', async () => {
  const { jobs, late } = await closedJob()
  const { sql } = database
  await late()
  await schedulePass(sql, jobs)
  await sql`update slots set slot_until = slot_until - interval '1 h', count = count - 2 where job = 'closed'`
  await late()
  await schedulePass(sql, jobs)
  const slots = await listSlots(sql, 'closed', 10)
  expect(slots).toMatchObject([{ state: 'holiday', count: 6, run_id: null, holiday: NATAL }])
  expect(await listRuns(sql, 'closed', 10)).toEqual([])
  const range = { job: 'closed', from: new Date(Date.now() - 3 * 3_600_000), to: new Date() }
  expect(await backfill(sql, range)).toEqual([])
  const job = await readJob(sql, 'closed')
  const now = new Date()
  expect(nextSlots(job, now, 1)[0]!.note).toEqual({
    en: 'a holiday, Christmas Day: nothing starts',
    pt: 'feriado, Natal: nada inicia',
  })
  // Of years whose holidays are not known nothing is promised, and nothing is run on them.
  const long_ago = { job: 'closed', from: new Date('2010-12-24T00:00:00Z'), to: new Date('2010-12-26T00:00:00Z') }
  await expect(backfill(sql, long_ago)).rejects.toThrow('it begins in 2010, whose holidays in BR are not known')
  expect(nextSlots(job, new Date('2044-12-24T00:00:00Z'), 1)[0]!.note!.en).toBe(
    'the holidays of 2044 are not known yet',
  )
  const free = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  expect(nextSlot(job, now)!.toISOString()).toBe(`${free}T00:00:00.000Z`)
})

test('a file names its calendar; one that is not known is a problem of the file, with those that are', async () => {
  const folder = join(temporaryFolder(), 'jobs')
  await mkdir(folder)
  const source = (name: string, calendar: string) => `
    import { job } from ${JSON.stringify(join(import.meta.dir, '../../../jobs/job.ts'))}
    export default job({ name: '${name}', schedule: '@daily', calendar: '${calendar}', run() {} })`
  await writeFile(join(folder, 'closed.ts'), source('paulista', 'BR-SP'))
  await writeFile(join(folder, 'wrong.ts'), source('wrong', 'BR-ZZ'))
  await writeFile(join(folder, 'odd.ts'), source('odd', 'Brasil'))
  const { jobs, problems } = await loadDefinitions(folder)
  expect([...jobs.keys()]).toEqual(['paulista'])
  const { calendar, holidays } = jobs.get('paulista')!
  expect(calendar).toBe('BR-SP')
  expect(holidays![`${new Date().getFullYear()}-07-09`]!.pt).toBe('Revolução Constitucionalista')
  expect(problems.map(({ sentence }) => textIn(sentence, 'en')).toSorted()).toEqual([
    expect.stringMatching(/^odd\.ts.*calendar must name a country/),
    expect.stringMatching(/^wrong\.ts.*calendar "BR-ZZ" is not known\. Parts of BR are AC, /),
  ])
})
