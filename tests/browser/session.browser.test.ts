/** Signing in and out, in one tab and in two, and what becomes of a page whose session ends or changes meanwhile. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { until } from '../kit/program.ts'
import { openBrowser, person, signIn, startSystem, typeInto, type System, PASSWORD } from './system.ts'

setDefaultTimeout(120_000)

const OTHER = 'janela verde com sol forte'

let system: System
let browser: Browser
let admin: Page
beforeAll(async () => {
  ;[system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD }), openBrowser()])
  ;({ page: admin } = await person(browser, system.url))
  await signIn(admin, 'admin', PASSWORD)
  await heading(admin, 'Overview')
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
const dialog = (page: Page) => page.getByRole('dialog').last()
/** The field itself, where its panel has the same name. */
const fieldOf = (page: Page | Locator, name: string) =>
  page.getByLabel(name, { exact: true }).and(page.locator('input, textarea'))

/** As the page would ask, with its cookies; the status and the JSON of the answer. */
const ask = async (page: Page, method: string, path: string, body?: object) =>
  JSON.parse(
    await page.evaluate(
      `fetch(${JSON.stringify(path)}, { method: '${method}', headers: { 'content-type': 'application/json' }` +
        `${body ? `, body: ${JSON.stringify(JSON.stringify(body))}` : ''} })` +
        `.then(async (answer) => JSON.stringify({ status: answer.status, body: await answer.text() }))`,
    ),
  ) as { status: number; body: string }

async function makeUser(username: string, role: string, isReady = true): Promise<string> {
  const { status, body } = await ask(admin, 'POST', '/users', { username, password: PASSWORD, role })
  expect([username, status]).toEqual([username, 201])
  if (isReady) {
    const { context, page } = await person(browser, system.url)
    await signIn(page, username, PASSWORD)
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill(OTHER)
    await page.getByRole('button', { name: 'Save password' }).click()
    await heading(page, 'Overview')
    await context.close()
  }
  return (JSON.parse(body) as { id: string }).id
}

async function signedIn(username: string, password: string): Promise<{ page: Page; context: BrowserContext }> {
  const one = await person(browser, system.url)
  await signIn(one.page, username, password)
  await heading(one.page, 'Overview')
  return one
}

/** Ends the session of the page, as an expiry does, without a word to it. */
async function endSession(page: Page): Promise<void> {
  const { body } = await ask(page, 'GET', '/me')
  const { session_id } = JSON.parse(body) as { session_id: string }
  expect((await ask(admin, 'DELETE', `/me/sessions/${session_id}`)).status).toBe(204)
}

describe('at the door', () => {
  test('the keyboard alone leads in, and a wrong password is said', async () => {
    const { page, context } = await person(browser, system.url)
    await page.goto('/')
    await heading(page, 'Sign in to Doca')
    // The name has the focus.
    await page.keyboard.type('admin')
    await page.keyboard.press('Tab')
    await page.keyboard.type('not the password')
    await page.keyboard.press('Enter')
    await page.getByText('user name or the password').waitFor()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await heading(page, 'Overview')
    await context.close()
  })

  test('a person who has guessed too often is told how long to wait', async () => {
    const { page, context } = await person(browser, system.url)
    // As the API answers (tests/api/attempts.test.ts); the wait of a second would be over before it is read.
    const body = { code: 'too_many_attempts', detail: 'Too many failed attempts; try again in 7 s.' }
    await page.route('**/login', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'retry-after': '7' },
        contentType: 'application/problem+json',
        json: body,
      }),
    )
    await signIn(page, 'admin', 'wrong again')
    await page.getByRole('alert').filter({ hasText: 'try again in 7 s' }).waitFor()
    await context.close()
  })

  test('a server that is away is said, and nothing is lost', async () => {
    const { page, context } = await person(browser, system.url)
    await page.goto('/')
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill(PASSWORD)
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Doca cannot be reached').waitFor()
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading(page, 'Overview')
    await context.close()
  })

  test('a password that somebody else chose is changed first, and a weak one is refused with its reason', async () => {
    await makeUser('new', 'viewer', false)
    const { page, context } = await person(browser, system.url)
    await signIn(page, 'new', PASSWORD)
    await heading(page, 'Choose your password')
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByLabel('New password').fill('password1234')
    await page.getByRole('button', { name: 'Save password' }).click()
    await page.getByText(/easily guessed \(.+\)/).waitFor()
    await page.getByLabel('New password').fill(OTHER)
    await page.keyboard.press('Enter')
    await heading(page, 'Overview')
    await context.close()
  })

  test('without JavaScript a sentence leads to the API', async () => {
    const context = await browser.newContext({ baseURL: system.url, javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto('/jobs')
    expect(await page.locator('noscript, .noscript').first().innerText()).toContain('needs JavaScript')
    await page.getByRole('link', { name: '/docs' }).first().click()
    expect(new URL(page.url()).pathname).toBe('/docs')
    await context.close()
  })

  test('language and appearance are remembered', async () => {
    const { page, context } = await signedIn('admin', PASSWORD)
    await page.getByRole('button', { name: /^A?admin/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await page.getByRole('button', { name: /^A?admin/ }).click()
    await page.getByRole('menuitemradio', { name: 'Português' }).click()
    await heading(page, 'Visão geral')
    await page.reload()
    await heading(page, 'Visão geral')
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    expect(await page.evaluate('document.documentElement.lang')).toBe('pt-BR')
    await page.getByRole('button', { name: /^A?admin/ }).click()
    await page.getByRole('menuitem', { name: 'Sair' }).click()
    await heading(page, 'Entrar no Doca')
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await context.close()
  })

  test('a browser whose clock is an hour ahead says times by the server', async () => {
    const { page, context } = await person(browser, system.url)
    await page.clock.install({ time: Date.now() + 3_600_000 })
    await signIn(page, 'admin', PASSWORD)
    await heading(page, 'Overview')
    await page.goto('/account')
    const current = page.getByRole('row', { name: /This one/ })
    await current.waitFor()
    expect(await current.innerText()).toContain('just now')
    await context.close()
  })
})

describe('a session that ends', () => {
  let member: { page: Page; context: BrowserContext }
  beforeAll(async () => {
    await signedIn('admin', PASSWORD).then((one) => (member = one))
  })
  afterAll(() => member.context.close())

  /** A half-filled form of each page: where it is, how it is opened, and the field that is typed into. */
  const FORMS: Record<string, { at: string; open?: string; field: string }> = {
    'one’s own e-mail': { at: '/account', field: 'E-mail' },
    'one’s own password': { at: '/account', field: 'New password' },
    'an API key': { at: '/account', open: 'New key', field: 'Name' },
    'a new user': { at: '/users', open: 'New user', field: 'User name' },
    'a silence': { at: '/silences', open: 'New silence', field: 'Why' },
    'a job’s input': { at: '/jobs/hello', open: 'Start now', field: 'name' },
    'a pause': { at: '/jobs/hello', open: 'Pause', field: 'Why' },
    'a packaging item': { at: '/embalagens/new', field: 'SKU' },
  }

  async function comeBack(page: Page): Promise<void> {
    await endSession(page)
    await page.getByText('Your session has ended').waitFor({ timeout: 30_000 })
    await page.getByLabel('Password', { exact: true }).last().fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Your session has ended').waitFor({ state: 'detached' })
  }

  test('leaves what was typed: another’s e-mail, the days of a backfill, and the file of an import', async () => {
    const { page } = member
    const { body } = await ask(page, 'GET', '/users?q=service')
    await page.goto(`/users/${(JSON.parse(body) as { items: Array<{ id: string }> }).items[0]!.id}`)
    await page.getByRole('button', { name: 'Disable' }).click()
    await dialog(page).getByText('process_data makes no report').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Edit' }).click()
    await dialog(page).getByLabel('E-mail').fill('half@a.wor')
    await comeBack(page)
    expect(await dialog(page).getByLabel('E-mail').inputValue()).toBe('half@a.wor')

    await page.goto('/jobs/backup')
    await page.getByRole('button', { name: 'Backfill' }).click()
    const from = dialog(page).getByRole('group', { name: 'From' })
    await typeInto(from, '010220010304')
    const typed = await from.innerText()
    expect(typed).toMatch(/01\W+02\W+2001\W+03\W+04/)
    await comeBack(page)
    expect(await from.innerText()).toBe(typed)

    await page.goto('/embalagens')
    await page.getByRole('button', { name: 'Import' }).click()
    const csv = 'sku,name,material,kind,unit_cost,currency\nBACK-1,Box,paper,box,1,BRL\n'
    const file = { name: 'box.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
    await dialog(page).locator('input[type=file]').setInputFiles(file)
    const write = dialog(page).getByRole('button', { name: /^Import 1/ })
    await write.waitFor()
    await comeBack(page)
    await write.click()
    await page.getByText('BACK-1').first().waitFor()
  })

  test.each(Object.entries(FORMS))('leaves what was typed: %s', async (_, { at, open, field }) => {
    const { page } = member
    await page.goto(at)
    await page.locator('h1').waitFor()
    if (open) await page.getByRole('button', { name: open }).click()
    const typed = fieldOf(open ? dialog(page) : page, field)
    await typed.fill('half a wor')
    await comeBack(page)
    expect(await fieldOf(open ? dialog(page) : page, field).inputValue()).toBe('half a wor')
  })
})

describe('two tabs', () => {
  test('a sign-out in one shows in the other, and a sign-in brings it back with what was typed', async () => {
    const { page, context } = await signedIn('admin', PASSWORD)
    const other = await context.newPage()
    await other.goto('/account')
    await fieldOf(other, 'E-mail').fill('maria@example.com')
    await page.getByRole('button', { name: /^A?admin/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await other.getByText('You have signed out in another tab').waitFor()
    await heading(page, 'Sign in to Doca')
    await signIn(page, 'admin', PASSWORD)
    await heading(page, 'Overview')
    await other.getByText('You have signed out in another tab').waitFor({ state: 'detached' })
    expect(await fieldOf(other, 'E-mail').inputValue()).toBe('maria@example.com')
    await context.close()
  })

  test('of two users the second is said in the tab of the first, before anything is sent as the other', async () => {
    await makeUser('rui', 'operator')
    const { page, context } = await signedIn('admin', PASSWORD)
    const other = await context.newPage()
    await other.goto('/users')
    await heading(other, 'Users')
    await page.getByRole('button', { name: /^A?admin/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await heading(page, 'Sign in to Doca')
    await signIn(page, 'rui', OTHER)
    await heading(page, 'Overview')
    await other.getByRole('heading', { name: 'rui has signed in in another tab' }).waitFor()
    await other.getByRole('button', { name: 'Go on as rui' }).click()
    await other.getByText('It is for the role Administrator').waitFor()
    await other.getByRole('button', { name: /^R?rui/ }).waitFor()
    await context.close()
  })
})

describe('meanwhile', () => {
  test('a user who is given another role is told at the first refusal, and sees no longer what it took away', async () => {
    const id = await makeUser('eva', 'operator')
    const { page, context } = await signedIn('eva', OTHER)
    await page.goto('/jobs/hello')
    await page.getByRole('button', { name: 'Start now' }).waitFor()
    expect((await ask(admin, 'PATCH', `/users/${id}`, { role: 'viewer' })).status).toBe(200)
    await page.getByRole('button', { name: 'Start now' }).click()
    await dialog(page).getByRole('button', { name: 'Start now' }).click()
    await page.getByText('Your role has changed: Viewer').waitFor()
    await page.getByRole('button', { name: 'Start now' }).waitFor({ state: 'detached' })
    await context.close()
  })

  test('a user who is disabled is out, and is told why nothing leads in', async () => {
    const id = await makeUser('leo', 'viewer')
    const { page, context } = await signedIn('leo', OTHER)
    expect((await ask(admin, 'PATCH', `/users/${id}`, { disabled: true })).status).toBe(200)
    await page.getByText('Your session has ended').waitFor({ timeout: 30_000 })
    await page.getByLabel('Password', { exact: true }).last().fill(OTHER)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('user name or the password').waitFor()
    await context.close()
  })

  test('a sign-out that does not reach the server leaves the session, and says so', async () => {
    const { page, context } = await signedIn('admin', PASSWORD)
    await context.setOffline(true)
    await page.getByRole('button', { name: /^A?admin/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByText('you are still signed in').waitFor()
    await context.setOffline(false)
    await until('the connection', async () => (await ask(page, 'GET', '/me')).status === 200, 30_000)
    await context.close()
  })
})
