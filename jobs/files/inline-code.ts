/**
 * The code of jobs that run in this process. It is imported once, and cannot be replaced: another version of a job, or of a
 * module that two jobs share, would need to be imported beside the first, which would stay in memory, and in the other
 * modules, for ever. A version that this process does not have runs in processes of its own, until a restart.
 */
import type { Job } from '../job.ts'
import { guardExit, THE_FILE } from '../worker/forbid-exit.ts'
import { codeBelow, serveTexts, type Sources } from './sources.ts'

type Run = Job['run']

/** The code was imported before, in a process of its own; this is for what waits here alone. */
const DEADLINE_MS = 10_000

export class InlineCode {
  /** By path: what this process has imported, or will. */
  readonly #texts = new Map<string, string>()
  readonly #runs = new Map<string, { hash: string; run: Run | null }>()

  constructor(folder: string) {
    serveTexts(this.#texts, codeBelow(folder))
  }

  /** The run function of this version of a job; null where this process cannot have it. */
  async runOf({ entry, hash, texts }: Sources): Promise<Run | null> {
    const known = this.#runs.get(entry)
    if (known) return known.hash === hash ? known.run : null
    const all = Object.entries(texts)
    if (all.some(([path, text]) => (this.#texts.get(path) ?? text) !== text)) return null
    for (const [path, text] of all) this.#texts.set(path, text)
    const run = await importRun(entry)
    this.#runs.set(entry, { hash, run })
    return run
  }
}

/** Imports what another process could import; null where it fails here. */
async function importRun(entry: string): Promise<Run | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<null>((resolve) => (timer = setTimeout(resolve, DEADLINE_MS, null)))
  // No other code of this program exits meanwhile.
  const allowExit = guardExit(THE_FILE)
  try {
    const module = (await Promise.race([import(entry), deadline])) as { default: Job } | null
    return module && module.default.run
  } catch {
    return null
  } finally {
    allowExit()
    clearTimeout(timer)
  }
}
