import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createAnswers } from '../../api/health/answers.ts'
import { isOk, kpisOf, type Kpi } from '../../db/monitoring/kpis.ts'
import { recordBeat, recordStop, thisProcess } from '../../db/monitoring/programs.ts'
import { until } from '../kit/program.ts'
import { testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => {
  api = await testApi()
})
afterAll(() => api.close())
beforeEach(async () => {
  await api.db.sql`truncate probe_samples, api_minutes`
})

/** A fixed moment, so that no tick passes while a test looks. */
const TO = new Date('2026-11-21T12:00:00Z')
const ago = (seconds: number) => new Date(TO.getTime() - seconds * 1000)

async function kpis(hours: number): Promise<Record<string, Kpi & { ok: boolean | null }>> {
  const items = await kpisOf(api.db.sql, { from: ago(hours * 3600), to: TO })
  return Object.fromEntries(items.map((item) => [item.name, { ...item, ok: isOk(item) }]))
}

test('a KPI of which nothing is known is null, and says why in the language asked for', async () => {
  const answer = await api.call('GET', '/kpis', { as: 'viewer' })
  const { hours, items } = (await answer.json()) as { hours: number; items: Array<Record<string, unknown>> }
  expect([answer.status, hours]).toEqual([200, 24])
  for (const { name, value, ok, samples } of items) expect([name, value, ok, samples]).toEqual([name, null, null, 0])
  expect(items[0]!.reason).toBe('The probe has not run yet; start the jobs.')
  const other = await api.call('GET', '/kpis', { as: 'viewer', headers: { 'accept-language': 'pt' } })
  expect(await other.text()).toContain('A sonda ainda não rodou')
})

test('while the jobs are at work, what only the probe knows says when it comes', async () => {
  const me = thisProcess('jobs')
  await recordBeat(api.db.sql, me)
  const { uptime, freshness, job_success } = await kpis(24)
  for (const kpi of [uptime, freshness]) expect(kpi!.reason!.en).toContain("the probe's first figures come within 30 s")
  expect(job_success!.reason!.en).toBe('No run has ended.')
  await recordStop(api.db.sql, me)
})

const answer = (status: number, seconds: number) => ({ method: 'GET', route: '/embalagens', status, seconds })

test('what several API processes count in one minute is added; errors are the share of answers from 500 on', async () => {
  const now_ms = ago(60).getTime()
  const processes = [1, 2].map(() => createAnswers(api.db.sql, undefined, () => now_ms))
  for (const one of processes) {
    for (let i = 0; i < 999; i++) one.count(answer(i % 2 ? 200 : 404, 0.004))
    one.count(answer(500, 0.5))
    // Asked by machines about the API.
    one.count(answer(503, 9), true)
  }
  await Promise.all(processes.map((one) => one.flush()))
  await processes[0]!.flush()
  const { errors, latency } = await kpis(24)
  expect(errors).toMatchObject({ value: 0.1, ok: false, samples: 2000, parts: { errors: 2 } })
  // Exact to 10 %.
  expect(latency).toMatchObject({ statistic: 'p95', ok: true, samples: 2000 })
  expect(Math.abs(latency!.value! / 4 - 1)).toBeLessThan(0.1)
})

test('what is counted while the database is away is added when it is back, once', async () => {
  const counter = createAnswers(api.db.sql, undefined, () => ago(60).getTime())
  counter.count(answer(200, 0.001))
  await api.db.sql`alter table api_minutes rename to api_minutes_away`
  await counter.flush()
  counter.count(answer(503, 0.001))
  await api.db.sql`alter table api_minutes_away rename to api_minutes`
  await counter.flush()
  await counter.flush()
  expect((await kpis(24)).errors).toMatchObject({ value: 50, samples: 2 })
})

test('the answers of the API are counted, but for those that machines ask for about the API itself', async () => {
  for (let i = 0; i < 50; i++)
    for (const path of ['/health', '/health/live', '/health/ready', '/metrics']) await api.call('GET', path)
  for (const path of ['/embalagens', '/embalagens', '/nowhere']) await api.call('GET', path, { as: 'viewer' })
  const errors = await until('the answers to be counted, which comes after them', async () => {
    await api.answers.flush()
    const answer = await api.call('GET', '/kpis?hours=1', { as: 'viewer' })
    const { items } = (await answer.json()) as { items: Kpi[] }
    return items.find(({ name, samples }) => name === 'errors' && samples >= 3)
  })
  expect(errors.value).toBe(0)
  expect(errors.samples).toBeLessThan(50)
})

test('a window is from 1 hour to 31 days', async () => {
  for (const hours of ['0', '745', '1.5', 'x']) {
    const answer = await api.call('GET', `/kpis?hours=${hours}`, { as: 'viewer' })
    expect([hours, answer.status]).toEqual([hours, 422])
  }
  expect((await api.call('GET', '/kpis')).status).toBe(401)
})
