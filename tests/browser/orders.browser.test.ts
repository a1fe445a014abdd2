/** Orders: fill, look, send, follow a message to its end; the flow adds up, and every number leads to its list. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { insertMessages } from '../../db/engines/queue/sql/messages.ts'
import { ORDERS_QUEUE } from '../../db/orders/message.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'
import {
  openBrowser,
  PASSWORD,
  person,
  signIn,
  startSystem,
  violations,
  WIDTHS,
  type System,
  type Width,
} from './system.ts'

setDefaultTimeout(120_000)

/** Git ignores it. */
const PICTURES = join(import.meta.dir, 'pictures')

let database: TestDatabase
let system: System
let browser: Browser
let page: Page
let complaints: string[]
/** Of a message that died. */
let journey_path: string
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  database = await testDatabase()
  // Long enough to be seen waiting, and short enough to be waited for.
  const env = {
    DATABASE_URL: database.url,
    ADMIN_PASSWORD: PASSWORD,
    ORDERS_MAX_ATTEMPTS: '3',
    ORDERS_RETRY_DELAY_S: '5',
  }
  ;[system, browser] = await Promise.all([startSystem(env), openBrowser()])
  ;({ page, complaints } = await person(browser, system.url))
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
  await database?.close()
})

const dialog = () => page.getByRole('dialog')
const press = (name: string) => dialog().getByRole('button', { name }).click()
const region = (name: string) => page.getByRole('region', { name })
const figure = (of: string, name: string) =>
  region(`System ${of}`).locator('dl > div').filter({ hasText: name }).getByRole('link')
const node = (name: string) => page.locator('.flow').getByRole('link', { name })

test('an empty page says what to do, and a system is filled with as many orders as were asked for', async () => {
  await page.goto('/orders')
  await page.getByText('Nothing sent yet').waitFor()
  await page.getByText('at 0, 5, 10 s, then dead').waitFor()
  await region('System a').getByRole('button', { name: 'Fill' }).click()
  await dialog().getByLabel('Rows').fill('100001')
  await dialog().getByLabel('FALSE, in percent').fill('x')
  await press('Fill')
  await dialog().getByText('A whole number from 1 to 100,000.').waitFor()
  await dialog().getByText('A number from 0 to 100.').waitFor()
  await dialog().getByLabel('Rows').fill('60')
  await dialog().getByLabel('FALSE, in percent').fill('50')
  await press('Fill')
  await page.getByText('60 rows added to a').waitFor()
  expect(await figure('a', 'Pending').innerText()).toBe('60')
})

test('what would be sent is looked at as rows and as messages, and nothing is sent by that', async () => {
  await region('System a').getByRole('link', { name: 'Preview' }).click()
  await page.getByText('60 messages would be sent. Nothing is sent by looking.').waitFor()
  expect(await page.locator('tbody tr').count()).toBe(50)
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.locator('tbody tr').nth(59).waitFor()
  await page.getByText('never: dead after 3').first().waitFor()
  await page.getByRole('button', { name: 'Rows' }).click()
  await page.getByRole('button', { name: 'FALSE' }).click()
  expect(new URL(page.url()).search).toBe('?status=pending&check=false')
  await page.goto('/orders/a?q=no+such+product')
  await page.getByText('Nothing fits the filter').waitFor()
})

test('orders are sent, move, and add up when they have ended', async () => {
  await page.goto('/orders')
  await region('System a').getByRole('button', { name: 'Send 60 orders' }).click()
  await dialog().getByText('Send 60 orders of system a?').waitFor()
  await press('Send 60 orders')
  await page.getByText('60 orders of a sent').waitFor()
  // Told by the event stream, without a reload.
  await page.getByText('Moving').waitFor()
  await node('Retrying')
    .locator('strong', { hasText: /^[1-9]/ })
    .waitFor()

  await node('Retrying').click()
  await page.getByText('Retrying').first().waitFor()
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/orders/messages?status=retrying')
  await page.locator('tbody a').first().click()
  const journey = region('Journey')
  await journey
    .getByText(/^Attempt \d · Failed/)
    .first()
    .waitFor()
  await journey.getByText('Published, and confirmed by the broker').waitFor()
  await journey.getByRole('timer').waitFor()
  const attempts = await journey.getByText(/^Attempt \d · /).count()
  await page.getByRole('button', { name: 'Retry now' }).click()
  await page.getByText(/Attempt \d is on its way/).waitFor()
  // Before its delay is over, and shown by itself.
  await journey.getByText(`Attempt ${attempts + 1} · `).waitFor()

  await page.goto('/orders')
  await page.getByText('It adds up: all 60 messages that were sent have ended.').waitFor({ timeout: 60_000 })
  const numbers = await Promise.all(['Output', 'Dead'].map((name) => figure('a', name).innerText()))
  expect(numbers.reduce((sum, text) => sum + Number(text), 0)).toBe(60)
  expect((await region('Balance').count()) + (await page.getByRole('group', { name: 'Balance' }).count())).toBe(1)
})

test('every number leads to the list behind it', async () => {
  for (const status of ['Output', 'Dead', 'Waiting']) {
    await page.goto('/orders')
    const link = figure('a', status)
    const count = Number(await link.innerText())
    await link.click()
    await until(`${count} of ${status}`, async () => (await page.locator('tbody tr').count()) === count)
  }
})

test('the journey of one that died ends at its dead letter', async () => {
  await page.goto('/orders/a?status=dead')
  await page.locator('tbody a').first().click()
  const journey = region('Journey')
  await journey.getByText('Attempt 3 · Failed for good').waitFor()
  expect(await journey.getByRole('link', { name: 'To its dead letter' }).getAttribute('href')).toMatch(
    /^\/dead-letters\/[0-9a-f-]{36}$/,
  )
  expect(await page.getByRole('button', { name: 'Retry now' }).count()).toBe(0)
  journey_path = new URL(page.url()).pathname
})

test('the palette finds a message by its id', async () => {
  await page.keyboard.press('Control+k')
  await page.keyboard.type(journey_path.split('/').at(-1)!.toUpperCase())
  await page.getByRole('menuitem').filter({ hasText: 'Message of an order' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await region('Journey').getByText('Attempt 3 · Failed for good').waitFor()
})

test('what does not add up is listed message by message', async () => {
  const [lost] =
    await database.sql`delete from output.orders where id = (select min(id) from output.orders) returning *`
  await page.goto('/orders')
  await page.getByText('Does not add up').first().waitFor()
  await page.getByRole('link', { name: lost!.message_id as string }).waitFor()
  await page.getByText('It was sent, and is neither in the output, nor dead, nor on its way.').waitFor()
  await database.sql`
    insert into output.orders (message_id, origin, product, price, security_check)
    values (${lost!.message_id}, 'a', ${lost!.product}, ${lost!.price}, true)`
  await page.reload()
  await page.getByText('It adds up').waitFor()
})

test('a storm of failures pauses the consumer, and a person decides', async () => {
  const body = new TextEncoder().encode('{}')
  const bad = Array.from({ length: 150 }, (_, i) => ({
    id: `bad ${i}`,
    body,
    headers: { version: '2', trace_id: 't' },
  }))
  await insertMessages(database.sql, ORDERS_QUEUE, bad)
  const storm = page.getByRole('alert').filter({ hasText: 'The consumer of orders is paused' })
  // Nobody reloads the page.
  await storm.getByText('version_unknown').waitFor()
  expect([await violations(page), await page.getByText('Paused', { exact: true }).count()]).toEqual([[], 1])
  await page.screenshot({ path: join(PICTURES, 'orders-storm.png') })
  await page.goto('/')
  await page.getByRole('link', { name: 'The consumer of orders waits for a decision' }).click()
  await storm.getByRole('button', { name: 'Dead-letter them' }).click()
  await dialog().getByText('Dead-letter every message that fails with version_unknown?').waitFor()
  await press('Dead-letter them')
  await page.getByText('The consumer goes on').waitFor()
  await storm.waitFor({ state: 'detached' })
  await page.goto('/')
  await page.getByRole('link', { name: /^\d+ dead letters$/ }).waitFor()
})

const PAGES = () => [
  '/orders',
  '/orders/a',
  '/orders/b?status=pending&view=messages',
  '/orders/messages?status=dead',
  '/orders/output',
  journey_path,
]

test('an operator fills the other system by the keyboard alone', async () => {
  await page.goto('/orders/b')
  await page.getByText('This system has no orders yet').waitFor()
  await page.getByRole('button', { name: 'Fill' }).focus()
  await page.keyboard.press('Enter')
  await dialog().getByLabel('Rows').waitFor()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('12')
  await page.keyboard.press('Enter')
  await page.getByText('12 rows added to b').waitFor()
  await page.locator('tbody tr').nth(11).waitFor()
})

describe('every page of orders is fit for everybody', () => {
  test.each(
    (['light', 'dark'] as const).flatMap((theme) =>
      (Object.keys(WIDTHS) as Width[]).map((width) => [theme, width] as const),
    ),
  )('%s, %s', async (theme, width) => {
    const locale = theme === 'dark' ? 'pt-BR' : 'en'
    const one = await person(browser, system.url, { theme, width, locale })
    await one.context.addCookies(await page.context().cookies())
    for (const [i, path] of PAGES().entries()) {
      await one.page.goto(path)
      await one.page.locator('.flow, .steps, tbody tr').first().waitFor()
      const across = await one.page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect([path, across]).toEqual([path, 0])
      expect([path, await violations(one.page)]).toEqual([path, []])
      await one.page.screenshot({
        path: join(PICTURES, `orders-${i}-${width}-${theme}.png`),
        fullPage: width === 'phone',
      })
    }
    expect(one.complaints).toEqual([])
    await one.context.close()
  })
})

test('nothing was complained of', () => expect(complaints).toEqual([]))
