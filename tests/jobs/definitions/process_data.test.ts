import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { publishReport, reportKey, reportOfRun } from '../../../db/reports/reports.ts'
import type { RunRow } from '../../../db/jobs/runs.ts'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import processData from '../../../jobs/definitions/process_data/index.ts'
import { job, type JobContext, type JobRoles } from '../../../jobs/job.ts'
import { makeReport } from '../../../jobs/definitions/process_data/make-report.ts'
import { formatMoney, parseMoney } from '../../../jobs/definitions/process_data/money.ts'
import { readExport } from '../../../jobs/definitions/process_data/read-export.ts'
import { reportCsv } from '../../../jobs/definitions/process_data/report-csv.ts'
import { summarise } from '../../../jobs/definitions/process_data/summarise.ts'
import { startReplica, type Replica } from '../../../jobs/start-replica.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { startStandIn, type StandIn } from '../../kit/api-stand-in.ts'
import { endedRun, NEVER, silent, testRoles, type TestRoles } from '../../kit/replica.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let api: StandIn
let opened: TestRoles
let roles: JobRoles
let replica: Replica

const retried = job({
  name: 'retried_after_publishing',
  schedule: NEVER,
  retries: 1,
  backoff: { first_s: 0, max_s: 0 },
  async run(context) {
    const made = await makeReport(context)
    if (context.attempt === 1) throw new Error('died before saying so')
    return made
  },
})
const taken = job({
  name: 'taken_meanwhile',
  schedule: NEVER,
  async run(context: JobContext) {
    // As a stale attempt sees it: the run has gone on without it.
    return makeReport({ ...context, attempt: context.attempt - 1 })
  },
})
// As it is made in the worker's process, with the patience of these tests, and without its retries.
const inline = { ...processData, name: 'process_data_inline', isolate: false, retries: 0 }

beforeAll(async () => {
  database = await testDatabase()
  api = startStandIn()
  opened = await testRoles(database, api.url)
  roles = opened.roles
  const file = join(import.meta.dir, '../../../jobs/definitions/process_data/index.ts')
  const jobs = new Map([{ ...processData, file, retries: 0 }, inline, retried, taken].map((one) => [one.name, one]))
  const isolated = readJobsConfig({
    DATABASE_URL: database.url,
    DATA_DIR: opened.data_dir,
    API_URL: api.url,
    SERVICE_PASSWORD: 'secret',
  })
  replica = await startReplica(jobs, roles, { concurrency: 4, lease_s: 15, isolated }, silent)
})
afterEach(() => void api.reset())
afterAll(async () => {
  await replica.stop(1000)
  await opened.close()
  api.stop()
  await database.close()
})

async function run(name: string): Promise<RunRow> {
  const { run_id } = await enqueueRun(database.sql, { job: name, trigger: 'manual' })
  return endedRun(database.sql, run_id)
}

async function objectKeys(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of roles.objects.list('relatorios/')) keys.push(key)
  return keys
}

async function read(key: string): Promise<Response> {
  return new Response((await roles.objects.get(key))!.body)
}

test('the catalogue becomes a report in JSON, CSV and PNG, exact to the last digit', async () => {
  const { state, error, result } = await run('process_data')
  expect({ state, error }).toEqual({ state: 'succeeded', error: null })
  expect(result).toEqual({ report_id: expect.any(String), items: 182, low_stock: 87 })
  const id = (result as { report_id: string }).report_id

  const report = (await (await read(reportKey(id, 'json'))).json()) as Record<string, unknown>
  expect(report).toMatchObject({ id, items: 182, stock: 516_726, stock_value: { BRL: '2103748.577' }, low_stock: 87 })
  expect(report.by_material).toEqual([
    { name: 'paper', items: 96, stock: 251_406, stock_value: { BRL: '542922.7842' }, low_stock: 42 },
    { name: 'plastic', items: 43, stock: 142_502, stock_value: { BRL: '147112.176' }, low_stock: 22 },
    { name: 'glass', items: 18, stock: 59_406, stock_value: { BRL: '81745.3992' }, low_stock: 8 },
    { name: 'other', items: 11, stock: 3474, stock_value: { BRL: '2819.304' }, low_stock: 6 },
    { name: 'metal', items: 10, stock: 41_664, stock_value: { BRL: '86742.4136' }, low_stock: 6 },
    { name: 'wood', items: 4, stock: 18_274, stock_value: { BRL: '1242406.50' }, low_stock: 3 },
  ])
  expect(report.by_kind).toHaveLength(8)
  expect(report.by_supplier).toHaveLength(14)
  expect(report.low_stock_items).toHaveLength(87)

  const csv = await (await read(reportKey(id, 'csv'))).text()
  expect(csv).toStartWith(
    'group,name,items,stock,low_stock,currency,stock_value,reorder_level\r\ntotal,,182,516726,87,BRL,2103748.577,\r\n',
  )
  expect(csv.split('\r\n')).toHaveLength(1 + 1 + 6 + 8 + 14 + 87 + 1)
  const [worst] = report.low_stock_items as Array<Record<string, unknown>>
  expect(csv).toContain(`\r\nreorder,${worst!.sku},1,${worst!.stock},1,,,${worst!.reorder_level}\r\n`)

  const png = await (await read(reportKey(id, 'png'))).bytes()
  expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47])
  expect(png.length).toBeGreaterThan(10_000)
  expect((await reportOfRun(database.sql, report.run_id as string))!).toMatchObject({ id, name: 'packaging' })
})

describe('no report is made', () => {
  const columns = 'sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\r\n'
  test.each<[string, () => Response, RegExp]>([
    [
      'of an export that breaks off',
      () => brokenOff(`${columns}A,A,paper,box,1,BRL,,1,0\r\n`),
      /socket|closed|ECONNRESET/i,
    ],
    ['when the API refuses', () => Response.json({}, { status: 503 }), /export answered 503/],
    ['of an export without the columns', () => new Response('sku,name\r\nA,B\r\n'), /columns material, .* are missing/],
    ['of an empty answer', () => new Response(''), /empty|answered/],
    [
      'of a cost with a comma',
      () => new Response(`${columns}A,A,paper,box,"1,5",BRL,,1,0\r\n`),
      /unit_cost of A is "1,5"/,
    ],
    ['of a row that is short', () => new Response(`${columns}A,A,paper\r\n`), /line 2/],
  ])('%s', async (_, answer, sentence) => {
    const before = await objectKeys()
    api.exportAnswer = answer
    const { state, error } = await run('process_data_inline')
    expect(state).toBe('failed')
    expect(error).toMatch(sentence)
    expect(await objectKeys()).toEqual(before)
  })
})

/** Sends the client to a server that dies in the middle of its answer. */
function brokenOff(start: string): Response {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ntransfer-encoding: chunked\r\n\r\n'
  const dying = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket) {
        socket.end(`${head}${Buffer.byteLength(start).toString(16)}\r\n${start}\r\n`)
        dying.stop()
      },
    },
  })
  return Response.redirect(`http://127.0.0.1:${dying.port}/`, 307)
}

test('a wrong service password says what to set', async () => {
  const { roles: others, close } = await testRoles(database, api.url, 'wrong')
  const context = {
    run_id: Bun.randomUUIDv7(),
    attempt: 1,
    roles: others,
    log: console,
    signal: new AbortController().signal,
  }
  await expect(makeReport({ ...context, slot: null, conf: {} } as never)).rejects.toThrow(
    /service sign in \(401\).*SERVICE_PASSWORD/,
  )
  await close()
})

test('an attempt that published and died before saying so leaves one report', async () => {
  const { state, attempt, result, id } = await run('retried_after_publishing')
  expect({ state, attempt }).toEqual({ state: 'succeeded', attempt: 2 })
  const report = (await reportOfRun(database.sql, id))!
  expect(result).toEqual({ report_id: report.id, items: 182, low_stock: 87 })
})

test('an attempt that has lost its run publishes nothing and clears its files away', async () => {
  const before = await objectKeys()
  const { state, error, id } = await run('taken_meanwhile')
  expect({ state, error }).toEqual({ state: 'failed', error: 'Another attempt of this run makes its report.' })
  expect(await reportOfRun(database.sql, id)).toBeNull()
  expect(await objectKeys()).toEqual(before)
  expect(await publishReport(database.sql, { run_id: id, attempt: 1 }, { id, name: 'late', summary: {} })).toBe(false)
})

async function summaryOf(csv: string) {
  return summarise(readExport(new Response(csv).body!))
}

test('money is added without rounding, and currencies are kept apart', async () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `S${i},N,paper,box,0.1,${i % 2 ? 'BRL' : 'USD'},X,3,0`)
  const summary = await summaryOf(
    `sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\n${lines.join('\n')}\n`,
  )
  expect(summary.stock_value).toEqual({ BRL: '150.00', USD: '150.00' })
  const huge = await summaryOf(
    `sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\nA,N,glass,jar,9999999999.9999,BRL,,2000000000,0\n`,
  )
  expect(huge.stock_value).toEqual({ BRL: '19999999999999800000.00' })
})

test.each([
  ['12', '12.00'],
  ['12.5', '12.50'],
  ['0.5206', '0.5206'],
  ['0.1', '0.10'],
  ['1.230', '1.23'],
  ['1.2340', '1.234'],
])('%s is written as %s', (text, written) => expect(formatMoney(parseMoney(text)!)).toBe(written))

test.each(['', '1,5', '-1', '1e3', '0.12345', 'NaN', '.5'])('"%s" is no amount', (text) =>
  expect(parseMoney(text)).toBeNull(),
)

test('text that a spreadsheet would run as a formula is read as it was, and guarded in the report', async () => {
  const summary = await summaryOf(
    `sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\nA,N,paper,box,1,BRL,'=cmd(),1,0\n`,
  )
  expect(summary.by_supplier[0]!.name).toBe('=cmd()')
  expect(reportCsv(summary)).toContain(`supplier,'=cmd(),1,1,0,BRL,1.00`)
})

test('what is furthest below its reorder level comes first, and the list is cut, not the count', async () => {
  const lines = Array.from({ length: 9000 }, (_, i) => `S${String(i).padStart(4, '0')},N,paper,box,1,BRL,,${i},9000`)
  const summary = await summaryOf(
    `sku,name,material,kind,unit_cost,currency,supplier,stock,reorder_level\n${lines.toReversed().join('\n')}\n`,
  )
  expect(summary.low_stock).toBe(9000)
  expect(summary.low_stock_items).toHaveLength(1000)
  expect(summary.low_stock_items[0]!.sku).toBe('S0000')
  expect(summary.low_stock_items.at(-1)!.sku).toBe('S0999')
})
