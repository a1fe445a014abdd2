/** From the navigation to a page that one can use, with a cold cache, and what has come over the wire until then. */
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { openBrowser, person, signIn } from '../../browser/system.ts'
import { median, PASSWORD, row, type Measured } from '../dashboard.ts'
import type { Figure } from '../main.ts'

const ROUNDS = 7

interface Page {
  name: string
  /** In the browser: whether it can be used. */
  isUsable: string
  work: string
}

const SIGN_IN: Page = {
  name: 'sign-in page',
  isUsable: `document.activeElement?.autocomplete === 'username'`,
  work: 'from the navigation to the caret in the first field',
}
const OVERVIEW: Page = {
  name: 'overview',
  isUsable: `document.querySelector('h1') !== null && document.querySelector('.loading') === null`,
  work: 'with a session, from the navigation to the page with all its data',
}

interface Load {
  usable_ms: number
  script_bytes: number
  style_bytes: number
}

export async function timePages({ url }: Measured): Promise<Figure[]> {
  const browser = await openBrowser()
  try {
    const session = await sessionOf(browser, url)
    return [...(await figuresOf(browser, url, SIGN_IN)), ...(await figuresOf(browser, url, OVERVIEW, session))]
  } finally {
    await browser.close()
  }
}

/** Of somebody who has signed in. */
async function sessionOf(browser: Browser, url: string) {
  const { page, context } = await person(browser, url)
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const session = await context.storageState()
  await context.close()
  return session
}

async function figuresOf(
  browser: Browser,
  url: string,
  page: Page,
  storageState?: BrowserContextOptions['storageState'],
): Promise<Figure[]> {
  const loads: Load[] = []
  for (let n = 0; n < ROUNDS; n++) {
    const context = await browser.newContext({ baseURL: url, locale: 'en', ...(storageState && { storageState }) })
    loads.push(await load(context, page.isUsable))
    await context.close()
  }
  const times = loads.map(({ usable_ms }) => usable_ms / 1000)
  const of = `median of ${ROUNDS}, longest ${Math.max(...times).toFixed(2)}; a cold cache each`
  const { script_bytes, style_bytes } = loads[0]!
  const sent = 'compressed, until then'
  return [
    row(`${page.name}, usable`, median(times), 's', '<= 1.0', `${page.work}, ${of}`),
    row(`${page.name}, JavaScript`, script_bytes / 1000, 'KB', '<= 200', sent),
    row(`${page.name}, CSS`, style_bytes / 1000, 'KB', '<= 30', sent),
  ]
}

async function load(context: Awaited<ReturnType<Browser['newContext']>>, isUsable: string): Promise<Load> {
  const page = await context.newPage()
  await page.addInitScript(WATCH.replace('IS_USABLE', isUsable))
  const { promise, resolve } = Promise.withResolvers<Load>()
  await page.exposeFunction('tellLoad', resolve)
  await page.goto('/', { waitUntil: 'commit' })
  return promise
}

/** In the page, so that no wait of ours is counted: looks at every frame, and takes the one that has been painted. */
const WATCH = `{
  const bytesOf = (ending) => performance.getEntriesByType('resource')
    .filter(({ name }) => new URL(name).pathname.endsWith(ending))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  const look = () => {
    if (!(IS_USABLE)) return requestAnimationFrame(look)
    requestAnimationFrame(() => setTimeout(() => {
      tellLoad({ usable_ms: performance.now(), script_bytes: bytesOf('.js'), style_bytes: bytesOf('.css') })
    }))
  }
  requestAnimationFrame(look)
}`
