/**
 * The code of a job: its file, and all that it imports of its owner's. Doca's own modules and packages are the program's; they
 * change with its restart. The texts are kept, so that a version of a job can be run whatever its files hold by then.
 */
import { existsSync, realpathSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'

export interface Sources {
  /** The file itself, without symbolic links. */
  entry: string
  /** Of code and JSON, by path. */
  texts: Record<string, string>
  /** Changes with any of it. */
  hash: string
  /** Paths to look at for changes, those of imports that were not found among them, and how they stood before they were read. */
  watched: string[]
  stamp: string
}

/** Of one file; its text is kept, and handed to every child. */
const MAX_BYTES = 8 * 2 ** 20
const DOCA = resolve(import.meta.dir, '../..') + sep
const LOADERS: Record<string, Bun.Loader & ('ts' | 'tsx' | 'js' | 'jsx')> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
}

/** `folder` is the jobs'. Throws when the file itself cannot be read. */
export async function readSources(file: string, folder: string): Promise<Sources> {
  const entry = realpathSync(file)
  const isOwn = (path: string) =>
    !path.includes(`${sep}node_modules${sep}`) && (path.startsWith(join(folder, sep)) || !path.startsWith(DOCA))
  const texts: Record<string, string> = {}
  const watched = file === entry ? [entry] : [file, entry]
  const stamps = await Promise.all(watched.map(stampOf))
  const hash = new Bun.CryptoHasher('sha256')
  const found = [entry]
  // It grows while it is gone through.
  for (const path of found) {
    if (path !== entry) {
      watched.push(path)
      stamps.push(await stampOf(path))
    }
    const text = await readText(path).catch((err) => {
      if (path === entry) throw err
      return null
    })
    hash.update(JSON.stringify([path, text]))
    if (text === null || !(extname(path) in LOADERS || extname(path) === '.json')) continue
    texts[path] = text
    for (const specifier of importsOf(path, text)) {
      const target = targetOf(specifier, path)
      if (isOwn(target) && !found.includes(target)) found.push(target)
    }
  }
  return { entry, texts, hash: hash.digest('base64url'), watched, stamp: stamps.join(' ') }
}

/** Throws for what is no file: reading a pipe or a device might never end, and would hold up all other reads of the process. */
async function readText(path: string): Promise<string> {
  const { size } = await stat(path).then((found) => {
    if (!found.isFile()) throw unreadable({ en: 'it is no file', pt: 'não é um arquivo' })
    return found
  })
  if (size > MAX_BYTES)
    throw unreadable({
      en: `it is larger than ${MAX_BYTES / 2 ** 20} MiB; data is read when the job runs`,
      pt: `tem mais de ${MAX_BYTES / 2 ** 20} MiB; dados são lidos quando o job roda`,
    })
  return readFile(path, 'utf8')
}

const unreadable = (why: Translated) => new AppError('invalid', 'job_file', why)

/** How the files stand: equal stamps mean that nothing was written meanwhile. */
export async function stampOfAll(paths: string[]): Promise<string> {
  return (await Promise.all(paths.map(stampOf))).join(' ')
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : 'none'
}

/** The specifiers that are paths. One that is put together while the code runs is not known. */
function importsOf(path: string, text: string): string[] {
  const loader = LOADERS[extname(path)]
  if (!loader) return []
  try {
    const imports = new Bun.Transpiler({ loader }).scanImports(text)
    return imports.flatMap(({ path: specifier }) => (/^\.{0,2}\//.test(specifier) ? [specifier] : []))
  } catch {
    // Whoever imports it is told what is wrong with it.
    return []
  }
}

function targetOf(specifier: string, importer: string): string {
  try {
    return Bun.resolveSync(specifier, dirname(importer))
  } catch {
    return resolve(dirname(importer), specifier)
  }
}

/**
 * From now on this process imports `texts` instead of the files of those paths, also those that are gone. What it has
 * imported before stays as it is.
 */
export function serveTexts(texts: ReadonlyMap<string, string>, filter: RegExp): void {
  Bun.plugin({
    name: 'jobs',
    setup(build) {
      build.onResolve({ filter: /^\.{0,2}\// }, ({ path, importer }) => {
        const target = resolve(dirname(importer || sep), path)
        if (texts.has(target)) return { path: target }
        const docas = join(DOCA, 'jobs', basename(target))
        return isOutside(importer) && FOR_JOBS.has(docas) && !existsSync(target) ? { path: docas } : undefined
      })
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
        if (!isOutside(importer) || isFound(path, dirname(importer)) || !isFound(path, DOCA)) return undefined
        return { path: Bun.resolveSync(path, DOCA) }
      })
      build.onLoad({ filter }, async ({ path }) => {
        const contents = texts.get(path) ?? (await readFile(path, 'utf8'))
        if (extname(path) === '.json') return { exports: { default: JSON.parse(contents) }, loader: 'object' }
        return { contents, loader: LOADERS[extname(path)]! }
      })
    },
  })
}

/** Of a folder of jobs elsewhere (JOBS_DIR): what it lacks of these, and of packages, is Doca's, as if it were jobs/definitions. */
const FOR_JOBS = new Set([join(DOCA, 'jobs/job.ts'), join(DOCA, 'jobs/monitor.ts')])
const isOutside = (importer: string) => importer !== '' && !importer.startsWith(DOCA)

function isFound(specifier: string, folder: string): boolean {
  try {
    return Bun.resolveSync(specifier, folder) !== ''
  } catch {
    return false
  }
}

/** Matches these paths. */
export const exactly = (paths: string[]) => new RegExp(`^(?:${paths.map(escaped).join('|')})$`)
/** Matches the paths of code and JSON below a folder, without those of packages. */
export const codeBelow = (folder: string) =>
  new RegExp(`^${escaped(join(folder, sep))}(?!.*node_modules).*\\.(?:[cm]?[jt]s|[jt]sx|json)$`)

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
