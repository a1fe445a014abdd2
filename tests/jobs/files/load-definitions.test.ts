import { beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readJobsConfig } from '../../../jobs/config.ts'
import { job, type JobOptions } from '../../../jobs/job.ts'
import { loadDefinitions } from '../../../jobs/files/job-files.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'
import type { Translated } from '../../../lib/texts.ts'
import { englishIn, refusal } from '../../kit/texts.ts'

setDefaultTimeout(120_000)

const valid: JobOptions = { name: 'fine', schedule: '@daily', run: () => {} }

test.each<[string, object, string]>([
  ['a name with a space', { name: 'My job' }, 'name must be'],
  ['no name', { name: undefined }, 'name must be'],
  ['no schedule', { schedule: undefined }, 'schedule is missing'],
  ['a schedule of a number', { schedule: 7 }, 'schedule must be a text'],
  ['no run', { run: undefined }, 'run must be a function'],
  ['retries below zero', { retries: -1 }, 'retries must be'],
  ['a backoff that shrinks', { backoff: { first_s: 10, max_s: 5 } }, 'backoff must be'],
  ['a backoff without max_s', { backoff: { first_s: 10 } }, 'backoff must be'],
  ['a timeout of zero', { timeout_s: 0 }, 'timeout_s must be'],
  ['a timeout beyond what a timer can count', { timeout_s: 3_000_000 }, 'timeout_s must be'],
  ['an unknown overlap', { overlap: 'cancel' }, 'overlap must be one of'],
  ['an overlap that would cancel what is caught up', { overlap: 'cancel_previous', catchup: 'all' }, 'contradicts'],
  ['a catch-up window of zero', { catchup_window_s: 0 }, 'catchup_window_s must be'],
  ['a catch-up window of a text', { catchup_window_s: '1h' }, 'catchup_window_s must be'],
  ['a schedule and after', { after: 'other' }, 'a schedule or after'],
  ['after itself', { schedule: undefined, after: 'fine' }, 'after must be the name of another job'],
  ['after a number', { schedule: undefined, after: 3 }, 'after must be the name of another job'],
  ['after nobody', { schedule: undefined, after: [] }, 'after must be the name of another job'],
  ['after one job twice', { schedule: undefined, after: ['other', 'other'] }, 'after must be the name of another job'],
  [
    'a window after one job',
    { schedule: undefined, after: 'other', after_window_s: 5 },
    'beside a list of jobs in after',
  ],
  ['a calendar without times', { schedule: undefined, after: 'other', calendar: 'BR' }, 'a calendar leaves out times'],
  ['an unknown catchup', { catchup: 'some' }, 'catchup must be one of'],
  ['isolate as a text', { isolate: 'yes' }, 'isolate must be true or false'],
  ['memory_mb in the worker', { memory_mb: 500 }, 'memory_mb needs isolate: true'],
  ['memory_mb that is too little', { isolate: true, memory_mb: 5 }, 'memory_mb must be'],
  ['memory_mb as a text', { isolate: true, memory_mb: '1g' }, 'memory_mb must be'],
  ['a misspelt option', { retry: 3 }, 'retry is not an option'],
  ['an unknown zone', { timezone: 'Mars/Base' }, 'Mars/Base'],
  ['a date that never comes', { schedule: '0 0 31 2 *' }, 'never matches'],
])('%s is refused', (_, change, sentence) => {
  const { en, pt } = refusal(() => job({ ...valid, ...change } as JobOptions))
  expect(en).toContain(sentence)
  expect([englishIn(pt), pt]).toEqual([undefined, pt])
})

test('everything that is wrong with a job is said at once', () => {
  const wrong = { ...valid, name: 'X', schedule: '99 * * * *', retries: 0.5 } as JobOptions
  expect(() => job(wrong)).toThrow(/name must be.*retries must be.*99 \* \* \* \*/)
})

let folder: string
beforeAll(() => void (folder = temporaryFolder('doca definições ')))

const file = (name: string, text: string) => writeFile(join(folder, name), text)
const source = (name: string, more = {}) =>
  `import { job } from ${JSON.stringify(resolve(import.meta.dir, '../../../jobs/job.ts'))}
   export default job({ name: '${name}', schedule: '@daily', ...${JSON.stringify(more)}, run: () => {} })`

test('what is wrong with one file does not keep the others from running', async () => {
  await file('a-fine.ts', source('fine'))
  await file('b-throws.ts', `throw new Error('no such luck')`)
  await file('c-syntax.ts', `export default job({`)
  await file('d-other.ts', `export default { name: 'other', schedule: '@daily', run() {} }`)
  await file('e-exits.ts', `process.exit(3)`)
  await file('f-null.ts', `throw null`)
  await file('f-odd.ts', `throw { toString() { throw 1 } }`)
  await file('g-twice.ts', source('twice'))
  await file('h-twice.ts', source('twice'))
  await file('i-never.ts', source('never', { schedule: '0 0 31 2 *' }))
  await file('j-mars.ts', source('mars', { timezone: 'Mars/Base' }))
  await file('notes.md', 'no job')
  await mkdir(join(folder, 'k-folder'))
  await file('k-folder/index.ts', `import './other.ts'; ${source('folder')}`)
  await file('k-folder/other.ts', `throw new Error('no such luck either')`)
  await file(
    'l-import.ts',
    `// once it was here\nimport { something } from      './nowhere.ts'; console.log(something)`,
  )
  await file('m-name.ts', `import { gone } from './k-folder/other.ts'; console.log(gone)`)
  const exit = process.exit
  const { jobs, problems } = await loadDefinitions(folder)
  expect(process.exit).toBe(exit)
  expect([...jobs.keys()]).toEqual(['fine'])
  const said = problems.map(({ sentence }) => sentence as Translated)
  // Those that the engine itself tells are quoted.
  for (const { pt } of said) expect([englishIn(pt), pt]).toEqual([undefined, pt])
  expect(said.map(({ en }) => en)).toEqual([
    'b-throws.ts:1:11 is not used: no such luck',
    expect.stringMatching(/^c-syntax.ts:1:20 is not used: /),
    expect.stringContaining('d-other.ts:1:1 is not used: its default export is not a job'),
    'e-exits.ts:1:9 is not used: The file called process.exit(3), which would end every other run; throw or return.',
    'f-null.ts is not used: importing it threw null.',
    'f-odd.ts is not used: something was thrown that cannot be read',
    'g-twice.ts is not used: it defines twice, and so does h-twice.ts. Rename one of the two.',
    'h-twice.ts is not used: it defines twice, and so does g-twice.ts. Rename one of the two.',
    'i-never.ts:2:19 is not used: job "never" is not valid: schedule "0 0 31 2 *" never matches any date.',
    expect.stringMatching(/^j-mars.ts:2:19 is not used: job "mars" is not valid: timezone "Mars\/Base" is not known;/),
    'k-folder/index.ts is not used: k-folder/other.ts:1:11: no such luck either',
    "l-import.ts:2:33 is not used: Cannot find module './nowhere.ts' imported from " + join(folder, 'l-import.ts'),
    expect.stringMatching(/^m-name\.ts:1:10 is not used: Export named 'gone' not found in module /),
  ])
})

test('a job is a file, or the index.ts of a folder that holds what it imports', async () => {
  const jobs_dir = join(folder, 'jobs')
  await mkdir(join(jobs_dir, 'large'), { recursive: true })
  await mkdir(join(jobs_dir, 'shared'))
  await file('jobs/small.ts', source('small'))
  await file('jobs/large/index.ts', `import { name } from './name.ts'; ${source('large')}`)
  await file('jobs/large/name.ts', `export const name = 'no job'`)
  await file('jobs/shared/words.ts', `throw new Error('nobody imports it')`)
  const { jobs, problems } = await loadDefinitions(jobs_dir)
  expect(problems).toEqual([])
  expect([...jobs].map(([name, job]) => [name, job.file])).toEqual([
    ['large', join(jobs_dir, 'large/index.ts')],
    ['small', join(jobs_dir, 'small.ts')],
  ])
})

test('a folder that is not there is an error that names it', async () => {
  await expect(loadDefinitions(join(folder, 'nowhere'))).rejects.toThrow('nowhere')
})

test('every built-in job is found and valid, in a file or folder of its name', async () => {
  const { jobs_dir } = readJobsConfig({})
  const { jobs, problems } = await loadDefinitions(jobs_dir)
  expect(problems).toEqual([])
  const names = (await readdir(jobs_dir)).map((name) => name.replace(/\.ts$/, ''))
  expect([...jobs.keys()].toSorted()).toEqual(names.toSorted())
  expect(jobs.size).toBeGreaterThan(4)
})
