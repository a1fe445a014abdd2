/** The addresses of the dashboard's pages, as its navigation has them. */
import { join } from 'node:path'
import { BROWSER } from './bundle.ts'

/** Not by name: its types are those of a browser (browser/tsconfig.json). It loads no page. */
const { PAGES } = (await import(join(BROWSER, 'navigation.ts'))) as { PAGES: ReadonlyArray<{ path: string }> }

/** `/jobs/:name` → any one segment. */
const patterns = PAGES.map(({ path }) => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`))

export const isPagePath = (path: string): boolean => patterns.some((pattern) => pattern.test(path))
