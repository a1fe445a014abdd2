/** Alerts and silences, users, the audit and the system: their actions, and what they say to whom when something is missing. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { until } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { openBrowser, person, signIn, startSystem, typeInto, type System, violations, PASSWORD } from './system.ts'

setDefaultTimeout(120_000)

const OTHER = 'janela verde com sol forte'
/** Of the smallest phones. */
const SMALL = 360
const MARKUP = '<img src=x onerror=alert(1)>'

const JOBS_DIR = join(temporaryFolder(), 'jobs')
/** Each fails when it is started. */
const JOBS = ['breaks_one', 'breaks_two']

let system: System
let browser: Browser
let page: Page
let complaints: string[]
beforeAll(async () => {
  mkdirSync(JOBS_DIR, { recursive: true })
  for (const name of JOBS)
    await Bun.write(
      join(JOBS_DIR, `${name}.ts`),
      `import { job } from '../job.ts'\nexport default job({ name: '${name}', schedule: '@yearly', retries: 0, async run() { throw new Error('${MARKUP}') } })\n`,
    )
  ;[system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD, JOBS_DIR }), openBrowser()])
  ;({ page, complaints } = await person(browser, system.url))
  await signIn(page, 'admin', PASSWORD)
  await heading(page, 'Overview')
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const heading = (on: Page, name: string | RegExp) => on.getByRole('heading', { name, level: 1 }).waitFor()
const dialog = () => page.getByRole('dialog').last()
const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click()
/** What was told last. */
const undo = () => page.getByRole('button', { name: 'Undo' }).first().click()
const isShown = (text: string | RegExp) => page.getByText(text).first().waitFor()

/** As the page would ask, with its cookies; the JSON of the answer. */
async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const init = { method, headers: { 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) }
  return JSON.parse(
    await page.evaluate(`fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then((answer) => answer.text())`),
  ) as Record<string, unknown>
}

/** What axe finds in both themes, with whatever is open. */
async function violationsInBoth(on: Page): Promise<string[]> {
  const found: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await on.emulateMedia({ colorScheme: theme })
    found.push(...(await violations(on)).map((one) => `${theme}: ${one}`))
  }
  await on.emulateMedia({ colorScheme: 'light' })
  return found
}

describe('alerts', () => {
  beforeAll(async () => {
    for (const name of JOBS) await ask('POST', `/jobs/${name}/trigger`, { conf: {} })
  })

  test('what fires is in the list and in the bell, and the filter is in the address', async () => {
    await page.goto('/alerts')
    for (const name of JOBS)
      await page.getByRole('link', { name: `the job ${name} failed` }).waitFor({ timeout: 30_000 })
    await page.getByRole('link', { name: '2 alerts that nobody has taken note of' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('one')
    await page.getByRole('link', { name: 'the job breaks_two failed' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?q=one')
    await page.goto('/alerts?severity=CRITICAL')
    await isShown('Nothing fits the filter')
    await page.getByRole('link', { name: 'Show all' }).click()
    await page.getByRole('link', { name: 'the job breaks_one failed' }).waitFor()
  })

  test('an alert says what happened, what to do, its runs, and what was told where', async () => {
    await page.getByRole('link', { name: 'the job breaks_one failed' }).click()
    await heading(page, 'The job breaks_one failed')
    expect(await page.locator('.alert-detail').innerText()).toContain(MARKUP)
    await isShown('Read the run')
    await page.getByRole('cell', { name: 'Sent' }).waitFor({ timeout: 30_000 })
    await page.getByRole('region', { name: 'Its last runs' }).getByText('Failed').first().waitFor()
    expect(await violationsInBoth(page)).toEqual([])
    // On paper there is nothing to press.
    await page.emulateMedia({ media: 'print' })
    for (const part of ['header.top', 'nav.side', '.page-actions'])
      expect([part, await page.locator(part).isVisible()]).toEqual([part, false])
    await page.emulateMedia({ media: 'screen' })
    await page.getByRole('link', { name: 'To its run' }).click()
    await heading(page, /breaks_one/)
    await page.goBack()
  })

  test('a silence ends by itself, is undone, and is ended and taken up again', async () => {
    await heading(page, 'The job breaks_one failed')
    await press('Silence')
    expect(await dialog().getByLabel('Rule').inputValue()).toBe('JOB_FAILED')
    await dialog().getByLabel('For how long').selectOption('Until tomorrow, 8:00')
    await dialog()
      .getByText(/It ends .*8:00/)
      .waitFor()
    expect(await violationsInBoth(page)).toEqual([])
    await dialog().getByLabel('Why').fill('A new disk')
    await dialog().getByRole('button', { name: 'Silence', exact: true }).click()
    await isShown(/Silenced until/)
    await undo()
    await isShown('The silence is taken back')
    await page.getByText(/Silenced until/).waitFor({ state: 'detached' })

    await page.goto('/silences')
    await isShown('Nothing is silenced')
    await press('New silence')
    await dialog().getByText('Nobody will be told of anything at all').waitFor()
    await dialog().getByLabel('About').fill('breaks_two')
    await dialog().getByLabel('Why').fill('A new disk')
    await dialog().getByRole('button', { name: 'Silence', exact: true }).click()
    const row = page.getByRole('row', { name: /breaks_two/ })
    await row.getByText('Lasts').waitFor()
    await row.getByRole('button', { name: 'End now' }).click()
    await dialog().getByRole('button', { name: 'End now' }).click()
    await isShown('Nothing is silenced')
    await undo()
    await row.getByText('A new disk').waitFor()
    await page.goto('/')
    const needs = page.getByRole('region', { name: 'What needs a person' })
    await needs.getByRole('link', { name: 'breaks_one' }).waitFor()
    expect(await needs.getByRole('link', { name: 'breaks_two' }).count()).toBe(0)
    await needs.getByRole('link', { name: '1 silenced' }).click()
    await isShown(/Silenced until/)
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.goBack()
    await heading(page, 'Overview')
    await page.goto('/alerts')
    await isShown(/Silenced until/)
  })

  test('several are noted at once, with their count and a word on them', async () => {
    await press('Take note of 2 alerts')
    await dialog().getByRole('heading', { name: 'Take note of these 2 alerts?' }).waitFor()
    await dialog().getByLabel('Note').fill('The disk is on its way')
    await dialog().getByRole('button', { name: 'Take note of 2 alerts' }).click()
    await isShown('You have taken note of 2 alerts')
    expect(await page.getByRole('cell', { name: /admin.*The disk is on its way/ }).count()).toBe(2)
    await page.getByRole('link', { name: '0 alerts that nobody has taken note of' }).waitFor()
  })
})

describe('users', () => {
  test('the only administrator is told so, until there is a second', async () => {
    await page.goto('/users')
    await isShown('There is one administrator')
    await press('New user')
    await dialog().getByLabel('User name').fill('ana')
    await dialog().getByLabel('Role').selectOption('Administrator')
    await dialog().getByRole('button', { name: 'Suggest one' }).click()
    expect(await dialog().getByLabel('First password').inputValue()).toMatch(/^(?:\w{5}-){3}\w{5}$/)
    await dialog().getByRole('button', { name: 'Create' }).click()
    await isShown('ana is created')
    await page.getByText('There is one administrator').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'ana' }).waitFor()
  })

  test('a first password that is easily guessed is refused with its reason, and the form stays', async () => {
    await press('New user')
    await dialog().getByLabel('User name').fill('rui')
    await dialog().getByLabel('First password').fill('password1234')
    await dialog().getByRole('button', { name: 'Create' }).click()
    await dialog()
      .getByText(/easily guessed \(.+\)/)
      .waitFor()
    await dialog().getByLabel('First password').fill(OTHER)
    await dialog().getByRole('button', { name: 'Create' }).click()
    await isShown('rui is created')
  })

  test('another role is given, and taken back', async () => {
    await page.getByRole('link', { name: 'rui' }).click()
    await heading(page, 'rui')
    expect(await violationsInBoth(page)).toEqual([])
    await press('Edit')
    await dialog().getByLabel('Role').selectOption('Operator')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await isShown('rui is saved')
    await page.getByRole('definition').filter({ hasText: 'Operator' }).waitFor()
    await undo()
    await isShown('The change is taken back')
    await page.getByRole('definition').filter({ hasText: 'Viewer' }).waitFor()
  })

  test('disabling says how many sessions end, and ends them', async () => {
    const other = await person(browser, system.url)
    await signIn(other.page, 'rui', OTHER)
    await other.page.getByText('Choose your password').waitFor()
    await page.reload()
    await heading(page, 'rui')
    await press('Disable')
    await dialog().getByText('1 session ends at once.').waitFor()
    await dialog().getByRole('button', { name: 'Disable' }).click()
    await isShown('rui is disabled')
    await isShown('They are signed in nowhere')
    await other.page.reload()
    await other.page.getByText('Sign in to Doca').waitFor()
    await other.context.close()
    await undo()
    await isShown('rui is enabled')
  })

  test('one’s own account leads to one’s own page', async () => {
    await page.goto('/users?q=admin&role=admin')
    await page.getByRole('link', { name: 'admin', exact: true }).click()
    await page.getByRole('main').getByRole('link', { name: 'Your account' }).waitFor()
    expect(await page.getByRole('button', { name: 'Disable' }).count()).toBe(0)
  })
})

describe('the audit', () => {
  test('says in words what changed, and its filters are in the address', async () => {
    await page.goto('/audit?target=rui&action=user.role_changed')
    const row = page.getByRole('row', { name: /Changed a role/ }).last()
    await row.getByText('viewer').waitFor()
    expect(await row.innerText()).toMatch(/viewer\s*→\s*operator/)
    await page.getByLabel('By whom').fill('nobody at all')
    await isShown('Names are compared as a whole')
    const address = page.url()
    expect(address).toContain('actor=nobody')
    await page.getByRole('link', { name: 'Show all' }).click()
    await page
      .getByRole('row', { name: /Signed in/ })
      .first()
      .waitFor()
    await page.goto('/audit?from=2001-01-01&to=2001-01-31')
    await isShown('Nothing fits the filter')
  })

  test('takes and shows days in the order of the page’s language, whatever the browser’s is', async () => {
    const other = await person(browser, system.url, { locale: 'en-US' })
    await signIn(other.page, 'admin', PASSWORD)
    await heading(other.page, 'Overview')
    await other.page.evaluate("localStorage.setItem('doca.language', 'pt-BR')")
    await other.page.goto('/audit?from=2001-01-31')
    const day = (name: string) => other.page.getByRole('group', { name })
    await day('De').getByText('31').waitFor()
    expect(await day('De').innerText()).toMatch(/^31\W+01\W+2001/)
    await typeInto(day('Até'), '25122001')
    await until('the day', async () => new URL(other.page.url()).search === '?from=2001-01-31&to=2001-12-25')
    await other.page.getByRole('button', { name: 'Limpar De' }).click()
    await until('its end', async () => new URL(other.page.url()).search === '?to=2001-12-25')
    // What is chosen is a step back, what is typed is none.
    await other.page.goBack()
    await day('De').getByText('31').waitFor()
    await other.context.close()
  })
})

describe('the system', () => {
  test('shows engines, programs, disk and backups, and settings with their source and no secret', async () => {
    await page.goto('/system')
    await isShown('are as they should be')
    for (const role of ['Database', 'Cache', 'Stream', 'Queue', 'History', 'Journal', 'Objects'])
      await page.getByRole('row', { name: new RegExp(`^${role} .*Answers`) }).waitFor()
    for (const program of ['api', 'charts', 'consumers', 'jobs'])
      await page.getByRole('row', { name: new RegExp(`^${program} .*At work`) }).waitFor()
    await isShown('There is no backup yet')
    const secret = page.getByRole('row', { name: /ADMIN_PASSWORD/ })
    await secret.getByText('set', { exact: true }).waitFor()
    await secret.getByRole('cell', { name: 'Environment', exact: true }).waitFor()
    expect(await page.content()).not.toContain(PASSWORD)
    await page.getByRole('button', { name: 'All', exact: true }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('KEEP_AUDIT')
    await page.getByRole('row', { name: /KEEP_AUDIT_DAYS .*730 .*Default .*jobs/ }).waitFor()
    expect(new URL(page.url()).search).toBe('?settings=all&q=KEEP_AUDIT')
  })
})

describe('what cannot be shown', () => {
  const LISTS = ['/alerts', '/silences', '/users', '/audit', '/system', '/account'] as const

  test.each(LISTS)('%s says that it loads, that it failed, and that nothing answers', async (path) => {
    const pattern = (url: URL) => url.pathname.startsWith(path === '/account' ? '/me/sessions' : path)
    const isData = (accept: string | undefined) => !accept?.includes('text/html')
    let mode: 'held' | 'broken' | 'away' = 'held'
    await page.route(pattern, async (route) => {
      if (!isData(route.request().headers().accept)) return route.continue()
      // The dashboard gives up a request when it leaves the page.
      if (mode === 'held') return until('another answer', async () => mode !== 'held').then(() => broken(route))
      return broken(route)
    })
    const broken = async (route: Parameters<Parameters<Page['route']>[1]>[0]) =>
      mode === 'away'
        ? route.abort()
        : route.fulfill({
            status: 500,
            contentType: 'application/problem+json',
            body: '{"code":"internal","detail":""}',
          })
    await page.goto(path)
    await page.locator('.loading').first().waitFor()
    mode = 'broken'
    await isShown('This could not be loaded')
    mode = 'away'
    // The stream may have asked again already.
    await page.reload()
    await isShown('Doca cannot be reached')
    await page.unroute(pattern)
    await page.getByText('Doca cannot be reached').first().waitFor({ state: 'detached', timeout: 30_000 })
  })

  test('a viewer sees alerts and no button, and is told whose the other pages are; an operator has the system without settings', async () => {
    await ask('POST', '/users', { username: 'eva', password: PASSWORD, role: 'viewer' })
    const viewer = await person(browser, system.url)
    await signIn(viewer.page, 'eva', PASSWORD)
    await viewer.page.getByLabel('Current password').fill(PASSWORD)
    await viewer.page.getByLabel('New password').fill(OTHER)
    await viewer.page.getByRole('button', { name: 'Save password' }).click()
    await heading(viewer.page, 'Overview')
    await viewer.page.goto('/alerts')
    await viewer.page.getByRole('link', { name: 'the job breaks_one failed' }).click()
    await viewer.page.getByText('What to do next').waitFor()
    expect(await viewer.page.getByRole('button', { name: /Silence|Take note/ }).count()).toBe(0)
    for (const path of ['/users', '/audit', '/system']) {
      await viewer.page.goto(path)
      await viewer.page.getByText('Your role does not open this').waitFor()
    }
    const { items } = (await ask('GET', '/users?q=eva')) as { items: Array<{ id: string }> }
    await ask('PATCH', `/users/${items[0]!.id}`, { role: 'operator' })
    await viewer.page.goto('/system')
    await viewer.page.getByRole('row', { name: /^Database/ }).waitFor()
    expect(await viewer.page.getByText('Settings').count()).toBe(0)
    await viewer.context.close()
  })

  test('on a small phone nothing is wider than the window, and no table than its box, in either language, whatever the words', async () => {
    const word = 'palavra'.repeat(14)
    await ask('POST', '/users', { username: word.slice(0, 60), password: PASSWORD, role: 'admin' })
    const item = { sku: 'LONG-1', name: word, material: 'paper', kind: 'box', unit_cost: '1.00', currency: 'BRL' }
    await ask('POST', '/embalagens', item)
    const { items } = (await ask('GET', '/alerts?limit=1')) as { items: Array<{ id: string }> }
    const users = (await ask('GET', '/users?q=rui')) as { items: Array<{ id: string }> }
    const wide: string[] = []
    for (const locale of ['en', 'pt-BR']) {
      const phone = await person(browser, system.url, { width: 'phone', locale })
      await phone.context.addCookies(await page.context().cookies())
      await phone.page.setViewportSize({ width: SMALL, height: 740 })
      for (const path of [
        ...LISTS,
        '/embalagens',
        '/jobs',
        '/runs',
        `/alerts/${items[0]!.id}`,
        `/users/${users.items[0]!.id}`,
      ]) {
        await phone.page.goto(path)
        await phone.page.locator('h1').waitFor()
        await until('the data', () => phone.page.evaluate('document.querySelector(".loading") === null'), 20_000)
        // A phone's window grows with what does not fit.
        const boxes = "[...document.querySelectorAll('.table-box')].some((box) => box.scrollWidth > box.clientWidth)"
        if (await phone.page.evaluate(`document.documentElement.scrollWidth > ${SMALL} || ${boxes}`))
          wide.push(`${path} ${locale}`)
      }
      await phone.context.close()
    }
    expect(wide).toEqual([])
  })
})

test('the console has nothing to say', () => {
  expect(complaints).toEqual([])
})
