/** The jobs of a folder as its files are, look by look. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { copyFile, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { enqueueRun } from '../../../db/jobs/enqueue-run.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import { JobFiles, type Changes } from '../../../jobs/files/job-files.ts'
import { startReplica } from '../../../jobs/start-replica.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { endedRun, silent, testRoles } from '../../kit/replica.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'
import { textIn } from '../../../lib/texts.ts'

setDefaultTimeout(120_000)

let folder: string
let files: JobFiles
beforeEach(() => {
  folder = temporaryFolder('doca-job-files-')
  files = new JobFiles(folder)
})

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const JOB = JSON.stringify(resolve(import.meta.dir, '../../../jobs/job.ts'))
const job = (name: string, options: string, result = '1') =>
  `import { job } from ${JOB}\nexport default job({ name: '${name}', ${options}, run: () => ${result} })\n`
const write = (name: string, text: string) => writeFile(join(folder, name), text)
const DAILY = "schedule: '@daily'"

async function start(): Promise<void> {
  await files.look({ first: true })
  expect(await files.settle()).toMatchObject({ gone: [], well: [] })
}
async function look(): Promise<Changes> {
  await files.look({ wait_ms: 60_000 })
  return files.settle()
}
async function looks(count: number): Promise<Changes> {
  const all: Changes = structuredClone(NOTHING)
  for (let i = 0; i < count; i++)
    for (const [kind, some] of Object.entries(await look())) all[kind as 'gone'].push(...(some as string[]))
  return all
}
const NOTHING: Changes = { changed: [], gone: [], problems: [], well: [], monitors: [], monitors_gone: [] }
const brief = ({ changed, gone }: Changes) => [
  ...changed.map(({ job, is_new, runs_elsewhere }) => `${is_new ? 'new' : 'changed'} ${job.name} ${runs_elsewhere}`),
  ...gone.map((name) => `gone ${name}`),
]
const resultOf = (name: string) => files.jobs.get(name)!.run({} as never)

test('a new file, a changed one and one that is gone are found at the second look that finds them so', async () => {
  await write('a.ts', job('a', DAILY))
  await start()
  expect(await looks(3)).toEqual(NOTHING)
  await write('b.ts', job('b', DAILY))
  expect(await look()).toEqual(NOTHING)
  expect(brief(await look())).toEqual(['new b false'])
  await write('a.ts', job('a', "schedule: '@hourly'"))
  expect(await look()).toEqual(NOTHING)
  expect(brief(await look())).toEqual(['changed a true'])
  expect(files.jobs.get('a')).toMatchObject({ schedule: '@hourly', isolate: true })
  await rm(join(folder, 'b.ts'))
  expect(await look()).toEqual(NOTHING)
  expect(brief(await look())).toEqual(['gone b'])
  expect([...files.jobs.keys()]).toEqual(['a'])
})

test('what a job imports of its owner is the job: also what only run() imports, and what was not there', async () => {
  await mkdir(join(folder, 'large'))
  await mkdir(join(folder, 'shared'))
  const source = job('large', DAILY, "[await import('./late.ts'), words]").replace('run: ()', 'run: async ()')
  await write('large/index.ts', `import words from '../shared/words.json'\nimport '../shared/more.ts'\n${source}`)
  await write('large/late.ts', 'export const late = 1')
  await write('shared/words.json', '["a"]')
  await start()
  expect(files.problems).toMatchObject([
    {
      at: { file: join(folder, 'large/index.ts'), line: 2, column: 9 },
      sentence: { en: expect.stringContaining('more.ts') },
    },
  ])
  await write('shared/more.ts', '')
  const well = await looks(2)
  expect(well.well).toEqual(['large/index.ts'])
  expect(brief(well)).toEqual(['new large false'])
  expect(await resultOf('large')).toEqual([{ late: 1 }, ['a']])
  for (const [name, text] of [
    ['large/late.ts', 'export const late = 2'],
    ['shared/words.json', '["b"]'],
    ['shared/more.ts', 'export {}'],
  ]) {
    await write(name!, text!)
    expect(brief(await looks(2))).toEqual(['changed large true'])
  }
})

test('a job that is changed back runs in this process again; one whose time alone changed is not changed', async () => {
  const path = join(folder, 'a.ts')
  const first = job('a', DAILY, "'first'")
  await write('a.ts', first)
  await start()
  expect(await resultOf('a')).toBe('first')
  await write('a.ts', job('a', DAILY, "'second'"))
  expect(brief(await looks(2))).toEqual(['changed a true'])
  expect(() => resultOf('a')).toThrow()
  await write('a.ts', first)
  expect(brief(await looks(2))).toEqual(['changed a false'])
  expect(await resultOf('a')).toBe('first')
  await utimes(path, 1, 1)
  expect(await looks(4)).toEqual(NOTHING)
})

test('two jobs share a helper: while this process has another version of it, a new job of it runs elsewhere', async () => {
  const user = (name: string) => `import { n } from './lib/n.ts'\n${job(name, DAILY, 'n')}`
  await mkdir(join(folder, 'lib'))
  await write('lib/n.ts', 'export const n = 1')
  await write('a.ts', user('a'))
  await start()
  await write('lib/n.ts', 'export const n = 2')
  await write('b.ts', user('b'))
  expect(brief(await looks(2)).toSorted()).toEqual(['changed a true', 'new b true'])
  await write('lib/n.ts', 'export const n = 1')
  expect(brief(await looks(2)).toSorted()).toEqual(['changed a false', 'changed b false'])
  expect([await resultOf('a'), await resultOf('b')]).toEqual([1, 1])
})

test('a file that fails is told with its place, and its job goes on in the last good version until it is well', async () => {
  await write('a.ts', job('a', DAILY, "'good'"))
  await start()
  await write('a.ts', job('a', DAILY).replace('export', 'const x: = 1\nexport'))
  expect(await looks(3)).toEqual(NOTHING)
  const at = { file: join(folder, 'a.ts'), line: 2, column: 10 }
  const { problems, ...others } = await look()
  expect([others.changed, others.gone, others.well]).toEqual([[], [], []])
  expect(problems[0]!.sentence).toEqual({
    en: 'a.ts:2:10 is not used as it is now: Unexpected =. The job a goes on in its last good version.',
    pt: 'a.ts:2:10 não vale como está agora: “Unexpected =”. O job a continua na última versão boa.',
  })
  expect(problems).toMatchObject([{ file: at.file, job: 'a', at }])
  expect(await looks(5)).toEqual(NOTHING)
  expect(await resultOf('a')).toBe('good')
  await write('a.ts', job('a', "after: 'nobody'"))
  expect((await looks(4)).problems).toMatchObject([
    { job: 'a', sentence: { en: expect.stringContaining('after names nobody') } },
  ])
  expect(files.jobs.get('a')).toMatchObject({ after: null })
  await write('a.ts', job('a', DAILY, "'good'"))
  expect(await looks(2)).toEqual({ ...NOTHING, well: ['a.ts'] })
  expect(files.problems).toEqual([])
})

test('no way of writing a file is taken for a failure or for the file being gone', async () => {
  const path = join(folder, 'a.ts')
  await write('a.ts', job('a', DAILY))
  await start()
  const seen: string[] = []
  const glance = async () => {
    const { problems, ...changes } = await look()
    expect(problems).toEqual([])
    seen.push(...brief({ ...changes, problems }))
  }
  // Truncated and written, in parts.
  const next = job('a', "schedule: '@hourly'")
  await truncate(path)
  await glance()
  await write('a.ts', next.slice(0, 60))
  await glance()
  await glance()
  await write('a.ts', next)
  await glance()
  await glance()
  // A draft beside it that is renamed over it, the old one kept as a backup.
  await write('.a.ts.swp', 'x')
  await write('4913', '')
  await write('a.ts~', next)
  await symlink('somebody@host.1', join(folder, '.#a.ts'))
  await write('#a.ts#', job('a', DAILY))
  await write('a.ts.tmp', job('a', DAILY))
  await glance()
  await rename(join(folder, 'a.ts.tmp'), path)
  await glance()
  await glance()
  // Removed and made again.
  await rm(path)
  await glance()
  await write('a.ts', next)
  await glance()
  await glance()
  expect(seen).toEqual(['changed a true', 'changed a false', 'changed a true'])
})

test('a copy of a job whose name is still to be changed stops nothing, nor does a renamed file', async () => {
  await write('b.ts', job('b', DAILY))
  await start()
  await copyFile(join(folder, 'b.ts'), join(folder, 'a.ts'))
  const copied = await looks(4)
  const sentence = 'a.ts is not used: it defines b, and so does b.ts. Rename one of the two.'
  expect(copied).toMatchObject({ changed: [], gone: [], problems: [{ job: null, sentence: { en: sentence } }] })
  await write('a.ts', job('a', DAILY))
  expect(brief(await looks(2))).toEqual(['new a false'])
  expect(files.problems).toEqual([])
  await rename(join(folder, 'b.ts'), join(folder, 'c.ts'))
  expect(brief(await looks(3))).toEqual(['changed b false'])
  // Also after a restart: the file that had it is known from before.
  await copyFile(join(folder, 'c.ts'), join(folder, 'b.ts'))
  files = new JobFiles(folder)
  await files.look({ first: true })
  await files.settle(new Map([['b', join(folder, 'c.ts')]]))
  expect(files.jobs.get('b')).toMatchObject({ file: join(folder, 'c.ts') })
})

test('a folder and a file that are symbolic links count as what they lead to', async () => {
  const link = join(temporaryFolder(), 'link')
  await symlink(folder, link)
  await mkdir(join(folder, 'versions'))
  await write('versions/1.ts', job('a', DAILY, "'first'"))
  await symlink('versions/1.ts', join(folder, 'a.ts'))
  files = new JobFiles(link)
  await start()
  expect(await resultOf('a')).toBe('first')
  await write('versions/2.ts', job('a', DAILY, "'second'"))
  await rm(join(folder, 'a.ts'))
  await symlink('versions/2.ts', join(folder, 'a.ts'))
  expect(brief(await looks(2))).toEqual(['changed a false'])
  expect(await resultOf('a')).toBe('second')
})

test('a folder that cannot be read leaves every job as it is', async () => {
  await write('a.ts', job('a', DAILY))
  await start()
  await rename(folder, `${folder}-away`)
  for (let i = 0; i < 3; i++) await expect(files.look()).rejects.toThrow('cannot be read')
  expect(files.held()).toMatchObject({ jobs: ['a'], problems: [] })
  for (let i = 0; i < 7; i++) await expect(files.look()).rejects.toThrow('cannot be read')
  // It is told when it stays away: no change counts until it is back.
  const sentence = expect.stringMatching(/^The jobs' folder cannot be read: ENOENT.* All jobs go on as they are\.$/)
  expect(files.held()).toMatchObject({
    jobs: ['a'],
    problems: [{ file: folder, job: null, sentence: { en: sentence } }],
  })
  await rename(`${folder}-away`, folder)
  expect(await looks(3)).toEqual(NOTHING)
  expect(files.problems).toEqual([])
})

test('a changed job is live, inline and isolated, and an isolated one runs in its last good version', async () => {
  await write('inline.ts', job('inline', DAILY, "'first'"))
  await write('isolated.ts', job('isolated', `${DAILY}, isolate: true`, "'first'"))
  await start()
  const { roles, close, data_dir } = await testRoles(database)
  const isolated = readJobsConfig({ DATABASE_URL: database.url, DATA_DIR: data_dir })
  const replica = await startReplica(files.jobs, roles, { concurrency: 4, lease_s: 15, isolated }, silent)
  const apply = async ({ changed }: Changes) => replica.changed(changed.map((one) => one.job))
  async function results(...names: string[]) {
    const ids = await Promise.all(
      names.map(async (name) => (await enqueueRun(database.sql, { job: name, trigger: 'manual' })).run_id),
    )
    return Promise.all(ids.map(async (id) => (await endedRun(database.sql, id)).result))
  }
  try {
    expect(await results('inline', 'isolated')).toEqual(['first', 'first'])
    await write('inline.ts', job('inline', "schedule: '@hourly'", "'second'"))
    await write('isolated.ts', job('isolated', `${DAILY}, isolate: true`, "'second'"))
    await write('third.ts', job('third', DAILY, "'third'"))
    await apply(await looks(2))
    expect(await results('inline', 'isolated', 'third')).toEqual(['second', 'second', 'third'])
    expect(await database.sql`select schedule from jobs where name = 'inline'`).toMatchObject([{ schedule: '@hourly' }])
    await write('inline.ts', 'export default job({')
    await rm(join(folder, 'isolated.ts'))
    expect(await results('inline', 'isolated')).toEqual(['second', 'second'])
  } finally {
    await replica.stop(2000)
    await close()
  }
})

test('a job whose file is there and cannot be used is held, by its file where it was never read', async () => {
  await write('a.ts', 'export default')
  await write('b.ts', job('b', "after: 'nobody'"))
  await write('c.ts', job('c', DAILY))
  await files.look({ first: true })
  await files.settle(
    new Map([
      ['a_of_before', join(folder, 'a.ts')],
      ['elsewhere', '/srv/x.ts'],
    ]),
  )
  expect(files.held().jobs.toSorted()).toEqual(['a_of_before', 'b', 'c'])
  expect(files.held().problems.map(({ file }) => file)).toEqual([join(folder, 'a.ts'), join(folder, 'b.ts')])
  await rm(join(folder, 'a.ts'))
  await looks(2)
  expect(files.held().jobs.toSorted()).toEqual(['b', 'c'])
})

const MONITOR = JSON.stringify(resolve(import.meta.dir, '../../../jobs/monitor.ts'))
const monitors = (...names: string[]) =>
  `import { monitor } from ${MONITOR}\nexport default [${names.map((name) => `monitor({ name: '${name}', tcp: { host: 'x', port: 1 } })`).join(', ')}]\n`
const briefly = ({ monitors, monitors_gone }: Changes) => [
  ...monitors.map(({ name, file }) => `${name} of ${file!.slice(folder.length + 1)}`),
  ...monitors_gone.map((name) => `gone ${name}`),
]

test('a file of monitors is kept as a file of a job is: new, changed, failing, gone', async () => {
  await write('all.ts', monitors('a', 'b'))
  await write('job.ts', job('j', DAILY))
  await files.look({ first: true })
  expect(briefly(await files.settle())).toEqual(['a of all.ts', 'b of all.ts'])
  expect(await looks(3)).toEqual(NOTHING)
  await write('all.ts', monitors('a', 'c'))
  await write('one.ts', monitors('d'))
  expect(briefly(await looks(2))).toEqual(['c of all.ts', 'd of one.ts', 'gone b'])
  await write('one.ts', 'export default [')
  const { problems } = await looks(6)
  expect(problems).toMatchObject([
    { job: null, sentence: { en: expect.stringMatching(/Its monitors go on as they were\.$/) } },
  ])
  expect(files.held()).toMatchObject({ jobs: ['j'], monitors: ['a', 'c', 'd'] })
  await rm(join(folder, 'all.ts'))
  await write('one.ts', job('now_a_job', DAILY))
  const changes = await looks(2)
  expect([...briefly(changes), ...brief(changes)]).toEqual(['gone a', 'gone c', 'gone d', 'new now_a_job false'])
  expect(files.held()).toMatchObject({ monitors: [], problems: [] })
})

test('a monitor is of one file: of that which has had it, else of the first; the rest of the other file counts', async () => {
  await write('b.ts', monitors('shop', 'own'))
  await files.look({ first: true })
  await files.settle()
  await write('a.ts', monitors('shop', 'more', 'more'))
  const changes = await looks(2)
  expect(briefly(changes)).toEqual(['more of a.ts'])
  expect(changes.problems.map(({ sentence }) => textIn(sentence, 'en'))).toEqual([
    'a.ts is not used as it is now: it defines the monitor more twice. Rename one of the two.',
  ])
  const again = new JobFiles(folder)
  await again.look({ first: true })
  const { monitors: settled } = await again.settle(new Map(), new Map([['shop', join(folder, 'b.ts')]]))
  expect(settled.find(({ name }) => name === 'shop')!.file).toBe(join(folder, 'b.ts'))
})

test('monitors of a file that was never read well are held by it', async () => {
  await write('a.ts', 'export default [')
  await files.look({ first: true })
  await files.settle(
    new Map(),
    new Map([
      ['a_of_before', join(folder, 'a.ts')],
      ['elsewhere', '/srv/x.ts'],
    ]),
  )
  expect(files.held().monitors).toEqual(['a_of_before'])
})

test('what cannot be read is told, holds up no other file, and is well once it can', async () => {
  await write('a.ts', job('a', DAILY))
  await start()
  await rm(join(folder, 'a.ts'))
  await mkdir(join(folder, 'a.ts'))
  await mkdir(join(folder, 'large'))
  await symlink('nowhere', join(folder, 'nowhere.ts'))
  await symlink('/dev/zero', join(folder, 'endless.ts'))
  await symlink('/dev/zero', join(folder, 'imported.ts'))
  expect(Bun.spawnSync(['mkfifo', join(folder, 'pipe.ts')]).exitCode).toBe(0)
  await write('large/index.ts', `${job('large', DAILY)}// ${'x'.repeat(9 * 2 ** 20)}`)
  await write('data.ts', `import data from './imported.ts'\n${job('data', DAILY, 'data')}`)
  await write('z.ts', job('z', DAILY))
  expect(brief(await looks(6))).toEqual(['new z false'])
  expect([...files.jobs.keys()]).toEqual(['a', 'z'])
  const said = Object.fromEntries(
    files.problems.map(({ file, sentence }) => [file.slice(folder.length + 1), textIn(sentence, 'en')]),
  )
  expect(said).toEqual({
    'a.ts':
      'a.ts is not used as it is now: it cannot be read: it is no file. The job a goes on in its last good version.',
    'data.ts': expect.stringContaining('data.ts is not used'),
    'endless.ts': 'endless.ts is not used: it cannot be read: it is no file',
    'large/index.ts': expect.stringContaining('it is larger than 8 MiB'),
    'imported.ts': 'imported.ts is not used: it cannot be read: it is no file',
    'nowhere.ts': expect.stringContaining('it cannot be read: ENOENT'),
    'pipe.ts': 'pipe.ts is not used: it cannot be read: it is no file',
  })
  await rm(join(folder, 'a.ts'), { recursive: true })
  await write('a.ts', job('a', DAILY))
  await rm(join(folder, 'nowhere.ts'))
  await write('nowhere.ts', job('nowhere', DAILY))
  const changes = await looks(3)
  expect(brief(changes)).toEqual(['new nowhere false'])
  expect(changes.well.toSorted()).toEqual(['a.ts', 'nowhere.ts'])
})

test('the template runs in a folder elsewhere as it is in jobs/definitions, inline and isolated', async () => {
  const template = await Bun.file(resolve(import.meta.dir, '../../../jobs/definitions/hello.ts')).text()
  await write('hello.ts', template)
  await write('apart.ts', template.replace("'hello'", "'apart'").replace('isolate: false', 'isolate: true'))
  await start()
  expect(files.problems).toEqual([])
  const { roles, close, data_dir } = await testRoles(database)
  const isolated = readJobsConfig({ DATABASE_URL: database.url, DATA_DIR: data_dir })
  const replica = await startReplica(files.jobs, roles, { concurrency: 4, lease_s: 15, isolated }, silent)
  try {
    for (const name of ['hello', 'apart']) {
      const { run_id } = await enqueueRun(database.sql, { job: name, trigger: 'manual' })
      expect(await endedRun(database.sql, run_id)).toMatchObject({ state: 'succeeded', error: null })
    }
  } finally {
    await replica.stop(2000)
    await close()
  }
})
