/** Each page's main action, what it says where there is nothing, and that it is fit for everybody. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { until } from '../kit/program.ts'
import {
  openBrowser,
  person,
  signIn,
  startSystem,
  WIDTHS,
  type System,
  type Width,
  violations,
  PASSWORD,
} from './system.ts'

setDefaultTimeout(120_000)

/** Git ignores it. */
const PICTURES = join(import.meta.dir, 'pictures')

let system: System
let browser: Browser
let page: Page
let complaints: string[]
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  ;[system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD }), openBrowser()])
  ;({ page, complaints } = await person(browser, system.url))
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

let run_path: string

test('a job is started with its input, and its log is followed to the end', async () => {
  await page.goto('/jobs')
  await page.getByRole('link', { name: 'hello' }).click()
  await page.getByRole('button', { name: 'Start now' }).click()
  await page.getByLabel('name').fill('<b>Maria</b>')
  await page.getByRole('dialog').getByRole('button', { name: 'Start now' }).click()
  await page.locator('.log-text', { hasText: 'Hello, <b>Maria</b>!' }).waitFor()
  await page.getByText('Succeeded').first().waitFor()
  run_path = new URL(page.url()).pathname
  expect(run_path).toStartWith('/runs/')
})

test('the palette goes anywhere by keyboard alone', async () => {
  await page.goto('/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('start hel')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Start hello now' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/jobs/hello')
  await page.keyboard.press('Escape')
})

test('a filter is in the address, and an empty list says what to do', async () => {
  await page.goto('/jobs')
  await page.getByRole('link', { name: 'hello' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('nothing_like_this')
  await page.getByText('Nothing fits the filter').waitFor()
  expect(new URL(page.url()).search).toBe('?q=nothing_like_this')
  await page.getByRole('link', { name: 'Show all' }).click()
  await page.getByRole('link', { name: 'hello' }).waitFor()
})

test('what the API does not serve is not offered, and its address says why', async () => {
  await page.route('**/me', async (route) => {
    const answer = await route.fetch()
    const me = (await answer.json()) as { features: string[] }
    await route.fulfill({ json: { ...me, features: me.features.filter((name) => !/^(people|events)$/.test(name)) } })
  })
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto('/people')
  await page.getByText('The API does not serve people').waitFor()
  const menu = page.getByRole('navigation', { name: 'Pages' })
  expect(await menu.getByRole('link', { name: 'Orders' }).count()).toBe(1)
  for (const name of ['People', 'Streams']) expect(await menu.getByRole('link', { name }).count()).toBe(0)
  await page.goto('/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await until('the overview', () => asked.includes('/orders/consumer'))
  expect(asked.filter((path) => /^\/(people|events|streams)\//.test(path))).toEqual([])
  await page.unrouteAll()
})

test('what does not exist is said', async () => {
  await page.goto('/jobs/never_heard_of')
  await page.getByText('This does not exist').waitFor()
  const answer = await page.goto('/nowhere')
  expect(answer!.status()).toBe(404)
  await page.getByText('Nothing has the address /nowhere').waitFor()
  await page.getByRole('link', { name: 'To the overview' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})

test('an address that cannot be says why, and offers no second try', async () => {
  for (const path of ['/runs/abc', '/alerts/undefined', '/embalagens?sort=nothing']) {
    await page.goto(path)
    const notice = page.locator('.notice', { hasText: 'The address asks for what cannot be' })
    await notice.locator('li').first().waitFor()
    expect(await notice.getByRole('button').count()).toBe(0)
  }
  await page.getByRole('link', { name: 'Show all' }).click()
  await page.getByText('The address asks for what cannot be').waitFor({ state: 'detached' })
})

test('a lost connection is said with its time, and its return ends it', async () => {
  await page.goto('/jobs')
  await page.getByRole('link', { name: 'hello' }).waitFor()
  await page.context().setOffline(true)
  await page.getByText(/Reconnecting since/).waitFor({ timeout: 30_000 })
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Live' }).waitFor({ timeout: 30_000 })
})

test('a session that ends leaves what was typed', async () => {
  const other = await person(browser, system.url)
  await signIn(other.page, 'admin', PASSWORD)
  await other.page.getByRole('heading', { name: 'Overview' }).waitFor()
  await other.page.goto('/account')
  await other.page.getByRole('textbox', { name: 'E-mail' }).fill('maria@example.com')
  const session = await other.page.evaluate("fetch('/me').then((me) => me.json()).then((me) => me.session_id)")
  const ended = await page.evaluate(
    `fetch('/me/sessions/${String(session)}', { method: 'DELETE' }).then((end) => end.status)`,
  )
  expect(ended).toBe(204)
  await other.page.getByText('Your session has ended').waitFor({ timeout: 30_000 })
  await other.page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD)
  await other.page.getByRole('button', { name: 'Sign in' }).click()
  await other.page.getByText('Your session has ended').waitFor({ state: 'detached' })
  expect(await other.page.getByRole('textbox', { name: 'E-mail' }).inputValue()).toBe('maria@example.com')
  await other.context.close()
})

describe('for everybody', () => {
  const addresses = () => ({
    overview: '/',
    wall: '/wall',
    jobs: '/jobs',
    job: '/jobs/hello',
    run: run_path,
    alerts: '/alerts',
    monitors: '/monitors',
    packaging: '/embalagens',
    item: '/embalagens/new',
    streams: '/streams?by=time',
    events: '/events/history?sku=A',
    charts: '/charts',
    reports: '/reports',
    silences: '/silences',
    users: '/users',
    audit: '/audit',
    system: '/system',
    account: '/account',
  })

  test.each(['light', 'dark'] as const)('axe finds nothing on any page in the %s theme', async (theme) => {
    await page.emulateMedia({ colorScheme: theme })
    const found: string[] = []
    for (const [name, path] of Object.entries(addresses())) {
      await page.goto(path)
      await settled(page)
      found.push(...(await violations(page)).map((one) => `${name}: ${one}`))
    }
    expect(found).toEqual([])
  })

  test.each(Object.keys(WIDTHS) as Width[])('no page is wider than a %s, and each is pictured', async (width) => {
    const wide: string[] = []
    const [w, height] = WIDTHS[width]
    await page.setViewportSize({ width: w, height })
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      for (const [name, path] of Object.entries(addresses())) {
        await page.goto(path)
        await settled(page)
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) wide.push(name)
        await page.screenshot({ path: join(PICTURES, `${name}-${width}-${theme}.png`) })
      }
    }
    expect(wide).toEqual([])
  })

  test('the console has nothing to say', () => {
    expect(complaints).toEqual([])
  })
})

async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  const isLoaded = () => page.evaluate('document.querySelector(".loading") === null')
  await until('the data', isLoaded, 20_000, () => page.url())
}
