/** Finds, in the source itself, what the API can say to people: every `new AppError(…)`, every `{ en: …, pt: … }`. */
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

export interface SaidError {
  place: string
  code: string
  kind: string
  /** The expression of the sentence; of a name, the one it stands for. */
  detail: string
}

export async function sources(pattern: string): Promise<Array<{ path: string; source: string }>> {
  const paths = (await Array.fromAsync(new Bun.Glob(pattern).scan(ROOT))).toSorted()
  return Promise.all(paths.map(async (path) => ({ path, source: await Bun.file(join(ROOT, path)).text() })))
}

export async function saidErrors(pattern: string): Promise<SaidError[]> {
  return (await sources(pattern)).flatMap(({ path, source }) =>
    [...source.matchAll(/new AppError\(/g)].map(({ index }) => {
      const [kind = '', code = '', detail = ''] = partsOf(source, index + 'new AppError('.length)
      const place = `${path}:${source.slice(0, index).split('\n').length}`
      return { place, kind: kind.slice(1, -1), code, detail: meaning(detail, source.slice(0, index)) }
    }),
  )
}

/** The arguments of every `new Error(…)` but those of command lines, which are in English. */
export async function plainErrors(pattern: string): Promise<Array<{ path: string; text: string }>> {
  return (await sources(pattern)).flatMap(({ path, source }) =>
    path.startsWith('jobs/cli/')
      ? []
      : [...source.matchAll(/new Error\(/g)].map(({ index }) => {
          return { path, text: partsOf(source, index + 'new Error('.length).join(', ') }
        }),
  )
}

/** A name means what the nearest `const` before says. */
function meaning(expression: string, before: string): string {
  if (!/^\w+$/.test(expression)) return expression
  const start = before.lastIndexOf(`const ${expression} =`)
  return start === -1 ? expression : before.slice(start)
}

/** Both sides of every `{ en: …, pt: … }`, as the source has them. */
export async function translations(pattern: string): Promise<Array<{ place: string; en: string; pt: string }>> {
  return (await sources(pattern)).flatMap(({ path, source }) =>
    [...source.matchAll(/\{(?=\s*en: )/g)].map(({ index }) => {
      const parts = partsOf(source, index + 1)
      const side = (name: string) => parts.find((part) => part.startsWith(`${name}: `))?.slice(4) ?? ''
      return { place: `${path}:${source.slice(0, index).split('\n').length}`, en: side('en'), pt: side('pt') }
    }),
  )
}

/** What stands between commas from `at` up to the bracket that closes what was opened before it. */
function partsOf(source: string, at: number): string[] {
  const parts = ['']
  let depth = 0
  for (let i = at; i < source.length;) {
    const end = QUOTES.has(source[i]!) ? endOfQuoted(source, i) : i + 1
    const text = source.slice(i, end)
    if ('([{'.includes(text)) depth++
    if (')]}'.includes(text) && depth-- === 0) break
    if (text === ',' && depth === 0) parts.push('')
    else parts.push(parts.pop()! + text)
    i = end
  }
  return parts.map((part) => part.trim()).filter(Boolean)
}

const QUOTES = new Set(["'", '"', '`'])

function endOfQuoted(source: string, start: number): number {
  const quote = source[start]!
  let i = start + 1
  while (i < source.length && source[i] !== quote) {
    if (source[i] === '\\') i += 2
    else if (quote === '`' && source.startsWith('${', i)) i = endOfPlaceholder(source, i + 2)
    else i++
  }
  return i + 1
}

function endOfPlaceholder(source: string, start: number): number {
  let depth = 0
  for (let i = start; i < source.length;) {
    if (source[i] === '}' && depth-- === 0) return i + 1
    if (source[i] === '{') depth++
    i = QUOTES.has(source[i]!) ? endOfQuoted(source, i) : i + 1
  }
  return source.length
}

/** What must be the same in every language: placeholders, routes, variables, headers. */
export function verbatim(text: string): string[] {
  const kept = text.match(
    /\$\{[^}]*\}|\b(?:GET|POST|PUT|PATCH|DELETE) \/[\w/]*|\b[A-Z][A-Z0-9_]{3,}\b|`[^`$]+?`|X-[\w-]+/g,
  )
  return (kept ?? [])
    .map((part) =>
      part
        // Of a placeholder, the language may be the end or an argument.
        .replace(/\.(en|pt)\}$|(?:, )?'(en|pt-BR)'\)\}$/, '}')
        // Texts within it are in their language, too.
        .replace(/^(\$\{[^'"`]*)['"`].*$/s, '$1'),
    )
    .toSorted()
}
