/** Keeps a job that calls process.exit() from ending the other jobs' runs: in a job it throws, elsewhere it exits. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'

/** The subject of a file that is imported. */
export const THE_FILE: Translated = { en: 'The file', pt: 'O arquivo' }

const guarded = new AsyncLocalStorage<Translated>()

/** Runs `run`, which cannot exit this process while the guard is up; `subject` begins the sentence of the error. */
export function withoutExit<T>(subject: Translated, run: () => T): T {
  return guarded.run(subject, run)
}

/** The subject that runs here; undefined in a promise that nobody awaits. */
export const runsHere = (): Translated | undefined => guarded.getStore()

/** Puts up the guard: against the subjects of withoutExit, and against all code where `everyone` names it. Returns how to take it down. */
export function guardExit(everyone?: Translated): () => void {
  const exit = process.exit
  process.exit = (code) => {
    const subject = guarded.getStore() ?? everyone
    if (subject === undefined) return exit(code)
    throw new AppError('internal', 'job_exit', {
      en: `${subject.en} called process.exit(${code ?? ''}), which would end every other run; throw or return.`,
      pt: `${subject.pt} chamou process.exit(${code ?? ''}), o que encerraria todas as outras execuções; lance um erro ou retorne.`,
    })
  }
  return () => void (process.exit = exit)
}
