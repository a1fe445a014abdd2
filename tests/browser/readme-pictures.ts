/**
 * `bun tests/browser/readme-pictures.ts`: the pictures of the README in docs/pictures, of a system that `bun run demo` has filled. Wants
 * Debian's packages chromium and pngquant; takes two minutes: the dead letters, and then those that are sent again, take that long to die.
 */
import { join } from 'node:path'
import { apiClient } from '../../ops/demo/client.ts'
import { removeDefinitions } from '../../ops/demo/definition-files.ts'
import { runToEnd, until } from '../kit/program.ts'
import { openBrowser, person, signIn, startSystem, PASSWORD } from './system.ts'

const FOLDER = join(import.meta.dir, '../../docs/pictures')
const DEFINITIONS = join(import.meta.dir, '../../jobs/definitions')

const KPIS_KNOWN = "document.querySelectorAll('.kpi .badge.good, .kpi .badge.bad').length === 6"

const [system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD, LOCALE: 'en' }), openBrowser()])
try {
  const env = { DEMO_PASSWORD: PASSWORD, LOCALE: 'en' }
  const { code, output } = await runToEnd('ops/demo.ts', ['--url', system.url], env)
  if (code !== 0) throw new Error(output)
  await picture('charts', 'dark', '/charts', "document.querySelector('.badge.bad') && document.images.length > 4")
  await picture('orders', 'light', '/orders', "document.body.innerText.includes('At rest')")
  await picture('replay', 'dark', await trial(), "document.body.innerText.includes('Canary died')")
  await picture('streams', 'light', '/streams', "document.querySelector('.series canvas')")
  await picture('overview', 'light', '/', `${KPIS_KNOWN} && document.body.innerText.includes('DEAD_LETTERS_NEW')`)
} finally {
  await browser.close()
  await system.stop()
  await removeDefinitions(DEFINITIONS)
}

/** The page of the replay whose canary dies. */
async function trial(): Promise<string> {
  const api = await apiClient(system.url, { username: 'admin', password: PASSWORD, locale: 'en' })
  const { items } = await api.json('GET', '/replays?limit=1')
  return `/replays/${(items as Array<{ id: string }>)[0]!.id}`
}

/** Once `isReady` holds in the page and every picture in it is loaded. */
async function picture(name: string, theme: 'light' | 'dark', path: string, isReady: string): Promise<void> {
  const { page, context } = await person(browser, system.url, { theme })
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.goto(path)
  const isLoaded = `Boolean(${isReady}) && [...document.images].every((image) => image.complete)`
  // The policy of the page allows no waitForFunction of a text.
  await until(`the picture of ${name}`, () => page.evaluate(isLoaded), 120_000)
  const file = join(FOLDER, `${name}.png`)
  await page.screenshot({ path: file })
  await context.close()
  const shrunk = Bun.spawnSync(['pngquant', '--force', '--skip-if-larger', '--strip', '--output', file, '128', file])
  if (!shrunk.success) throw new Error(`pngquant: ${shrunk.stderr.toString()}`)
}
