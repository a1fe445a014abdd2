/** From the link that the first start prints to a session with a second factor. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { TOTP } from 'otpauth'
import type { Browser } from 'playwright-core'
import { openBrowser, person, signIn, startSystem, type System, PASSWORD } from './system.ts'

setDefaultTimeout(120_000)

let system: System
let browser: Browser
beforeAll(async () => {
  ;[system, browser] = await Promise.all([startSystem(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

let secret: string
let recovery: string

test("the link opens a page to choose admin's password, once", async () => {
  const link = /http:\S+\/welcome#\S+/.exec(system.output())![0]
  const { page, context, complaints } = await person(browser, system.url)
  await page.goto(link)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByLabel('The same once more').fill(PASSWORD)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(page.url()).toBe(`${system.url}/`)
  expect(complaints).toEqual([])
  await context.close()

  const again = await person(browser, system.url)
  await again.page.goto(link)
  await again.page.getByLabel('Password').fill('another long horse battery')
  await again.page.getByLabel('The same once more').fill('another long horse battery')
  await again.page.getByRole('button', { name: 'Begin' }).click()
  await again.page.getByText('This link was used or has run out').waitFor()
  await again.context.close()
})

test('a wrong password is said, and the right one signs in', async () => {
  const { page, context } = await person(browser, system.url)
  await signIn(page, 'admin', 'not the password')
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await context.close()
})

test('an authenticator app is enrolled, and its codes and a recovery code sign in', async () => {
  const { page, context } = await person(browser, system.url)
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.goto('/account')
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByAltText('QR code for an authenticator app').waitFor()
  secret = (await page.locator('code.secret').innerText()).replaceAll(' ', '')
  await page.getByLabel('The code that it shows now').fill(new TOTP({ secret }).generate())
  await page.getByRole('button', { name: 'Turn on' }).click()
  const codes = page.locator('.codes code')
  await codes.first().waitFor()
  expect(await codes.count()).toBe(10)
  recovery = await codes.first().innerText()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByText('10 recovery codes are left').waitFor()
  await context.close()

  const again = await person(browser, system.url)
  await signIn(again.page, 'admin', PASSWORD)
  await again.page.getByRole('heading', { name: 'Enter the code' }).waitFor()
  await again.page.getByRole('button', { name: 'Use a recovery code' }).click()
  await again.page.getByLabel('Recovery code').fill(recovery)
  await again.page.getByRole('button', { name: 'Sign in' }).click()
  await again.page.getByRole('heading', { name: 'Overview' }).waitFor()
  await again.page.getByRole('button', { name: /admin/ }).click()
  await again.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await again.page.getByRole('heading', { name: 'Sign in to Doca' }).waitFor()
  await again.context.close()
})
