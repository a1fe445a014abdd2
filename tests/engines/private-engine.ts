/** A server of a test's own, which it may stop and kill; its programs are those of the shared engines. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Engine } from '../../ops/engines/engine.ts'
import { bringUp, takeDown } from '../../ops/engines/lifecycle.ts'
import { engineProcesses, killAll } from '../../ops/engines/processes.ts'
import { enginesFolder, readState } from '../../ops/engines/state.ts'

const MOMENT_MS = 60_000

export interface PrivateEngine {
  folder: string
  /** Starts it, also again: with the same ports, password and data. Resolves with its variables, e.g. CACHE_URL. */
  up(): Promise<Record<string, string>>
  /** Ends it cleanly. */
  down(): Promise<void>
  /** kill -9 of all its processes, in the moment that `when` is true; resolves when they are gone. */
  kill(when?: () => boolean): Promise<void>
  /** Ends it for good, with its data. */
  remove(): Promise<void>
}

export async function privateEngine(shared_engine: Engine): Promise<PrivateEngine> {
  const engine = elsewhere(shared_engine)
  const data_dir = await mkdtemp(join(tmpdir(), `doca-${engine.name}-`))
  const shared = join(enginesFolder(resolve(process.env.DATA_DIR || '.data')), 'programs')
  await mkdir(shared, { recursive: true })
  await mkdir(enginesFolder(data_dir), { recursive: true })
  await symlink(shared, join(enginesFolder(data_dir), 'programs'))
  const folder = join(enginesFolder(data_dir), engine.name)
  async function kill(when = () => true) {
    // Looked for beforehand: meanwhile this process stands still, and the server would finish what it was asked.
    const pids = engineProcesses(folder)
    for (const deadline = Date.now() + MOMENT_MS; !when(); await Bun.sleep(1))
      if (Date.now() > deadline) throw new Error(`the moment to kill ${engine.name} did not come`)
    for (const pid of pids) killIfThere(pid)
    while (engineProcesses(folder).length > 0) {
      killAll(folder)
      await Bun.sleep(10)
    }
  }
  return {
    folder,
    async up() {
      await bringUp(data_dir, engine, () => {})
      return (await readState(data_dir))[engine.name]!.variables!
    },
    down: () => takeDown(data_dir, engine),
    kill,
    async remove() {
      await kill()
      await rm(data_dir, { recursive: true })
    },
  }
}

/** One of its short-lived children may have ended meanwhile. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') throw err
  }
}

/** Below the ports that others would like, so that none takes ours while the server is away. */
function elsewhere(engine: Engine): Engine {
  const shift = 1 + Math.floor(Math.random() * 8_000)
  const ports = Object.entries(engine.ports).map(([use, port]) => [use, port - shift] as const)
  return { ...engine, ports: Object.fromEntries(ports) }
}
