/** What people read of runs that failed, in Portuguese: from where it was thrown, through the worker and the runs table, to the alert. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { wordsOf } from '../../../db/alerts/delivery/words.ts'
import type { Detail } from '../../../db/alerts/table.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { requeueLostRuns } from '../../../db/jobs/run-claims.ts'
import { listAttempts, type RunRow } from '../../../db/jobs/runs.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import backup from '../../../jobs/definitions/backup.ts'
import backupDrill from '../../../jobs/definitions/backup_drill.ts'
import cleanup from '../../../jobs/definitions/cleanup/index.ts'
import monitorApi from '../../../jobs/definitions/monitor_api.ts'
import processData from '../../../jobs/definitions/process_data/index.ts'
import usersStream from '../../../jobs/definitions/users_stream/index.ts'
import weather from '../../../jobs/definitions/weather/index.ts'
import { createApiClient } from '../../../jobs/api-client.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { job, type Job } from '../../../jobs/job.ts'
import { startReplica, type Replica } from '../../../jobs/start-replica.ts'
import { startStandIn, type StandIn } from '../../kit/api-stand-in.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { endedRun, jobsOf, NEVER, silent, testRoles, type TestRoles } from '../../kit/replica.ts'
import { englishIn } from '../../kit/texts.ts'
import { behave } from '../worker/bad-behaviour.ts'
import { message } from './message.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let api: StandIn
let opened: TestRoles
let replica: Replica
let elsewhere: ReturnType<typeof Bun.serve>
/** What the API elsewhere, of weather and of people, answers. */
let answer = () => new Response('')

const away = createApiClient({
  url: 'http://127.0.0.1:1',
  username: 'service',
  password: async () => 'secret',
  metrics_token: undefined,
  patience_s: 0.1,
})
/** As it is, but in the worker's process and tried once. */
const once = (one: Job): Job => ({ ...one, isolate: false, retries: 0, holidays: null, calendar: null })
const away_from = (one: Job): Job => ({
  ...once(one),
  name: `${one.name}_away`,
  run: (context) => one.run({ ...context, roles: { ...context.roles, api: away } }),
})

const OWN = jobsOf(
  { name: 'slow', timeout_s: 0.05, run: () => new Promise(() => {}) },
  { name: 'inline', run: behave },
  { name: 'starts', run: ({ command }) => command('true') },
  { name: 'twice', run: async ({ step }) => [await step('a', () => 1), await step('a', () => 2)] },
  { name: 'dated', run: ({ step }) => step('when', () => new Date(0)) },
  { name: 'maps', run: ({ step }) => step.map('each', [1], () => Promise.reject(new Error('no paper'))) },
  { name: 'plain', run: () => Promise.reject(new Error('there is no paper')) },
)

beforeAll(async () => {
  database = await testDatabase()
  api = startStandIn()
  opened = await testRoles(database, api.url)
  elsewhere = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => answer() })
  const jobs = new Map(OWN)
  jobs.set(
    'strict',
    job({ name: 'strict', schedule: NEVER, conf: Type.Object({ days: Type.Integer() }), run: () => {} }),
  )
  for (const one of [weather, usersStream, monitorApi, processData, cleanup, backup, backupDrill])
    jobs.set(one.name, once(one))
  for (const one of [monitorApi, processData]) jobs.set(`${one.name}_away`, away_from(one))
  for (const folder of ['isolated-jobs', 'command-jobs'])
    for (const [name, one] of (await loadDefinitions(join(import.meta.dir, '../worker', folder))).jobs)
      jobs.set(name, { ...one, timeout_s: 5 })
  const isolated = readJobsConfig({ DATABASE_URL: database.url, DATA_DIR: opened.data_dir })
  replica = await startReplica(jobs, opened.roles, { concurrency: 4, lease_s: 15, isolated }, silent)
  Object.assign(opened.roles.settings.users, { url: `http://127.0.0.1:${elsewhere.port}/`, seconds: 1 })
})
afterAll(async () => {
  await replica.stop(1000)
  await opened.close()
  api.stop()
  elsewhere.stop(true)
  await database.close()
})

/** The message about the last failure of the job, as a Portuguese reader gets it. */
async function told(job: string): Promise<string> {
  const [alert] = await database.sql<{ detail: Detail }[]>`
    select detail from alerts where rule = 'JOB_FAILED' and subject = ${job} order by last_failed_at desc limit 1`
  return wordsOf(message({ subject: job, detail: alert!.detail, locale: 'pt-BR' })).detail
}

async function failed(job: string, conf: Record<string, unknown> = {}): Promise<RunRow> {
  const { run_id } = await enqueueRun(database.sql, { job, trigger: 'manual', conf })
  const run = await endedRun(database.sql, run_id)
  expect(run).toMatchObject({ state: 'failed' })
  return run
}

const asJson =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status })
const asExport = (text: string) => () => void (api.exportAnswer = () => new Response(text))
const weatherAt = (key: string | undefined, made: () => Response) => () => {
  const url = `http://127.0.0.1:${elsewhere.port}/{place}${key === undefined ? '/{key}' : ''}`
  Object.assign(opened.roles.settings.weather, { url, key, places: ['Recife'] })
  answer = made
}
const people = (made: () => Response) => () => void (answer = made)
const current = { last_updated_epoch: 1, wind_kph: 1, condition: { text: 'Sol' }, humidity: 50 }
const file = (path: string, text: string) => async () => {
  await mkdir(join(opened.data_dir, 'backups'), { recursive: true })
  await writeFile(join(opened.data_dir, path), text)
}

type Row = [job: string, how: string, arrange?: (() => unknown) | undefined, conf?: Record<string, unknown>]

const ROWS: Row[] = [
  ['weather', 'without its key', weatherAt(undefined, asJson({}))],
  ['weather', 'that does not know the place', weatherAt('k', asJson({}, 400))],
  ['weather', 'that does not know us', weatherAt('k', asJson({}, 401))],
  ['weather', 'of another shape', weatherAt('k', asJson({ sky: 'blue' }))],
  ['weather', 'without a temperature', weatherAt('k', asJson({ current }))],
  ['weather', 'in Fahrenheit', weatherAt('k', asJson({ current: { ...current, temp_c: 80 } }))],
  ['users_stream', 'of an API that is busy', people(asJson({}, 503))],
  ['users_stream', 'of a page', people(() => new Response('<h1>Hello</h1>'))],
  ['users_stream', 'of nobody', people(asJson({ results: [] }))],
  ['users_stream', 'of entries that are no people', people(asJson({ results: [{}] }))],
  ['users_stream', 'of an error', people(asJson({ error: 'Uh oh, this has failed.' }))],
  ['users_stream', 'without a list', people(asJson({}))],
  ['monitor_api', 'that is down', () => (api.health = asJson({}, 503))],
  ['monitor_api', 'that answers half', () => (api.health = () => new Response('{'))],
  ['monitor_api_away', 'that is away'],
  ['process_data', 'of an API that refuses', () => (api.exportAnswer = asJson({}, 400))],
  ['process_data', 'of nothing', asExport('')],
  ['process_data', 'of other columns', asExport('a,b\n1,2\n')],
  ['process_data', 'of a broken line', asExport('a,"b\n')],
  [
    'process_data',
    'of uneven lines',
    asExport('sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\n1\n'),
  ],
  [
    'process_data',
    'of an odd price',
    asExport('sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\n1,a,b,c,x,BRL,,1,1\n'),
  ],
  ['process_data_away', 'of an API that is away'],
  ['backup_drill', 'without a backup'],
  ['backup_drill', 'of a file that is no archive', file('backups/doca-20261129T023000Z-abcdef.tar.zst', 'nothing')],
  [
    'backup',
    'into a file',
    async () => {
      await rm(join(opened.data_dir, 'backups'), { recursive: true })
      await writeFile(join(opened.data_dir, 'backups'), '')
    },
  ],
  ['cleanup', 'of a table that is gone', () => database.sql`alter table probe_samples rename to elsewhere`],
  ['slow', 'at its timeout'],
  ['inline', 'that exits', undefined, { how: 'exits' }],
  ['inline', 'that throws null', undefined, { how: 'throws null' }],
  ['inline', 'that cannot be read', undefined, { how: 'throws what cannot be read' }],
  ['starts', 'a program where it cannot'],
  ['twice', 'a step'],
  ['dated', 'a result that JSON does not have'],
  ['maps', 'over what fails'],
  ['strict', 'with a conf that does not fit', undefined, { days: 'many' }],
  ['bad', 'that exits', undefined, { how: 'exits' }],
  ['greedy', 'for memory', undefined, { how: 'itself' }],
  ['any', 'with an exit code', undefined, { program: 'sh', args: ['-c', 'echo this is the reason >&2; exit 3'] }],
  ['any', 'that is killed', undefined, { program: 'sh', args: ['-c', 'kill -9 $$'] }],
  ['any', 'that is not there', undefined, { program: 'no-such-program' }],
  ['any', 'in no folder', undefined, { program: 'sh', cwd: 'nowhere' }],
]

test.each(ROWS.map(([job, how, arrange, conf]) => ({ job, how, arrange, conf })))(
  'a run of $job $how is told without a word of English of ours',
  async ({ job, arrange, conf }) => {
    api.reset()
    await arrange?.()
    const run = await failed(job, conf)
    const [attempt] = (await listAttempts(database.sql, run.id)).toReversed()
    expect(run.error_pt).not.toBeNull()
    expect([attempt!.error, attempt!.error_pt]).toEqual([run.error, run.error_pt])
    const text = await told(job)
    expect(text).toContain(run.error_pt!)
    expect([englishIn(text), text]).toEqual([undefined, text])
  },
)

test('what a job of people threw is told as they wrote it, as a quotation', async () => {
  const run = await failed('plain')
  expect(run).toMatchObject({ error: 'there is no paper', error_pt: null })
  expect(await told('plain')).toEndWith('falhou na tentativa 1: o job disse “there is no paper”')
})

test('a run whose workers died is told in both languages', async () => {
  const { sql } = database
  const { run_id } = await enqueueRun(sql, { job: 'plain', trigger: 'manual' })
  await endedRun(sql, run_id)
  await sql`update runs set state = 'running', finished_at = null, lease_until = now() - interval '1 s' where id = ${run_id}`
  await requeueLostRuns(sql, 1)
  expect(await endedRun(sql, run_id)).toMatchObject({
    error: 'Given up: its worker died 1 times while running it.',
    error_pt: 'Abandonada: os workers que a executavam morreram 1 vezes.',
  })
})
