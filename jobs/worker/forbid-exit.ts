/** A job that calls process.exit() shall not end the other jobs' runs: in a job it throws, elsewhere it exits. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from '../../lib/errors.ts'

const guarded = new AsyncLocalStorage<string>()

/** Runs `run`, which cannot exit this process while the guard stands; `who` begins the sentence of the error. */
export function withoutExit<T>(who: string, run: () => T): T {
  return guarded.run(who, run)
}

/** Who runs here, if that is known: of a promise that was left behind it is not. */
export const runsHere = (): string | undefined => guarded.getStore()

/** Puts up the guard, against `everyone` if somebody is named so; returns how to take it down. */
export function guardExit(everyone?: string): () => void {
  const exit = process.exit
  process.exit = (code) => {
    const who = guarded.getStore() ?? everyone
    if (who === undefined) return exit(code)
    throw new AppError(
      'internal',
      'job_exit',
      `${who} called process.exit(${code ?? ''}), which would end every other run; throw or return.`,
    )
  }
  return () => void (process.exit = exit)
}
