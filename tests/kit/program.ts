/** Real programs in real processes, for tests that start, kill and stop them. */
import { readFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

export interface Program {
  pid: number
  /** Everything printed so far on stdout and stderr. */
  output(): string
  kill(signal: NodeJS.Signals): void
  exited: Promise<number>
  /** Resolves when everything printed has been read. */
  drained: Promise<unknown>
}

/** Starts `bun FILE WORDS…` with only the variables given, PATH, HOME and TMPDIR. */
export function startProgram(file: string, words: string[], env: Record<string, string>, input?: string): Program {
  // Without the .env that somebody keeps in this folder for containers.
  const child = Bun.spawn([process.execPath, '--no-env-file', join(ROOT, file), ...words], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: tmpdir(), ...env },
    stdin: input === undefined ? 'ignore' : new TextEncoder().encode(input),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  running.add(child)
  void child.exited.then(() => running.delete(child))
  let text = ''
  const drained = Promise.all([child.stdout, child.stderr].map(collect))
  async function collect(stream: ReadableStream<Uint8Array>) {
    const decoder = new TextDecoder()
    for await (const part of stream as unknown as AsyncIterable<Uint8Array>)
      text += decoder.decode(part, { stream: true })
  }
  return { pid: child.pid, output: () => text, kill: (signal) => child.kill(signal), exited: child.exited, drained }
}

const running = new Set<Bun.Subprocess>()

/** Kills what a test left running, and waits for its end. */
export async function killLeftPrograms(): Promise<void> {
  const left = [...running]
  for (const child of left) child.kill('SIGKILL')
  await Promise.all(left.map((child) => child.exited))
}

/** Runs a program to its end and returns all that it printed. */
export async function runToEnd(file: string, words: string[], env: Record<string, string>, input?: string) {
  const program = startProgram(file, words, env, input)
  const code = await program.exited
  await program.drained
  return { code, output: program.output() }
}

/** False also for one that has ended and whose end nobody has asked about. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

/** Asks until the answer is truthy, at most `wait_ms`; throws with `what` and what `hint` says otherwise. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  wait_ms = 60_000,
  hint: () => string = () => '',
): Promise<Exclude<NonNullable<T>, false | 0 | ''>> {
  const deadline = Date.now() + wait_ms
  for (;;) {
    const answer = await ask()
    if (answer) return answer as Exclude<NonNullable<T>, false | 0 | ''>
    if (Date.now() > deadline) throw new Error(`waited ${wait_ms} ms in vain for ${what}\n${hint()}`)
    await Bun.sleep(20)
  }
}

/** A port that is free now. */
export function freePort(): number {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  return port
}

/** Processes whose environment, command line or working folder names `data_dir`: what of ours still runs for it. */
export async function processesOf(data_dir: string): Promise<Array<{ pid: number; command: string }>> {
  const found: Array<{ pid: number; command: string }> = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    // A process may be gone by the time we look.
    const read = (file: string) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')
    const command = (await read('cmdline')).replaceAll('\0', ' ').trim()
    // The embedded server's children have a title for a command line, and nothing of our environment.
    const folder = await readlink(`/proc/${entry}/cwd`).catch(() => '')
    const ours = command.includes(data_dir) || folder.startsWith(data_dir)
    if (ours || (await read('environ')).includes(`DATA_DIR=${data_dir}`)) found.push({ pid: Number(entry), command })
  }
  return found
}
