/**
 * `bun tests/browser/readme-pictures.ts`: the pictures of the README in docs/pictures, of a system that `bun run demo` has filled. Wants
 * Debian's packages chromium and pngquant; takes half a minute.
 */
import { join } from 'node:path'
import { removeDefinitions } from '../../ops/demo/definition-files.ts'
import { runToEnd } from '../kit/program.ts'
import { openBrowser, person, signIn, startSystem } from './system.ts'

const PASSWORD = 'caderno azul e chuva fina'
const FOLDER = join(import.meta.dir, '../../docs/pictures')
const DEFINITIONS = join(import.meta.dir, '../../jobs/definitions')

const [system, browser] = await Promise.all([startSystem({ ADMIN_PASSWORD: PASSWORD, LOCALE: 'en' }), openBrowser()])
try {
  const env = { DEMO_PASSWORD: PASSWORD, LOCALE: 'en' }
  const { code, output } = await runToEnd('ops/demo.ts', ['--url', system.url], env)
  if (code !== 0) throw new Error(output)
  await picture('overview', 'light', '/', '.kpi .badge.good')
  await picture('charts', 'dark', '/charts', 'img')
} finally {
  await browser.close()
  await system.stop()
  await removeDefinitions(DEFINITIONS)
}

/** Once `shown` is there and every picture in the page is loaded. */
async function picture(name: string, theme: 'light' | 'dark', path: string, shown: string): Promise<void> {
  const { page, context } = await person(browser, system.url, { theme })
  await signIn(page, 'admin', PASSWORD)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.goto(path)
  await page.locator(shown).first().waitFor({ timeout: 60_000 })
  await page.waitForFunction('[...document.images].every((image) => image.complete)')
  const file = join(FOLDER, `${name}.png`)
  await page.screenshot({ path: file })
  await context.close()
  const shrunk = Bun.spawnSync(['pngquant', '--force', '--skip-if-larger', '--strip', '--output', file, '128', file])
  if (!shrunk.success) throw new Error(`pngquant: ${shrunk.stderr.toString()}`)
}
