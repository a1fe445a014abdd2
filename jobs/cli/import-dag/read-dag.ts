/** Reads the DAGs of an Airflow file with Python's own parser (read_dag.py). The file itself is never run. */
import { join } from 'node:path'
import type { JSONValue } from 'postgres'
import { messageOf } from '../../../lib/errors.ts'

/** What a DAG or a task is given. At most one of the last three is known. */
export interface Given {
  line: number
  source: string
  literal?: JSONValue
  /** Of a timedelta. */
  seconds?: number
  /** Of a time or a time zone; null: the time has none. */
  zone?: string | null
}

export interface ReadTask {
  /** With the ids of its groups before it. */
  id: string
  /** The operator's name, or the decorator. */
  operator: string
  line: number
  arguments: Record<string, Given>
  upstream: string[]
}

export interface ReadDag {
  id: string
  line: number
  /** Those of default_args are `default_args.x`. */
  settings: Record<string, Given>
  tasks: ReadTask[]
}

/** What could not be read. */
export interface Unread {
  line: number
  /** The DAG in whose block it stands, where that is known. */
  dag: string | null
  sentence: string
}

export interface ReadFile {
  dags: ReadDag[]
  problems: Unread[]
}

const PROGRAM = join(import.meta.dir, 'read_dag.py')
const DEADLINE_MS = 10_000
const MAX_BYTES = 1024 * 1024

/** Throws an Error with a sentence where there is no Python, no such file, or no answer. */
export async function readDagFile(path: string): Promise<ReadFile> {
  const bytes = await Bun.file(path)
    .bytes()
    .catch((cause) => refuse(`${path} cannot be read: ${messageOf(cause)}`, cause))
  if (bytes.length > MAX_BYTES) refuse(`${path} is larger than 1 MiB, which is no DAG.`)
  const python =
    Bun.which('python3') ??
    refuse('python3 is not found; the DAG is read with its parser. Install Python 3.8 or later.')
  const child = Bun.spawn([python, '-I', '-S', PROGRAM], {
    stdin: bytes,
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  })
  const [answer, error] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) === 0) return JSON.parse(answer) as ReadFile
  if (child.signalCode === 'SIGKILL') return refuse(`${path} took longer than ${DEADLINE_MS / 1000} s to read.`)
  return refuse(`${path} cannot be read: python3 ended with ${error.trim().split('\n').at(-1) || child.signalCode}.`)
}

function refuse(sentence: string, cause?: unknown): never {
  throw new Error(sentence, { cause })
}
