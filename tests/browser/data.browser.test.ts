/** Packaging and its items, people, charts and reports: each main action, what is refused and why, and what is not lost on the way. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { startOutsideApi, type OutsideApi } from '../kit/outside-api.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import {
  openBrowser,
  person,
  signIn,
  startSystem,
  type System,
  violations,
  PASSWORD,
  WIDTHS,
  type Width,
} from './system.ts'

setDefaultTimeout(120_000)

const MISTAKES = join(import.meta.dir, '../fixtures/tables/packaging-catalogue-with-mistakes.csv')
const HEADER = 'sku,name,material,kind,unit_cost,currency,stock'

let people: OutsideApi
let system: System
let browser: Browser
let page: Page
let context: BrowserContext
let complaints: string[]
beforeAll(async () => {
  people = startOutsideApi(peopleOf)
  ;[system, browser] = await Promise.all([
    // No poll finds a workbook: what is uploaded is told.
    startSystem({ ADMIN_PASSWORD: PASSWORD, LOCALE: 'en', CHARTS_POLL_S: '3600', USERS_API_URL: people.url }),
    openBrowser(),
  ])
  ;({ page, context, complaints } = await person(browser, system.url))
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
  people?.stop()
})

/** What somebody else does meanwhile, in the same session. */
async function call<T>(method: string, path: string, body?: string, type = 'application/json'): Promise<T> {
  const asked = JSON.stringify({ method, body, headers: { 'content-type': type, accept: 'application/json' } })
  return page.evaluate(
    `fetch(${JSON.stringify(path)}, ${asked}).then((answer) => (answer.status === 204 ? null : answer.json()))`,
  )
}
const addItem = (item: object) =>
  call<{ id: string }>(
    'POST',
    '/embalagens',
    JSON.stringify({ material: 'paper', kind: 'box', unit_cost: '1', currency: 'BRL', ...item }),
  )
const importRows = (rows: string[]) => call('POST', '/embalagens/import', [HEADER, ...rows].join('\n'), 'text/csv')

const folder = temporaryFolder()
async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  await Bun.write(join(folder, name), content)
  return join(folder, name)
}
/** More than MAX_UPLOAD_MB. */
const large = (name: string) => fileOf(name, new Uint8Array(30 * 1024 * 1024))

const row = (name: string) => page.getByRole('row').filter({ hasText: name })
const dialog = () => page.getByRole('dialog')
const choose = (...paths: string[]) => page.locator('input[type=file]').setInputFiles(paths)

/** As a file manager does; a script could not. */
async function drop(path: string, zone: Locator): Promise<void> {
  const { x, y, width, height } = (await zone.boundingBox())!
  const devtools = await context.newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: x + width / 2,
      y: y + height / 2,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    })
  await devtools.detach()
}

describe('the catalogue', () => {
  test('is empty at first, and says what to do', async () => {
    await page.goto('/embalagens')
    await page.getByText('The catalogue is empty').waitFor()
  })

  test('takes a new item, and shows markup and formulas as they are typed', async () => {
    await page.getByRole('link', { name: 'New item' }).click()
    await page.getByLabel('SKU').fill('X-1')
    await page.getByLabel('Name').fill('=1+1 <img src=x onerror="document.title=\'owned\'">')
    await page.getByLabel('Kind').fill('box')
    await page.getByLabel('Unit cost').fill('abc')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.field-problem', { hasText: 'decimal' }).waitFor()
    await page.getByLabel('Unit cost').fill('0,5')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('is saved').waitFor()
    await page.waitForURL(/\/embalagens\/[\da-f-]{36}$/)
    await page.getByText('created it').waitFor()
    await page.goto('/embalagens')
    await page.getByText('=1+1 <img src=x').waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    expect(await page.title()).toBe('Packaging · Doca')
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Plain CSV' }).click(),
    ])
    // A spreadsheet must not find a formula in it.
    expect(await Bun.file(await download.path()).text()).toContain(`X-1,"'=1+1 <img`)
  })

  test('a sku that is taken is said, and nothing typed is lost', async () => {
    await page.goto('/embalagens/new')
    await page.getByLabel('SKU').fill('X-1')
    await page.getByLabel('Name').fill('Another')
    await page.getByLabel('Kind').fill('box')
    await page.getByLabel('Unit cost').fill('1')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Another packaging item has the sku X-1.').waitFor()
    expect(await page.getByLabel('Name').inputValue()).toBe('Another')
  })

  test('an item is deleted, brought back at once, and later from its own page', async () => {
    const { id } = await addItem({ sku: 'DEL-1', name: 'To be deleted' })
    await page.goto(`/embalagens/${id}`)
    const remove = async () => {
      await page.getByRole('button', { name: 'Delete' }).click()
      await dialog().getByRole('button', { name: 'Delete' }).click()
      await page.getByText('To be deleted is deleted').waitFor()
    }
    await remove()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('To be deleted is back').waitFor()
    await page.goto(`/embalagens/${id}`)
    await page.getByText('brought it back').waitFor()
    await remove()
    await page.goto(`/embalagens/${id}`)
    await page.getByRole('button', { name: 'Bring it back' }).click()
    await page.getByLabel('SKU').waitFor()
    expect(await page.getByLabel('SKU').inputValue()).toBe('DEL-1')
  })

  test('what is typed outlives that somebody deletes the item', async () => {
    const { id } = await addItem({ sku: 'DEL-2', name: 'Deleted meanwhile' })
    await page.goto(`/embalagens/${id}`)
    await page.getByLabel('Kind').fill('what I typed')
    await call('DELETE', `/embalagens/${id}`)
    await page.getByText('Deleted meanwhile is deleted').waitFor()
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Bring it back' }).click()
    await page.getByText('Somebody has changed this item').waitFor()
    await page.getByRole('button', { name: 'Save what is chosen' }).click()
    await page.getByText('Deleted meanwhile is saved').waitFor()
    expect(await page.getByLabel('Kind').inputValue()).toBe('what I typed')
  })

  test('several are deleted at once: the count is named, many take a word, and all come back', async () => {
    await importRows(Array.from({ length: 12 }, (_, nth) => `MANY-${nth},Many ${nth},paper,box,1,BRL,1`))
    await page.goto('/embalagens?q=many')
    await page.getByRole('checkbox', { name: 'Choose all shown' }).check()
    await page.getByText('12 items chosen').waitFor()
    await page.getByRole('button', { name: 'Delete…' }).click()
    const go = dialog().getByRole('button', { name: 'Delete 12' })
    expect(await go.isDisabled()).toBe(true)
    await dialog().getByLabel('Type delete to go on').fill('delete')
    await go.click()
    await page.getByText('12 items are deleted').waitFor()
    await page.getByText('Nothing fits the filter').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('12 items are back').waitFor()
    await row('Many 11').waitFor()
  })

  test('what somebody has changed meanwhile is shown beside what is typed, and only what is chosen is written', async () => {
    const { id } = await addItem({ sku: 'ST-1', name: 'Before', supplier: 'First', stock: 5 })
    await page.goto(`/embalagens/${id}`)
    await page.getByLabel('Name').fill('Mine')
    await page.getByLabel('Kind').fill('my kind')
    await call('PATCH', `/embalagens/${id}`, '{"name":"Theirs","stock":7}', 'application/merge-patch+json')
    // By the stream, before anything is saved.
    await page.getByText('Somebody has changed this item').waitFor()
    const save = page.getByRole('button', { name: 'Choose in 1 field' })
    expect(await save.isDisabled()).toBe(true)
    expect(await violations(page)).toEqual([])
    await page.getByRole('row', { name: /^Name/ }).getByLabel('Mine').check()
    await page.getByRole('button', { name: 'Save what is chosen' }).click()
    await page.getByText('Mine is saved').waitFor()
    expect(await call<object>('PATCH', `/embalagens/${id}`, '{}', 'application/merge-patch+json')).toMatchObject({
      name: 'Mine',
      kind: 'my kind',
      stock: 7,
      supplier: 'First',
      version: 3,
    })
  })

  test('a save that meets a newer version writes nothing over it', async () => {
    const { id } = await addItem({ sku: 'ST-2', name: 'Before' })
    await page.goto(`/embalagens/${id}`)
    await page.getByLabel('Name').fill('Mine')
    // Paused: nothing tells of the change but the refusal.
    await page.getByRole('button', { name: 'Live' }).click()
    await call('PATCH', `/embalagens/${id}`, '{"name":"Theirs"}', 'application/merge-patch+json')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Somebody has changed this item').waitFor()
    await page.getByRole('button', { name: 'Discard mine' }).click()
    expect(await page.getByLabel('Name').inputValue()).toBe('Theirs')
    await page.getByRole('button', { name: /Paused/ }).click()
  })

  test('an item that never was is said', async () => {
    await page.goto(`/embalagens/${Bun.randomUUIDv7()}`)
    await page.getByText('This does not exist').waitFor()
  })
})

describe('events', () => {
  test('of an item are a timeline that goes on by itself, with its day in the address', async () => {
    const { id } = await addItem({ sku: 'EV/1 ã', name: 'With events' })
    const event = (more: object) => ({ sku: 'EV/1 ã', kind: 'sale', quantity: 3, ...more })
    const post = (events: object[]) => call('POST', '/events', JSON.stringify(events))
    await post([
      event({ occurred_at: '2026-01-31T12:00:00Z', data: { order: '<b>PED-1</b>' } }),
      event({ kind: 'adjustment', quantity: -5, occurred_at: '2026-02-01T12:00:00Z' }),
    ])
    await page.goto(`/embalagens/${id}`)
    await page.getByRole('link', { name: 'What happened to it' }).click()
    const events = page.locator('.events > li')
    await page.getByText('Sale · −3').waitFor()
    expect(await events.locator('strong').allTextContents()).toEqual(['Adjustment · −5', 'Sale · −3'])
    await page.getByText('<b>PED-1</b>').waitFor()
    await page.getByText('The item then: With events').first().waitFor()
    const kept = await call<{ items: Array<{ trace_id: string }> }>('GET', '/events/history?sku=EV%2F1%20%C3%A3')
    await page.getByText(`Trace ${kept.items[0]!.trace_id}`).first().waitFor()
    await post([event({ kind: 'purchase', quantity: 40 })])
    await page.getByText('Purchase · +40').waitFor()
    await page.goto(`${page.url()}&day=2026-01-31`)
    await page.getByText('Sale · −3').waitFor()
    expect(await events.count()).toBe(1)
    await page.getByRole('link', { name: 'The item in the catalogue' }).click()
    await page.waitForURL(`**/embalagens/${id}`)
  })

  test('that nobody has sent are none, and the page says how they come', async () => {
    await page.goto('/events/history')
    await page.getByText('Of which item?').waitFor()
    await page.getByLabel('SKU').fill('EV-2')
    await page.getByText('Nothing has happened to EV-2 yet').waitFor()
    expect(new URL(page.url()).search).toBe('?sku=EV-2')
  })

  test('make a stream, whose readers are in time or say what is the matter', async () => {
    await page.goto('/streams')
    const reader = page.getByRole('region', { name: 'events', exact: true })
    await reader.getByText('In time').waitFor()
    await reader.getByText('0 messages').waitFor()
    await reader.getByText('Partitions: 4').click()
    expect(await reader.getByRole('table').last().getByRole('row').count()).toBe(5)
    await page
      .getByRole('region', { name: 'Topics' })
      .getByRole('row')
      .filter({ hasText: 'events.processed' })
      .waitFor()
    await page.getByRole('button', { name: 'Time' }).click()
    expect(new URL(page.url()).search).toBe('?by=time')
  })

  test('that fail for one reason pause their consumer, which the page of streams says, and where a person decides', async () => {
    const stray = { sku: 'NOWHERE', kind: 'sale', quantity: 1 }
    await call('POST', '/events', JSON.stringify(Array.from({ length: 40 }, () => stray)))
    await page.goto('/streams')
    const storm = page.getByRole('alert').filter({ hasText: 'The consumer of events is paused' })
    await storm.waitFor()
    const reader = page.getByRole('region', { name: 'events', exact: true })
    await reader.getByText('Paused', { exact: true }).waitFor()
    await reader.getByText('A storm of failures has paused its consumer').waitFor()
    expect(await violations(page)).toEqual([])
    await storm.getByRole('button', { name: 'Dead-letter them' }).click()
    await dialog().getByRole('button', { name: 'Dead-letter them' }).click()
    await storm.waitFor({ state: 'detached' })
    await reader.getByText('In time').waitFor()
  })
})

describe('an import', () => {
  const open = async () => {
    await page.goto('/embalagens')
    await page.getByRole('button', { name: 'Import' }).click()
    await page.getByRole('button', { name: 'Choose a file' }).waitFor()
  }

  test('shows every mistake by line and column, and writes nothing', async () => {
    await open()
    await choose(MISTAKES)
    await dialog().getByText('Nothing was imported').waitFor()
    await dialog().getByRole('row').filter({ hasText: 'unit_cost' }).first().waitFor()
    expect(await dialog().getByRole('row').count()).toBeGreaterThan(8)
    expect(await violations(page)).toEqual([])
  })

  test('shows what is new, what changes and how, and what stays, before it writes', async () => {
    await importRows(['IMP-1,Old name,paper,box,1.5,BRL,3', 'IMP-2,Same,paper,box,1,BRL,1'])
    await open()
    await choose(
      await fileOf(
        'items.csv',
        [
          HEADER,
          'IMP-1,New name,paper,box,1.75,BRL,3',
          'IMP-2,Same,paper,box,1,BRL,1',
          'IMP-3,<b>New</b>,paper,box,1,BRL,1',
        ].join('\n'),
      ),
    )
    await dialog().getByText('1 new').waitFor()
    await dialog().getByText('1 changed').waitFor()
    await dialog().getByText('1 as it is').waitFor()
    const changed = dialog().getByRole('row').filter({ hasText: 'IMP-1' })
    expect(await changed.innerText()).toMatch(/Name\s+Old name\s+→\s+New name/)
    expect(await changed.innerText()).toMatch(/Unit cost\s+1\.5\s+→\s+1\.75/)
    expect(await changed.innerText()).not.toContain('Stock')
    await dialog().getByText('<b>New</b>').waitFor()
    expect(await violations(page)).toEqual([])
    await dialog().getByRole('button', { name: 'Import 2 items' }).click()
    await page.getByText('2 items were imported').waitFor()
    await page.goto('/embalagens?q=imp-1')
    await row('New name').waitFor()
  })

  test('refuses the wrong kind and a file that is too large without sending it', async () => {
    await open()
    await choose(await fileOf('photo.jpg', 'x'))
    await dialog().getByText('photo.jpg cannot be read here').waitFor()
    await choose(await large('large.csv'))
    await dialog().getByText('large.csv has 30 MB; at most 25 MB are taken. Nothing was sent.').waitFor()
  })

  test('takes a dropped file, and one of 10,000 rows, whose pages go forth and back', async () => {
    await open()
    const rows = Array.from(
      { length: 10_000 },
      (_, nth) => `ROW-${nth},Row ${String(nth).padStart(5, '0')},glass,jar,1,BRL,9`,
    )
    await drop(await fileOf('ten-thousand.csv', [HEADER, ...rows].join('\n')), dialog().locator('.drop'))
    await dialog().getByText('10,000 new').waitFor({ timeout: 30_000 })
    await dialog().getByText('and 9,900 more').waitFor()
    await dialog().getByRole('button', { name: 'Import 10,000 items' }).click()
    await page.getByText('10,000 items were imported').waitFor({ timeout: 30_000 })

    await page.goto('/embalagens?material=glass')
    await page.getByText('1–50 of 10,000').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('51–100 of 10,000').waitFor()
    await row('Row 00050').waitFor()
    expect(await page.getByRole('row').count()).toBe(51)
    const second = page.url()
    await page.getByRole('button', { name: 'Next' }).click()
    await row('Row 00100').waitFor()
    await page.getByRole('button', { name: 'Previous' }).click()
    await row('Row 00050').waitFor()
    await page.goBack()
    await row('Row 00100').waitFor()
    // Another order begins at its first page; the address of a page can be sent.
    await page.getByRole('button', { name: 'SKU' }).click()
    await page.getByText('1–50 of 10,000').waitFor()
    expect(page.url()).not.toContain('cursor')
    await page.goto(second)
    await row('Row 00050').waitFor()
    await page.goto(`${second}&sort=-stock`)
    await page.getByRole('button', { name: 'Go to the first page' }).click()
    await page.getByText('1–50 of 10,000').waitFor()
  })

  test('says that the connection was lost, and goes on when it is back', async () => {
    await open()
    await context.setOffline(true)
    await choose(await fileOf('later.csv', `${HEADER}\nLATER,Later,paper,box,1,BRL,1\n`))
    await dialog().getByText('Doca cannot be reached; nothing was changed').waitFor()
    await context.setOffline(false)
    await dialog().getByRole('button', { name: 'Try again' }).click()
    await dialog().getByText('1 new').waitFor()
    await page.keyboard.press('Escape')
  })
})

describe('charts', () => {
  const upload = (name: string) => page.locator('.upload').filter({ hasText: name })
  const card = (name: string) => page.locator('.chart').filter({ hasText: name })
  const SALES = 'month,sales\njan,10\nfeb,20\nmar,15\n'

  test('several workbooks become pictures, each on its own; what is no workbook says why', async () => {
    await page.goto('/charts')
    await page.getByText('No chart yet').waitFor()
    await choose(
      await fileOf('sales.csv', SALES),
      await fileOf('<b>more.csv', SALES),
      await fileOf('words.csv', 'only\nwords\nhere\n'),
      await fileOf('photo.jpg', 'x'),
      await large('large.xlsx'),
      await fileOf('empty.csv', ''),
    )
    await upload('photo.jpg').getByText('choose a file that ends in .xlsx or .csv').waitFor()
    await upload('large.xlsx').getByText('at most 25 MB').waitFor()
    await upload('empty.csv').getByText('is empty').waitFor()
    await upload('sales.csv').getByText('Its picture is below').waitFor({ timeout: 30_000 })
    await upload('more').getByText('Its picture is below').waitFor({ timeout: 30_000 })
    await upload('words.csv').getByText('Not drawn').waitFor({ timeout: 30_000 })
    await card('sales.csv').locator('img').waitFor()
    expect(await page.evaluate("document.querySelector('.chart-open img').decode().then(() => 'drawn')")).toBe('drawn')
    await card('words.csv').getByText('Not drawn').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('one is shown in full, with what is drawn, and its files', async () => {
    await card('sales.csv').getByRole('button').click()
    await dialog().getByText('Measures').waitFor()
    await dialog().getByText('3, drawn as 3 points').waitFor()
    expect(new URL(page.url()).searchParams.get('chart')).toMatch(/^[\da-f-]{36}$/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog().getByRole('link', { name: 'PNG' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('sales.csv.png')
    expect((await Bun.file(await download.path()).bytes()).subarray(1, 4)).toEqual(new TextEncoder().encode('PNG'))
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  test('the same name again is asked about, and replaced only on demand', async () => {
    await page.goto('/charts')
    await choose(await fileOf('sales.csv', 'month,sales\njan,10\nfeb,20\nmar,15\napr,30\n'))
    await upload('sales.csv').getByText('A workbook of this name is there already').waitFor()
    await upload('sales.csv').getByRole('button', { name: 'Replace it' }).click()
    await upload('sales.csv').getByText('Its picture is below').waitFor({ timeout: 30_000 })
    expect(await card('sales.csv').count()).toBe(1)
    await upload('sales.csv').getByRole('button', { name: 'Look at it' }).click()
    await dialog().getByText('4, drawn as 4 points').waitFor()
    await page.keyboard.press('Escape')
  })

  test('an upload that loses its connection says so, and is sent again', async () => {
    await page.goto('/charts')
    await card('sales.csv').waitFor()
    let drops = true
    await page.route('**/charts', (route) =>
      drops && route.request().method() === 'POST' ? route.abort('connectionreset') : route.fallback(),
    )
    await choose(await fileOf('lost.csv', SALES))
    await upload('lost.csv').getByText('The connection was lost on the way').waitFor()
    drops = false
    await upload('lost.csv').getByRole('button', { name: 'Try again' }).click()
    await upload('lost.csv').getByText('Its picture is below').waitFor({ timeout: 30_000 })
    await page.unrouteAll()
  })

  test('a workbook is deleted with its chart', async () => {
    await page.goto('/charts')
    await card('lost.csv').getByRole('button').click()
    await dialog().getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { name: 'Delete lost.csv and its chart?' }).waitFor()
    await page.getByRole('dialog').last().getByRole('button', { name: 'Delete' }).click()
    await page.getByText('lost.csv is deleted').waitFor()
    await card('lost.csv').waitFor({ state: 'detached' })
  })

  test('are filtered by name and state, in the address', async () => {
    await page.goto('/charts?state=failed')
    await card('words.csv').waitFor()
    expect(await page.locator('.chart').count()).toBe(1)
    await page.goto('/charts?q=nothing-like-it')
    await page.getByText('Nothing fits the filter').waitFor()
  })
})

/** As RandomUser gives them; there is one page. */
function peopleOf({ searchParams }: URL): Response {
  const names = ['Íris Araújo', 'Ana D’Ávila', 'Жанна Іванова', '用户 王'].map((name) => name.split(' '))
  const countries = ['Brazil', 'Côte d’Ivoire', 'Ukraine', 'China']
  const count = searchParams.get('page') === '1' ? 120 : 0
  const results = Array.from({ length: count }, (_, i) => ({
    name: { first: names[i % 4]![0], last: `${names[i % 4]![1]} ${i}` },
    location: {
      street: { number: i, name: 'Rua Engenheiro Antônio Francisco de Paula Souza' },
      city: 'Recife',
      state: 'Pernambuco',
      country: countries[i % 4],
      postcode: 50_000 + i,
    },
    email: `pessoa.com.nome.comprido.${i}@são-paulo.example`,
    login: {
      uuid: `0a1b2c3d-0000-4000-8000-${String(i).padStart(12, '0')}`,
      username: i === 0 ? '<b>bold</b>' : `user${i}`,
    },
    registered: { date: '2015-03-02T12:00:00.000Z' },
    phone: '(81) 2222-3333',
  }))
  return Response.json({ results })
}

describe('people', () => {
  test('arrive while the page is open, and are searched without accents, by country and page after page', async () => {
    await page.goto('/people')
    await page.getByText('Nobody has arrived here yet').waitFor()
    await call('POST', '/jobs/users_stream/trigger', JSON.stringify({ conf: { seconds: 20, per_s: 1000, page: 120 } }))
    await row('ana d’ávila').or(row('Ana D’Ávila')).first().waitFor()
    const rows = page.locator('tbody tr')
    await page.getByRole('button', { name: 'Show more' }).click()
    await rows.nth(99).waitFor()
    await page.getByRole('searchbox').fill('iris arauj')
    await row('Íris Araújo 0').getByText('<b>bold</b>').waitFor()
    await row('Ana').first().waitFor({ state: 'detached' })
    expect(page.url()).toContain('q=iris')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: 'Ukraine' }).click()
    await row('Ana').first().waitFor({ state: 'detached' })
    expect(await rows.count()).toBe(30)
    await page.getByRole('searchbox').fill('nobody at all')
    await page.getByText('Nothing fits the filter').waitFor()
  })

  test.each(
    (['light', 'dark'] as const).flatMap((theme) =>
      (Object.keys(WIDTHS) as Width[]).map((width) => [theme, width] as const),
    ),
  )('are fit for everybody: %s, %s', async (theme, width) => {
    const one = await person(browser, system.url, { theme, width, locale: theme === 'dark' ? 'pt-BR' : 'en' })
    await one.context.addCookies(await context.cookies())
    await one.page.goto('/people')
    await one.page.locator('tbody tr').first().waitFor()
    expect(await one.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
    expect(await violations(one.page)).toEqual([])
    const path = join(import.meta.dir, 'pictures', `people-${width}-${theme}.png`)
    await one.page.screenshot({ path })
    expect(one.complaints).toEqual([])
    await one.context.close()
  })
})

test('a storm that pauses the consumer of people is on their page, where the overview leads', async () => {
  const decided = { decision: null, decided_at: null, decided_by: null }
  const sample = [{ message_id: '0a1b2c3d-0000-4000-8000-000000000001', detail: '"ana@" is no e-mail address.' }]
  const since = new Date().toISOString()
  const storm = { state: 'paused', since, reason: 'email_invalid', failed: 31, of: 40, sample, ...decided }
  await page.route('**/people/consumer', (route) => route.fulfill({ json: storm }))
  await page.goto('/')
  await page.getByRole('link', { name: 'The consumer of people waits for a decision' }).click()
  const told = page.getByRole('alert').filter({ hasText: 'The consumer of people is paused: 31 of the last 40' })
  await told.getByText('email_invalid').waitFor()
  expect([new URL(page.url()).pathname, await violations(page)]).toEqual(['/people', []])
  await page.screenshot({ path: join(import.meta.dir, 'pictures', 'people-storm.png') })
  await page.unroute('**/people/consumer')
})

describe('reports', () => {
  test('one is made, followed to its end, shown and downloaded', async () => {
    await page.goto('/reports')
    await page.getByText('No report yet').waitFor()
    await page.getByRole('button', { name: 'Make one now' }).click()
    await page.getByText('It is the first in the list').waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: /Stock of the catalogue/ }).click()
    await dialog().locator('img').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog().getByRole('link', { name: 'Download as CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^packaging-\d{4}-\d\d-\d\d\.csv$/)
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  test('are filtered by a day, chosen in a calendar by keyboard', async () => {
    await page.getByRole('button', { name: 'Choose a day' }).click()
    await page.getByRole('grid').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL(/day=\d{4}-\d\d-\d\d/)
    await page.getByRole('button', { name: /Stock of the catalogue/ }).waitFor()
    await page.goto('/reports?day=2001-02-03')
    await page.getByText('No report was made on that day').waitFor()
  })

  test('a run that fails says why', async () => {
    await page.route('**/runs/*', async (route) => {
      const answer = await route.fetch()
      const run = (await answer.json()) as object
      await route.fulfill({
        response: answer,
        json: {
          ...run,
          state: 'failed',
          error: 'GET /embalagens/export answered 503.',
          finished_at: new Date().toISOString(),
        },
      })
    })
    await page.goto('/reports')
    await page.getByRole('button', { name: 'Make one now' }).click()
    await page.getByText('GET /embalagens/export answered 503.').waitFor()
    await page.unrouteAll()
  })
})

test('data that cannot be loaded, and data on their way, are drawn on purpose', async () => {
  await page.route('**/embalagens?**', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: '{"code":"unavailable","detail":"The database is away."}',
    }),
  )
  await page.goto('/embalagens')
  await page.getByText('The database is away.').waitFor()
  await page.unrouteAll()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/embalagens?**', async (route) => {
    await held
    await route.continue()
  })
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Loading…').waitFor()
  release()
  await row('Row 00000').or(row('Many 0')).first().waitFor()
  await page.unrouteAll()
})

test('a viewer reads all of it, and is offered nothing that would be refused', async () => {
  await call(
    'POST',
    '/users',
    JSON.stringify({ username: 'leitora', password: 'outra senha longa e boa', role: 'viewer' }),
  )
  const viewer = await person(browser, system.url, { width: 'phone', locale: 'pt-BR', theme: 'dark' })
  const { page: view } = viewer
  await view.goto('/')
  await view.getByLabel('Usuário').fill('leitora')
  await view.getByLabel('Senha').fill('outra senha longa e boa')
  await view.keyboard.press('Enter')
  await view.getByLabel('Senha atual').fill('outra senha longa e boa')
  await view.getByLabel('Nova senha').fill('mais uma senha longa e boa')
  await view.getByRole('button', { name: 'Salvar senha' }).click()
  await view.locator('nav.side').waitFor()
  for (const [path, shown] of [
    ['/embalagens?q=imp-1', 'New name'],
    ['/charts', 'sales.csv'],
    ['/reports', 'Estoque do catálogo'],
  ] as const) {
    await view.goto(path)
    await view.getByText(shown).first().waitFor()
    expect(await view.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false)
    for (const name of ['Importar', 'Nova embalagem', 'Escolher arquivos', 'Fazer um agora'])
      expect(await view.getByText(name, { exact: true }).count()).toBe(0)
  }
  expect(await view.getByRole('checkbox').count()).toBe(0)
  await view.goto('/embalagens/new')
  await view.getByText('O seu papel só lê o catálogo').waitFor()
  expect(viewer.complaints).toEqual([])
  await viewer.context.close()
})

test('the console has nothing to say', () => {
  expect(complaints).toEqual([])
})
