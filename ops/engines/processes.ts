/**
 * The processes of an engine, read from /proc, so that no recorded process id has to be believed. Each has ENGINE_FOLDER in
 * its environment, as do its children. Some overwrite it with their title; they are known by their working folder and by
 * having no terminal, unlike a person's shell.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, Installation, Run } from './engine.ts'

const STOP_MS = 30_000

/** Starts it in a session of its own, printing into `folder`/log; resolves with its process. */
export function startEngine(installation: Installation, run: Run): Bun.Subprocess {
  const log = openSync(join(installation.folder, 'log'), 'a', 0o600)
  try {
    const child = Bun.spawn(run.command, {
      cwd: installation.folder,
      env: { ...process.env, ...run.env, ENGINE_FOLDER: installation.folder },
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
  // Without its first process the others are leftovers.
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

/** Empty for a process that has ended, or belongs to another user. */
const read = (file: string) => whileThere(() => readFileSync(file, 'utf8'))
const workingFolder = (pid: string) => whileThere(() => readlinkSync(`/proc/${pid}/cwd`))

function whileThere(read: () => string): string {
  try {
    return read()
  } catch (err) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((err as NodeJS.ErrnoException).code ?? '')) return ''
    throw err
  }
}
