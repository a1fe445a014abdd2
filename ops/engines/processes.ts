/**
 * The processes of an engine. Each is started with ENGINE_FOLDER in its environment, and so are its children; some write
 * their title over it, but work below that folder without a terminal, as no person's shell does. So what runs for a
 * folder is read from /proc, and no recorded process id has to be believed.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, Place, Run } from './engine.ts'

const STOP_MS = 30_000

/** Starts it in a session of its own, printing into `folder`/log; resolves with its process. */
export function startEngine(place: Place, run: Run): Bun.Subprocess {
  const log = openSync(join(place.folder, 'log'), 'a', 0o600)
  try {
    const child = Bun.spawn(run.command, {
      cwd: place.folder,
      env: { ...process.env, ...run.env, ENGINE_FOLDER: place.folder },
      stdio: ['ignore', log, log],
      detached: true,
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

/** Every process of the engine in `folder`, by number. */
export function engineProcesses(folder: string): number[] {
  const mark = `ENGINE_FOLDER=${folder}`
  const isOurs = (pid: string) =>
    read(`/proc/${pid}/environ`).split('\0').includes(mark) ||
    (`${workingFolder(pid)}/`.startsWith(`${folder}/`) && statOf(pid)[TERMINAL] === '0')
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isOurs(name) && statOf(name)[STATE] !== 'Z')
    .map(Number)
}

/** Asks the first process to end, waits, then kills what is left; resolves when nothing runs for the folder. */
export async function stopEngine({ stop_signal = 'SIGTERM' }: Engine, folder: string, pid: number | null) {
  const running = engineProcesses(folder)
  // Without its first process the rest is remains.
  if (pid !== null && running.includes(pid)) {
    kill(pid, stop_signal)
    const deadline = Date.now() + STOP_MS
    while (engineProcesses(folder).includes(pid) && Date.now() < deadline) await Bun.sleep(50)
  }
  while (killAll(folder) > 0) await Bun.sleep(50)
}

/** kill -9 of all of it; returns how many processes were hit. */
export function killAll(folder: string): number {
  const running = engineProcesses(folder)
  for (const pid of running) kill(pid, 'SIGKILL')
  return running.length
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') throw err
  }
}

/** Fields of /proc/PID/stat, from the one after the name on, which may hold blanks. */
const statOf = (pid: string) => read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')
const STATE = 0
const TERMINAL = 4

/** Empty for a process that has ended, or is somebody else's. */
const read = (file: string) => whileThere(() => readFileSync(file, 'utf8'))
const workingFolder = (pid: string) => whileThere(() => readlinkSync(`/proc/${pid}/cwd`))

function whileThere(look: () => string): string {
  try {
    return look()
  } catch (err) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((err as NodeJS.ErrnoException).code ?? '')) return ''
    throw err
  }
}
