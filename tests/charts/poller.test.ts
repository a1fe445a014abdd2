import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLineActor } from '../../db/audit/audit.ts'
import { DEFAULT_LIMITS } from '../../charts/limits.ts'
import { createPool, type DrawingPool } from '../../charts/pool/index.ts'
import { startPoller, type Poller, type PollerParts } from '../../charts/poller/poll.ts'
import { uploadWorkbook } from '../../db/charts/uploads.ts'
import { announceChart, claimChart, finishChart, renewChart } from '../../db/charts/claim-charts.ts'
import { createDiskObjects } from '../../db/engines/objects/disk/objects.ts'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
import { AppError } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import { FIXTURES, slowCsv } from '../kit/make-workbook.ts'
import { makeZip } from '../kit/make-zip.ts'
import { number, sheetXml, text, workbookParts } from '../kit/odd-workbooks.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let data_dir: string
let objects: Objects
let pool: DrawingPool
const pollers: Poller[] = []

beforeAll(async () => {
  database = await testDatabase()
  pool = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
})
afterAll(async () => {
  pool.close()
  await database.close()
})
beforeEach(async () => {
  data_dir = temporaryFolder()
  objects = await createDiskObjects(join(data_dir, 'objects'))
})
afterEach(async () => {
  await Promise.all(pollers.splice(0).map((poller) => poller.stop(0)))
  await database.sql`delete from charts`
})

function newPoller(changes: Partial<PollerParts['config']> = {}, parts: Partial<PollerParts> = {}): Poller {
  const config = { poll_s: 1, workers: 2, lease_s: 5, locale: 'pt-BR', limits: DEFAULT_LIMITS, ...changes } as const
  const log = createLog('test', 'silent')
  const poller = startPoller({ sql: database.sql, objects, pool, config, log, ...parts })
  pollers.push(poller)
  return poller
}

const workbook = (name = 'sales-estimate.xlsx') => Bun.file(join(FIXTURES, name)).bytes()

interface ChartRow {
  state: string
  attempt: number
  error_code: string | null
  output_key: string | null
  source_version: string
}
const rowsOf = (key: string) => database.sql<ChartRow[]>`
  select state, attempt, error_code, output_key, source_version from charts where source_key = ${key} order by id`

async function stateOf(key: string): Promise<ChartRow | undefined> {
  return (await rowsOf(key)).at(-1)
}

async function json(key: string): Promise<Record<string, unknown> | null> {
  const found = await objects.get(key)
  return found && ((await new Response(found.body).json()) as Record<string, unknown>)
}

async function keys(prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of objects.list(prefix)) found.push(key)
  return found
}

test('a workbook in any folder gets its picture, drawing and summary', async () => {
  await objects.put('uploads/a/b/Vendas.XLSX', await workbook())
  newPoller()
  await until('the chart', async () => (await stateOf('uploads/a/b/Vendas.XLSX'))?.state === 'drawn')
  expect(await keys('graficos/')).toEqual([
    'graficos/a/b/Vendas.json',
    'graficos/a/b/Vendas.png',
    'graficos/a/b/Vendas.svg',
  ])
  expect((await stateOf('uploads/a/b/Vendas.XLSX'))?.output_key).toBe('graficos/a/b/Vendas')
  expect(await json('graficos/a/b/Vendas.json')).toMatchObject({ sheet: 'projections', range: 'A1:H13' })
})

test('each version is drawn once by three pollers, whichever sees it', async () => {
  for (let at = 0; at < 5; at++) await objects.put(`uploads/w${at}.xlsx`, await workbook())
  let drawings = 0
  const counting: DrawingPool = { ...pool, draw: (...words) => (drawings++, pool.draw(...words)) }
  for (let at = 0; at < 3; at++) newPoller({ workers: 1 }, { pool: counting })
  await until('five charts', async () => {
    const [row] = await database.sql<
      { drawn: number }[]
    >`select count(*)::int as drawn from charts where state = 'drawn'`
    return row!.drawn === 5
  })
  expect(drawings).toBe(5)
  expect(await database.sql`select from charts where attempt > 1`).toHaveLength(0)
})

test('an overwritten workbook is drawn again; an error takes the picture away and goes when it is mended', async () => {
  const poller = newPoller()
  const key = 'uploads/x.xlsx'
  const put = async (bytes: Uint8Array | string, state: string, versions: number) => {
    await objects.put(key, bytes)
    poller.wake()
    await until(`version ${versions} to be ${state}`, async () => {
      const rows = await rowsOf(key)
      return rows.length === versions && rows.at(-1)!.state === state
    })
  }
  await put(await workbook(), 'drawn', 1)
  await put('no workbook', 'failed', 2)
  expect(await keys('graficos/')).toEqual(['graficos/x.error.json'])
  const told = await json('graficos/x.error.json')
  expect(told).toMatchObject({ code: 'not_a_workbook', file: key })
  expect(told!.message).toContain('não é uma planilha')
  await put(await workbook('deaths-title-rows.xlsx'), 'drawn', 3)
  expect(await keys('graficos/')).toEqual(['graficos/x.json', 'graficos/x.png', 'graficos/x.svg'])
  expect(await json('graficos/x.json')).toMatchObject({ title: 'Age por Name' })
})

test('a file that is still being copied is not called broken, and is drawn when it is whole', async () => {
  const path = join(data_dir, 'objects/uploads/slow.xlsx')
  const bytes = await workbook()
  let looks = 0
  const watched: DrawingPool = { ...pool, draw: (...words) => pool.draw(...words).finally(() => looks++) }
  await Bun.write(path, bytes.subarray(0, 2000))
  const poller = newPoller({}, { pool: watched })
  await until('a look at its first part', () => looks === 1)
  await Bun.write(path, bytes.subarray(0, 4000))
  poller.wake()
  await until('a look at more of it', () => looks >= 2)
  await Bun.write(path, bytes)
  poller.wake()
  await until('the chart', async () => (await stateOf('uploads/slow.xlsx'))?.state === 'drawn')
  expect(await rowsOf('uploads/slow.xlsx')).toHaveLength(1)
  expect(await keys('graficos/')).toEqual(['graficos/slow.json', 'graficos/slow.png', 'graficos/slow.svg'])
})

test('what programs leave beside their files is no workbook, and other files are told what they are', async () => {
  for (const name of ['~$x.xlsx', '.x.xlsx.Ab12', 'x.xlsx.part', 'Thumbs.db', '.pasta/x.xlsx'])
    await Bun.write(join(data_dir, 'objects/uploads', name), 'lock')
  await objects.put('uploads/notas.txt', 'leite, pão')
  newPoller()
  await until('the other file', async () => (await stateOf('uploads/notas.txt'))?.state === 'failed')
  expect(await keys('graficos/')).toEqual(['graficos/notas.txt.error.json'])
  expect(await database.sql`select from charts`).toHaveLength(1)
})

test('an uploaded version is drawn under the id that its upload was answered with; one replaced before is forgotten', async () => {
  const bytes = await Bun.file(join(FIXTURES, 'sales-estimate.xlsx')).bytes()
  const actor = commandLineActor()
  const replaced = await uploadWorkbook(
    database.sql,
    objects,
    { name: 'up.xlsx', bytes: new TextEncoder().encode('not yet') },
    actor,
  )
  const { id, key } = await uploadWorkbook(database.sql, objects, { name: 'up.xlsx', bytes }, actor)
  newPoller()
  await until('the chart', async () => (await stateOf(key))?.state === 'drawn')
  expect(await database.sql`select id, attempt from charts where source_key = ${key}`).toEqual([
    { id, attempt: 1 },
  ] as never)
  expect(id).not.toBe(replaced.id)
})

test('versions that were replaced before they were drawn are forgotten: one that waits, one whose poller died', async () => {
  const key = 'uploads/x.csv'
  await objects.put(key, 'Mês;Valor\njan;1\nfev;2\nmar;3\n')
  const poller = newPoller()
  await until('the chart', async () => (await stateOf(key))?.state === 'drawn')
  await claimChart(database.sql, { key, version: 'older' }, { worker: 'dead', lease_s: 0 })
  await announceChart(database.sql, { key, version: 'old' })
  expect(await rowsOf(key)).toHaveLength(3)
  poller.wake()
  await until('them to be forgotten', async () => (await rowsOf(key)).length === 1)
  expect((await stateOf(key))!.state).toBe('drawn')
})

test('an upload keeps its id when it comes just before the version that it replaces is claimed', async () => {
  const key = 'uploads/x.csv'
  const id = await announceChart(database.sql, { key, version: '2' })
  const before = (await claimChart(database.sql, { key, version: '1' }, { worker: 'a', lease_s: 60 }))!
  expect(await finishChart(database.sql, before, 'drawn')).toBe(true)
  expect((await claimChart(database.sql, { key, version: '2' }, { worker: 'a', lease_s: 60 }))?.id).toBe(id)
})

test('a workbook whose name is too long for the files of its chart is drawn once, under a name that is cut', async () => {
  const deep = `${'p/'.repeat(480)}vendas.csv`
  const names = ['x'.repeat(251), 'x'.repeat(250) + 'y', 'é'.repeat(121)].map((name) => `${name}.csv`)
  for (const name of [...names, deep]) await objects.put(`uploads/${name}`, 'Mês;Valor\njan;1\nfev;2\nmar;3\n')
  newPoller()
  for (const name of [...names, deep])
    await until('the chart', async () => (await stateOf(`uploads/${name}`))?.state === 'drawn')
  const drawn = (await keys('graficos/')).filter((key) => key.endsWith('.png'))
  expect(drawn).toHaveLength(4)
  for (const row of await database.sql<ChartRow[]>`select attempt, output_key from charts`) {
    expect(row.attempt).toBe(1)
    expect(drawn).toContain(`${row.output_key}.png`)
  }
  expect(drawn.filter((key) => /^graficos\/x{200}~[\da-f]{8}\.png$/.test(key))).toHaveLength(2)
  expect(drawn.filter((key) => /^graficos\/é{100}~[\da-f]{8}\.png$/.test(key))).toHaveLength(1)
})

test('workbooks whose charts would have one name get one each, and keep it', async () => {
  const names = ['x.XLSX', 'x.xlsx', 'x', 'y.csv.xlsx', 'y.csv', 'z.xlsx', 'z.error.xlsx']
  const poller = newPoller()
  const csv = 'Mês;Valor\njan;1\nfev;2\nmar;3\n'
  for (const name of names) {
    await objects.put(`uploads/${name}`, name === 'y.csv' ? csv : name === 'z.xlsx' ? 'nothing' : await workbook())
    poller.wake()
    await until(name, async () => ['drawn', 'failed'].includes((await stateOf(`uploads/${name}`))?.state ?? ''))
  }
  const outputOf = async (name: string) => (await stateOf(`uploads/${name}`))!.output_key
  const outputs = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await outputOf(name)] as const)),
  )
  expect(outputs).toEqual({
    'x.XLSX': 'graficos/x',
    'x.xlsx': 'graficos/x.xlsx',
    x: 'graficos/x~2',
    'y.csv.xlsx': 'graficos/y.csv',
    'y.csv': 'graficos/y.csv~2',
    'z.xlsx': 'graficos/z',
    'z.error.xlsx': 'graficos/z.error.xlsx',
  })
  expect(await json('graficos/z.error.json')).toMatchObject({ code: 'not_a_workbook' })
  await objects.put('uploads/x.xlsx', 'no workbook')
  poller.wake()
  await until('the refusal', async () => (await stateOf('uploads/x.xlsx'))?.state === 'failed')
  expect(await keys('graficos/x')).toEqual([
    ...['json', 'png', 'svg'].map((suffix) => `graficos/x.${suffix}`),
    'graficos/x.xlsx.error.json',
    ...['json', 'png', 'svg'].map((suffix) => `graficos/x~2.${suffix}`),
  ])
})

test('a workbook whose name is no key, or is not UTF-8, is told so once, in both languages', async () => {
  const folder = join(data_dir, 'objects/uploads')
  await objects.put('uploads/ok.csv', 'Mês;Valor\njan;1\nfev;2\nmar;3\n')
  await Bun.write(join(folder, 'vendas\\2025.csv'), 'a;b')
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/Pre`), Buffer.from([0xe7]), Buffer.from('o.csv')]), 'a;b')
  const poller = newPoller()
  for (const name of ['vendas\\2025.csv', 'Pre\ufffdo.csv'])
    await until('the refusal', async () => (await stateOf(`uploads/${name}`))?.state === 'failed')
  poller.wake()
  await until('the other chart', async () => (await stateOf('uploads/ok.csv'))?.state === 'drawn')
  expect((await keys('graficos/')).filter((key) => key.endsWith('.error.json'))).toEqual([
    'graficos/Pre_o.csv.error.json',
    'graficos/vendas_2025.csv.error.json',
  ])
  const told = await json('graficos/vendas_2025.csv.error.json')
  expect(told).toMatchObject({ code: 'name_unusable', file: 'uploads/vendas\\2025.csv' })
  expect(told!.message).toBe(told!.message_pt)
  expect(told!.message_en).toContain('backslash')
  expect(await database.sql`select from charts where attempt > 1`).toHaveLength(0)
})

test('the chart of a workbook that is gone goes with it, of one that comes back it is drawn again', async () => {
  const poller = newPoller({ workers: 1 })
  for (const name of ['a.xlsx', 'b.xlsx']) await objects.put(`uploads/${name}`, await workbook())
  await objects.put('uploads/c.xlsx', 'no workbook')
  const states = async () =>
    (await database.sql<{ name: string; state: string }[]>`select source_key as name, state from charts order by 1`)
      .map(({ name, state }) => `${name.slice('uploads/'.length)} ${state}`)
      .join()
  await until('all three', async () => (await states()) === 'a.xlsx drawn,b.xlsx drawn,c.xlsx failed')
  await objects.delete('uploads/a.xlsx')
  await objects.delete('uploads/c.xlsx')
  poller.wake()
  await until('two to be forgotten', async () => (await states()) === 'b.xlsx drawn')
  expect(await keys('graficos/')).toEqual(['graficos/b.json', 'graficos/b.png', 'graficos/b.svg'])

  await objects.put('uploads/a.xlsx', await workbook())
  poller.wake()
  await until('it to be drawn again', async () => (await states()) === 'a.xlsx drawn,b.xlsx drawn')
  await poller.stop(0)
  await objects.delete('uploads/b.xlsx')
  await uploadWorkbook(database.sql, objects, { name: 'd.xlsx', bytes: await workbook() }, commandLineActor())
  await objects.delete('uploads/d.xlsx')
  await database.sql`update charts set found_at = now() - interval '2 minutes' where state = 'waiting'`
  newPoller()
  await until('what went while no poller ran', async () => (await states()) === 'a.xlsx drawn')
  expect(await keys('graficos/')).toEqual(['graficos/a.json', 'graficos/a.png', 'graficos/a.svg'])
})

test('charts stay while all of uploads/ is away, and are not drawn again when it is back', async () => {
  const warnings: string[] = []
  const log = createLog('test', 'silent')
  log.warn = ((_facts: object, message: string) => void warnings.push(message)) as never
  const poller = newPoller({}, { log })
  for (const name of ['a.csv', 'b.csv']) await objects.put(`uploads/${name}`, 'Mês;Valor\njan;1\nfev;2\nmar;3\n')
  const drawn = async () => (await database.sql`select from charts where state = 'drawn' and attempt = 1`).length
  await until('both', async () => (await drawn()) === 2)
  const folder = join(data_dir, 'objects/uploads')
  await rename(folder, `${folder}.away`)
  poller.wake()
  await until('the warning', () => warnings.length > 0)
  expect(warnings[0]).toStartWith('uploads/ is empty')
  expect(await keys('graficos/')).toHaveLength(6)
  await rm(folder, { recursive: true, force: true })
  await rename(`${folder}.away`, folder)
  await objects.put('uploads/c.csv', 'Mês;Valor\njan;1\nfev;2\nmar;3\n')
  poller.wake()
  await until('the third', async () => (await drawn()) === 3)
  await objects.delete('uploads/c.csv')
  await objects.delete('uploads/b.csv')
  poller.wake()
  await until('what is deleted to go', async () => (await drawn()) === 1)
  expect(warnings).toHaveLength(1)
})

test('a poller that looks into a folder of its own removes no chart, and forgets no upload before its own poller has it', async () => {
  const csv = 'Mês;Valor\njan;1\nfev;2\nmar;3\n'
  const poller = newPoller()
  await objects.put('uploads/x.csv', csv)
  await until('the chart', async () => (await stateOf('uploads/x.csv'))?.state === 'drawn')
  await poller.stop(0)
  const lookFromElsewhere = async (own: string[], wanted: string[]) => {
    const elsewhere = await createDiskObjects(join(temporaryFolder(), 'objects'))
    for (const key of own) await elsewhere.put(key, csv)
    const looked = new Set<string>()
    const watched: Objects = { ...elsewhere, head: (key) => elsewhere.head(key).finally(() => looked.add(key)) }
    const other = newPoller({}, { objects: watched })
    await until('its looks', () => wanted.every((key) => looked.has(key)))
    await other.stop(0)
    expect((await stateOf('uploads/x.csv'))!.state).toBe('drawn')
    expect(await keys('graficos/x.csv')).toHaveLength(3)
  }
  await lookFromElsewhere([], ['graficos/x.csv.error.json'])
  const waits = { name: 'waits.csv', bytes: new TextEncoder().encode(csv) }
  const { id, key } = await uploadWorkbook(database.sql, objects, waits, commandLineActor())
  await lookFromElsewhere(['uploads/own.csv'], ['graficos/x.csv.error.json', key])
  expect(await database.sql`select id from charts where state = 'waiting'`).toEqual([{ id }] as never)
})

test('drawing goes on while many charts are removed, and stopping does not wait for all of them', async () => {
  const csv = 'Mês;Valor\njan;1\nfev;2\nmar;3\n'
  const many = 100
  await database.sql`
    insert into charts (id, source_key, source_version, state, output_key, finished_at)
    select gen_random_uuid(), 'uploads/b' || n || '.xlsx', '1', 'drawn', 'graficos/b' || n, now()
    from generate_series(1, ${many}) n`
  for (let at = 1; at <= many; at++) await objects.put(`graficos/b${at}.png`, 'x')
  await objects.put('uploads/a.csv', csv)
  const gate = Promise.withResolvers<void>()
  let begun = 0
  const slow: Objects = {
    ...objects,
    delete: async (key, options) => {
      if (key.startsWith('graficos/b')) await (begun++, gate.promise)
      return objects.delete(key, options)
    },
  }
  const poller = newPoller({}, { objects: slow })
  await until('the first removals', () => begun > 0)
  await objects.put('uploads/later.csv', csv)
  poller.wake()
  await until('the chart', async () => (await stateOf('uploads/later.csv'))?.state === 'drawn')
  const stopped = poller.stop(0)
  gate.resolve()
  await stopped
  const [left] = await database.sql<[{ count: number }]>`
    select count(*)::int as count from charts where source_key like 'uploads/b%'`
  expect(left.count).toBeGreaterThan(many / 2)
  newPoller()
  await until('the rest', async () => (await database.sql`select from charts`).length === 2)
})

test('what cannot be listed or read stops nothing else, and is said once', async () => {
  const csv = 'Mês;Valor\njan;1\nfev;2\nmar;3\n'
  const denied = new AppError('internal', 'disk_denied', { en: 'denied', pt: 'negado' })
  const isClosed = (key: string) => key.startsWith('uploads/closed')
  const warnings: string[] = []
  const log = createLog('test', 'silent')
  log.warn = ((facts: { path?: string }) => void (facts.path && warnings.push(facts.path))) as never
  let lists = 0
  const partly: Objects = {
    ...objects,
    async *list(prefix, options) {
      lists++
      options!.leftOut!('uploads/closed', denied)
      for await (const info of objects.list(prefix, options)) if (!isClosed(info.key)) yield info
    },
    head: async (key) => (isClosed(key) ? Promise.reject(denied) : objects.head(key)),
    get: async (key) => (key === 'uploads/private.csv' ? Promise.reject(denied) : objects.get(key)),
  }
  const before = newPoller()
  await objects.put('uploads/closed/x.csv', csv)
  await until('the chart', async () => (await stateOf('uploads/closed/x.csv'))?.state === 'drawn')
  await before.stop(0)
  await announceChart(database.sql, { key: 'uploads/closed/y.csv', version: '1' })
  for (const name of ['private', 'a']) await objects.put(`uploads/${name}.csv`, csv)
  const poller = newPoller({}, { objects: partly, log })
  await until('the refusal', async () => (await stateOf('uploads/private.csv'))?.state === 'failed')
  expect(await stateOf('uploads/private.csv')).toMatchObject({ attempt: 1, error_code: 'not_readable' })
  await until('the chart', async () => (await stateOf('uploads/a.csv'))?.state === 'drawn')
  const before_this = lists
  await until('another pass', () => (poller.wake(), lists > before_this + 1))
  expect(warnings).toEqual(['uploads/closed'])
  expect((await stateOf('uploads/closed/x.csv'))!.state).toBe('drawn')
  expect((await stateOf('uploads/closed/y.csv'))!.state).toBe('waiting')
})

test('what was announced is drawn while uploads/ cannot be listed', async () => {
  const failing: Objects = {
    ...objects,
    // oxlint-disable-next-line require-yield -- it fails before
    async *list() {
      throw new AppError('unavailable', 'objects_unavailable', { en: 'away', pt: 'fora' })
    },
  }
  const bytes = new TextEncoder().encode('Mês;Valor\njan;1\nfev;2\nmar;3\n')
  const { key } = await uploadWorkbook(database.sql, objects, { name: 'x.csv', bytes }, commandLineActor())
  newPoller({}, { objects: failing })
  await until('the chart', async () => (await stateOf(key))?.state === 'drawn')
})

test('of very many objects a poll reads a part, and what was announced is drawn wherever it is', async () => {
  const many = 25_000
  const info = (key: string): ObjectInfo => ({
    key,
    version: '1',
    size_bytes: 1,
    modified_at: new Date(0),
    settled: true,
  })
  const [zero, before] = ['uploads/000000.xlsx', 'uploads/a.xlsx']
  await database.sql`
    insert into charts (id, source_key, source_version, state, output_key, finished_at)
    select gen_random_uuid(), 'uploads/b' || lpad(n::text, 6, '0') || '.xlsx', '1', 'drawn', 'graficos/b' || n, now()
    from generate_series(1, ${many}) n`
  let lists = 0
  let read = 0
  const large: Objects = {
    ...objects,
    async *list(prefix, options = {}) {
      lists++
      yield* objects.list(prefix, options)
      for (let n = 1; n <= many; n++) {
        read++
        yield info(`uploads/b${String(n).padStart(6, '0')}.xlsx`)
      }
    },
    head: async (key) => (key.startsWith('uploads/b') ? info(key) : objects.head(key)),
  }
  const poller = newPoller({ poll_s: 3600 }, { objects: large })
  await until('the first pass', () => read === many)
  for (const more of [10_000, 20_000, many, many + 10_000]) {
    poller.wake()
    await until('its part', () => read >= many + more)
    expect(read).toBe(many + more)
  }
  expect(lists).toBe(3)
  for (const key of [before, zero])
    await uploadWorkbook(
      database.sql,
      objects,
      { name: key.slice('uploads/'.length), bytes: await workbook() },
      commandLineActor(),
    )
  poller.wake()
  await until('them to be drawn', async () => {
    const rows = await database.sql`select from charts where source_key in (${before}, ${zero}) and state = 'drawn'`
    return rows.length === 2
  })
  expect(await database.sql`select count(*)::int as count from charts`).toEqual([{ count: many + 2 }] as never)
})

test('what is told names sheet and cell where they are known', async () => {
  const rows = `<row r="1">${text('A1', 'Mês')}${text('B1', 'Valor')}</row><row r="2">${text('A2', 'jan')}${number('B2', '1,5')}</row>`
  await objects.put('uploads/1,5.xlsx', await makeZip(workbookParts(sheetXml(rows))))
  newPoller()
  await until('the refusal', async () => (await stateOf('uploads/1,5.xlsx'))?.state === 'failed')
  const told = await json('graficos/1,5.error.json')
  expect(told).toMatchObject({ code: 'damaged', sheet: 'a', cell: 'B2' })
  expect(told!.message_pt).toContain('célula B2')
  expect(told!.message_en).toContain('cell B2')
})

test('a workbook that vanishes between the look and the reading is no error', async () => {
  const path = join(data_dir, 'objects/uploads/gone.xlsx')
  await objects.put('uploads/gone.xlsx', await workbook())
  let vanished = 0
  const vanishing: Objects = {
    ...objects,
    async get(key) {
      if (key === 'uploads/gone.xlsx') await unlink(path).then(() => vanished++)
      return objects.get(key)
    },
  }
  const poller = newPoller({}, { objects: vanishing })
  await until('it to vanish', () => vanished > 0)
  await until('the claim to be forgotten', async () => (await rowsOf('uploads/gone.xlsx')).length === 0)
  await objects.put('uploads/next.xlsx', await workbook())
  poller.wake()
  await until('the next chart', async () => (await stateOf('uploads/next.xlsx'))?.state === 'drawn')
  expect(await keys('graficos/gone')).toEqual([])
})

test('a newer version that arrives while the old one is drawn wins', async () => {
  const key = 'uploads/x.xlsx'
  await objects.put(key, await workbook())
  const path = join(data_dir, 'objects', key)
  let swapped = 0
  const overtaken: DrawingPool = {
    ...pool,
    async draw(...words) {
      const drawing = await pool.draw(...words)
      if (swapped++ === 0) {
        await Bun.write(`${data_dir}/new`, await workbook('deaths-title-rows.xlsx'))
        await rename(`${data_dir}/new`, path)
      }
      return drawing
    },
  }
  newPoller({}, { pool: overtaken })
  await until('the chart', async () => (await stateOf(key))?.state === 'drawn')
  expect(await json('graficos/x.json')).toMatchObject({ title: 'Age por Name' })
  expect(await rowsOf(key)).toHaveLength(1)
})

test('a workbook whose drawing process is killed each time is given up after three attempts, and said so', async () => {
  await objects.put('uploads/killer.csv', slowCsv())
  const own = createPool({ limits: DEFAULT_LIMITS, locale: 'pt-BR' })
  const poller = newPoller({}, { pool: own })
  const killed = new Set<number>()
  await until('it to be given up', async () => {
    const row = await stateOf('uploads/killer.csv')
    for (const pid of own.pids()) {
      if (row?.state !== 'drawing' || killed.has(pid)) continue
      process.kill(pid, 'SIGKILL')
      killed.add(pid)
    }
    poller.wake()
    return row?.state === 'failed'
  })
  own.close()
  expect(killed.size).toBe(3)
  expect(await stateOf('uploads/killer.csv')).toMatchObject({ attempt: 4, error_code: 'drawing_failed' })
  expect((await json('graficos/killer.csv.error.json'))!.message).toContain('3 tentativa')
})

test('stopping hands back what is being drawn without counting it as an attempt', async () => {
  await objects.put('uploads/slow.csv', slowCsv())
  const first = newPoller()
  await until('it to be drawn', async () => (await stateOf('uploads/slow.csv'))?.state === 'drawing')
  await first.stop(0)
  expect(await stateOf('uploads/slow.csv')).toMatchObject({ state: 'drawing', attempt: 0 })
  const { source_version: version } = (await stateOf('uploads/slow.csv'))!
  const claim = await claimChart(database.sql, { key: 'uploads/slow.csv', version }, { worker: 'b', lease_s: 60 })
  expect(claim?.attempt).toBe(1)
})

test('who lost its lease writes nothing more to the books', async () => {
  const source = { key: 'uploads/x.xlsx', version: '1' }
  const first = (await claimChart(database.sql, source, { worker: 'a', lease_s: 0 }))!
  expect(first.attempt).toBe(1)
  const second = (await claimChart(database.sql, source, { worker: 'b', lease_s: 60 }))!
  expect(second).toEqual({ id: first.id, attempt: 2, output_key: 'graficos/x' })
  expect(await claimChart(database.sql, source, { worker: 'c', lease_s: 60 })).toBeNull()
  expect(await claimChart(database.sql, { ...source, version: '2' }, { worker: 'c', lease_s: 60 })).toBeNull()
  expect(await renewChart(database.sql, first, 60)).toBe(false)
  expect(await finishChart(database.sql, first, { code: 'x', message: { en: 'x', pt: 'x' } })).toBe(false)
  expect(await finishChart(database.sql, second, 'drawn')).toBe(true)
  expect(await claimChart(database.sql, source, { worker: 'c', lease_s: 60 })).toBeNull()
})
