/** DAGs in the styles of the field become files of jobs that load and run their steps in order; what cannot be read is named. */
import { beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { importDag } from '../../jobs/cli/import-dag/index.ts'
import { readDagFile } from '../../jobs/cli/import-dag/read-dag.ts'
import { jobName, writeJob } from '../../jobs/cli/import-dag/write-job.ts'
import { loadDefinitions } from '../../jobs/files/job-files.ts'
import type { Job, JobContext } from '../../jobs/job.ts'
import { runHere } from '../kit/run-here.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const DAGS = join(import.meta.dir, '../fixtures/dags')
const JOB_MODULE = join(import.meta.dir, '../../jobs/job.ts')
const FILES = ['classic', 'taskflow', 'several', 'unreadable']

let folder: string
let jobs: Map<string, Job>
const todo = new Map<string, string[]>()
const mapped: string[] = []
beforeAll(async () => {
  folder = temporaryFolder()
  for (const file of FILES) {
    const path = join(DAGS, `${file}.py`)
    const { dags, problems } = await readDagFile(path)
    if (file === 'taskflow') mapped.push(...problems.map(({ line, sentence }) => `${line}: ${sentence}`))
    for (const dag of dags) {
      const written = writeJob(dag, file === 'unreadable' ? problems : [], path, JOB_MODULE)
      await writeFile(join(folder, `${written.name}.ts`), written.text)
      todo.set(
        written.name,
        written.todo.map(({ line, sentence }) => `${line}: ${sentence}`),
      )
    }
  }
  const loaded = await loadDefinitions(folder)
  expect(loaded.problems).toEqual([])
  ;({ jobs } = loaded)
})

type Called = [step: string, program?: string, args?: string[], options?: object]

/** The steps of a job with the commands in them, in order; those still to be written have none. */
async function stepsOf(name: string): Promise<Called[]> {
  const { default: job } = (await import(join(folder, `${name}.ts`))) as { default: Job }
  const called: Called[] = []
  const step = async (id: string, work: () => unknown) => {
    called.push([id])
    await Promise.try(work).catch((thrown) =>
      expect((thrown as Error).message).toBe(`The task ${id} is still to be written.`),
    )
  }
  const command = (...given: unknown[]) => void (called.at(-1) as unknown[]).push(...given)
  await job.run({ step, command } as unknown as JobContext)
  return called
}
const bash = (step: string, text: string, options?: object): Called =>
  options ? [step, 'bash', ['-c', text], options] : [step, 'bash', ['-c', text]]

test('a DAG with dag=dag and order by methods', async () => {
  expect(jobs.get('vendas_diarias')).toMatchObject({
    schedule: '30 4 * * 1-5',
    timezone: 'UTC',
    retries: 3,
    backoff: { first_s: 120, max_s: 3600 },
    timeout_s: 2700,
    overlap: 'queue',
    catchup: 'last',
    isolate: true,
  })
  expect(await stepsOf('vendas_diarias')).toEqual([
    ['extrair'],
    bash('carregar', `psql -f carregar.sql && echo 'ok' "\\$HOME" \`date\``, {
      cwd: '/srv/etl',
      env: { PGDATABASE: 'vendas' },
    }),
    bash('limpar', 'rm -rf /tmp/vendas'),
  ])
  const text = await readFile(join(folder, 'vendas_diarias.ts'), 'utf8')
  for (const part of [
    '//   python_callable=extrair\n',
    '//   trigger_rule="all_done"\n',
    '// tags: ["vendas", "etl"]\n',
  ])
    expect(text).toContain(part)
  expect(existsSync('/tmp/doca-dag-was-run')).toBe(false)
  expect(todo.get('vendas_diarias')).toEqual([
    '15: default_args.owner is not taken over: "dados"',
    '16: default_args.depends_on_past is not taken over: False',
    "50: PythonOperator extrair is to be written: in TypeScript here, or as a script: command('python3', ['script.py'])",
    '51: limpar has more than its command',
  ])
})

test('a DAG of decorated functions', async () => {
  const expected = { schedule: '@daily', timezone: 'America/Sao_Paulo', retries: 1, catchup: 'all', overlap: 'allow' }
  expect(jobs.get('taskflow_etl')).toMatchObject(expected)
  expect(await stepsOf('taskflow_etl')).toEqual([
    ['extract'],
    ['transform'],
    ['extract__1'],
    ['load'],
    ['each'],
    ['transform__1'],
    ['days'],
    bash('report', 'python report.py --limit 10'),
    ['templated'],
  ])
  const text = await readFile(join(folder, 'taskflow_etl.ts'), 'utf8')
  expect(text).toContain('load: @task.virtualenv, after transform, extract__1\n')
  expect(text).toContain('templated: BashOperator, after load, each\n')
  const sentence = 'a task over a list is one step here: write it with step.map'
  expect(mapped).toEqual([`31: ${sentence}`, `32: ${sentence}`, `33: ${sentence}`])
  expect(todo.get('taskflow_etl')).toContain("17: at most 3 runs at a time: a pool, or overlap 'queue' for one")
})

test('several DAGs of one file: chains, lists, groups, and texts that would end a comment or a literal', async () => {
  expect(jobs.get('nightly_chain')).toMatchObject({
    schedule: '@every 90m',
    timezone: 'Europe/Lisbon',
    catchup: 'last',
  })
  expect(jobs.get('groups')).toMatchObject({ schedule: '@never', catchup: 'last' })
  expect((await stepsOf('nightly_chain')).map(([id]) => id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  const text = await readFile(join(folder, 'nightly_chain.ts'), 'utf8')
  expect(text).toContain('d: BashOperator, after b, c\n')
  expect((await stepsOf('groups')).map(([id]) => id)).toEqual(['load.first', 'load.deep.last', 'end', 'alone'])
  expect(await readFile(join(folder, 'groups.ts'), 'utf8')).toContain('end: BashOperator, after load.deep.last\n')
  expect(await stepsOf('only_one')).toEqual([bash('only', "echo */ ${x} `y` \\ '\n\u2028'")])
})

test('what cannot be read is named by its line, and guessed nowhere', async () => {
  expect(jobs.get('partly')).toMatchObject({ schedule: '@never', retries: 0, catchup: 'last' })
  expect(await stepsOf('partly')).toEqual([['first'], ['last']])
  const said = todo.get('partly')!
  const lines = ['10: its schedule is not read: SCHEDULE', '10: retries is not read: N', '10: a dict that is merged in']
  lines.push(
    '12: DAGs, tasks or their order in a loop',
    '15: order is not read: load',
    '16: DAGs, tasks or their order in a',
  )
  lines.push('18: DAGs, tasks or their order in code', '20: order is not read: helper_made', '22: DAGs, tasks or their')
  lines.push(
    '27: DAGs, tasks or their order in a function',
    '31: the id of this DAG is not a plain text',
    '32: the task orphan',
  )
  for (const line of lines) expect(said.filter((one) => one.startsWith(line))).toHaveLength(1)
})

test('files that are no DAGs are refused with a sentence', async () => {
  const file = join(folder, 'bad.py')
  const problemsOf = async (text: string | Uint8Array) => {
    await writeFile(file, text)
    const { dags, problems } = await readDagFile(file)
    expect(dags).toEqual([])
    return problems.map(({ line, sentence }) => `${line}: ${sentence}`)
  }
  expect(await problemsOf('x = 1\nwith DAG(:\n')).toEqual([expect.stringMatching(/^2: it cannot be read: /)])
  expect(await problemsOf('x = "\0"')).toEqual([expect.stringContaining('it cannot be read: ')])
  expect(await problemsOf(new Uint8Array([0x78, 0xff, 0xfe, 0x0a]))).toEqual([
    expect.stringContaining('it cannot be read: '),
  ])
  expect(await problemsOf(`x = ${'a >> '.repeat(20_000)}b`)).toHaveLength(1)
  expect(await problemsOf('')).toEqual([])
  await expect(readDagFile(join(folder, 'none.py'))).rejects.toThrow('none.py cannot be read')
})

test('names of jobs are made of ids of DAGs', () => {
  expect(['dsa-real-time-etl-stack', 'Vendas Diárias', '2024.x', 'ação'].map(jobName)).toEqual([
    'dsa_real_time_etl_stack',
    'vendas_diarias',
    'dag_2024_x',
    'acao',
  ])
})

test('the command line writes beside the jobs, where nothing runs, and overwrites no file', async () => {
  const JOBS_DIR = await mkdtemp(join(folder, 'jobs-'))
  const run = () => runHere(() => importDag([join(DAGS, 'several.py'), '--json'], JOBS_DIR))
  const first = await run()
  expect(first.code).toBe(0)
  const files = (await readdir(join(JOBS_DIR, 'imported'))).toSorted()
  expect(files).toEqual(['groups.ts', 'nightly_chain.ts', 'only_one.ts'])
  expect(JSON.parse(first.output)).toMatchObject([
    { dag: 'nightly_chain', job: 'nightly_chain', steps: 5, todo: [{ line: 12 }], problem: null },
    { dag: 'groups', file: join(JOBS_DIR, 'imported/groups.ts') },
    { dag: 'only_one' },
  ])
  await writeFile(join(JOBS_DIR, 'imported/groups.ts'), 'mine')
  const again = await run()
  expect(again.code).toBe(1)
  expect(JSON.parse(again.output)[1].problem).toEndWith('groups.ts exists and stays as it is; groups is not written.')
  expect(await readFile(join(JOBS_DIR, 'imported/groups.ts'), 'utf8')).toBe('mine')
  const { jobs: running } = await loadDefinitions(JOBS_DIR)
  expect(running.size).toBe(0)
  const text = await readFile(join(JOBS_DIR, 'imported/nightly_chain.ts'), 'utf8')
  await writeFile(join(JOBS_DIR, 'nightly_chain.ts'), text.replace("from '../../job.ts'", "from '../job.ts'"))
  const { jobs: moved, problems } = await loadDefinitions(JOBS_DIR)
  expect([problems, [...moved.keys()]]).toEqual([[], ['nightly_chain']])
  expect(text).toContain("from '../../job.ts'")
})
