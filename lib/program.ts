/** Runs a program: configuration problems end it with 78, a failed start with 1, each with a sentence on stderr. */
import { writeFileSync } from 'node:fs'
import { ConfigError, type Env } from './env.ts'
import { AppError, messageOf, type ErrorKind } from './errors.ts'
import type { Log } from './log.ts'
import { makeFilesPrivate } from './private-folder.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, configuration: 78 } as const

/** Exit codes of errors that have one of their own. */
const EXIT_OF: Partial<Record<ErrorKind, number>> = { configuration: EXIT.configuration }

const exitCodeOf = (thrown: unknown): number =>
  (thrown instanceof AppError ? EXIT_OF[thrown.kind] : undefined) ?? EXIT.failed

/** Reads configuration, or prints every problem on stderr and exits 78. */
export function loadConfig<T>(read: (env: Env) => T): T {
  try {
    return read(process.env)
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    process.stderr.write(`${thrown.message}\n`)
    process.exit(EXIT.configuration)
  }
}

/**
 * Runs `main`; an error is printed as one sentence on stderr, and its kind decides the exit code. What it makes, and what its
 * children make, is its user's alone, unless `files` leaves that to the user's umask.
 */
export async function runProgram(
  main: () => Promise<unknown>,
  files: 'private' | 'by umask' = 'private',
): Promise<void> {
  if (files === 'private') makeFilesPrivate()
  try {
    await main()
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`)
    if (process.env.LOG_LEVEL === 'debug') process.stderr.write(`${Bun.inspect(thrown)}\n`)
    process.exit(exitCodeOf(thrown))
  }
}

export interface Heartbeat {
  /** Rewritten at every beat; its age tells. */
  heartbeat_file?: string | undefined
  /** Called at every beat; never throws. */
  beat?: () => void
}

/**
 * Reports that the program is at work: to the log, and from now on every few seconds to the `bun run up` that started it, to
 * the heartbeat's file and to its function. All of that ends when the event loop no longer turns.
 */
export function announceReady(log: Log, heartbeat: Heartbeat, facts: Record<string, unknown> = {}): void {
  startHeartbeat(heartbeat)
  log.info(facts, 'ready')
  process.send?.({ ready: true })
}

/** A program that has missed three of these hangs. */
export const HEARTBEAT_MS = 5_000

function startHeartbeat({ heartbeat_file: file, beat }: Heartbeat): void {
  const write = () => file !== undefined && writeFileSync(file, `${new Date().toISOString()}\n`)
  const tell = () => {
    process.send?.({ beat: true })
    beat?.()
  }
  write()
  tell()
  setInterval(() => {
    tell()
    try {
      write()
    } catch {
      // A full disk must not end the program; the file's age tells.
    }
  }, HEARTBEAT_MS).unref()
}
