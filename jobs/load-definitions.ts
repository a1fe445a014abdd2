/**
 * Finds the jobs of a folder: one in each .ts file, and one in the index.ts of each folder below it. A file that cannot be
 * used does not keep the others from running.
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, messageOf } from '../lib/errors.ts'
import { guardExit } from './worker/forbid-exit.ts'
import { removeUnfollowable } from './check-predecessors.ts'
import { isJob, type Job } from './job.ts'

export interface Definitions {
  /** By name. */
  jobs: Map<string, Job>
  /** The files that could not be used. */
  problems: FileProblem[]
}

export interface FileProblem {
  file: string
  /** Names the file, or all that are concerned. */
  sentence: string
}

/** A file that waits for ever at its top level must not keep the other jobs from starting. */
const IMPORT_DEADLINE_MS = 10_000

/** Throws AppError only when the folder itself cannot be read. */
export async function loadDefinitions(folder: string): Promise<Definitions> {
  const byName = new Map<string, Array<{ file: string; job: Job }>>()
  const problems: FileProblem[] = []
  for (const file of await filesOf(folder)) {
    try {
      const job = await importJob(join(folder, file))
      byName.set(job.name, [...(byName.get(job.name) ?? []), { file, job }])
    } catch (thrown) {
      problems.push({ file, sentence: `${file} is not used: ${reasonOf(thrown)}` })
    }
  }
  const jobs = new Map<string, Job>()
  const fileOf = new Map<string, string>()
  for (const [name, found] of byName) {
    if (found.length === 1) {
      jobs.set(name, found[0]!.job)
      fileOf.set(name, found[0]!.file)
    } else {
      const files = found.map(({ file }) => file)
      const sentence = `${files.join(' and ')} both define ${name}; neither is used. Rename one.`
      problems.push({ file: files[0]!, sentence })
    }
  }
  for (const { name, problem } of removeUnfollowable(jobs)) {
    const file = fileOf.get(name)!
    problems.push({ file, sentence: `${file} is not used: ${problem}` })
  }
  return { jobs, problems }
}

function reasonOf(thrown: unknown): string {
  return thrown === null || thrown === undefined ? `importing it threw ${thrown}.` : messageOf(thrown)
}

/** Paths below `folder`. */
async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).toSorted()
    return names.flatMap((name) => {
      if (name.endsWith('.ts')) return name.endsWith('.d.ts') ? [] : [name]
      const index = join(name, 'index.ts')
      // A folder without it holds what other files import.
      return existsSync(join(folder, index)) ? [index] : []
    })
  } catch (cause) {
    throw new AppError('internal', 'jobs_folder_unreadable', `The jobs' folder cannot be read: ${messageOf(cause)}.`, {
      cause,
    })
  }
}

async function importJob(path: string): Promise<Job> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    const late = new Error(`importing it took longer than ${IMPORT_DEADLINE_MS / 1000} s.`)
    timer = setTimeout(() => reject(late), IMPORT_DEADLINE_MS)
  })
  // No other code of this program exits meanwhile.
  const allowExit = guardExit('The file')
  try {
    const module = (await Promise.race([import(path), deadline])) as {
      default?: unknown
    }
    if (!isJob(module.default)) throw new Error('its default export is not a job; write `export default job({ … })`.')
    return { ...module.default, file: path }
  } finally {
    allowExit()
    clearTimeout(timer)
  }
}
