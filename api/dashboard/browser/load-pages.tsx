/**
 * Each page is a file of its own. That of the address is loaded while GET /me is on its way, the others when the browser has
 * nothing to do: one goes there without a wait, also after the API has got other files.
 */
import { lazy, useState, type ComponentType } from 'react'
import { PAGES, patternOf, type Page } from './navigation.ts'

type Module = Awaited<ReturnType<Page['load']>>

const loaded = new Map<Page, Module>()

async function load(page: Page): Promise<Module> {
  const module = await page.load()
  loaded.set(page, module)
  return module
}

/** Call once, where the dashboard starts. */
export function loadPages(): void {
  const here = PAGES.find(({ path }) => patternOf(path).test(location.pathname))
  // One that fails is loaded again where it is shown, and says so there.
  void (here ? load(here) : Promise.resolve()).catch(() => {})
  setTimeout(() => {
    for (const page of PAGES) if (page !== here) void load(page).catch(() => {})
  }, OTHERS_MS)
}

/** The first page has its data by then. */
const OTHERS_MS = 3000

/** The page's content. Where its file is here already it is shown at once: React shows loading lines for a while where it waits. */
export function contentOf(page: Page): ComponentType {
  const Awaited = lazy(() => load(page))
  return function Content() {
    const [Shown] = useState(() => loaded.get(page)?.default ?? Awaited)
    return <Shown />
  }
}
