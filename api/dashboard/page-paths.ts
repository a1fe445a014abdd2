/** The addresses of the dashboard's pages, as its navigation has them. */
import { join } from 'node:path'
import { BROWSER } from './bundle.ts'

/** Not by name: its types are those of a browser (browser/tsconfig.json). It loads no page. */
const { PAGES, patternOf } = (await import(join(BROWSER, 'navigation.ts'))) as {
  PAGES: ReadonlyArray<{ path: string }>
  patternOf(path: string): RegExp
}

const fixed = new Set(PAGES.map(({ path }) => path).filter((path) => !path.includes(':')))

const patterns = PAGES.map(({ path }) => path)
  .filter((path) => path.includes(':'))
  .map(patternOf)

/** `isRoute`: whether the API has just this path; `/embalagens/export` is a file, and no item of that name. */
export const isPagePath = (path: string, isRoute: (path: string) => boolean): boolean =>
  fixed.has(path) || (patterns.some((pattern) => pattern.test(path)) && !isRoute(path))
