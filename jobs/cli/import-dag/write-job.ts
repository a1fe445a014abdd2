/**
 * Writes the file of a job for a DAG: a step for each task, in order. What Doca has in another way, or what could not be read,
 * becomes a comment with its line that begins with TODO; a task that is to be written by hand fails until then.
 */
import { basename } from 'node:path'
import { optionsOf } from './dag-options.ts'
import { inOrder, taskLines } from './dag-tasks.ts'
import type { ReadDag, Unread } from './read-dag.ts'
import { commentText, quoted, todo, type Writing } from './source-text.ts'

export interface WrittenJob {
  name: string
  text: string
  steps: number
  todo: Writing['todo']
}

/** `file` is the DAG's, `job_module` the path by which the new file imports jobs/job.ts. */
export function writeJob(dag: ReadDag, unread: Unread[], file: string, job_module: string): WrittenJob {
  const writing: Writing = { file: basename(file), todo: [] }
  const name = jobName(dag.id)
  const { options, comments } = optionsOf(dag, writing)
  const { ordered, circle } = inOrder(dag.tasks)
  if (circle)
    comments.push(
      todo(writing, dag.line, 'its tasks wait for one another in a circle; they are in the order of the file'),
    )
  comments.push(...unread.map(({ line, sentence }) => todo(writing, line, sentence)))
  const tasks = ordered.map((task) => taskLines(task, writing))
  const steps = tasks.filter(({ code }) => code !== null).length
  const codes = tasks.map(({ code }) => code ?? '')
  const commands = codes.some((code) => code.includes('command('))
  const todos = codes.some((code) => code.includes('todo('))
  const taken = [steps > 0 && 'step', commands && 'command'].filter(Boolean).join(', ')
  const body = tasks.flatMap(({ comments: said, code }) => [...said, ...(code === null ? [] : [code])])
  const text = `/**
 * Made of the DAG ${commentText(dag.id)} (${commentText(writing.file)}:${dag.line}) by \`bun run jobs import-dag\`. Complete what says TODO, then
 * \`bun run jobs check\` this file and move it, with its import, to the folder of the jobs: see docs/from-airflow.md.
 */
import { job } from ${quoted(job_module)}

export default job({
  name: ${quoted(name)},
${[...options, ...(commands ? ['isolate: true,'] : []), ...comments].map((line) => `  ${line}\n`).join('')}  async run(${taken === '' ? '' : `{ ${taken} }`}) {
${body.map((line) => `    ${line}\n`).join('')}  },
})
${todos ? TODO_FUNCTION : ''}`
  return { name, text, steps, todo: writing.todo }
}

const TODO_FUNCTION = `
function todo(task: string): never {
  throw new Error(\`The task \${task} is still to be written.\`)
}
`

/** A job's name for the id of a DAG. */
export function jobName(dag_id: string): string {
  const plain = dag_id.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const name = (plain.match(/[a-z0-9]+/g) ?? []).join('_')
  return (/^[a-z]/.test(name) ? name : `dag_${name}`).slice(0, 63)
}
