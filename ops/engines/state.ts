/** State of the engines between commands: DATA_DIR/engines/engines.json, readable by its owner only. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFile } from '../../db/engines/embedded/lock-file.ts'

export interface EngineState {
  ports: Record<string, number>
  password: string
  /** The process of the last start. */
  pid: number | null
  version: string | null
  /** Environment variables to use it; null while it does not run. */
  variables: Record<string, string> | null
}

export type EnginesState = Record<string, EngineState>

const WAIT_MS = 30_000

export const enginesFolder = (data_dir: string) => join(data_dir, 'engines')

export async function readState(data_dir: string): Promise<EnginesState> {
  const text = await readFile(join(enginesFolder(data_dir), 'engines.json'), 'utf8').catch(
    (err: NodeJS.ErrnoException) => {
      if (err.code === 'ENOENT') return '{}'
      throw err
    },
  )
  return JSON.parse(text) as EnginesState
}

/** Changes the state under a lock, and replaces the file as a whole. */
export async function changeState(data_dir: string, change: (state: EnginesState) => void): Promise<EnginesState> {
  const folder = enginesFolder(data_dir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockFile(join(folder, 'engines.lock'), WAIT_MS)
  try {
    const state = await readState(data_dir)
    change(state)
    await writeFile(join(folder, 'engines.json.new'), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
    await rename(join(folder, 'engines.json.new'), join(folder, 'engines.json'))
    return state
  } finally {
    lock.release()
  }
}

/** The variables of every engine that was up at the last command, e.g. DATABASE_URL; empty when there is none. */
export async function engineVariables(data_dir: string): Promise<Record<string, string>> {
  const states = Object.values(await readState(data_dir))
  return Object.assign({}, ...states.map(({ variables }) => variables ?? {})) as Record<string, string>
}
