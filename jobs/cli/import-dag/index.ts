/** Makes files of jobs from the DAGs of an Airflow file, to be completed by hand. Needs no database, and overwrites nothing. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { parseWords, printRows, wrongUsage } from '../../../lib/command-line.ts'
import { messageOf } from '../../../lib/errors.ts'
import { EXIT } from '../../../lib/program.ts'
import { USAGE } from '../command.ts'
import { readDagFile, type ReadDag, type Unread } from './read-dag.ts'
import { writeJob } from './write-job.ts'

/** Exit code 1 when a DAG has no file then, or none is found. */
export async function importDag(words: string[], jobs_dir: string): Promise<number> {
  const { values, positionals } = parseWords(
    words,
    { json: { type: 'boolean', default: false }, to: { type: 'string' } },
    USAGE,
  )
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) wrongUsage('Name one Python file.', USAGE)
  // Not the jobs' own: what lies there is scheduled within seconds, and the DAG may still run in Airflow.
  const folder = resolve(values.to ?? join(jobs_dir, 'imported'))
  const { dags, problems } = await readDagFile(path)
  await mkdir(folder, { recursive: true })
  const rows = []
  for (const dag of dags) {
    const of = problems.filter((problem) => problem.dag === dag.id || (problem.dag === null && dags.length === 1))
    // Where a folder elsewhere has none, it is Doca's: see files/sources.ts.
    rows.push(await importOne(dag, of, path, folder, resolve(jobs_dir, '../job.ts')))
  }
  if (dags.length === 0) problems.push({ line: 1, dag: null, sentence: 'no DAG is found in it' })

  if (values.json) printRows([...rows, ...problems.map((problem) => ({ ...problem, file: path }))], true)
  else {
    const shown = rows.map(({ todo, problem: _, ...row }) => ({ ...row, todo: todo.length }))
    if (rows.length > 0) printRows(shown, false)
    for (const { problem } of rows) if (problem !== null) process.stderr.write(`${problem}\n`)
    for (const { line, sentence } of problems) process.stderr.write(`${basename(path)}:${line}: ${sentence}.\n`)
  }
  return dags.length > 0 && rows.every(({ problem }) => problem === null) ? EXIT.done : EXIT.failed
}

async function importOne(dag: ReadDag, unread: Unread[], path: string, folder: string, job_module: string) {
  const module = relative(folder, job_module)
  const { name, text, steps, todo } = writeJob(dag, unread, path, module.startsWith('.') ? module : `./${module}`)
  const file = join(folder, `${name}.ts`)
  const problem = await writeFile(file, text, { flag: 'wx' }).then(
    () => null,
    (err: NodeJS.ErrnoException) =>
      err.code === 'EEXIST' ? `${file} exists and stays as it is; ${dag.id} is not written.` : messageOf(err),
  )
  return { dag: dag.id, job: name, file, steps, todo, problem }
}
