/** The whole system by `bun run up`: started, hurt in every way, stopped. The folder's name has a space and accents. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPaths } from '../kit/open-paths.ts'
import { freePort, processesOf, startProgram, until, type Program } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const PROGRAMS = ['api', 'jobs', 'consumers', 'charts']

let parent: string
let data_dir: string
let url: string
let up: Program
let token: string

beforeAll(async () => {
  parent = temporaryFolder()
  data_dir = join(parent, 'dados da fábrica')
  await leaveOpen(join(data_dir, 'objects/kept'))
  const port = freePort()
  url = `http://127.0.0.1:${port}`
  up = startProgram('ops/up.ts', [], {
    DATA_DIR: data_dir,
    PORT: String(port),
    ADMIN_PASSWORD: 'a password for tests',
    PASSWORD_ROUNDS: '10',
    CHARTS_POLL_S: '1',
    STREAM_LEASE_S: '2',
    RATE_LIMIT_PER_MIN: '1000000',
  })
  await until('the welcome', () => up.output().includes('Doca is running'), 60_000, up.output)
  const answer = await post('/login', { username: 'admin', password: 'a password for tests' })
  token = ((await answer.json()) as { access_token: string }).access_token
})

afterAll(async () => {
  for (const { pid } of await processesOf(data_dir)) kill(pid)
})

/** As an earlier build left it, with a table that somebody has put there. */
async function leaveOpen(kept: string): Promise<void> {
  await mkdir(kept, { recursive: true })
  await writeFile(join(kept, 'by hand.csv'), TABLE)
  await chmod(join(kept, 'by hand.csv'), 0o644)
  for (const folder of [kept, join(kept, '..'), join(kept, '../..')]) await chmod(folder, 0o755)
}

const TABLE = 'month;sales\nJan;10\nFeb;20\nMar;15\n'

const post = (path: string, body: unknown) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })
const get = async (path: string) =>
  (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).json() as Promise<
    Record<string, unknown>
  >

/** The pid of a program, or of the postmaster, as it runs now. */
async function pidOf(name: string): Promise<number | undefined> {
  const processes = await processesOf(data_dir)
  const wanted = name === 'postgres' ? /bin\/postgres -D/ : new RegExp(`/${name}/main\\.ts`)
  return processes.find(({ command }) => wanted.test(command))?.pid
}

function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
}

/** Posts items one after the other until `stop`; returns the skus that were acknowledged, and how many were refused. */
function writeItems(prefix: string) {
  let stopped = false
  const acknowledged: string[] = []
  let refused = 0
  const done = (async () => {
    for (let i = 0; !stopped; i++) {
      const sku = `${prefix}-${i}`
      const item = { sku, name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1.00', currency: 'BRL' }
      const answer = await post('/embalagens', item).catch(() => null)
      if (answer?.status === 201) acknowledged.push(sku)
      else {
        refused++
        await Bun.sleep(5)
      }
    }
  })()
  return { acknowledged, refused: () => refused, stop: () => ((stopped = true), done) }
}

async function everySku(prefix: string): Promise<Set<string>> {
  const skus = new Set<string>()
  let cursor = ''
  do {
    const page = await get(`/embalagens?limit=100&q=${prefix}${cursor}`)
    for (const item of page.items as Array<{ sku: string }>) skus.add(item.sku)
    cursor = page.next_cursor ? `&cursor=${encodeURIComponent(String(page.next_cursor))}` : ''
  } while (cursor)
  return skus
}

async function everyQuantity(): Promise<Set<number>> {
  const quantities = new Set<number>()
  let cursor = ''
  do {
    const page = await get(`/events/history?sku=EV-1&limit=100${cursor}`)
    for (const event of page.items as Array<{ quantity: number }>) quantities.add(event.quantity)
    cursor = page.next_cursor ? `&cursor=${encodeURIComponent(String(page.next_cursor))}` : ''
  } while (cursor)
  return quantities
}

test('the folder that the welcome names is there, and a table dropped into it is drawn', async () => {
  const uploads = join(data_dir, 'objects/uploads')
  expect(up.output()).toContain(uploads)
  await writeFile(join(uploads, 'by hand.csv'), TABLE, { mode: 0o600 })
  const state = async () => ((await get('/charts')).items as Array<{ state: string }>)[0]?.state
  await until('the chart', async () => (await state()) === 'drawn', 60_000, up.output)
})

describe('kill -9 while it works', () => {
  test.each(['api', 'postgres'])(
    '%s: nothing acknowledged is lost, and it runs again by itself',
    async (name) => {
      const writer = writeItems(`K-${name}`)
      await until('some writes', () => writer.acknowledged.length >= 20)
      const pid = (await pidOf(name))!
      kill(pid)
      const before = writer.acknowledged.length
      await until('writes again', () => writer.acknowledged.length > before + 20, 60_000, up.output)
      await writer.stop()
      // The kill hit something only if writes failed in between.
      expect(writer.refused()).toBeGreaterThan(0)
      expect(await pidOf(name)).not.toBe(pid)
      const kept = await everySku(`K-${name}`)
      expect(writer.acknowledged.filter((sku) => !kept.has(sku))).toEqual([])
    },
    60_000,
  )

  test('consumers: every accepted event reaches the history', async () => {
    const item = { sku: 'EV-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1.00', currency: 'BRL' }
    expect((await post('/embalagens', item)).status).toBe(201)
    const total = 5000
    const pid = (await pidOf('consumers'))!
    for (let sent = 0; sent < total; sent += 1000) {
      const events = Array.from({ length: 1000 }, (_, i) => ({ sku: 'EV-1', kind: 'sale', quantity: sent + i + 1 }))
      expect((await post('/events', events)).status).toBe(202)
    }
    kill(pid)
    const caught_at = (await everyQuantity()).size
    // The kill hit something only if not all was done.
    expect(caught_at).toBeLessThan(total)
    await until('a new consumer', async () => ![undefined, pid].includes(await pidOf('consumers')), 60_000, up.output)
    await until('every event', async () => (await everyQuantity()).size === total, 60_000, up.output)
  })

  test.each(['jobs', 'charts'])('%s: it runs again by itself', async (name) => {
    const pid = (await pidOf(name))!
    kill(pid)
    await until(`${name} again`, async () => ![undefined, pid].includes(await pidOf(name)), 60_000, up.output)
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
})

test('what it keeps in its data folder is for its user alone, also what lay there before', async () => {
  const form = new FormData()
  form.set('file', new File([TABLE], 'sent.csv'))
  const sent = await fetch(`${url}/charts`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${token}` },
  })
  expect(sent.status).toBe(201)
  expect((await post('/jobs/monitor_api/trigger', {})).status).toBe(202)
  const charts = async () => (await get('/charts')).items as Array<{ state: string }>
  const drawn = async () => (await charts()).map(({ state }) => state).join() === 'drawn,drawn'
  await until('both charts', drawn, 60_000, up.output)
  const runs = async () => (await get('/jobs/monitor_api/runs')).items as Array<{ state: string }>
  await until('the run', async () => (await runs()).some(({ state }) => state === 'succeeded'), 60_000, up.output)
  expect(openPaths(data_dir)).toEqual([])
})

test('a second API on the same port says so, and the first goes on', async () => {
  const second = startProgram('api/main.ts', [], { DATA_DIR: data_dir, PORT: new URL(url).port, PASSWORD_ROUNDS: '10' })
  expect(await second.exited).toBe(1)
  expect(second.output()).toContain('Set PORT')
  expect((await fetch(`${url}/health/live`)).status).toBe(200)
})

test('after SIGINT nothing of it is left', async () => {
  const running = await processesOf(data_dir)
  expect(running.length).toBeGreaterThan(PROGRAMS.length + 1)
  up.kill('SIGINT')
  expect(await up.exited).toBe(0)
  expect(await processesOf(data_dir)).toEqual([])
})
