/** The rules of docs/architecture.md, held by reading what every file imports and writes. */
import { beforeAll, describe, expect, test } from 'bun:test'
import { dirname, join, normalize } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const PROGRAMS = ['api', 'jobs', 'consumers', 'charts']

interface Source {
  path: string
  text: string
  /** Of the tree, as paths from its root; types and dynamic imports included. */
  imports: string[]
  /** Of packages. */
  packages: string[]
}

const sources = new Map<string, Source>()

beforeAll(async () => {
  const paths = await Array.fromAsync(new Bun.Glob('{api,jobs,consumers,charts,db,lib,ops}/**/*.{ts,tsx}').scan(ROOT))
  for (const path of paths.toSorted()) sources.set(path, parse(path, await Bun.file(join(ROOT, path)).text()))
})

function parse(path: string, text: string): Source {
  const named = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*'([^']+)'/g)].map(([, name]) => name!)
  const relative = named.filter((name) => name.startsWith('.'))
  return {
    path,
    text,
    imports: relative.map((name) => normalize(join(dirname(path), name))),
    packages: named.filter((name) => !name.startsWith('.')),
  }
}

const inside = (path: string, folder: string) => path.startsWith(`${folder}/`)
/** What the files of `folder` import from outside `allowed`, one line each. */
function strangers(folder: string, allowed: (target: string, from: string) => boolean): string[] {
  return [...sources.values()]
    .filter(({ path }) => inside(path, folder))
    .flatMap(({ path, imports }) =>
      imports.filter((target) => !allowed(target, path)).map((target) => `${path} imports ${target}`),
    )
}
/** Data, not code. */
const isJson = (target: string) => target.endsWith('.json')

describe('a layer imports only what lies below it', () => {
  test('lib imports lib', () => {
    expect(strangers('lib', (target) => inside(target, 'lib'))).toEqual([])
  })

  test('db/engines imports db/engines and lib', () => {
    expect(
      strangers('db/engines', (target) => inside(target, 'db/engines') || inside(target, 'lib') || isJson(target)),
    ).toEqual([])
  })

  test('a subject imports subjects, engines and lib', () => {
    expect(strangers('db', (target) => inside(target, 'db') || inside(target, 'lib') || isJson(target))).toEqual([])
  })

  test.each(PROGRAMS)('%s imports itself, db and lib, never another program', (program) => {
    const allowed = [program, 'db', 'lib']
    expect(strangers(program, (target) => isJson(target) || allowed.some((folder) => inside(target, folder)))).toEqual(
      [],
    )
  })

  test('no file imports itself, however long the way round, at run time or in types', () => {
    expect(circles()).toEqual([])
  })
})

describe('the dashboard', () => {
  const BROWSER = 'api/dashboard/browser'

  test('imports itself and what lib knows of texts, and nothing of the server but its types', () => {
    const of_lib = ['lib/texts.ts', 'lib/readable.ts']
    expect(strangers(BROWSER, (target) => inside(target, BROWSER) || of_lib.includes(target))).toEqual([])
  })

  test('is imported by nobody: the server reads the addresses of its pages alone', () => {
    const importers = [...sources.values()].filter(
      ({ path, imports }) => !inside(path, BROWSER) && imports.some((target) => inside(target, BROWSER)),
    )
    expect(importers.map(at)).toEqual([])
  })

  test('has a folder for each page, named in one line of the navigation', () => {
    const { text } = sources.get(`${BROWSER}/navigation.ts`)!
    const named = [...text.matchAll(/import\('\.\/pages\/([\w-]+)\/index\.tsx'\)/g)].map(([, name]) => name!)
    const folders = [...sources.keys()].flatMap(
      (path) => path.match(/browser\/pages\/([\w-]+)\/index\.tsx$/)?.[1] ?? [],
    )
    expect([...new Set(named)].toSorted()).toEqual(folders.toSorted())
  })

  test('a page imports no other page', () => {
    const between = [...sources.values()].flatMap(({ path, imports }) => {
      const [folder] = path.match(/^.*browser\/pages\/[\w-]+/) ?? []
      const others = folder ? imports.filter((target) => target.includes('/pages/') && !inside(target, folder)) : []
      return others.map((target) => `${path} imports ${target}`)
    })
    expect(between).toEqual([])
  })
})

describe('HTTP stays in api/', () => {
  test('nothing else imports Elysia', () => {
    const elsewhere = [...sources.values()].filter(({ path }) => !inside(path, 'api'))
    expect(elsewhere.filter(({ packages }) => packages.some((name) => /elysia/.test(name))).map(at)).toEqual([])
  })

  test('db and lib know no cursor, no status of an answer and none of its headers', () => {
    // postgres.js reads a long result by a cursor of its own.
    const HTTP = /(?<!\.)\bcursor\b|\bset\.(status|headers)\b|\bretry-after\b|\bif-match\b|\betag\b/i
    // A real engine's words are its own: Redis scans by a cursor, S3 is HTTP; and a server that we ask may ask us to wait.
    const CLIENTS = /^(db\/engines\/\w+\/(redis|s3)\/|lib\/asked-wait\.ts$)/
    const below = [...sources.values()].filter(
      ({ path }) => (inside(path, 'db') || inside(path, 'lib')) && !CLIENTS.test(path),
    )
    const known = below.flatMap(({ path, text }) => {
      const found = HTTP.exec(withoutComments(text))
      return found ? [`${path} says ${found[0]}`] : []
    })
    expect(known).toEqual([])
  })
})

describe('a table', () => {
  test('is written by the folder of its table.ts alone', () => {
    const owners = tableOwners()
    expect(owners.size).toBeGreaterThan(30)
    const WRITES = /\b(?:insert\s+into|update|delete\s+from|truncate(?:\s+table)?)\s+(?:only\s+)?(\w+)/gi
    const foreign = [...sources.values()].flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(WRITES)].flatMap(([, table]) => {
        const owner = owners.get(table!)
        return owner === undefined || inside(path, owner) ? [] : [`${path} writes ${table} of ${owner}`]
      }),
    )
    expect(foreign).toEqual([])
  })

  test('is read by statements of db/ alone', () => {
    const owners = tableOwners()
    const READS = /\b(?:from|join)\s+(\w+)/g
    const above = [...sources.values()].filter(({ path }) => !inside(path, 'db'))
    const reading = above.flatMap(({ path, text }) =>
      [...text.matchAll(/sql(?:<[^`]*>)?`([^`]*)`/g)].flatMap(([, statement]) =>
        [...statement!.matchAll(READS)].flatMap(([, table]) => (owners.has(table!) ? [`${path} reads ${table}`] : [])),
      ),
    )
    expect(reading).toEqual([])
  })
})

test('a connection to PostgreSQL is opened in db/engines alone, where its deadlines are set', () => {
  const openers = [...sources.values()].filter(
    ({ path, text }) =>
      /[^.\w]postgres\(/.test(withoutComments(text)) && !inside(path, 'db/engines') && !inside(path, 'ops/engines'),
  )
  expect(openers.map(at)).toEqual([])
})

const at = ({ path }: Source) => path

/** Folder of the table.ts (or …-table.ts) that defines each table. */
function tableOwners(): Map<string, string> {
  const owners = new Map<string, string>()
  for (const { path, text } of sources.values())
    if (path.endsWith('table.ts'))
      for (const [, name] of text.matchAll(/pgTable\(\s*'(\w+)'/g)) owners.set(name!, dirname(path))
  return owners
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
}

/** Groups of files that import each other (Tarjan's strongly connected components), each as one line. */
function circles(): string[] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[] = []
  const visit = (path: string): void => {
    index.set(path, index.size)
    low.set(path, index.get(path)!)
    stack.push(path)
    for (const target of sources.get(path)!.imports) {
      if (!sources.has(target)) continue
      if (!index.has(target)) visit(target)
      if (stack.includes(target)) low.set(path, Math.min(low.get(path)!, low.get(target)!))
    }
    if (low.get(path) !== index.get(path)) return
    const group = stack.splice(stack.indexOf(path))
    if (group.length > 1 || sources.get(path)!.imports.includes(path)) found.push(group.toSorted().join(' ↔ '))
  }
  for (const path of sources.keys()) if (!index.has(path)) visit(path)
  return found.toSorted()
}
