/** A program opens the roles that it names, and what it does not use can neither stop nor slow it. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readDbConfig, type DbConfig } from '../../../db/engines/config.ts'
import { connect } from '../../../db/engines/connect.ts'
import { lazyRoles } from '../../../db/engines/roles.ts'
import { envReader } from '../../../lib/env.ts'
import { createLog } from '../../../lib/log.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { freePort, killLeftPrograms, startProgram, until } from '../../kit/program.ts'
import { refusingMongo, type RefusingMongo } from '../../kit/refusing-mongo.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const log = createLog('test', 'silent')

let database: TestDatabase
let data_dir: string
let mongo: RefusingMongo
let env: Record<string, string>
let config: DbConfig
beforeAll(async () => {
  database = await testDatabase()
  data_dir = temporaryFolder()
  mongo = refusingMongo()
  env = { DATABASE_URL: database.url, DATA_DIR: data_dir, JOURNAL_URL: mongo.url }
  config = readDbConfig(envReader(env))
})
afterEach(killLeftPrograms)
afterAll(async () => {
  mongo.stop()
  await database.close()
})

test('a program gets the roles that it names, and an engine that it does not name is not even asked', async () => {
  const db = await connect(config, log, ['sql', 'objects'])
  try {
    expect(Object.keys(db).toSorted()).toEqual(['close', 'objects', 'sql', 'url'])
    expect(mongo.connections()).toBe(0)
  } finally {
    await db.close()
  }
})

test('an engine that refuses a named role stops the start with a sentence', async () => {
  const refusal = await connect(config, log, ['sql', 'journal']).catch((err: Error) => err)
  expect(refusal).toMatchObject({ code: 'engine_refused', message: expect.stringContaining('JOURNAL_URL') })
})

test('a lazy role does not stop the start; its calls reject while the engine refuses, the others answer', async () => {
  const db = await connect(config, log, ['sql', 'history'], ['journal', 'queue'])
  try {
    for (let tries = 0; tries < 2; tries++)
      await expect(db.journal.find('attempts', 'key', 1)).rejects.toMatchObject({ code: 'engine_refused' })
    expect(await db.queue.depth('none')).toMatchObject({ ready: 0 })
    expect(await db.history.read('none', 'none', { limit: 1 })).toEqual([])
  } finally {
    await db.close()
  }
})

test('a lazy role opens at the first call that succeeds, once, and closes only what was opened', async () => {
  let opened = 0
  const sql = () => {
    if (++opened === 1) throw new Error('not yet')
    return database.sql
  }
  const { roles, close } = lazyRoles(['journal', 'queue'], {
    config: { ...config, journal_url: undefined },
    sql,
    log: () => log,
  })
  expect(opened).toBe(0)
  await expect(roles.journal.find('attempts', 'key', 1)).rejects.toThrow('not yet')
  expect(await Promise.all([1, 2].map(() => roles.journal.find('attempts', 'key', 1)))).toEqual([[], []])
  expect(opened).toBe(2)
  await close()
})

test('every program starts with a wrong MongoDB password, which keeps none from it; health says that it is down', async () => {
  const port = freePort()
  const programs = ['api', 'jobs', 'consumers', 'charts'].map((name) =>
    startProgram(`${name}/main.ts`, [], { ...env, PORT: String(port), PASSWORD_ROUNDS: '10' }),
  )
  for (const program of programs)
    await until('ready', () => program.output().includes('"ready"'), 60_000, program.output)
  const health = await fetch(`http://127.0.0.1:${port}/health`)
  expect(await health.json()).toMatchObject({
    status: 'degraded',
    journal: { status: 'down' },
    queue: { status: 'ok' },
  })
  for (const program of programs) program.kill('SIGTERM')
  expect(await Promise.all(programs.map(({ exited }) => exited))).toEqual([0, 0, 0, 0])
})
