/**
 * Reads a job from its sources, in a process that may be lost: a file may loop, exit, or leave something behind at its top
 * level. The child's side is read-job-child.ts.
 */
import { join } from 'node:path'
import { ChildFailed, ChildWorker } from '../../lib/child/child-worker.ts'
import type { MonitorFacts } from '../../db/monitors/spec.ts'
import { sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import type { Job } from '../job.ts'
import type { Sources } from './sources.ts'

/** What a job's file declares; all of it but `run` and where it is. */
export type Declared = Omit<Job, 'run' | 'file' | 'texts'>

export interface Version {
  sources: Sources
  declared: Declared
}

/** Of an error in a job's code; line and column from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

export interface ReadOrder {
  entry: string
  texts: Record<string, string>
}
export type ReadAnswer = { declared: Declared } | { monitors: MonitorFacts[] } | { error: Translated; at: Place | null }

const CHILD = join(import.meta.dir, 'read-job-child.ts')
/** For the imports of one file; one that takes longer loops or waits. */
const DEADLINE_MS = 5000
/** Two at a time, so that a file that takes its whole deadline does not hold up the others. */
const CHILDREN = 2

/** Calls `take` with each answer as it comes, and the number of its sources. */
export async function readJobs(all: Sources[], take: (answer: ReadAnswer, i: number) => Promise<void>): Promise<void> {
  let next = 0
  async function readSome(): Promise<void> {
    let child: ChildWorker<ReadOrder, ReadAnswer> | undefined
    while (next < all.length) {
      const i = next++
      child = child?.usable() ? child : new ChildWorker(CHILD, undefined, process.env)
      await take(await readOne(child, all[i]!), i)
    }
    child?.end()
  }
  await Promise.all(Array.from({ length: Math.min(CHILDREN, all.length) }, readSome))
}

async function readOne(child: ChildWorker<ReadOrder, ReadAnswer>, { entry, texts }: Sources): Promise<ReadAnswer> {
  try {
    return await child.ask({ entry, texts }, { time_ms: DEADLINE_MS })
  } catch (thrown) {
    child.end()
    if (!(thrown instanceof ChildFailed)) return { error: sentenceOf(thrown), at: null }
    const took = {
      en: `importing it took longer than ${DEADLINE_MS / 1000} s: it loops, or waits, at its top level.`,
      pt: `importá-lo demorou mais de ${DEADLINE_MS / 1000} s: ele está em laço, ou espera, no nível superior.`,
    }
    const ended = {
      en: `importing it ended its process: ${thrown.message}.`,
      pt: `importá-lo encerrou o processo: “${thrown.message}”.`,
    }
    return { error: thrown.reached ? took : ended, at: null }
  }
}
