/** Jobs and runs over HTTP, with a real worker beside the API where a run has to run. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { observeGone } from '../../db/jobs/gone-jobs.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { ReplicaSeat } from '../../db/jobs/replicas.ts'
import { claimRuns } from '../../db/jobs/run-claims.ts'
import { endAttempts } from '../../db/jobs/run-ends.ts'
import { saveStep } from '../../db/jobs/run-steps.ts'
import { slotCalendar } from '../../db/jobs/slot-calendar.ts'
import { writeRunLogs } from '../../db/jobs/run-logs.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { jobsOf } from '../kit/replica.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
  const run = () => {}
  const daily = { schedule: '0 2 * * *', timezone: 'America/Sao_Paulo' }
  const jobs = jobsOf(
    { name: 'alone', run, ...daily },
    { name: 'beside', run, overlap: 'allow', schedule: '@every 1m' },
    { name: 'next_one', run, after: 'alone' },
  )
  await registerJobs(api.db.sql, [...jobs.values()])
})
afterAll(() => api.close())

const NOBODY = '01a1fc6d-ba26-771a-b067-b72d1b4570e8'
type Body = Record<string, any>
async function ask(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
  const answer = await api.call(method, path, { as: 'operator', json, headers })
  return { status: answer.status, body: (await answer.json()) as Body, headers: answer.headers }
}
const codeOf = ({ status, body }: { status: number; body: Body }) => [status, body.code]

/** Starts and ends a run as a worker would, with these lines said. */
async function ended(job: string, state: 'succeeded' | 'failed', lines: string[] = []) {
  const { run_id } = await enqueueRun(api.db.sql, { job, trigger: 'manual' })
  await claimRuns(api.db.sql, { jobs: [job], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  const held = { run_id, attempt: 1 }
  const said = lines.map((message) => ({ level: 'info', message, data: null, age_ms: 0 }))
  if (said.length > 0) await writeRunLogs(api.db.sql, held, said)
  await endAttempts(api.db.sql, [
    state === 'failed' ? { ...held, state, error: 'no luck', retry_in_s: null } : { ...held, state, result: null },
  ])
  return run_id
}

test('jobs are listed page by page, and one shows its next times by its own clock', async () => {
  const first = await ask('GET', '/jobs?limit=2')
  expect(first.body.items.map(({ name }: Body) => name)).toEqual(['alone', 'beside'])
  const rest = await ask('GET', `/jobs?limit=2&cursor=${first.body.next_cursor}`)
  expect(rest.body).toMatchObject({
    items: [{ name: 'next_one', after: ['alone'], next_slot: null }],
    next_cursor: null,
  })
  const { body } = await ask('GET', '/jobs/alone')
  expect(body).toMatchObject({ name: 'alone', overlap: 'skip', paused_at: null, queued: 0, running: 0 })
  expect(body.next).toHaveLength(10)
  for (const { slot, local } of body.next) {
    expect(local).toMatch(/T02:00:00-03:00$/)
    expect(new Date(local).toISOString()).toBe(slot)
  }
})

test('a trigger answers with the run, obeys the overlap rule, and the same Idempotency-Key gives the same run', async () => {
  const key = { 'idempotency-key': 'once' }
  const first = await ask('POST', '/jobs/alone/trigger', { conf: { day: 1 } }, key)
  expect(first.status).toBe(202)
  expect(first.headers.get('location')).toBe(`/runs/${first.body.run_id}`)
  expect((await ask('POST', '/jobs/alone/trigger', { conf: { day: 1 } }, key)).body).toEqual(first.body)
  expect(codeOf(await ask('POST', '/jobs/alone/trigger'))).toEqual([409, 'job_already_running'])
  const run = await ask('GET', `/runs/${first.body.run_id}`)
  expect(run.body).toMatchObject({ job: 'alone', state: 'queued', trigger: 'manual', conf: { day: 1 }, attempts: [] })
  expect((await ask('POST', `/runs/${first.body.run_id}/cancel`)).body).toMatchObject({
    state: 'cancelled',
    error: 'Cancelled by operator.',
  })
})

test('a failed run is retried as its next attempt; one that succeeded or waits is not', async () => {
  const id = await ended('alone', 'failed')
  const again = await ask('POST', `/runs/${id}/retry`)
  expect(again).toMatchObject({ status: 202, body: { id, state: 'queued', attempt: 1, failures: 0 } })
  expect(codeOf(await ask('POST', `/runs/${id}/retry`))).toEqual([409, 'run_not_over'])
  const claimed = await claimRuns(api.db.sql, { jobs: ['alone'], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  expect(claimed).toMatchObject([{ id, attempt: 2 }])
  expect(await saveStep(api.db.sql, { run_id: id, attempt: 2 }, 'charge', '"done"', 2500)).toBe(true)
  await endAttempts(api.db.sql, [{ run_id: id, attempt: 2, state: 'succeeded', result: { n: 1 } }])
  expect(codeOf(await ask('POST', `/runs/${id}/retry`))).toEqual([409, 'run_succeeded'])
  expect(codeOf(await ask('POST', `/runs/${id}/cancel`))).toEqual([409, 'run_ended'])
  const { body } = await ask('GET', `/runs/${id}`)
  expect(body.attempts.map(({ attempt, state }: Body) => [attempt, state])).toEqual([
    [1, 'failed'],
    [2, 'succeeded'],
  ])
  const [step] = body.steps
  expect(step).toEqual({ name: 'charge', attempt: 2, started_at: expect.any(String), finished_at: expect.any(String) })
  expect(Date.parse(step.finished_at) - Date.parse(step.started_at)).toBe(2500)

  const failed = await ended('alone', 'failed')
  const { run_id } = await enqueueRun(api.db.sql, { job: 'alone', trigger: 'manual' })
  expect(codeOf(await ask('POST', `/runs/${failed}/retry`))).toEqual([409, 'job_already_running'])
  await ask('POST', `/runs/${run_id}/cancel`)
})

test('all that waits of a job is cancelled at once, whatever its count, and nothing that runs', async () => {
  const running = await enqueueRun(api.db.sql, { job: 'beside', trigger: 'manual' })
  await claimRuns(api.db.sql, { jobs: ['beside'], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  const waiting: string[] = []
  for (let n = 0; n < 120; n++)
    waiting.push((await enqueueRun(api.db.sql, { job: 'beside', trigger: 'manual' })).run_id)
  const cancelled = await ask('POST', '/jobs/beside/cancel-queued')
  expect(cancelled).toMatchObject({ status: 200, body: { count: 120, run_ids: waiting } })
  expect((await ask('GET', `/runs/${running.run_id}`)).body).toMatchObject({
    state: 'running',
    cancel_requested_at: null,
  })
  expect((await ask('GET', `/runs/${waiting[0]}`)).body).toMatchObject({
    state: 'cancelled',
    error: 'Cancelled by operator.',
  })
  expect((await ask('POST', '/jobs/beside/cancel-queued')).body).toEqual({ count: 0, run_ids: [] })
  expect(codeOf(await ask('POST', '/jobs/no_such/cancel-queued'))).toEqual([404, 'job_not_found'])
  await endAttempts(api.db.sql, [{ run_id: running.run_id, attempt: 1, state: 'succeeded', result: 1 }])
})

test('a run under way is asked to end: 202, and whoever asks again changes nothing', async () => {
  const { run_id } = await enqueueRun(api.db.sql, { job: 'beside', trigger: 'manual' })
  await claimRuns(api.db.sql, { jobs: ['beside'], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  const asked = await ask('POST', `/runs/${run_id}/cancel`)
  expect(asked).toMatchObject({ status: 202, body: { state: 'running', cancel_reason: 'Cancelled by operator.' } })
  expect((await ask('POST', `/runs/${run_id}/cancel`)).body).toEqual(asked.body)
  await endAttempts(api.db.sql, [{ run_id, attempt: 1, state: 'succeeded', result: 1 }])
  expect(await ask('POST', `/runs/${run_id}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } })
})

test('runs, slots and log lines come page by page', async () => {
  const ids = [await ended('beside', 'succeeded'), await ended('beside', 'failed', ['one', 'two', 'three'])]
  const newest = await ask('GET', '/jobs/beside/runs?limit=1')
  expect(newest.body.items[0]).toMatchObject({ id: ids[1], state: 'failed', error: 'no luck' })
  const next = await ask('GET', `/jobs/beside/runs?limit=1&cursor=${newest.body.next_cursor}`)
  expect(next.body.items[0].id).toBe(ids[0])
  expect((await ask('GET', '/jobs/beside/runs?state=failed')).body.items).toHaveLength(1)
  const lines = await ask('GET', `/runs/${ids[1]}/logs?limit=2`)
  expect(lines.body.items.map(({ message }: Body) => message)).toEqual(['one', 'two'])
  const rest = await ask('GET', `/runs/${ids[1]}/logs?limit=2&cursor=${lines.body.next_cursor}`)
  expect(rest.body).toMatchObject({ items: [{ message: 'three', level: 'info', attempt: 1 }], next_cursor: null })
  expect((await ask('GET', '/jobs/beside/slots')).body).toEqual({ items: [], next_cursor: null })
})

describe('backfill', () => {
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-03T23:59:59Z' }

  test('a dry run lists what is missing and leaves its key free; the real one queues it, once', async () => {
    const key = { 'idempotency-key': 'backfill' }
    const slots = ['2026-01-01T05:00:00.000Z', '2026-01-02T05:00:00.000Z', '2026-01-03T05:00:00.000Z']
    const odd = { 'idempotency-key': 'two words' }
    const refused = await ask('POST', '/jobs/alone/backfill', { ...range, dry_run: true }, odd)
    expect(codeOf(refused)).toEqual([422, 'validation_failed'])
    const dry = await ask('POST', '/jobs/alone/backfill', { ...range, dry_run: true }, key)
    expect(dry).toMatchObject({
      status: 200,
      body: { dry_run: true, slots: slots.map((slot) => ({ slot, run_id: null })) },
    })
    expect((await ask('GET', '/jobs/alone')).body.queued).toBe(0)
    const real = await ask('POST', '/jobs/alone/backfill', { ...range, conf: { shop: 'Centro' } }, key)
    expect(real.status).toBe(202)
    expect(real.body.slots.map(({ slot }: Body) => slot)).toEqual(slots)
    expect((await ask('POST', '/jobs/alone/backfill', range)).body.slots).toEqual([])
    const listed = (await ask('GET', '/jobs/alone/slots')).body.items
    expect(listed.map(({ slot, state, run_id }: Body) => ({ slot, state, run_id }))).toEqual(
      real.body.slots.toReversed().map(({ slot, run_id }: Body) => ({ slot, state: 'backfilled', run_id })),
    )
    const runs = (await ask('GET', '/jobs/alone/runs?state=queued')).body.items
    expect(runs.map(({ trigger }: Body) => trigger)).toEqual(['backfill', 'backfill', 'backfill'])
    for (const { id, conf } of runs) {
      expect(conf).toEqual({ shop: 'Centro' })
      await ask('POST', `/runs/${id}/cancel`)
    }
  })

  test.each<[string, unknown, number, string]>([
    ['from after to', { from: range.to, to: range.from }, 422, 'backfill_range_invalid'],
    ['ten years of minutes', { from: '2016-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 422, 'backfill_too_large'],
    ['no range', {}, 422, 'validation_failed'],
    ['a day of no calendar', { from: '2026-02-31T00:00:00Z', to: range.to }, 422, 'validation_failed'],
    ['a time before all computers', { from: '0001-01-01T00:00:00Z', to: range.to }, 422, 'validation_failed'],
    ['a word for a time', { from: 'yesterday', to: range.to }, 422, 'validation_failed'],
    ['a field that is none', { ...range, force: true }, 422, 'validation_failed'],
    ['a conf that is none', { ...range, conf: [] }, 422, 'validation_failed'],
  ])('%s is refused', async (_, body, status, code) => {
    const answer = await ask('POST', '/jobs/beside/backfill', body)
    expect(codeOf(answer)).toEqual([status, code])
  })

  test('a job without times of its own has nothing to backfill', async () => {
    expect(codeOf(await ask('POST', '/jobs/next_one/backfill', range))).toEqual([409, 'job_has_no_slots'])
  })
})

test('pausing is for admins, what starts and ends runs for operators, and reading for viewers', async () => {
  const statusOf = async (method: string, path: string, as: 'viewer' | 'operator' | 'admin') =>
    (await api.call(method, path, { as })).status
  expect(await statusOf('POST', '/jobs/beside/pause', 'operator')).toBe(403)
  expect(await statusOf('POST', '/jobs/beside/resume', 'operator')).toBe(403)
  const paused = await api.call('POST', '/jobs/beside/pause', { as: 'admin' })
  expect(await paused.json()).toEqual({ name: 'beside', paused_at: expect.any(String), pause_reason: null })
  expect((await ask('GET', '/jobs/beside')).body).toMatchObject({ next_slot: null, paused_at: expect.any(String) })
  const resumed = await api.call('POST', '/jobs/beside/resume', { as: 'admin' })
  expect(await resumed.json()).toEqual({ name: 'beside', paused_at: null, pause_reason: null })
  for (const path of [
    '/jobs/beside/trigger',
    '/jobs/beside/backfill',
    `/runs/${NOBODY}/retry`,
    `/runs/${NOBODY}/cancel`,
  ])
    expect(await statusOf('POST', path, 'viewer')).toBe(403)
  for (const path of ['/jobs', '/jobs/beside', '/jobs/beside/runs', '/jobs/beside/slots'])
    expect(await statusOf('GET', path, 'viewer')).toBe(200)
  for (const path of ['/jobs', '/jobs/x', `/runs/${NOBODY}/logs?follow=1`])
    expect((await api.call('GET', path)).status).toBe(401)
})

test('what was done is in the audit, with who did it', async () => {
  await api.call('POST', '/jobs/beside/pause', { as: 'admin' })
  await api.call('POST', '/jobs/beside/resume', { as: 'admin' })
  const { body } = await ask('POST', '/jobs/beside/trigger')
  await ask('POST', `/runs/${body.run_id}/cancel`)
  await ask('POST', `/runs/${body.run_id}/retry`)
  await ask('POST', `/jobs/beside/backfill`, { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:01:00Z' })
  const answer = await api.call('GET', '/audit?target=beside&limit=6', { as: 'admin' })
  const { items } = (await answer.json()) as Body
  expect(items.map(({ action, actor_name }: Body) => [action, actor_name])).toEqual([
    ['job.backfilled', 'operator'],
    ['run.retried', 'operator'],
    ['run.cancelled', 'operator'],
    ['job.triggered', 'operator'],
    ['job.resumed', 'admin'],
    ['job.paused', 'admin'],
  ])
})

test.each<[string, string, unknown, number, string]>([
  ['GET', '/jobs/nobody', undefined, 404, 'job_not_found'],
  ['GET', '/jobs/nobody/runs', undefined, 404, 'job_not_found'],
  ['GET', '/jobs/nobody/slots', undefined, 404, 'job_not_found'],
  ['POST', '/jobs/nobody/trigger', {}, 404, 'job_not_found'],
  ['POST', '/jobs/nobody/backfill', { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 404, 'job_not_found'],
  ['GET', '/jobs/No%20body', undefined, 422, 'validation_failed'],
  ['GET', `/runs/${NOBODY}`, undefined, 404, 'run_not_found'],
  ['GET', `/runs/${NOBODY}/logs`, undefined, 404, 'run_not_found'],
  ['GET', `/runs/${NOBODY}/logs?follow=1`, undefined, 404, 'run_not_found'],
  ['POST', `/runs/${NOBODY}/retry`, undefined, 404, 'run_not_found'],
  ['POST', `/runs/${NOBODY}/cancel`, undefined, 404, 'run_not_found'],
  ['GET', '/runs/latest', undefined, 422, 'validation_failed'],
  ['POST', '/jobs/alone/trigger', { conf: [] }, 422, 'validation_failed'],
  ['POST', '/jobs/alone/trigger', { config: {} }, 422, 'validation_failed'],
  ['GET', '/jobs/alone/runs?state=lost', undefined, 422, 'validation_failed'],
  ['GET', '/jobs/alone/runs?cursor=bm8', undefined, 422, 'cursor_invalid'],
  ['GET', '/jobs/alone/slots?cursor=eyJzbG90IjoieCJ9', undefined, 422, 'cursor_invalid'],
  ['GET', '/jobs?cursor=eyJzbG90IjoieCJ9', undefined, 422, 'cursor_invalid'],
])('%s %s with %j answers %i %s', async (method, path, json, status, code) => {
  expect(codeOf(await ask(method, path, json))).toEqual([status, code])
})

test('conf that cannot be stored, or does not fit the schema of the job, is refused', async () => {
  for (const conf of [{ a: 'b\0' }, { a: '\ud800' }])
    expect(codeOf(await ask('POST', '/jobs/beside/trigger', { conf }))).toEqual([422, 'conf_invalid'])
  const strict = { name: 'strict', run: () => {}, conf: Type.Object({ days: Type.Integer({ default: 7 }) }) }
  await registerJobs(api.db.sql, [...jobsOf(strict as never).values()])
  const shown = await ask('GET', '/jobs/strict')
  expect(shown.body.conf_schema).toMatchObject({ additionalProperties: false, properties: { days: { default: 7 } } })
  const wrong = await ask('POST', '/jobs/strict/trigger', { conf: { days: 'many' } })
  expect(codeOf(wrong)).toEqual([422, 'conf_invalid'])
  expect(wrong.body.errors).toMatchObject([{ path: '/days' }])
  const { body } = await ask('POST', '/jobs/strict/trigger')
  expect((await ask('GET', `/runs/${body.run_id}`)).body.conf).toEqual({ days: 7 })
})

test('Last-Event-ID must be one of ours', async () => {
  const id = await ended('beside', 'succeeded')
  for (const query of ['', '?follow=1']) {
    const answer = await ask('GET', `/runs/${id}/logs${query}`, undefined, { 'last-event-id': 'x' })
    expect(codeOf(answer)).toEqual([422, 'validation_failed'])
  }
})

test('a schedule that this version cannot read spoils neither the list nor the job, and cannot be backfilled', async () => {
  await api.db.sql`insert into jobs (name, schedule, timezone) values ('from_the_future', '@lunar', 'Moon/Sea')`
  expect((await ask('GET', '/jobs?limit=100')).body.items).toContainEqual(
    expect.objectContaining({ name: 'from_the_future', next_slot: null }),
  )
  expect((await ask('GET', '/jobs/from_the_future')).body).toMatchObject({ next: [] })
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }
  expect(codeOf(await ask('POST', '/jobs/from_the_future/backfill', range))).toEqual([409, 'schedule_unreadable'])
})

test('why a run ended is told in the language asked for; what a job wrote is as it came', async () => {
  const { sql } = api.db
  await registerJobs(sql, [...jobsOf({ name: 'told', overlap: 'allow', run: () => {} }).values()])
  const { run_id } = await enqueueRun(sql, { job: 'told', trigger: 'manual' })
  await claimRuns(sql, { jobs: ['told'], worker: 'w', lease_s: 60, limit: 1, late_after_s: 5 })
  const error = { en: 'It took longer.', pt: 'Demorou mais.' }
  await endAttempts(sql, [{ run_id, attempt: 1, state: 'failed', error, retry_in_s: null }])
  const own = await ended('told', 'failed')
  const { body: waiting } = await ask('POST', '/jobs/told/trigger')
  await ask('POST', `/runs/${waiting.run_id}/cancel`)
  for (const [language, late, cancelled] of [
    ['en', error.en, 'Cancelled by operator.'],
    ['pt', error.pt, 'Cancelada por operator.'],
  ] as const) {
    const read = async (path: string) => (await ask('GET', path, undefined, { 'accept-language': language })).body
    expect(await read(`/runs/${run_id}`)).toMatchObject({ error: late, attempts: [{ error: late }] })
    expect(await read(`/runs/${own}`)).toMatchObject({ error: 'no luck', attempts: [{ error: 'no luck' }] })
    expect(await read(`/runs/${waiting.run_id}`)).toMatchObject({ error: cancelled, cancel_reason: cancelled })
    const { items } = await read('/jobs/told/runs?limit=3')
    expect(items.map((run: Body) => run.error)).toEqual([cancelled, 'no luck', late])
    expect(Object.keys(items[0])).not.toContain('error_pt')
  }
})

test('a job whose file is gone, or fails, says so; it takes no trigger, and an admin may forget it', async () => {
  const { sql } = api.db
  const names = ['ghost', 'ailing']
  await registerJobs(sql, [...jobsOf(...names.map((name) => ({ name, run: () => {} }))).values()])
  const forget = (as: 'admin' | 'operator' = 'admin', name = 'ghost') => api.call('DELETE', `/jobs/${name}`, { as })
  expect((await forget('operator')).status).toBe(403)
  const early = await forget()
  expect([early.status, ((await early.json()) as Body).code]).toEqual([409, 'job_not_gone'])

  const at = { file: '/srv/jobs/ailing.ts', line: 3, column: 7 }
  const sentence = { en: 'ailing.ts is not used as it is now: no', pt: 'ailing.ts não vale como está agora: “no”' }
  const problem = { file: at.file, job: 'ailing', at, sentence }
  const seat = new ReplicaSeat(sql, '/srv/jobs')
  const all = (await sql<{ name: string }[]>`select name from jobs where name <> 'ghost'`).map(({ name }) => name)
  await seat.take({ jobs: all, monitors: [], problems: [problem] })
  await observeGone(sql, seat.id)
  const ghost = (await ask('GET', '/jobs/ghost')).body
  expect(ghost).toMatchObject({ gone_at: expect.any(String), next_slot: null, next: [], problem: null })
  for (const [language, said] of [
    ['en', sentence.en],
    ['pt', sentence.pt],
  ] as const) {
    const shown = (await ask('GET', '/jobs/ailing', undefined, { 'accept-language': language })).body
    expect(shown).toMatchObject({ gone_at: null, problem: { file: at.file, at, sentence: said } })
  }
  expect(codeOf(await ask('POST', '/jobs/ghost/trigger'))).toEqual([409, 'job_gone'])
  expect((await forget()).status).toBe(204)
  expect(codeOf(await ask('GET', '/jobs/ghost'))).toEqual([404, 'job_not_found'])
  expect((await forget()).status).toBe(404)
  await sql`truncate job_replicas`
})

test('the list carries how many runs of each job wait and run, and the newest ones with how long they took', async () => {
  await registerJobs(api.db.sql, [...jobsOf({ name: 'watched', run() {}, schedule: '@yearly' }).values()])
  const failed = await ended('watched', 'failed')
  const { run_id } = (await ask('POST', '/jobs/watched/trigger')).body
  const { body } = await ask('GET', '/jobs?limit=100')
  const watched = body.items.find(({ name }: Body) => name === 'watched')
  expect(watched).toMatchObject({
    queued: 1,
    running: 0,
    recent_runs: [
      { id: run_id, state: 'queued', took_ms: null },
      { id: failed, state: 'failed', at: expect.stringMatching(/Z$/), took_ms: expect.any(Number) },
    ],
  })
  expect((await ask('GET', '/jobs/watched')).body).toMatchObject({ ...watched, next_slot: expect.any(String) })
})

test('a pause keeps its reason until the job is resumed, and the audit has it', async () => {
  const json = { reason: 'The supplier migrates' }
  const paused = await api.call('POST', '/jobs/beside/pause', { as: 'admin', json })
  expect(await paused.json()).toMatchObject({ pause_reason: json.reason })
  await api.call('POST', '/jobs/beside/pause', { as: 'admin' })
  expect((await ask('GET', '/jobs/beside')).body).toMatchObject({ pause_reason: json.reason })
  const resumed = await api.call('POST', '/jobs/beside/resume', { as: 'admin' })
  expect(await resumed.json()).toMatchObject({ paused_at: null, pause_reason: null })
  const audit = await api.call('GET', '/audit?target=beside&action=job.paused&limit=2', { as: 'admin' })
  const { items } = (await audit.json()) as Body
  expect(items.map(({ details }: Body) => details)).toEqual([{}, json])
})

describe('the calendar', () => {
  const slot = (at: string, state: string, run_id: string | null = null) =>
    api.db.sql`insert into slots (job, slot, state, run_id) values ('calendar', ${at}, ${state}, ${run_id})`
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)

  test('counts outcomes by the day of the job, and a slot whose run failed as failed', async () => {
    const facts = { name: 'calendar', run() {}, schedule: '@hourly', timezone: 'UTC' }
    await registerJobs(api.db.sql, [...jobsOf(facts).values()])
    await slot(`${day(2)}T01:00:00Z`, 'ran')
    await slot(`${day(2)}T02:00:00Z`, 'ran', await ended('calendar', 'succeeded'))
    const failed = await ended('calendar', 'failed')
    await api.db.sql`update runs set trigger = 'schedule', slot = queued_at where job = 'calendar'`
    await slot(`${day(1)}T02:00:00Z`, 'late', failed)
    await slot(`${day(40)}T02:00:00Z`, 'missed')
    const { body } = await ask('GET', '/jobs/calendar/calendar?by=day&days=3')
    expect(body).toMatchObject({
      timezone: 'UTC',
      today: day(0),
      cells: [
        { local: day(2), from: `${day(2)}T00:00:00.000Z`, outcomes: { ran: 2 }, run_id: expect.any(String) },
        { local: day(1), to: `${day(0)}T00:00:00.000Z`, outcomes: { failed: 1 }, run_id: failed },
      ],
    })
  })

  test('spreads a stretch of slots that shares a row over the hours that it lasted', async () => {
    await api.db.sql`delete from slots where job = 'calendar'`
    await api.db.sql`
      insert into slots (job, slot, slot_until, count, state)
      values ('calendar', ${`${day(1)}T22:30:00Z`}, ${`${day(1)}T23:50:00Z`}, 9, 'missed')`
    const { body } = await ask('GET', '/jobs/calendar/calendar?by=hour&days=2')
    expect(body.cells.map(({ local, outcomes }: Body) => [local, outcomes])).toEqual([
      [`${day(1)}T22`, { missed: 3 }],
      [`${day(1)}T23`, { missed: 6 }],
    ])
  })

  test('is of the clock of the job', async () => {
    const facts = { name: 'calendar', run() {}, schedule: '@daily', timezone: 'America/Sao_Paulo' }
    await registerJobs(api.db.sql, [...jobsOf(facts).values()])
    await api.db.sql`delete from slots where job = 'calendar'`
    await slot(`${day(1)}T01:00:00Z`, 'holiday')
    const { body } = await ask('GET', '/jobs/calendar/calendar?days=30')
    expect(body.cells).toEqual([
      {
        local: day(2),
        from: `${day(2)}T03:00:00.000Z`,
        to: `${day(1)}T03:00:00.000Z`,
        outcomes: { holiday: 1 },
        run_id: null,
      },
    ])
    expect(codeOf(await ask('GET', '/jobs/calendar/calendar?by=hour&days=32'))).toEqual([422, 'validation_failed'])
  })

  test('loses and adds nothing where the clock of the job is put back or forward', async () => {
    const timezone = 'America/New_York'
    const hour_ms = 3600_000
    const offset = (at: number) =>
      new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' }).format(at).split('GMT')[1]!
    const local = (at: number) => new Date(at).toLocaleString('sv', { timeZone: timezone })
    const iso = (at: number) => new Date(at).toISOString()
    const isChange = (to: string) => (at: number) => offset(at) === to && offset(at - hour_ms) !== to
    const today = Math.floor(Date.now() / hour_ms) * hour_ms
    const hours = Array.from({ length: 365 * 24 }, (_, ago) => today - ago * hour_ms)
    const calendar = (by: 'day' | 'hour', days: number) => slotCalendar(api.db.sql, 'calendar', by, days, timezone)
    const stretch = (from: number, to: number, count: number) =>
      api.db.sql`
        insert into slots (job, slot, slot_until, count, state) values ('calendar', ${iso(from)}, ${iso(to)}, ${count}, 'missed')`

    // One o'clock comes twice: it is one cell of two hours, and its slots are all in it.
    await api.db.sql`delete from slots where job = 'calendar'`
    const back = hours.find(isChange('-05:00'))!
    await slot(iso(back - hour_ms), 'ran')
    await slot(iso(back), 'ran')
    expect(await calendar('hour', 371)).toEqual([
      {
        local: local(back).slice(0, 13).replace(' ', 'T'),
        from: new Date(back - hour_ms),
        to: new Date(back + hour_ms),
        outcomes: { ran: 2 },
        run_id: null,
      },
    ])

    for (const change of [back, hours.find(isChange('-04:00'))!]) {
      await api.db.sql`delete from slots where job = 'calendar'`
      await stretch(change - 2 * hour_ms, change + 2 * hour_ms - 60_000, 240)
      const cells = await calendar('hour', 371)
      for (const { from, to, outcomes } of cells)
        expect(outcomes).toEqual({ missed: (to.getTime() - from.getTime()) / 60_000 })
      expect(cells.reduce((sum, { outcomes }) => sum + outcomes.missed!, 0)).toBe(240)
    }

    // The first day is whole, whatever the clock showed then.
    await api.db.sql`delete from slots where job = 'calendar'`
    const midnight = hours.find((at) => offset(at) !== offset(Date.now()) && local(at).endsWith('00:00:00'))!
    const days =
      Math.round((Date.parse(local(Date.now()).slice(0, 10)) - Date.parse(local(midnight).slice(0, 10))) / 86_400_000) +
      1
    await slot(iso(midnight - hour_ms / 2), 'ran')
    await slot(iso(midnight + hour_ms / 2), 'ran')
    const cells = await calendar('day', days)
    expect(cells.map(({ from, outcomes }) => ({ from, outcomes }))).toEqual([
      { from: new Date(midnight), outcomes: { ran: 1 } },
    ])
  })

  test('and the runs of one of its cells are found by their time and by what started them', async () => {
    const found = async (query: string) =>
      (await ask('GET', `/jobs/calendar/runs?${query}`)).body.items.map(({ state }: Body) => state)
    await api.db.sql`update runs set slot = ${`${day(2)}T10:00:00Z`} where job = 'calendar' and state = 'failed'`
    expect(await found(`from=${day(2)}T10:00:00Z&to=${day(2)}T10:00:01Z`)).toEqual(['failed'])
    expect(await found(`to=${day(2)}T10:00:00Z`)).toEqual([])
    expect(await found('trigger=manual')).toEqual([])
    expect(await found('trigger=schedule')).toEqual(['failed', 'succeeded'])
  })
})

test('the runs of all jobs are one list, newest first', async () => {
  const first = await ended('alone', 'failed')
  const second = await ended('calendar', 'failed')
  await ended('calendar', 'succeeded')
  const page = await ask('GET', '/runs?state=failed&limit=1')
  expect(page.body.items.map(({ id }: Body) => id)).toEqual([second])
  const rest = await ask('GET', `/runs?state=failed&limit=1&cursor=${page.body.next_cursor}`)
  expect(rest.body.items).toMatchObject([{ id: first, job: 'alone' }])
})
