/** The system that `bun run up` starts, and real Chromium in front of it. */
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core'
import { freePort, startProgram, until, type Program } from '../kit/program.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

/** Of admin, where a test does not choose one on the way. */
export const PASSWORD = 'caderno azul e chuva fina'

export interface System {
  url: string
  /** What `up` has printed. */
  output(): string
  stop(): Promise<void>
}

export async function startSystem(env: Record<string, string> = {}): Promise<System> {
  const port = freePort()
  const program: Program = startProgram('ops/up.ts', [], {
    DATA_DIR: temporaryFolder(),
    PORT: String(port),
    PASSWORD_ROUNDS: '10',
    RATE_LIMIT_ANONYMOUS_PER_MIN: '100000',
    RATE_LIMIT_PER_MIN: '100000',
    RATE_LIMIT_SIGN_IN_PER_MIN: '100000',
    ...env,
  })
  await until('the welcome', async () => program.output().includes('Doca is running'), 60_000, program.output)
  return {
    url: `http://127.0.0.1:${port}`,
    output: program.output,
    async stop() {
      program.kill('SIGTERM')
      await program.exited
    },
  }
}

/** Debian's package, or what CHROMIUM names. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })

export const WIDTHS = { laptop: [1440, 900], phone: [390, 844], large: [2560, 1440] } as const
export type Width = keyof typeof WIDTHS

/** A person with a browser of their own; `complaints`: what its console says of errors and of the policy. */
export async function person(
  browser: Browser,
  url: string,
  {
    width = 'laptop',
    theme = 'light',
    locale = 'en',
  }: { width?: Width; theme?: 'light' | 'dark'; locale?: string } = {},
): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
  const [w, height] = WIDTHS[width]
  const context = await browser.newContext({
    baseURL: url,
    locale,
    colorScheme: theme,
    viewport: { width: w, height },
    isMobile: width === 'phone',
    hasTouch: width === 'phone',
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A request that is refused is part of some tests.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text())
  })
  return { page, context, complaints }
}

export async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.goto('/')
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The digits of a date, or of a time, as a person types them into a field of segments. */
export async function typeInto(field: Locator, digits: string): Promise<void> {
  await field.getByRole('spinbutton').first().click()
  await field.page().keyboard.type(digits)
}

const AXE = Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)

interface Violation {
  id: string
  nodes: Array<{ target: string[] }>
}

/** What axe finds in what the page shows now: the rule, and where. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await Bun.file(AXE).text())
  const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] }
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
