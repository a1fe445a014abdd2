/** A job's conf against its schema: at its definition, at every trigger, and once more when the run starts. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { Type, type TSchema } from '@sinclair/typebox'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fittingConf } from '../../db/jobs/job-conf.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import { listRuns } from '../../db/jobs/runs.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { job } from '../../jobs/job.ts'
import { loadDefinitions } from '../../jobs/files/job-files.ts'
import { missingDefaults } from '../../db/jobs/conf-schema.ts'
import { textIn } from '../../lib/texts.ts'
import { AppError } from '../../lib/errors.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { runHere } from '../kit/run-here.ts'
import { commandNamed } from '../../jobs/cli/run-command.ts'
import { endedRun, NEVER, withReplica } from '../kit/replica.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'
import { englishIn, refusal } from '../kit/texts.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const everyKind = Type.Object({
  day: Type.String({ format: 'date' }),
  count: Type.Integer({ minimum: 1, maximum: 9, default: 3 }),
  ratio: Type.Optional(Type.Number()),
  mode: Type.Union([Type.Literal('fast'), Type.Literal('slow')], { default: 'fast' }),
  tags: Type.Array(Type.String({ minLength: 1 }), { default: [] }),
  pair: Type.Optional(Type.Tuple([Type.Integer(), Type.Boolean()])),
  limits: Type.Record(Type.String(), Type.Integer(), { default: {} }),
  both: Type.Optional(Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Null() })])),
  who: Type.Optional(Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false })),
  free: Type.Optional(Type.Unknown()),
})
const define = (name: string, conf: TSchema) => job({ name, schedule: NEVER, conf, run: ({ conf }) => conf })
const problemsOf = (name: string, conf: Record<string, unknown>) =>
  fittingConf(database.sql, name, conf).then(
    () => [],
    (thrown: AppError) => {
      expect([thrown.code, thrown.kind]).toEqual(['conf_invalid', 'invalid'])
      return thrown.errors!.map(({ path, message }) => [path, textIn(message, 'en'), textIn(message, 'pt-BR')])
    },
  )

test('a schema that was kept as JSON checks and fills in as the one in the file', async () => {
  await registerJobs(database.sql, [define('every_kind', everyKind)])
  const given = {
    day: '2026-02-28',
    ratio: 0.5,
    pair: [1, true],
    both: { a: '', b: null },
    limits: { x: 1 },
    free: { any: 1 },
  }
  expect(await fittingConf(database.sql, 'every_kind', given)).toEqual({ ...given, count: 3, mode: 'fast', tags: [] })
  expect(given).not.toHaveProperty('count')
})

test('each place that does not fit is named once, in both languages', async () => {
  await registerJobs(database.sql, [define('every_kind', everyKind)])
  const wrong = {
    count: 'three',
    mode: 'medium',
    tags: ['a', ''],
    pair: [1, 2],
    limits: { x: 'y' },
    both: { a: 1, b: null },
    who: { id: 'x', name: 'y' },
    dya: 'typo',
  }
  const problems = await problemsOf('every_kind', wrong)
  expect(problems.map(([path]) => path).toSorted()).toEqual([
    '/both/a',
    '/count',
    '/day',
    '/dya',
    '/limits/x',
    '/mode',
    '/pair/1',
    '/tags/1',
    '/who/id',
    '/who/name',
  ])
  const of = (path: string) => problems.find(([at]) => at === path)
  expect(of('/mode')).toEqual(['/mode', 'must be one of "fast", "slow"', 'deve ser um destes: "fast", "slow"'])
  expect(of('/day')).toEqual(['/day', 'is required', 'é obrigatório'])
  expect(of('/dya')).toEqual(['/dya', 'is unknown', 'é desconhecido'])
  expect(await problemsOf('every_kind', { day: '2026-02-30' })).toMatchObject([
    ['/day', expect.stringContaining('date'), 'deve ser uma data como 2026-01-31'],
  ])
})

test('a job without a schema takes anything that can be stored', async () => {
  await registerJobs(database.sql, [job({ name: 'anything', schedule: NEVER, run: () => {} })])
  expect(await fittingConf(database.sql, 'anything', { a: [1] })).toEqual({ a: [1] })
  expect(await problemsOf('anything', { a: 'x\0' })).toMatchObject([
    ['/', 'holds a NUL character, which cannot be stored', expect.any(String)],
  ])
  await expect(fittingConf(database.sql, 'nobody')).rejects.toMatchObject({ code: 'job_not_found' })
})

test.each<[string, unknown, string]>([
  ['a plain object', { type: 'object' }, 'conf must be a schema made with Type.Object'],
  ['a text', 'days', 'conf must be a schema'],
  ['a schema of a text', Type.String(), 'conf must be a schema'],
  ['a Date', Type.Object({ at: Type.Date() }), 'conf at /at uses a kind of schema (Date) that JSON does not have'],
  ['a recursive schema', Type.Object({ tree: Type.Recursive((self) => Type.Array(self)) }), 'conf at /tree'],
  ['a default of another type', Type.Object({ n: Type.Integer({ default: 'x' }) }), 'conf at /n has a default that it'],
  ['a default beyond its limits', Type.Object({ n: Type.Integer({ default: 9, maximum: 5 }) }), 'refuse itself: 9'],
  [
    'a default that is no choice',
    Type.Object({ m: Type.Union([Type.Literal('a'), Type.Literal('b')], { default: 'c' }) }),
    'conf at /m has a default that it would refuse itself: "c"',
  ],
  ['an unknown format', Type.Object({ ip: Type.String({ format: 'ipv4' }) }), 'the format ipv4; use one of date,'],
  ['a transform', Type.Object({ n: Type.Transform(Type.String()).Decode(Number).Encode(String) }), 'conf at /n'],
])('%s as conf is refused when the job is defined', (_, conf, sentence) => {
  const { en, pt } = refusal(() => define('refused', conf as TSchema))
  expect(en).toContain(sentence)
  expect([englishIn(pt), pt]).toEqual([undefined, pt])
})

async function runWith(name: string, conf: TSchema, given: Record<string, unknown>, retries = 0) {
  // As a slot does, and as one that was queued under an earlier schema: without a check.
  const jobs = new Map([[name, { ...define(name, conf), retries }]])
  return withReplica(database, jobs, async () => {
    const { run_id } = await enqueueRun(database.sql, { job: name, trigger: 'manual', conf: given })
    return endedRun(database.sql, run_id)
  })
}

test('a run without a conf gets the defaults', async () => {
  const conf = Type.Object({ days: Type.Integer({ default: 7 }) })
  expect(await runWith('defaults', conf, {})).toMatchObject({ state: 'succeeded', result: { days: 7 } })
})

test('what a scheduled run will lack is found beforehand', () => {
  expect(missingDefaults(null)).toEqual([])
  expect(missingDefaults(define('some', everyKind).conf_schema)).toEqual(['day'])
})

test('a run whose conf does not fit fails at once, whatever its retries, without being started', async () => {
  const conf = Type.Object({ days: Type.Integer() })
  const run = await runWith('misfit', conf, { days: 'seven' }, 5)
  expect(run).toMatchObject({
    state: 'failed',
    attempt: 1,
    error: 'The conf is not what misfit expects: /days: must be an integer.',
  })
})

test('on the command line a conf that does not fit exits 2, lists every place, and queues nothing', async () => {
  const folder = temporaryFolder()
  const source = `
    import { Type } from ${JSON.stringify(Bun.resolveSync('@sinclair/typebox', import.meta.dir))}
    import { job } from ${JSON.stringify(resolve(import.meta.dir, '../../jobs/job.ts'))}
    export default job({ name: 'strict', schedule: '@daily', run: () => {}, conf: Type.Object({
      days: Type.Integer({ default: 7 }), who: Type.Object({ name: Type.String() }) }) })`
  await writeFile(join(folder, 'strict.ts'), source)
  await registerJobs(database.sql, [...(await loadDefinitions(folder)).jobs.values()])
  const withConf = (conf: object, name: string, ...words: string[]) =>
    runHere(() => commandNamed(name)([...words, '--conf', JSON.stringify(conf), '--json'], folder)(database.sql))
  const trigger = (conf: object) => withConf(conf, 'trigger', 'strict')
  const backfill = (conf: object, ...more: string[]) =>
    withConf(conf, 'backfill', 'strict', '--from', '2026-01-01', '--to', '2026-01-02', ...more)
  for (const refused of [trigger, backfill, (conf: object) => backfill(conf, '--dry-run')])
    expect(await refused({ days: 'x', who: {} })).toEqual({
      code: 2,
      output: '--conf is not what the job expects:\n  /days  must be an integer\n  /who/name  is required\n',
    })
  expect(await listRuns(database.sql, 'strict', 10)).toEqual([])
  const taken = await trigger({ who: { name: 'Ana' } })
  expect(taken.code).toBe(0)
  expect(JSON.parse(taken.output)[0]).toMatchObject({ conf: { days: 7, who: { name: 'Ana' } } })
  const { code, output } = await backfill({ who: { name: 'Rui' } })
  expect({ code, output }).toMatchObject({ code: 0 })
  expect(JSON.parse(output)).toHaveLength(2)
  const confs = (await listRuns(database.sql, 'strict', 10)).flatMap(({ trigger, conf }) =>
    trigger === 'backfill' ? [conf] : [],
  )
  expect(confs).toEqual(Array.from({ length: 2 }, () => ({ days: 7, who: { name: 'Rui' } })))
})

test('the conf that run() receives has the type of the schema', () => {
  job({
    name: 'typed',
    schedule: NEVER,
    conf: Type.Object({ days: Type.Integer(), note: Type.Optional(Type.String()) }),
    run: ({ conf }) => {
      const days: number = conf.days
      const note: string | undefined = conf.note
      // @ts-expect-error not in the schema
      return [days, note, conf.other]
    },
  })
})
