/** Data folders, member programs and the servers that run for them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { isPostmaster } from '../../db/engines/embedded/processes.ts'
import type { Report } from './member.ts'
import { temporaryFolder } from './temporary-folder.ts'

const made: string[] = []
/** A DATA_DIR, with blanks and accents in its path, that does not exist yet. */
export async function emptyDataDir(): Promise<string> {
  const root = await realpath(temporaryFolder())
  made.push(root)
  return join(root, 'São João dados')
}

/** The same with a whole, stopped database in it: a copy, as initdb takes a second or more. */
export async function dataDir(): Promise<string> {
  const data_dir = await emptyDataDir()
  await cp(await seed(), data_dir, { recursive: true, preserveTimestamps: true })
  return data_dir
}

/** Made once, and again when the code that makes it changes; kept between runs. */
async function seed(): Promise<string> {
  const files = ['data-folder', 'roles'].map((name) => join(import.meta.dir, `../../db/engines/embedded/${name}.ts`))
  const code = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join()
  const kept = join(import.meta.dir, '../../.data', `seed-${Bun.hash(code).toString(36)}`)
  if (existsSync(kept)) return kept
  const data_dir = await emptyDataDir()
  await (await joinEmbedded({ data_dir })).leave()
  await rm(join(data_dir, 'postgres.port'))
  await mkdir(dirname(kept), { recursive: true })
  const draft = `${kept}.${process.pid}`
  await cp(data_dir, draft, { recursive: true, preserveTimestamps: true })
  await rename(draft, kept)
  return kept
}

/** Call in afterAll: kills what a failed test left and removes every folder. */
export async function cleanUp(): Promise<void> {
  for (const child of children) child.kill('SIGKILL')
  for (const root of made) for (const pid of postmastersBelow(root)) process.kill(pid, 'SIGKILL')
  await Promise.all(
    made.splice(0).map((root) => rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })),
  )
}

/** The servers that run for `data_dir`; more than one would be a disaster. */
export function postmasters(data_dir: string): number[] {
  const found = pids().filter((pid) => isPostmaster(pid, join(data_dir, 'postgres')))
  // A server's child has its parent's command line until it has set a title of its own.
  return found.filter((pid) => !found.includes(parentOf(pid)))
}

function parentOf(pid: number): number {
  const stat = readProc(pid, 'stat')
  return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])
}

function postmastersBelow(root: string): number[] {
  return pids().filter((pid) => {
    const words = readProc(pid, 'cmdline').split('\0')
    return words[words.indexOf('-D') + 1]?.startsWith(root) && words[0]?.endsWith('postgres')
  })
}

const pids = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

/** Empty for a process that is gone by the time we look. */
export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

const children = new Set<Bun.Subprocess>()

export interface MemberProgram {
  pid: number
  reports: Report[]
  order(what: 'write' | 'leave'): void
  kill(): void
  exited: Promise<number>
  /** The first report that has `key`; rejects when the program ends without one. */
  reported<K extends string>(key: K): Promise<Extract<Report, Record<K, unknown>>>
}

/** Starts a member program; `before` goes in front of its command line, `env` replaces variables of ours. */
export function startMember(
  data_dir: string,
  { port, before = [], env = {} }: { port?: number; before?: string[]; env?: Record<string, string> } = {},
): MemberProgram {
  const reports: Report[] = []
  const wanted: Array<() => void> = []
  const words = [process.execPath, join(import.meta.dir, 'member.ts'), data_dir, ...(port ? [String(port)] : [])]
  const child = Bun.spawn([...before, ...words], {
    env: { ...process.env, ...env },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    ipc(message) {
      reports.push(message as Report)
      for (const look of wanted) look()
    },
  })
  children.add(child)
  const exited = child.exited.then((code) => {
    children.delete(child)
    for (const look of wanted) look()
    return code
  })
  return {
    pid: child.pid,
    reports,
    exited,
    order: (what) => child.send(what),
    kill: () => child.kill('SIGKILL'),
    reported: (key) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = reports.find((report) => key in report)
          if (found) resolve(found as never)
          else if (child.exitCode !== null || child.signalCode !== null)
            reject(new Error(`ended without "${key}": ${JSON.stringify(reports.slice(-3))}`))
        }
        wanted.push(look)
        look()
      }),
  }
}

export async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true })
  return path
}
