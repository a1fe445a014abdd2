/** Pages follow what happens, whoever does it, and through what happens to their connection. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import pino from 'pino'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { observe } from '../../db/alerts/observe.ts'
import { readDbConfig } from '../../db/engines/config.ts'
import { connect, type Db } from '../../db/engines/connect.ts'
import { envReader } from '../../lib/env.ts'
import { processesOf, until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { openBrowser, person, signIn, startSystem, type System, PASSWORD } from './system.ts'

setDefaultTimeout(120_000)

/** Sooner than the pages ask by themselves. */
const BY_STREAM = { timeout: 5000 }

const DATA_DIR = temporaryFolder()
const JOBS_DIR = join(DATA_DIR, 'jobs')
const DONE = join(DATA_DIR, 'done')
mkdirSync(JOBS_DIR, { recursive: true })
writeFileSync(
  join(JOBS_DIR, 'waits.ts'),
  `import { job } from '../job.ts'
  export default job({ name: 'waits', schedule: '@never', async run() {
    while (!(await Bun.file('${DONE}').exists())) await Bun.sleep(50)
  } })`,
)

let system: System
let browser: Browser
let db: Db<'sql'>
let proxy: Proxy
let context: BrowserContext
let page: Page
beforeAll(async () => {
  ;[system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD, DATA_DIR, JOBS_DIR }), openBrowser()])
  db = await connect(readDbConfig(envReader({ DATA_DIR })), pino({ level: 'silent' }), ['sql'])
  proxy = await startProxy(Number(new URL(system.url).port))
  ;({ page, context } = await person(browser, proxy.url))
  await signIn(page, 'admin', PASSWORD)
  await overview(page)
})
afterAll(async () => {
  await browser?.close()
  await db?.close()
  await proxy?.stop()
  await system?.stop()
})

/** In front of the API, as a company has one; it may cut event streams. */
interface Proxy {
  url: string
  /** Streams that are open. */
  open(): number
  /** Those that were opened so far. */
  opened(): number
  cut(): void
  stop(): Promise<void>
}

async function startProxy(port: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const streams = new Set<Socket>()
  let opened = 0
  const server: Server = createServer((client) => {
    const upstream = connectSocket(port, '127.0.0.1')
    const end = () => {
      client.destroy()
      upstream.destroy()
      sockets.delete(client)
      streams.delete(client)
    }
    sockets.add(client)
    client.on('data', (bytes) => {
      if (!/^GET \/(?:live|runs\/[^ ]+\/logs)\?/.test(bytes.toString('latin1'))) return
      streams.add(client)
      opened++
    })
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => streams.size,
    opened: () => opened,
    cut() {
      for (const stream of streams) stream.destroy()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function overview(of: Page): Promise<void> {
  await of.getByRole('heading', { name: 'Overview' }).waitFor()
  await until('its stream', () => proxy.open() > 0)
}

/** As the browser says it of a tab behind another. */
const see = (of: Page, isSeen: boolean) =>
  of.evaluate(`{
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${!isSeen} })
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${isSeen ? 'visible' : 'hidden'}' })
    document.dispatchEvent(new Event('visibilitychange'))
  }`)

let firing: string | undefined
/** By this process, which is none of the system's. The one before is over: the page shows the first few. */
function fire(subject: string) {
  const before = firing === undefined ? [] : [{ rule: 'JOB_FAILED', subject: firing, ok: true } as const]
  firing = subject
  return observe(db.sql, [...before, { rule: 'JOB_FAILED', subject, ok: false, detail: 'a test' }])
}
const shown = (of: Page, subject: string) => of.getByText(subject, { exact: false }).first()

test('an alert that another process fires is shown', async () => {
  await fire('from_elsewhere')
  await shown(page, 'from_elsewhere').waitFor(BY_STREAM)
})

test('a run that somebody else starts is shown as running, and then as over; where it is not seen it has no stream', async () => {
  await page.goto('/jobs/waits')
  await page.getByRole('heading', { name: 'waits' }).waitFor()
  await until('its stream', () => proxy.open() > 0)
  const other = await person(browser, system.url)
  await signIn(other.page, 'admin', PASSWORD)
  await other.page.getByRole('heading', { name: 'Overview' }).waitFor()
  const { run_id } = (await other.page.evaluate(
    `fetch('/jobs/waits/trigger', { method: 'POST' }).then((run) => run.json())`,
  )) as { run_id: string }
  await page.getByText('Running', { exact: true }).first().waitFor(BY_STREAM)

  await page.goto(`/runs/${run_id}`)
  await until('its stream and that of the log', () => proxy.open() === 2)
  await see(page, false)
  await until('the end of both', () => proxy.open() === 0)
  await see(page, true)
  await until('both again', () => proxy.open() === 2)

  writeFileSync(DONE, '')
  await page.getByText('Succeeded', { exact: true }).first().waitFor(BY_STREAM)
  await other.context.close()
})

describe('with two tabs', () => {
  let second: Page
  beforeAll(async () => {
    await page.goto('/')
    await overview(page)
    second = await context.newPage()
    await second.goto('/')
    await second.getByRole('heading', { name: 'Overview' }).waitFor()
    await until('both streams', () => proxy.open() === 2)
  })
  afterAll(() => second.close())

  test('both show what happens', async () => {
    await fire('for_both')
    await Promise.all([page, second].map((tab) => shown(tab, 'for_both').waitFor(BY_STREAM)))
  })

  test('one that is not seen has no stream, and catches up when it is seen again', async () => {
    await see(second, false)
    await until('its end', () => proxy.open() === 1)
    await fire('while_hidden')
    await shown(page, 'while_hidden').waitFor(BY_STREAM)
    expect(await shown(second, 'while_hidden').count()).toBe(0)
    await see(second, true)
    await shown(second, 'while_hidden').waitFor(BY_STREAM)
    expect(proxy.open()).toBe(2)
  })

  test('one that is paused says so and stays as it is, and catches up afterwards', async () => {
    await second.getByRole('button', { name: 'Live' }).click()
    await second.getByRole('button', { name: 'Paused' }).waitFor()
    await until('its end', () => proxy.open() === 1)
    await fire('while_paused')
    await shown(page, 'while_paused').waitFor(BY_STREAM)
    expect(await shown(second, 'while_paused').count()).toBe(0)
    await second.getByRole('button', { name: 'Paused' }).click()
    await shown(second, 'while_paused').waitFor(BY_STREAM)
  })
})

test('a proxy that cuts streams is not noticed: what happened meanwhile is shown, and nothing is called lost', async () => {
  await until('one stream', () => proxy.open() === 1)
  const lost = page.getByText(/Reconnecting since/)
  for (let n = 1; n <= 3; n++) {
    const before = proxy.opened()
    proxy.cut()
    await fire(`after_cut_${n}`)
    await shown(page, `after_cut_${n}`).waitFor(BY_STREAM)
    await until('another stream', () => proxy.opened() > before)
    expect(await lost.count()).toBe(0)
  }
})

test('the API that is killed under open pages is said to be away, and is followed again', async () => {
  const [api] = (await processesOf(DATA_DIR)).filter(({ command }) => command.includes('api/main.ts'))
  const said = page.getByText(/Reconnecting since \d/).waitFor()
  process.kill(api!.pid, 'SIGKILL')
  await said
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await until('its stream', () => proxy.open() === 1)
  await fire('after_the_restart')
  await shown(page, 'after_the_restart').waitFor(BY_STREAM)
})

test('a session that ends elsewhere is said within 5 s', async () => {
  const other = await person(browser, system.url)
  await signIn(other.page, 'admin', PASSWORD)
  await other.page.getByRole('heading', { name: 'Overview' }).waitFor()
  await other.page.evaluate(`fetch('/logout?all=true', { method: 'POST' }).then((end) => end.status)`)
  await page.getByText('Your session has ended').waitFor(BY_STREAM)
  await other.context.close()
})
