import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { getRun, type RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import weatherJob from '../../../jobs/definitions/weather/index.ts'
import { startReplica } from '../../../jobs/start-replica.ts'
import { readObservation } from '../../../jobs/definitions/weather/read-observation.ts'
import { readWeather, weatherCsv } from '../../../jobs/definitions/weather/read-weather.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'
import { busy, html, startOutsideApi, truncated, type OutsideApi } from '../../kit/outside-api.ts'
import { silent, testRoles, type TestRoles } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let opened: TestRoles
let api: OutsideApi
beforeAll(async () => {
  database = await testDatabase()
  opened = await testRoles(database)
  api = startOutsideApi((url) => Response.json(weatherApi(url.searchParams.get('q')!)))
})
afterEach(async () => {
  api.reset()
  await database.sql`truncate weather`
})
afterAll(async () => {
  api.stop()
  await opened.close()
  await database.close()
})

/** 2026-11-21T14:45:00Z */
const OBSERVED_S = 1_795_272_300

const weatherApi = (name: string, current: object = {}) => ({
  location: {
    name,
    region: 'Pernambuco',
    country: 'Brazil',
    lat: -8.05,
    lon: -34.9,
    tz_id: 'America/Recife',
    localtime: '2026-11-21 11:50',
  },
  current: {
    last_updated_epoch: OBSERVED_S,
    last_updated: '2026-11-21 11:45',
    temp_c: 29.4,
    temp_f: 84.9,
    is_day: 1,
    condition: { text: 'Parcialmente nublado', icon: '//cdn.weatherapi.com/x.png', code: 1003 },
    wind_mph: 11.2,
    wind_kph: 18,
    humidity: 66,
    vis_km: 10,
    ...current,
  },
})

const openWeather = (main: object = {}) => ({
  coord: { lon: -34.9, lat: -8.05 },
  weather: [{ id: 802, main: 'Clouds', description: 'nuvens dispersas', icon: '03d' }],
  main: { temp: 29.02, feels_like: 32, pressure: 1012, humidity: 70, ...main },
  visibility: 10_000,
  wind: { speed: 5.14, deg: 100 },
  dt: OBSERVED_S,
  name: 'Recife',
})

test('both services give the same observation, in our units', () => {
  const observed_at = new Date('2026-11-21T14:45:00Z')
  expect(readObservation('Recife', weatherApi('Recife'))).toEqual({
    place: 'Recife',
    observed_at,
    temperature_c: 29.4,
    wind_kmh: 18,
    condition: 'Parcialmente nublado',
    humidity_percent: 66,
    visibility_km: 10,
  })
  expect(readObservation('Recife', openWeather())).toEqual({
    place: 'Recife',
    observed_at,
    temperature_c: 29.02,
    wind_kmh: 18.5,
    condition: 'nuvens dispersas',
    humidity_percent: 70,
    visibility_km: 10,
  })
  expect(readObservation('Recife', { ...openWeather(), visibility: undefined }).visibility_km).toBeNull()
})

test.each<[string, unknown, RegExp]>([
  ['neither shape', { cod: 200 }, /has the shape of neither WeatherAPI/],
  ['null', null, /shape of neither/],
  ['a list', [], /shape of neither/],
  ['no temperature', weatherApi('x', { temp_c: null }), /temperature_c cannot be read/],
  ['text for figures', weatherApi('x', { humidity: '66', wind_kph: '18' }), /wind_kmh, humidity_percent cannot/],
  ['kelvin', openWeather({ temp: 302.17 }), /302.17 is no temperature in °C; ask for metric units/],
  ['no condition', weatherApi('x', { condition: {} }), /condition cannot be read/],
  ['a time that is none', weatherApi('x', { last_updated_epoch: 1e300 }), /its time is none/],
])('an answer with %s is refused with a sentence', (_, json, sentence) =>
  expect(() => readObservation('Recife', json)).toThrow(sentence),
)

const context = { log: { debug() {}, info() {}, warn() {}, error() {} }, signal: new AbortController().signal }
const read = (places: string[]) =>
  readWeather({ ...context, roles: opened.roles }, { url: `${api.url}?q={place}&key={key}`, key: 'k&y', places }, 10)

const file = async (key: string) => new Response((await opened.roles.objects.get(key))!.body).text()

test('the weather of each place is kept, once for each observation, and the file of its day has all of it', async () => {
  const places = ['São Paulo', 'Recife,BR']
  expect(await read(places)).toEqual({ observations: 2, files: ['clima/2026-11-21.csv'] })
  expect(api.asked.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual(
    places.map((q) => ({ q, key: 'k&y' })),
  )
  // The same again, and an hour later one of them anew.
  api.next = [
    (url) => Response.json(weatherApi(url.searchParams.get('q')!)),
    () => Response.json(weatherApi('x', { last_updated_epoch: OBSERVED_S + 3600, temp_c: -1.5, vis_km: null })),
  ]
  await read(places)
  expect(await file('clima/2026-11-21.csv')).toBe(
    [
      'place,observed_at,temperature_c,wind_kmh,condition,humidity_percent,visibility_km',
      '"Recife,BR",2026-11-21T14:45:00.000Z,29.4,18,Parcialmente nublado,66,10',
      'São Paulo,2026-11-21T14:45:00.000Z,29.4,18,Parcialmente nublado,66,10',
      '"Recife,BR",2026-11-21T15:45:00.000Z,-1.5,18,Parcialmente nublado,66,',
      '',
    ].join('\r\n'),
  )
  expect(await database.sql`select 1 from weather`).toHaveLength(3)
})

test('each day has its file', async () => {
  api.next = [
    (url) => Response.json(weatherApi(url.searchParams.get('q')!, { last_updated_epoch: OBSERVED_S + 86_400 })),
  ]
  const { files } = await read(['a', 'b'])
  expect(files).toEqual(['clima/2026-11-21.csv', 'clima/2026-11-22.csv'])
  expect(await file('clima/2026-11-22.csv')).toContain('a,2026-11-22T14:45:00.000Z')
})

test('a busy or confused service is asked again', async () => {
  api.next = [busy(429, { 'retry-after': '0' }), html, truncated, busy(500)]
  expect(await read(['Recife'])).toMatchObject({ observations: 1 })
  expect(api.asked).toHaveLength(5)
})

test('a place that fails fails the run with its sentence; the others are kept', async () => {
  api.next = [() => Response.json({ error: { code: 1006, message: 'No matching location found.' } }, { status: 400 })]
  await expect(read(['Nenhures', 'Recife'])).rejects.toThrow(/^1 of 2 places failed. GET .* answered 400\.$/)
  expect((await database.sql<{ place: string }[]>`select place from weather`).map(({ place }) => place)).toEqual([
    'Recife',
  ])
})

test('text that a spreadsheet would run as a formula is guarded', () => {
  const row = readObservation('=cmd()', weatherApi('x', { condition: { text: 'a "b", c' } }))
  expect(weatherCsv([row])).toContain(`'=cmd(),2026-11-21T14:45:00.000Z,29.4,18,"a ""b"", c",66,10\r\n`)
})

test('no sentence quotes the key, wherever in the URL it stands', async () => {
  api.usual = () => new Response('{"key":"k&y', { status: 403 })
  const settings = { url: `${api.url}k/{key}/{place}`, key: 'k&y', places: ['Recife'] }
  const said: string[] = []
  const log = { ...context.log, warn: (sentence: string) => void said.push(sentence) }
  const run = readWeather({ ...context, log, roles: opened.roles }, settings, 10)
  said.push(await run.then(String, (thrown: Error) => thrown.message))
  expect(said).toEqual([
    `GET ${api.url}k/***/Recife answered 403; check its key.`,
    `1 of 1 places failed. GET ${api.url}k/***/Recife answered 403; check its key.`,
  ])
})

test('without a key, an hour is skipped with a sentence, and who triggers it is told', async () => {
  const replica = await startReplica(
    new Map([['weather', weatherJob]]),
    opened.roles,
    { concurrency: 1, lease_s: 15 },
    silent,
  )
  const end = (id: string) =>
    until('the end', async () => ((await getRun(database.sql, id))?.finished_at ? getRun(database.sql, id) : null))
  const { run_id } = await enqueueRun(database.sql, { job: 'weather', trigger: 'manual' })
  // Failed, and to be tried again in a minute.
  await until('the first failure', async () => (await getRun(database.sql, run_id))?.failures === 1)
  expect((await getRun(database.sql, run_id))!.error).toStartWith('WEATHER_KEY is not set')
  await database.sql`delete from runs`
  const id = Bun.randomUUIDv7()
  await database.sql`insert into runs (id, job, slot, trigger) values (${id}, 'weather', now(), 'schedule')`
  await database.sql`select pg_notify('runs_queued', 'weather')`
  const run = (await end(id)) as RunRow
  await replica.stop(1000)
  expect(run).toMatchObject({ state: 'succeeded', result: { skipped: expect.stringContaining('WEATHER_KEY') } })
})
