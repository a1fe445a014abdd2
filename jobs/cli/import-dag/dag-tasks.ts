/** The steps of a job for the tasks of a DAG. */
import type { ReadTask } from './read-dag.ts'
import { commentLines, commentText, quoted, todo, type Writing } from './source-text.ts'

/** Each after those that it waits for, otherwise as in the file. */
export function inOrder(tasks: ReadTask[]): { ordered: ReadTask[]; circle: boolean } {
  const left = [...tasks]
  const done = new Set<string>()
  const ordered: ReadTask[] = []
  while (left.length > 0) {
    const i = left.findIndex(({ upstream }) => upstream.every((id) => done.has(id)))
    if (i < 0) return { ordered: [...ordered, ...left], circle: true }
    const [next] = left.splice(i, 1)
    done.add(next!.id)
    ordered.push(next!)
  }
  return { ordered, circle: false }
}

/** Operators that do nothing. */
const EMPTY = new Set(['EmptyOperator', 'DummyOperator'])
const BASH = ['bash_command', 'env', 'cwd']
/** How a task is written here. */
const ADVICE: Array<[operator: RegExp, advice: string]> = [
  [
    /^(?:Python\w*|ExternalPython|_?PythonVirtualenv)Operator$|^@task(?!\.bash)/,
    "in TypeScript here, or as a script: command('python3', ['script.py'])",
  ],
  [/^Bash|bash$/, "its command is not plain, or a template of Airflow's: command('bash', ['-c', '…'])"],
  [/Branch|ShortCircuit/, 'an if around the steps that follow'],
  [/^ExternalTask/, "after: 'that_job' in place of a schedule"],
  [/^TriggerDagRun/, "after: 'this_job' in the job that it started"],
  [/^Email/, 'alerts tell what failed; else a script of your own'],
  [/Http/, 'await fetch(url, { signal })'],
  [/Sensor$/, 'a loop that waits, or throw and let retries wait'],
  [/Docker|Kubernetes/, "command('docker', ['run', …]), or kubectl"],
  [/^SparkSubmit/, "command('spark-submit', ['app.py'])"],
  [/SQL|Sql|Postgres|MySql/, 'step.tx for the database of Doca; else a script of your own'],
]

/** `code` is null for a task that does nothing. */
export function taskLines(task: ReadTask, writing: Writing): { comments: string[]; code: string | null } {
  const { id, operator, line, upstream } = task
  const after = upstream.length > 0 ? `, after ${upstream.map(commentText).join(', ')}` : ''
  const head = `// ${commentText(writing.file)}:${line} ${commentText(id)}: ${commentText(operator)}${after}`
  const given = Object.entries(task.arguments)
  if (EMPTY.has(operator) && given.length === 0) return { comments: [`${head}; nothing to do`], code: null }
  const command = operator === 'BashOperator' ? bashOf(task) : null
  const rest = command === null ? given : given.filter(([key]) => !BASH.includes(key))
  const comments = [head]
  if (command === null) {
    const advice = ADVICE.find(([pattern]) => pattern.test(operator))?.[1]
    comments.push(todo(writing, line, `${operator} ${id} is to be written${advice === undefined ? '' : `: ${advice}`}`))
  } else if (rest.length > 0) comments.push(todo(writing, line, `${id} has more than its command`))
  for (const [key, { source }] of rest) comments.push(...commentLines(`${key}=${source}`))
  const call = command ?? `todo(${quoted(id)})`
  return { comments, code: EMPTY.has(operator) ? null : `await step(${quoted(id)}, () => ${call})` }
}

/** null: what it runs is not all plain text, or is a template of Airflow's. */
function bashOf({ arguments: { bash_command, env, cwd } }: ReadTask): string | null {
  const plain = (value: unknown): value is string => typeof value === 'string' && !/\{\{|\{%|\{#/.test(value)
  const text = bash_command?.literal
  // A path of a script that ends so is read as a template.
  if (!plain(text) || /\.(?:sh|bash)$/.test(text)) return null
  if (cwd && !plain(cwd.literal)) return null
  const variables = Object.entries(Object(env?.literal ?? {}) as Record<string, unknown>)
  if (env && (env.literal === undefined || !variables.every(([, value]) => plain(value)))) return null
  const more = [
    ...(cwd ? [`cwd: ${quoted(cwd.literal as string)}`] : []),
    ...(variables.length > 0
      ? [`env: { ${variables.map(([key, value]) => `${quoted(key)}: ${quoted(value as string)}`).join(', ')} }`]
      : []),
  ]
  return `command('bash', ['-c', ${quoted(text)}]${more.length > 0 ? `, { ${more.join(', ')} }` : ''})`
}
