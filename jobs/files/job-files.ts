/**
 * The jobs of a folder, kept as its files are: one in each .ts file, and one in the index.ts of each folder below it. In place of a
 * job a file may have monitors. A file that cannot be used does not keep the others from running, nor its own job from running on
 * in the file's last good version.
 *
 * A file is well, failing (to be read once more, since it may be half written) or bad (which is told). Editors write in
 * several ways: a file counts as changed, or as gone, when two looks in a row find it so.
 */
import { existsSync, realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Held } from '../../db/jobs/replicas.ts'
import type { FileProblem } from '../../db/jobs/table.ts'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import { ended, joined, type Translated } from '../../lib/texts.ts'
import type { MonitorFacts } from '../../db/monitors/spec.ts'
import type { Job } from '../job.ts'
import { FileMonitors, type DeclaredMonitors } from './file-monitors.ts'
import { InlineCode } from './inline-code.ts'
import { nameProblems } from './name-problems.ts'
import { readJobs, type Place, type ReadAnswer, type Version } from './read-job.ts'
import { readSources, stampOfAll, type Sources } from './sources.ts'

/** What a look has found. */
export interface Changes {
  changed: JobChange[]
  gone: string[]
  /** Of files that became bad, or bad in another way. */
  problems: FileProblem[]
  /** Files, relative, that are well again. */
  well: string[]
  /** New or changed, and gone. */
  monitors: MonitorFacts[]
  monitors_gone: string[]
}

export interface JobChange {
  job: Job
  is_new: boolean
  /** It is not declared so, but this process has another version of its code: see inline-code.ts. */
  runs_elsewhere: boolean
}

interface File {
  /** How its sources stood at the last look, and for how many looks. */
  stamp: string
  looks: number
  /** Looks in a row that did not find it. */
  missing: number
  reading: boolean
  sources: Sources | undefined
  /** Reads of these sources that failed. */
  failures: number
  fault: { error: Translated; at: Place | null } | undefined
  /** One of both, or none. */
  good: Version | undefined
  monitors: MonitorFacts[] | undefined
}

/** A look waits no longer than this for what it reads: a file that loops must not hold up the others. */
const SLOW_MS = 500
/** A folder may be away for a moment: a deployment replaces it. */
const LOOKS_TO_TELL = 10
/** A failing file is read again after so many looks at the same sources. */
const LOOKS_TO_FAIL = 4

export class JobFiles {
  /** By name. It changes with the files. */
  readonly jobs = new Map<string, Job>()
  readonly monitors = new FileMonitors()
  #folder: string
  #beside: string | undefined
  #inline: InlineCode
  #files = new Map<string, File>()
  /** By name, the version that `jobs` has. */
  #live = new Map<string, Version>()
  #problems = new Map<string, FileProblem>()
  /** The folder itself, and the looks in a row that could not read it. */
  #unreadable: { looks: number; problem: FileProblem } | undefined
  /** By name, as of the start. */
  #earlier: ReadonlyMap<string, string | null> = new Map()

  /** `beside`: another file, to be read as if it were in the folder. */
  constructor(folder: string, beside?: string) {
    this.#folder = existsSync(folder) ? realpathSync(folder) : folder
    this.#beside = beside
    this.#inline = new InlineCode(this.#folder)
  }

  get problems(): FileProblem[] {
    const all = [...this.#problems.values()]
    return this.#unreadable && this.#unreadable.looks >= LOOKS_TO_TELL ? [this.#unreadable.problem, ...all] : all
  }

  /**
   * Throws AppError when the folder cannot be read. `first`: files are at rest, and what fails is bad. `wait_ms`: what takes
   * longer to be read is found by a later look.
   */
  async look({ first = false, wait_ms = SLOW_MS } = {}): Promise<void> {
    const names = this.#with(await this.#list())
    for (const name of names) if (!this.#files.has(name)) this.#files.set(name, newFile())
    for (const [name, file] of this.#files) {
      file.missing = names.includes(name) ? 0 : file.missing + 1
      if (file.missing >= 2) this.#files.delete(name)
    }
    const due: string[] = []
    for (const name of names) if (await this.#isDue(name, first)) due.push(name)
    if (due.length === 0) return
    const reading = this.#read(due, first)
    await (first ? reading : Promise.race([reading, Bun.sleep(wait_ms)]))
  }

  async #list(): Promise<string[]> {
    try {
      const names = await filesOf(this.#folder)
      this.#unreadable = undefined
      return names
    } catch (thrown) {
      const why = sentenceOf(thrown)
      const sentence = {
        en: `${why.en} All jobs go on as they are.`,
        pt: `${why.pt} Todos os jobs continuam como estão.`,
      }
      const looks = (this.#unreadable?.looks ?? 0) + 1
      this.#unreadable = { looks, problem: { file: this.#folder, job: null, at: null, sentence } }
      throw thrown
    }
  }

  #with(names: string[]): string[] {
    const path = this.#beside
    if (path === undefined || names.some((name) => join(this.#folder, name) === path)) return names
    const name = basename(path) === 'index.ts' ? join(basename(dirname(path)), 'index.ts') : basename(path)
    return [...names.filter((one) => one !== name), path]
  }

  async #isDue(name: string, first: boolean): Promise<boolean> {
    const file = this.#files.get(name)!
    if (file.reading) return false
    const stamp = await stampOfAll(file.sources?.watched ?? [resolve(this.#folder, name)])
    file.looks = stamp === file.stamp ? file.looks + 1 : 1
    file.stamp = stamp
    if (file.sources?.stamp === stamp) return file.failures === 1 && file.looks >= LOOKS_TO_FAIL
    return first || file.looks >= 2
  }

  async #read(names: string[], first: boolean): Promise<void> {
    const read: Array<{ file: File; sources: Sources }> = []
    for (const name of names) {
      const file = this.#files.get(name)!
      const sources = await readSources(resolve(this.#folder, name), this.#folder).catch((err: unknown) => {
        // It may be gone by now; then the next look does not find it.
        const why = sentenceOf(err)
        const error = { en: `it cannot be read: ${why.en}`, pt: `ele não pode ser lido: ${why.pt}` }
        fail(file, { error, at: null }, first)
        if (file.sources) file.sources = { ...file.sources, hash: '', stamp: '' }
      })
      if (!sources) continue
      const same = sources.hash === file.sources?.hash
      if (!same) file.failures = 0
      if (same && file.failures !== 1) file.sources = sources
      else read.push({ file, sources })
    }
    for (const { file } of read) file.reading = true
    const all = read.map(({ sources }) => sources)
    await readJobs(all, async (answer, i) => {
      const { file, sources } = read[i]!
      const is_at_rest = (await stampOfAll(sources.watched)) === sources.stamp
      // Written meanwhile, it is read again.
      if (is_at_rest) take(file, sources, answer, first)
      file.reading = false
    })
  }

  /**
   * Makes `jobs` and `problems` what the last look found, and tells what changed. `fileOf`: the files of jobs in earlier lives
   * of this program; of two files with one job the one that has had it keeps it.
   */
  async settle(fileOf = this.#earlier, fileOfMonitor = this.monitors.earlier): Promise<Changes> {
    this.#earlier = fileOf
    this.monitors.earlier = fileOfMonitor
    const owners = new Map([...fileOf, ...[...this.#live].map(([name, { sources }]) => [name, sources.entry] as const)])
    const wanted = new Map<string, Version>()
    for (const [name, { good }] of this.#files) if (good) wanted.set(name, good)
    const { usable, refused } = nameProblems(wanted, owners, this.#lastVersions())
    const monitors = this.monitors.settle(this.#declaredMonitors())
    const problems = new Map<string, FileProblem>()
    const names = new Map([...usable].map(([job, { sources }]) => [sources.entry, job]))
    for (const [name, { fault, failures, sources, good, monitors: last }] of this.#files) {
      const told = fault && failures >= 2 ? fault : undefined
      const error = told?.error ?? refused.get(name) ?? monitors.refused.get(name)
      if (error === undefined) continue
      const job = names.get((good?.sources ?? sources)?.entry ?? '') ?? null
      const goes_on = job !== null ? jobGoesOn(job) : told && last && MONITORS_GO_ON
      const is_used = job !== null || last !== undefined
      problems.set(name, this.#problem(name, error, told?.at ?? null, job, is_used, goes_on))
    }
    const changes = await this.#change(usable, problems)
    return { ...changes, monitors: monitors.changed, monitors_gone: monitors.gone }
  }

  #declaredMonitors(): DeclaredMonitors {
    const declared: DeclaredMonitors = new Map()
    for (const [name, { monitors, sources }] of this.#files)
      if (monitors) declared.set(name, { entry: sources!.entry, monitors })
    return declared
  }

  /** What the other replicas are to know: also of jobs whose files are there, and cannot be used now. */
  held(): Held {
    const names = new Set(this.jobs.keys())
    const unread = new Set<string>()
    for (const [name, { good, monitors, sources }] of this.#files) {
      if (good) names.add(good.declared.name)
      else if (!monitors) unread.add(sources?.entry ?? resolve(this.#folder, name))
    }
    for (const [name, file] of this.#earlier) if (file !== null && unread.has(file)) names.add(name)
    return { jobs: [...names], monitors: this.monitors.held(unread), problems: this.problems }
  }

  /** By file, what runs now. */
  #lastVersions(): Map<string, Version> {
    const last = new Map<string, Version>()
    const byEntry = new Map([...this.#live.values()].map((version) => [version.sources.entry, version]))
    for (const [name, { good }] of this.#files) {
      const version = good && byEntry.get(good.sources.entry)
      if (version) last.set(name, version)
    }
    return last
  }

  /** `is_used`: as it was before. `goes_on` says so. */
  #problem(
    name: string,
    error: Translated,
    at: Place | null,
    job: string | null,
    is_used: boolean,
    goes_on: Translated | undefined,
  ): FileProblem {
    const own = at !== null && at.file === resolve(this.#folder, name)
    const place = at && `${own ? name : relative(this.#folder, at.file)}:${at.line}:${at.column}`
    const where = own ? place : name
    const elsewhere = own || !place ? '' : `${place}: `
    const said = is_used
      ? { en: `${where} is not used as it is now`, pt: `${where} não vale como está agora` }
      : { en: `${where} is not used`, pt: `${where} não pode ser usado` }
    const why = { en: `${said.en}: ${elsewhere}${error.en}`, pt: `${said.pt}: ${elsewhere}${error.pt}` }
    const sentence = goes_on ? joined([ended(why), goes_on], ' ') : why
    return { file: resolve(this.#folder, name), job, at, sentence }
  }

  async #change(usable: Map<string, Version>, problems: Map<string, FileProblem>) {
    const changes: Omit<Changes, 'monitors' | 'monitors_gone'> = { changed: [], gone: [], problems: [], well: [] }
    for (const [name, version] of usable) {
      if (this.#live.get(name)?.sources.hash === version.sources.hash && this.jobs.has(name)) continue
      const job = await this.#jobOf(version)
      const is_new = !this.jobs.has(name)
      this.#live.set(name, version)
      this.jobs.set(name, job)
      changes.changed.push({ job, is_new, runs_elsewhere: job.isolate && !version.declared.isolate })
    }
    for (const name of this.jobs.keys()) {
      if (usable.has(name)) continue
      this.jobs.delete(name)
      this.#live.delete(name)
      changes.gone.push(name)
    }
    for (const [name, problem] of problems)
      if (!Bun.deepEquals(this.#problems.get(name), problem)) changes.problems.push(problem)
    for (const name of this.#problems.keys()) if (!problems.has(name) && this.#files.has(name)) changes.well.push(name)
    this.#problems = problems
    return changes
  }

  async #jobOf({ declared, sources }: Version): Promise<Job> {
    const run = declared.isolate ? null : await this.#inline.runOf(sources)
    const isolate = run === null
    return { ...declared, isolate, run: run ?? elsewhere, file: sources.entry, texts: sources.texts } as Job
  }
}

const MONITORS_GO_ON: Translated = {
  en: 'Its monitors go on as they were.',
  pt: 'Os monitores dele continuam como estavam.',
}

const jobGoesOn = (job: string): Translated => ({
  en: `The job ${job} goes on in its last good version.`,
  pt: `O job ${job} continua na última versão boa.`,
})

/** Of a job whose code is not in this process. */
function elsewhere(): never {
  throw new Error('This job runs in processes of its own.')
}

const newFile = (): File => ({
  stamp: '',
  looks: 0,
  missing: 0,
  reading: false,
  sources: undefined,
  failures: 0,
  fault: undefined,
  good: undefined,
  monitors: undefined,
})

function take(file: File, sources: Sources, answer: ReadAnswer, first: boolean): void {
  file.sources = sources
  file.stamp = sources.stamp
  if (!('error' in answer)) {
    file.good = 'declared' in answer ? { sources, declared: answer.declared } : undefined
    file.monitors = 'monitors' in answer ? answer.monitors : undefined
    file.fault = undefined
    file.failures = 0
  } else {
    fail(file, answer, first)
  }
}

function fail(file: File, fault: NonNullable<File['fault']>, first: boolean): void {
  file.fault = fault
  file.failures = first ? 2 : file.failures + 1
}

/** Paths below `folder`. */
export async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).toSorted()
    return names.flatMap((name) => {
      // Editors keep drafts and locks under such names.
      if (/^[.#]/.test(name)) return []
      if (name.endsWith('.ts')) return name.endsWith('.d.ts') ? [] : [name]
      const index = join(name, 'index.ts')
      // A folder without it holds what other files import.
      return existsSync(join(folder, index)) ? [index] : []
    })
  } catch (cause) {
    const why = sentenceOf(cause)
    const detail = {
      en: `The jobs' folder cannot be read: ${why.en}.`,
      pt: `A pasta dos jobs não pode ser lida: ${why.pt}.`,
    }
    throw new AppError('internal', 'jobs_folder_unreadable', detail, { cause })
  }
}

/** The jobs of a folder as its files are now. Throws AppError when the folder cannot be read. */
export async function loadDefinitions(folder: string): Promise<JobFiles> {
  const files = new JobFiles(folder)
  await files.look({ first: true })
  await files.settle()
  return files
}
