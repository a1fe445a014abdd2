/**
 * The dashboard's files in memory: from the folder that the image's build wrote, else from DATA_DIR, where a child process
 * bundles them once for each state of the sources.
 */
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Encoding } from '../http/compression.ts'
import { etagOf, shortHash } from '../http/etag.ts'

export const BROWSER = join(import.meta.dir, 'browser')
export const INDEX = 'index.html'
/** Of the image; not in the repository. */
export const BUILT = join(import.meta.dir, 'dist')

export interface BundledFile {
  type: string
  etag: string
  bytes: Record<Encoding | 'identity', Uint8Array<ArrayBuffer>>
}

/** By name. */
export type Bundle = Map<string, BundledFile>

export const openBundle = async (data_dir: string): Promise<Bundle> => readBundle(await bundleFolder(data_dir))

/** The folder with the bundle of today's sources, which is made where there is none. Throws what the bundler said. */
export async function bundleFolder(data_dir: string): Promise<string> {
  const digest = await digestOfSources()
  const built = join(BUILT, digest)
  if (await exists(built)) return built
  const folder = join(data_dir, 'dashboard', digest)
  if (!(await exists(folder))) {
    await buildIn(folder)
    await forgetOthers(folder)
  }
  return folder
}

const exists = (folder: string) => Bun.file(join(folder, INDEX)).exists()

/** Of all that a bundle is made of. */
export async function digestOfSources(): Promise<string> {
  const root = join(import.meta.dir, '..', '..')
  const of_browser = await Array.fromAsync(new Bun.Glob('api/dashboard/browser/**/*').scan(root))
  const paths = [...of_browser, 'api/dashboard/build.ts', 'lib/texts.ts', 'lib/readable.ts', 'bun.lock'].toSorted()
  const hasher = new Bun.CryptoHasher('sha256').update(Bun.version)
  for (const path of paths) hasher.update(`\0${path}\0`).update(await Bun.file(join(root, path)).bytes())
  return hasher.digest('hex').slice(0, 16)
}

async function buildIn(folder: string): Promise<void> {
  const child = Bun.spawn([process.execPath, '--no-env-file', join(import.meta.dir, 'build.ts'), folder], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    timeout: BUILD_MS,
  })
  const [said, code] = await Promise.all([child.stderr.text(), child.exited])
  if (code !== 0) throw new Error(`the dashboard could not be bundled: ${said.trim() || `exit ${code}`}`)
}

/** It takes 1 s. */
const BUILD_MS = 60_000

/** Processes that read an older one have it in memory. */
async function forgetOthers(folder: string): Promise<void> {
  const parent = dirname(folder)
  for (const name of await readdir(parent))
    if (/^[0-9a-f]{16}$/.test(name) && join(parent, name) !== folder)
      await rm(join(parent, name), { recursive: true, force: true })
}

async function readBundle(folder: string): Promise<Bundle> {
  const names = (await readdir(folder)).filter((name) => !/\.(?:gz|zst)$/.test(name))
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const read = (ending: string) => Bun.file(join(folder, name + ending)).bytes()
        const [identity, gzip, zstd] = await Promise.all([read(''), read('.gz'), read('.zst')])
        const type = TYPES[name.slice(name.lastIndexOf('.'))] ?? 'application/octet-stream'
        return [name, { type, etag: etagOf(shortHash(identity)), bytes: { identity, gzip, zstd } }] as const
      }),
    ),
  )
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
