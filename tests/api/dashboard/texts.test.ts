/** Every sentence of the dashboard stands in a file of texts, in both languages. */
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'

const BROWSER = join(import.meta.dir, '../../../api/dashboard/browser')
const paths = (pattern: string) => [...new Bun.Glob(pattern).scanSync(BROWSER)].toSorted()

interface Pair {
  en: string
  pt: string
}
const isPair = (value: object): value is Pair => 'en' in value || 'pt' in value

function pairsOf(value: unknown, name: string): Array<[string, Pair]> {
  if (typeof value !== 'object' || value === null) return []
  if (isPair(value)) return [[name, value]]
  return Object.entries(value).flatMap(([key, inner]) => pairsOf(inner, `${name}.${key}`))
}

const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).toSorted()

describe('the texts of', () => {
  test.each([...paths('**/texts.ts'), 'navigation.ts'])(
    '%s are there in both languages, with the same blanks',
    async (path) => {
      const pairs = pairsOf(await import(join(BROWSER, path)), path)
      expect(pairs.length).toBeGreaterThan(0)
      for (const [name, { en, pt }] of pairs) {
        expect([name, typeof en, typeof pt]).toEqual([name, 'string', 'string'])
        expect([name, en.trim() !== '', pt.trim() !== '']).toEqual([name, true, true])
        expect([name, blanks(pt)]).toEqual([name, blanks(en)])
      }
    },
  )
})

test('every text is used', async () => {
  const sources = await Promise.all(
    paths('**/*.{ts,tsx}').map(async (path) => [path, await Bun.file(join(BROWSER, path)).text()] as const),
  )
  const unused: string[] = []
  for (const path of paths('**/texts.ts')) {
    const folder = path.slice(0, -'texts.ts'.length)
    // Texts of a folder may be imported from elsewhere; those that are looked up by a value are used as a whole.
    const text = sources
      .filter(([other]) => other !== path)
      .map(([, source]) => source)
      .join('\n')
    const { TEXTS = {} } = (await import(join(BROWSER, path))) as { TEXTS?: Record<string, unknown> }
    const lookedUp = [...text.matchAll(/TEXTS\[`?(\w*)/g)].map(([, start]) => start!)
    for (const name of Object.keys(TEXTS))
      if (
        !new RegExp(`(?:TEXTS|COMMON|SESSION)\\.${name}\\b`).test(text) &&
        !lookedUp.some((start) => isLookedUp(name, start))
      )
        unused.push(`${folder}${name}`)
  }
  expect(unused).toEqual([])
})

/** `TEXTS[`theme_${one}`]` uses all that begin so; `TEXTS[state]` any word of a state or role. */
const STATES = ['ok', 'down', 'silent', 'following', 'ended', 'lost', 'viewer', 'operator', 'admin', 'skip', 'queue']
const isLookedUp = (name: string, start: string) =>
  start.endsWith('_') ? name.startsWith(start) : STATES.includes(name) || ['cancel_previous', 'allow'].includes(name)

test('no sentence stands in a component', async () => {
  const found: string[] = []
  for (const path of paths('**/*.tsx')) {
    const source = (await Bun.file(join(BROWSER, path)).text()).replaceAll(/\/\*[\s\S]*?\*\//g, '')
    // Words between tags, and words in attributes that people hear or see.
    for (const [, text] of source.matchAll(/<[a-zA-Z][^<>]*>([^<>{}=;()]*[A-Za-zÀ-ú]{2}[^<>{}=;()]*)<\//g))
      if (!NAMES.includes(text!.trim())) found.push(`${path}: ${text!.trim()}`)
    for (const [, text] of source.matchAll(/\b(?:label|title|hint|placeholder|aria-label|alt|why|action)="([^"]*)"/g))
      found.push(`${path}: ${text}`)
  }
  expect(found).toEqual([])
})

/** The same in every language; a language has its own name. */
const NAMES = ['Português', 'English', 'Doca', 'Ctrl K']
