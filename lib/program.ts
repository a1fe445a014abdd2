/** What stands around every program: configuration problems end it with 78, a failed start with 1, each in plain words. */
import { ConfigError, type Env } from './env.ts'
import { messageOf } from './errors.ts'
import type { Log } from './log.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, configuration: 78 } as const

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

/** Runs `main`; what it throws is printed as one sentence on stderr, and the exit code says which kind it was. */
export async function runProgram(main: () => Promise<unknown>): Promise<void> {
  try {
    await main()
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`)
    if (process.env.LOG_LEVEL === 'debug') process.stderr.write(`${Bun.inspect(thrown)}\n`)
    process.exit(thrown instanceof ConfigError ? EXIT.configuration : EXIT.failed)
  }
}

/** Says that the program does its work now: to the log, and to the `bun run up` that started it. */
export function announceReady(log: Log, facts: Record<string, unknown> = {}): void {
  log.info(facts, 'ready')
  process.send?.({ ready: true })
}
