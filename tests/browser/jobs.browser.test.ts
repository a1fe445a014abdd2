/** Jobs, runs, monitors, overview and wall: what a person does there, and that what jobs say is never more than text. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import {
  openBrowser,
  person,
  signIn,
  startSystem,
  typeInto,
  WIDTHS,
  type System,
  violations,
  PASSWORD,
} from './system.ts'

setDefaultTimeout(120_000)

const DEFINITIONS = join(import.meta.dir, 'definitions')

let system: System
let browser: Browser
let page: Page
let complaints: string[]
const jobs_dir = join(temporaryFolder(), 'definitions')
beforeAll(async () => {
  mkdirSync(jobs_dir, { recursive: true })
  for (const name of readdirSync(DEFINITIONS)) {
    const text = readFileSync(join(DEFINITIONS, name), 'utf8')
    writeFileSync(join(jobs_dir, name), text.replaceAll('../../../jobs/', '../'))
  }
  ;[system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD, JOBS_DIR: jobs_dir }), openBrowser()])
  ;({ page, complaints } = await person(browser, system.url))
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
const dialog = () => page.getByRole('dialog')
const press = (name: string | RegExp) =>
  dialog()
    .getByRole('button', { name, exact: typeof name === 'string' })
    .click()

test('the form of a job has a field for each kind of value, and says beside each what does not fit', async () => {
  await page.goto('/jobs/forms?start=now')
  await dialog().getByLabel('customer').fill('Al')
  await dialog().getByLabel('copies').fill('9')
  await dialog().getByLabel('discount').fill('much')
  await press('Start now')
  await dialog().getByText('1 field does not fit; it is marked.').waitFor()
  expect(await dialog().getByText('This is no number.').count()).toBe(1)
  await dialog().getByLabel('discount').fill('0.25')
  await press('Start now')
  await dialog().getByText('2 fields do not fit; they are marked.').waitFor()
  expect(await dialog().getByLabel('copies').getAttribute('aria-invalid')).toBe('true')

  await dialog().getByLabel('customer').fill('<b>Ana</b>')
  await dialog().getByLabel('copies').fill('2')
  await dialog().getByLabel('channel').selectOption('slack')
  await typeInto(dialog().getByRole('group', { name: 'day' }), '12242026')
  await dialog().getByLabel('urgent').selectOption('Yes')
  const tags = dialog().getByRole('group', { name: 'tags' })
  await tags.getByRole('button', { name: 'Add' }).click()
  await tags.getByRole('textbox', { name: 'tags 1' }).fill('red')
  await tags.getByRole('button', { name: 'Add' }).click()
  await tags.getByRole('button', { name: 'Remove tags 2' }).click()
  await dialog().getByRole('group', { name: 'address' }).getByLabel('street').fill('Rua A')
  await dialog().getByLabel('extra').fill('{"a": [1]}')
  await press('Start now')
  const result = page.getByRole('region', { name: 'Result' })
  await result.waitFor()
  expect(JSON.parse(await result.locator('pre').innerText())).toEqual({
    customer: '<b>Ana</b>',
    channel: 'slack',
    copies: 2,
    discount: 0.25,
    day: '2026-12-24',
    urgent: true,
    tags: ['red'],
    address: { street: 'Rua A' },
    extra: { a: [1] },
  })
})

test('a log has its colours and nothing else of a terminal, is cut, searched, filtered and downloaded, and runs no script', async () => {
  await page.goto('/jobs/talkative?start=now')
  await dialog().getByLabel('lines').fill('2000')
  await press('Start now')
  await page.getByText('2,004 lines').waitFor()
  await page.getByText('Succeeded').first().waitFor()
  // The newest line is in sight, and most of the others are not drawn.
  await page.locator('.log-line', { hasText: 'line 2000 of 2000' }).waitFor()
  expect(await page.locator('.log-line').count()).toBeLessThan(500)

  const log = page.getByRole('log', { name: 'Log' })
  await log.focus()
  await page.keyboard.press('Home')
  await log.getByText('<script>document.title = "taken"</script>').waitFor()
  expect(await log.locator('.ansi-green').innerText()).toBe('green')
  expect(await log.locator('.ansi-red.ansi-bold').innerText()).toBe('red')
  expect(await log.innerText()).not.toContain('\u001b')
  await log.getByRole('button', { name: /show all [\d,]+ characters/ }).waitFor()
  await button('To the newest line').click()
  await page.locator('.log-line', { hasText: 'line 2000 of 2000' }).waitFor()

  await page.keyboard.press('/')
  await page.keyboard.type('line 77 ')
  await page.getByText('1 of 2,004 lines').waitFor()
  expect(await log.locator('mark').innerText()).toBe('line 77 ')
  expect(new URL(page.url()).searchParams.get('q')).toBe('line 77 ')
  await page.getByRole('searchbox').fill('')
  await page.getByLabel('Level').selectOption('warn and above')
  await page.getByText('2 of 2,004 lines').waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), button('Download').click()])
  const text = readFileSync(await file.path(), 'utf8')
  expect(text).toContain('warn careful note=<i>markup</i> share=0.5')
  expect(text.trim().split('\n')).toHaveLength(2)

  await page.getByText('read <b>all</b>').waitFor()
  await page.getByText('part[2]').waitFor()
  expect(await page.title()).toBe('Run · Doca')
})

test('a run that fails says why, leads to its alert, and is tried again', async () => {
  await page.goto('/jobs/stubborn?start=now')
  await press('Start now')
  await page.getByText('Attempt 2', { exact: true }).waitFor()
  await page.getByText('Why it failed').waitFor()
  await page.locator('.error-text', { hasText: '<script>document.title = "taken"</script>' }).waitFor()
  await page.getByRole('link', { name: 'Alert JOB_FAILED' }).waitFor()
  await button('Retry').click()
  await press('Retry')
  await page.getByText('Attempt 3', { exact: true }).waitFor()
  await page.goto('/')
  await page.getByRole('region', { name: 'Last failures' }).getByRole('link', { name: 'stubborn' }).first().waitFor()
  await page.goto('/runs?state=failed')
  await page.getByRole('link', { name: 'stubborn' }).first().waitFor()
  await page.goto('/jobs')
  // Worst first, and how often.
  await page.locator('tbody tr').first().getByRole('link', { name: 'stubborn' }).waitFor()
  await page.getByRole('button', { name: 'Failing 1' }).click()
  expect(await page.locator('tbody tr').count()).toBe(1)
  expect(await page.title()).toBe('Jobs · Doca')
})

test('queued runs are cancelled with their count and queued again, a running one is cancelled', async () => {
  for (let times = 0; times < 3; times++) {
    await page.goto('/jobs/patient?start=now')
    await press('Start now')
    await page.getByRole('heading', { name: 'Run of patient' }).waitFor()
  }
  await page.goto('/jobs/patient')
  await button('Cancel 2 queued').click()
  await dialog().getByText('Cancel 2 queued runs of patient?').waitFor()
  await press('Cancel 2 queued')
  await page.getByText('2 runs are cancelled').waitFor()
  await button('Undo').click()
  await page.getByText('2 runs are queued again').waitFor()
  await button('Cancel 2 queued').click()
  await press('Cancel 2 queued')
  await page.getByText('2 runs are cancelled').waitFor()

  await page.goto('/jobs?pool=desk')
  await page.getByRole('link', { name: '1 running' }).click()
  await page.locator('tbody').getByRole('link', { name: 'Running' }).click()
  await button('Cancel run').click()
  await press('Cancel run')
  await page.getByText('Cancelled', { exact: true }).first().waitFor()
})

test('a pause keeps its reason where everybody sees it, and is taken back', async () => {
  await page.goto('/jobs/patient')
  await button('Pause').click()
  await dialog().getByLabel('Why').fill('The <b>desk</b> moves')
  await press('Pause')
  await page.getByText('Paused: The <b>desk</b> moves').waitFor()
  await button('Undo').click()
  await button('Pause').waitFor()
})

test('a backfill says first which times it is about, then queues so many, and is taken back', async () => {
  await page.goto('/jobs/extract')
  await button('Backfill').click()
  const hour = (ago: number) =>
    new Date(Date.now() - ago * 3_600_000)
      .toLocaleString('en', {
        month: '2-digit',
        day: '2-digit',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
      })
      .replaceAll(/[^\dAP]/g, '')
  await typeInto(dialog().getByRole('group', { name: 'From' }), hour(30))
  await typeInto(dialog().getByRole('group', { name: 'To' }), hour(29))
  await press('Show which')
  const count = Number(
    /\d+/.exec(
      await dialog()
        .getByText(/\d runs? would be made/)
        .innerText(),
    )![0],
  )
  expect(count).toBeWithin(4, 6)
  await press(`Queue ${count} runs`)
  await page.getByText(`${count} runs were queued`).waitFor()
  const calendar = page.getByRole('region', { name: 'Calendar' })
  await calendar.locator('a.cell').first().waitFor()
  await calendar.locator('a.cell').last().focus()
  expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(/\d{4}.*: /)
  // A count of its legend leads to these runs.
  await calendar
    .locator('.slots-legend li', { hasText: /Backfilled|Succeeded|Ran/ })
    .getByRole('link')
    .first()
    .click()
  await page.waitForURL(/\/jobs\/extract\?(state|trigger)=\w+&from=.*&to=/)
  await page.locator('tbody tr').first().waitFor()
})

test('the graph shows which job runs after which, and leads to it', async () => {
  await page.goto('/jobs?view=graph')
  await page.getByRole('link', { name: /^publish .*, after clean, enrich$/ }).waitFor()
  expect(await page.locator('.graph-edge').count()).toBe(4)
  await page.getByRole('link', { name: /^extract .*, by its schedule$/ }).click()
  await page.getByRole('heading', { name: 'extract', level: 1 }).waitFor()
  await page.getByRole('region', { name: 'What runs before and after it' }).waitFor()
})

test('a file that cannot be used is told with its line and column, and one that is gone is forgotten by its name', async () => {
  writeFileSync(join(jobs_dir, 'clean.ts'), "import { job } from '../job.ts'\n\nexport default job({ name: 'clean', \n")
  await page.goto('/jobs/clean')
  await page
    .getByText(/clean\.ts:\d+:\d+/)
    .first()
    .waitFor({ timeout: 30_000 })
  rmSync(join(jobs_dir, 'talkative.ts'))
  await page.goto('/jobs/talkative')
  await page.getByText('No running program has its file').waitFor({ timeout: 60_000 })
  await button('Forget').click()
  await dialog().getByLabel('Name of the job').fill('talk')
  await press('Forget')
  await dialog().getByText('This is not its name.').waitFor()
  await dialog().getByLabel('Name of the job').fill('talkative')
  await press('Forget')
  await page.getByText('talkative is forgotten').waitFor()
  expect(new URL(page.url()).pathname).toBe('/jobs')
})

test('monitors are listed worst first, and the URL to ping is copied', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/monitors')
  await page.getByText('Down', { exact: true }).waitFor()
  expect(await page.locator('tbody tr').first().innerText()).toContain('closed_port')
  await page.getByRole('link', { name: 'nightly_copy' }).click()
  await button('Copy').click()
  await page.getByText('Copied').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toStartWith(`${system.url}/ping/nightly_copy.`)
})

test('a viewer sees all of it and is offered nothing that the role may not do', async () => {
  const made = await page.evaluate(
    `fetch('/users', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'vera', password: ${JSON.stringify(PASSWORD)}, role: 'viewer' }) }).then((answer) => answer.status)`,
  )
  expect(made).toBe(201)
  const other = await person(browser, system.url, { width: 'phone' })
  await signIn(other.page, 'vera', PASSWORD)
  await other.page.getByLabel('Current password').fill(PASSWORD)
  await other.page.getByLabel('New password').fill('mais uma senha longa e boa')
  await other.page.getByRole('button', { name: 'Save password' }).click()
  await other.page.locator('nav.side').waitFor()
  for (const path of ['/jobs/patient', '/jobs/stubborn']) {
    await other.page.goto(path)
    await other.page.getByRole('region', { name: 'Calendar' }).waitFor()
    for (const name of ['Start now', 'Pause', 'Backfill'])
      expect([path, name, await other.page.getByRole('button', { name }).count()]).toEqual([path, name, 0])
  }
  await other.context.close()
})

test('a wall never scrolls, and no page is wider than a phone', async () => {
  for (const [w, height] of [WIDTHS.laptop, [1920, 1080], WIDTHS.large] as const) {
    await page.setViewportSize({ width: w, height })
    await page.goto('/wall')
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect([
      w,
      await page.evaluate(
        '[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]',
      ),
    ]).toEqual([w, [0, 0]])
    // Text in the list is a fortieth of the height, for four metres.
    const size = Number(
      await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wall-grid')).fontSize)"),
    )
    expect(size / height).toBeGreaterThan(0.02)
  }
  await page.locator('.wall-value').getByRole('link', { name: '%' }).first().waitFor()
  expect(await page.locator('.wall-failures li p').first().innerText()).toContain('the warehouse did not answer')
  await page.keyboard.press('?')
  await dialog().getByRole('heading', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })

  const [width, height] = WIDTHS.phone
  await page.setViewportSize({ width, height })
  const wide: string[] = []
  for (const path of [
    '/',
    '/wall',
    '/jobs',
    '/jobs?view=graph',
    '/jobs/extract',
    '/jobs/patient',
    '/runs',
    '/kpis',
    '/monitors',
    '/monitors/nightly_copy',
  ]) {
    await page.goto(path)
    await page.locator('h1').waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) wide.push(path)
  }
  expect(await page.getByRole('button', { name: 'Search' }).count()).toBe(1)
  expect(wide).toEqual([])
  await page.setViewportSize({ width: WIDTHS.laptop[0], height: WIDTHS.laptop[1] })
})

test('forced colours leave seen what is chosen, and what a cell or a bar is', async () => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
  const styleOf = (selector: string, name: string) =>
    page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).getPropertyValue('${name}')`)
  await page.goto('/jobs/stubborn?by=hour')
  await page.locator('a.cell').first().waitFor()
  expect(await styleOf('.choice[aria-pressed="true"]', 'outline-style')).toBe('solid')
  expect(await styleOf('.choice[aria-pressed="false"]', 'outline-style')).toBe('none')
  const ground = await styleOf('.panel', 'background-color')
  expect(await styleOf('a.cell', 'background-color')).not.toBe(ground)
  await page.getByRole('region', { name: 'Runs' }).locator('tbody a').first().click()
  await page.locator('.timeline-bar').first().waitFor()
  expect(await styleOf('.timeline-bar', 'background-color')).not.toBe(ground)
  await page.emulateMedia({ forcedColors: 'none', reducedMotion: 'no-preference' })
})

test.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', async (theme) => {
  await page.emulateMedia({ colorScheme: theme })
  const found: string[] = []
  for (const path of [
    '/',
    '/wall',
    '/jobs?view=graph',
    '/jobs/extract',
    '/jobs/patient?by=day',
    '/runs',
    '/kpis',
    '/monitors/nightly_copy',
    '/jobs/forms?start=now',
  ]) {
    await page.goto(path)
    await page.locator('h1, h2').first().waitFor()
    await page.locator('.loading').first().waitFor({ state: 'detached' })
    found.push(...(await violations(page)).map((one) => `${path}: ${one}`))
  }
  expect(found).toEqual([])
})

test('the console has nothing to say', () => {
  expect(complaints).toEqual([])
})
