/** Dead letters from their death to their end: groups and their notes, one letter, the bin, edited copies, replays with their canary. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
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
const DEAD = 24

let system: System
let browser: Browser
let page: Page
let complaints: string[]
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  ;[system, browser] = await Promise.all([
    // One attempt each: what fails is dead at once.
    startSystem({ ADMIN_PASSWORD: PASSWORD, LOCALE: 'en', ORDERS_MAX_ATTEMPTS: '1', ORDERS_RETRY_DELAY_S: '0' }),
    openBrowser(),
  ])
  ;({ page, complaints } = await person(browser, system.url))
  await signIn(page, 'admin', PASSWORD)
  await heading('Overview')
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const heading = (name: string | RegExp, on = page) => on.getByRole('heading', { name, level: 1 }).waitFor()
const dialog = () => page.getByRole('dialog').last()
const press = (name: string | RegExp) => page.getByRole('main').getByRole('button', { name, exact: true }).click()
const isShown = (text: string | RegExp) => page.getByText(text).first().waitFor()
/** What was told last. */
const undo = () => page.getByRole('button', { name: 'Undo' }).first().click()
const choose = (nth: number) => page.getByRole('row').nth(nth).getByRole('checkbox').check()
const badge = (text: string) => page.locator('.page-head .badge', { hasText: text }).waitFor()

/** As the page would ask, with its cookies. */
async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  return page.evaluate(`fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then((answer) => answer.json())`)
}
async function makeDead(count: number): Promise<void> {
  await ask('POST', '/systems/a/orders/fill', { count, false_share: 1 })
  await ask('POST', '/systems/a/send')
}
const letters = async (search = '') =>
  (await ask<{ items: Array<{ id: string }> }>('GET', `/dead-letters${search}`)).items

const GROUP = /^Not done after … attempts/

describe('groups', () => {
  test('where nothing is dead it is said, and what dies appears by itself', async () => {
    await page.goto('/dead-letters')
    await isShown('No message is dead')
    await makeDead(DEAD)
    await page.getByRole('link', { name: GROUP }).waitFor()
    await page.getByRole('link', { name: `${DEAD} dead letters of 1 cause` }).waitFor()
    await page.goto('/replays')
    await isShown('Nothing has been sent again yet')
  })

  test('an operator notes what is known of one, which can be undone', async () => {
    await page.goto('/dead-letters')
    await press('Note')
    await dialog().getByLabel('Note').fill('Without a security check.\n<b>Ana</b> asks the shop.')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await isShown('<b>Ana</b> asks the shop.')
    await isShown('noted by admin')
    await undo()
    await page.getByText('asks the shop').waitFor({ state: 'detached' })
  })

  test('is filtered by words, by the keyboard', async () => {
    await page.goto('/dead-letters')
    await page.getByRole('link', { name: GROUP }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('not_json')
    await isShown('Nothing fits the filter')
  })
})

describe('letters', () => {
  test('of a group have an address; some go to the bin and come back', async () => {
    await page.goto('/dead-letters')
    await page.getByRole('link', { name: GROUP }).click()
    await page.waitForURL(/[?&]group=/)
    await page.getByRole('heading', { name: GROUP, level: 2 }).waitFor()
    await choose(1)
    await choose(2)
    const region = page.getByRole('region', { name: '2 letters chosen' })
    await region.getByRole('button', { name: 'Move 2 to the bin…' }).click()
    await dialog().getByRole('button', { name: 'Move 2' }).click()
    await isShown('2 dead letters are in the bin')
    await undo()
    await isShown('2 dead letters are back')
    expect(await letters('?state=purged')).toEqual([])

    await choose(1)
    await page.getByRole('button', { name: 'Move 1 to the bin…' }).click()
    await dialog().getByRole('button', { name: 'Move 1' }).click()
    await isShown('1 dead letter is in the bin')
    await page.getByRole('link', { name: 'Bin' }).click()
    await choose(1)
    await page.getByRole('button', { name: 'Bring back' }).click()
    await isShown('The bin is empty')
  })

  test('a whole group goes, and comes back', async () => {
    await page.goto('/dead-letters')
    await page.getByRole('link', { name: GROUP }).click()
    await press(`Move ${DEAD} to the bin…`)
    await dialog()
      .getByRole('button', { name: `Move ${DEAD}` })
      .click()
    await isShown('No letter of this cause is dead any more')
    await undo()
    await page.getByRole('heading', { name: GROUP, level: 2 }).waitFor()
  })

  test('where somebody else was quicker nothing goes, and it is said', async () => {
    await page.goto('/dead-letters')
    await page.getByRole('link', { name: GROUP }).click()
    await press(`Move ${DEAD} to the bin…`)
    const [one] = await letters()
    await ask('DELETE', `/dead-letters?ids=${one!.id}&expected=1`)
    await dialog()
      .getByRole('button', { name: `Move ${DEAD}` })
      .click()
    await dialog().getByRole('alert').waitFor()
    await page.keyboard.press('Escape')
    await ask('POST', '/dead-letters/restore', { ids: [one!.id] })
  })

  test('are filtered by origin and words', async () => {
    await page.goto('/dead-letters?show=letters')
    await page.getByRole('link', { name: 'a', exact: true }).first().click()
    await page.getByRole('button', { name: /From: a/ }).click()
    await page.waitForURL((url) => !url.search.includes('origin'))
    await page.getByRole('searchbox').fill('nothing like this')
    await isShown('Nothing fits the filter')
  })
})

describe('one letter', () => {
  test('shows its bytes as text and hex, has a file, and leads to its journey and group', async () => {
    const [one] = await letters()
    await page.goto(`/dead-letters/${one!.id}`)
    await isShown(/"required_attempts": 2/)
    await page.getByRole('button', { name: 'As it came' }).click()
    await isShown(/"required_attempts":2/)
    await page.getByRole('button', { name: 'Hex' }).click()
    await isShown(/^00000000 {2}7b 22 6d/)
    expect(new URL(page.url()).search).toBe('?as=hex')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ])
    expect(JSON.parse(await Bun.file(await download.path()).text())).toMatchObject({ required_attempts: 2 })
    const journey = page.getByRole('link', { name: 'Its journey' })
    expect(await journey.getAttribute('href')).toMatch(/^\/orders\/messages\/[\da-f-]{36}$/)
    await page.getByRole('link', { name: 'All that died of this' }).click()
    await page.waitForURL(/[?&]group=/)
  })

  test('goes to the bin without a question, and back', async () => {
    const [one] = await letters()
    await page.goto(`/dead-letters/${one!.id}`)
    await press('Move to the bin')
    await badge('In the bin')
    await undo()
    await badge('Dead')
  })

  test('one that does not exist is said, and so is an address that cannot be', async () => {
    await page.goto('/dead-letters/01a22b7d-9ca3-73b6-8f24-52ab750fec56')
    await isShown('This does not exist')
    await page.goto('/dead-letters/abc')
    await isShown('The address asks for what cannot be')
  })

  test('an edited copy takes its place, with the difference; undone, the original is dead again', async () => {
    const [one] = await letters()
    await page.goto(`/dead-letters/${one!.id}`)
    const edit = async () => {
      await press('Edit…')
      await dialog().getByText('Nothing is changed yet').waitFor()
      await dialog().getByLabel('required_attempts').fill('1')
      await dialog().getByText('2 → 1').waitFor()
      await dialog().getByRole('button', { name: 'Save the copy' }).click()
      await page.waitForURL((url) => !url.pathname.endsWith(one!.id))
      await page.getByRole('heading', { name: 'What was edited' }).waitFor()
    }
    await edit()
    await undo()
    await page.waitForURL((url) => url.pathname.endsWith(one!.id))
    await badge('Dead')
    await edit()
    await page.getByRole('link', { name: 'To the original' }).click()
    await badge('Replaced by its copy')
    await page.goBack()
    await press('Send again…')
    await dialog().getByText('1 letter would be sent again').waitFor()
    await dialog().getByRole('button', { name: 'Send 1 again' }).click()
    await page.waitForURL(/\/replays\//)
    await badge('Done')
    await page.locator('tbody .badge', { hasText: 'Succeeded' }).waitFor()
  })
})

describe('a replay', () => {
  test('says before what it would do; its canary dies, and the rest stays', async () => {
    await page.goto('/dead-letters')
    await page.getByRole('link', { name: GROUP }).click()
    await press(`Send ${DEAD - 1} again…`)
    await dialog()
      .getByText(`${DEAD - 1} letters would be sent again`)
      .waitFor()
    await dialog()
      .getByText(/surely die again/)
      .waitFor()
    expect(await dialog().locator('.replay-samples li').count()).toBe(3)
    await dialog().getByLabel('Name').fill('After the fix')
    await dialog().getByLabel('Canary').fill('3')
    await dialog()
      .getByRole('button', { name: `Send ${DEAD - 1} again` })
      .click()
    await heading('After the fix')
    await badge('Canary died')
    await isShown('3 letters of the canary died again')
    await page.locator('.replay-figure', { hasText: 'Died again' }).click()
    await page.waitForURL(/outcome=died_again/)
    await page.locator('tbody tr').nth(3).waitFor({ state: 'detached' })
    expect(await page.getByRole('link', { name: 'look' }).count()).toBe(3)
  })

  test('whose canary died needs a person, as the overview says', async () => {
    await page.goto('/')
    await isShown(`Of a replay, ${DEAD - 4} letters wait for a decision`)
    await page.getByRole('link', { name: 'After the fix' }).click()
    await heading('After the fix')
  })

  test('resumed against its canary asks for a word; cancelled it takes back what was not sent', async () => {
    await press('Resume')
    const go = dialog().getByRole('button', { name: 'Send the others' })
    expect(await go.isDisabled()).toBe(true)
    await dialog().getByLabel('Type send to go on').fill('send')
    expect(await go.isEnabled()).toBe(true)
    await page.keyboard.press('Escape')
    await press('Cancel…')
    await dialog()
      .getByRole('button', { name: `Take ${DEAD - 4} back` })
      .click()
    await isShown(`${DEAD - 4} letters were taken back`)
    await badge('Cancelled')
    expect(await letters('?limit=100')).toHaveLength(DEAD - 1)
  })

  test('without a canary is paused, goes on, and is seen live by others', async () => {
    await page.goto('/dead-letters?show=letters')
    for (const nth of [1, 2, 3]) await choose(nth)
    await page.getByRole('button', { name: 'Send 3 again…' }).click()
    await dialog().getByText('3 letters would be sent again').waitFor()
    await dialog().getByLabel('Canary').fill('0')
    await dialog().getByLabel('Letters per second').fill('0.01')
    await dialog().getByLabel('Name').fill('Slow')
    await dialog().getByRole('button', { name: 'Send 3 again' }).click()
    await heading('Slow')
    await press('Pause')
    await badge('Paused')
    await undo()
    await badge('Running')
    const other = await person(browser, system.url)
    await signIn(other.page, 'admin', PASSWORD)
    await heading('Overview', other.page)
    await other.page.goto('/replays?state=running')
    await other.page.getByRole('link', { name: 'Slow' }).waitFor()
    await press('Cancel…')
    await dialog()
      .getByRole('button', { name: /^Take \d back$/ })
      .click()
    await badge('Cancelled')
    await other.page.getByText('Nothing fits the filter').waitFor()
    await other.context.close()
  })
})

describe('everybody', () => {
  test('is told that a storm holds everything up, and that something could not be loaded', async () => {
    const storm = { state: 'paused', since: new Date().toISOString(), reason: 'version_unknown', failed: 31, of: 40 }
    await page.route('**/orders/consumer', (route) => route.fulfill({ json: storm }))
    await page.goto('/dead-letters')
    await isShown(/A storm of failures has paused the consumer/)
    expect(await page.getByRole('link', { name: 'Decide' }).getAttribute('href')).toBe('/orders')
    await page.route('**/dead-letters/groups*', (route) =>
      route.fulfill({ status: 503, json: { code: 'unavailable', detail: 'The database is away.' } }),
    )
    await page.reload()
    await isShown('The database is away.')
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('link', { name: GROUP }).waitFor()
  })

  test('a viewer reads all of it, and is offered no action', async () => {
    const given = 'outra senha longa e boa'
    await ask('POST', '/users', { username: 'olha', password: given, role: 'viewer' })
    const [group] = (await ask<{ items: Array<{ id: string }> }>('GET', '/dead-letters/groups')).items
    const [one] = await letters()
    const viewer = await person(browser, system.url)
    await signIn(viewer.page, 'olha', given)
    await viewer.page.getByLabel('Current password').fill(given)
    await viewer.page.getByLabel('New password').fill('mais uma senha longa e boa')
    await viewer.page.getByRole('button', { name: 'Save password' }).click()
    await heading('Overview', viewer.page)
    for (const path of [`/dead-letters?show=letters&group=${group!.id}`, `/dead-letters/${one!.id}`, '/replays']) {
      await viewer.page.goto(path)
      await viewer.page.locator('.panel').first().waitFor()
      const actions = viewer.page.getByRole('button', { name: /Note|Send|bin|Edit/ })
      await viewer.page
        .getByText(/attempts_spent|Slow/)
        .first()
        .waitFor()
      expect(await actions.count()).toBe(0)
    }
    await viewer.context.close()
  })

  test.each(Object.keys(WIDTHS) as Width[])('axe finds nothing, and nothing is wider than a %s', async (width) => {
    const [group] = (await ask<{ items: Array<{ id: string }> }>('GET', '/dead-letters/groups')).items
    const [one] = await letters()
    const { items } = await ask<{ items: Array<{ id: string; name: string }> }>('GET', '/replays')
    const died = items.find(({ name }) => name === 'After the fix')!
    const paths = {
      groups: '/dead-letters',
      letters: `/dead-letters?show=letters&group=${group!.id}`,
      letter: `/dead-letters/${one!.id}`,
      hex: `/dead-letters/${one!.id}?as=hex`,
      replays: '/replays',
      replay: `/replays/${died.id}`,
    }
    const theme = width === 'laptop' ? 'dark' : 'light'
    const locale = width === 'phone' ? 'pt-BR' : 'en'
    const visitor = await person(browser, system.url, { width, theme, locale })
    await visitor.context.addCookies(await page.context().cookies())
    for (const [name, path] of Object.entries(paths)) {
      await visitor.page.goto(path)
      await visitor.page.locator('.panel').first().waitFor()
      await visitor.page.locator('.loading').first().waitFor({ state: 'detached' })
      const where = `${name} ${width}`
      await visitor.page.screenshot({ path: join(PICTURES, `dead-${name}-${width}.png`), fullPage: true })
      // As on a laptop, but for its room.
      if (width !== 'large') expect([where, await violations(visitor.page)]).toEqual([where, []])
      const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect([where, await visitor.page.evaluate(wide)]).toEqual([where, 0])
    }
    expect(visitor.complaints).toEqual([])
    await visitor.context.close()
  })

  test('the console has no complaint', () => {
    expect(complaints).toEqual([])
  })
})
