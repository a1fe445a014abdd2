import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { addApiMinutes, LATENCY_BOUNDS_MS, latencyClass } from '../../../db/monitoring/api-minutes.ts'
import { isOk, kpiSeries, kpisOf, percentile, type Kpi } from '../../../db/monitoring/kpis.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
  await database.sql`insert into jobs (name, schedule, timezone) values ('j', '@daily', 'UTC')`
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.sql`truncate probe_samples, api_minutes, runs, alerts cascade`
})

/** A fixed time, so that no tick passes while a test looks. */
const TO = new Date('2026-11-21T12:00:00Z')
const ago = (seconds: number) => new Date(TO.getTime() - seconds * 1000)

async function kpis(hours: number): Promise<Record<string, Kpi & { ok: boolean | null }>> {
  const items = await kpisOf(database.sql, { from: ago(hours * 3600), to: TO })
  return Object.fromEntries(items.map((item) => [item.name, { ...item, ok: isOk(item) }]))
}

const sample = (ticks_ago: number, { api_up = true, oldest_input_age_s = null }: Figures = {}) =>
  database.sql`
    insert into probe_samples (tick, replica, finished_at, api_up, oldest_input_age_s)
    values (${ago(15 * ticks_ago)}, 'r', now(), ${api_up}, ${oldest_input_age_s})`

interface Figures {
  api_up?: boolean | null
  oldest_input_age_s?: number | null
}

test('uptime counts the ticks since the first: one at which nobody looked, or whose looker died, is not up', async () => {
  // Ten ticks: 7 up, 1 down, 1 unfinished, 1 that nobody took.
  for (const ticks of [1, 2, 3, 4, 5, 6, 10]) await sample(ticks)
  await sample(7, { api_up: false })
  await sample(8, { api_up: null })
  const { uptime } = await kpis(24)
  expect(uptime).toMatchObject({ value: 70, ok: false, samples: 10, parts: { up: 7, down: 1, not_observed: 2 } })
  expect(uptime!.window).toEqual({ from: ago(150), to: TO })
})

test('a system that was away for most of the hour was up for what is left of it', async () => {
  await sample(241)
  for (let ticks = 1; ticks <= 24; ticks++) await sample(ticks)
  expect((await kpis(1)).uptime).toMatchObject({
    value: 10,
    samples: 240,
    parts: { up: 24, not_observed: 216 },
  })
  // 25 of the 241 ticks since the first.
  expect((await kpis(24)).uptime).toMatchObject({ value: 10.373, samples: 241 })
})

test('freshness is the greatest age that a waiting input reached', async () => {
  await sample(1, { oldest_input_age_s: 0 })
  await sample(2, { oldest_input_age_s: 899 })
  await sample(3)
  expect((await kpis(24)).freshness).toMatchObject({ value: 899, ok: true, samples: 2 })
  await sample(4, { oldest_input_age_s: 900 })
  expect((await kpis(24)).freshness).toMatchObject({ value: 900, ok: false, samples: 3 })
})

test('job success is of the runs that ended in the window; cancelled and running ones are neither', async () => {
  const states = [...Array<string>(19).fill('succeeded'), 'failed', 'cancelled', 'running']
  for (const state of states)
    await database.sql`
      insert into runs (id, job, trigger, state, finished_at)
      values (${Bun.randomUUIDv7()}, 'j', 'manual', ${state}, ${state === 'running' ? null : ago(60)})`
  await database.sql`
    insert into runs (id, job, trigger, state, finished_at)
    values (${Bun.randomUUIDv7()}, 'j', 'manual', 'failed', ${ago(7200)})`
  expect((await kpis(1)).job_success).toMatchObject({ value: 95, ok: false, samples: 20 })
  expect((await kpis(3)).job_success).toMatchObject({ value: 90.476, parts: { succeeded: 19, failed: 2 } })
})

test('an alert is answered when it is acknowledged or over; one still open counts with its age', async () => {
  const fired = (fired_s: number, ack_s: number | null, resolved_s: number | null) =>
    database.sql`
      insert into alerts (id, rule, subject, severity, state, failures, detail, opened_at, fired_at, acknowledged_at, resolved_at)
      values (${Bun.randomUUIDv7()}, 'JOB_FAILED', ${String(fired_s)}, 'ERROR', ${resolved_s === null ? 'firing' : 'resolved'},
        1, '{}', ${ago(fired_s)}, ${ago(fired_s)}, ${ack_s === null ? null : ago(ack_s)}, ${resolved_s === null ? null : ago(resolved_s)})`
  await fired(1000, 900, 100)
  await fired(2000, null, 1700)
  // Acknowledged after it was over.
  await fired(3000, 100, 2600)
  expect((await kpis(1)).alert_response).toMatchObject({ value: 266.667, ok: true, samples: 3, parts: { open: 0 } })
  await fired(500, null, null)
  expect((await kpis(1)).alert_response).toMatchObject({ value: 325, ok: false, samples: 4, parts: { open: 1 } })
  await fired(3601, null, null)
  expect((await kpis(1)).alert_response!.samples).toBe(4)
})

test('minutes before the window are not counted', async () => {
  const latencies = LATENCY_BOUNDS_MS.map(() => 0).concat(5)
  await addApiMinutes(database.sql, [{ minute: ago(7200), answers: 5, errors: 5, latencies }])
  expect((await kpis(1)).errors!.samples).toBe(0)
  expect((await kpis(3)).errors).toMatchObject({ samples: 5, value: 100 })
})

test('the 95th percentile is within 10 % of the answer that it speaks of, from 0.1 ms to 30 s', () => {
  const latency = fc.double({ min: Math.log(0.1), max: Math.log(30_000), noNaN: true }).map(Math.exp)
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (all) => {
      const latencies = [...LATENCY_BOUNDS_MS, 0].map(() => 0)
      for (const ms of all) latencies[latencyClass(ms)]!++
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.95) - 1]!
      expect(Math.abs(percentile({ latencies }, 0.95)! / exact - 1)).toBeLessThan(0.1)
    }),
  )
})

test('a latency beyond the classes has the bound of the last, or of the first', () => {
  const only = (ms: number) => {
    const latencies = [...LATENCY_BOUNDS_MS, 0].map(() => 0)
    latencies[latencyClass(ms)]!++
    return percentile({ latencies }, 0.95)
  }
  expect(only(0)).toBe(LATENCY_BOUNDS_MS[0]!)
  expect(only(86_400_000)).toBe(LATENCY_BOUNDS_MS.at(-1)!)
})

test('a minute of other classes of latency counts for errors alone', async () => {
  await addApiMinutes(database.sql, [{ minute: ago(60), answers: 4, errors: 1, latencies: [0, 4] }])
  expect(await kpis(1)).toMatchObject({ errors: { value: 25, samples: 4 }, latency: { value: null } })
})

test('a tick at the edge of two parts belongs to the later one', async () => {
  await database.sql`
    insert into probe_samples (tick, replica, finished_at, api_up)
    select ${ago(24 * 3600)}::timestamptz + n * interval '15 seconds', 'r', now(), true from generate_series(0, 5759) n`
  const parts = await kpiSeries(database.sql, { from: ago(24 * 3600), to: TO }, 24)
  expect(parts.map((kpis) => [kpis[0]!.value, kpis[0]!.samples])).toEqual(Array.from({ length: 24 }, () => [100, 240]))
})

test('a series has the KPIs of each part of the time, and what is counted just after the end in the last', async () => {
  const minute = (seconds: number, answers: number, errors: number, ms: number) => {
    const latencies = LATENCY_BOUNDS_MS.concat(Infinity).map((_, place) => (place === latencyClass(ms) ? answers : 0))
    return { minute: ago(seconds), answers, errors, latencies }
  }
  await addApiMinutes(database.sql, [minute(3 * 3600, 10, 5, 4), minute(0, 20, 0, 400)])
  await sample(240 * 3)
  const parts = await kpiSeries(database.sql, { from: ago(4 * 3600), to: TO }, 4)
  const values = (name: string) => parts.map((kpis) => kpis.find((kpi) => kpi.name === name)!.value)
  expect(values('errors')).toEqual([null, 50, null, 0])
  expect(values('uptime')).toEqual([null, expect.any(Number), 0, 0])
  expect(values('latency').map((ms) => ms && Math.round(ms / 100))).toEqual([null, 0, null, 4])
  expect(parts[1]![0]!.window).toEqual({ from: ago(3 * 3600), to: ago(2 * 3600) })
})
