/** The jobs backup and backup_drill, each in a process of its own as in the office. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { newestGoodBackup } from '../../../db/backup/history.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { runToEnd, startProgram, until, type Program } from '../../kit/program.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let env: Record<string, string>
let jobs: Program
beforeAll(async () => {
  database = await testDatabase()
  env = {
    DATABASE_URL: database.url,
    DATA_DIR: temporaryFolder(),
    API_URL: 'http://127.0.0.1:1',
  }
  jobs = startProgram('jobs/main.ts', [], env)
  await until('the jobs', () => jobs.output().includes('"ready"'), 60_000, jobs.output)
})
afterAll(async () => {
  jobs.kill('SIGTERM')
  await jobs.exited
  await database.close()
})

const trigger = (job: string) => runToEnd('jobs/main.ts', ['trigger', job, '--wait', '--json'], env)

test('the job makes a backup, and the drill proves it', async () => {
  expect(await trigger('backup')).toMatchObject({ code: 0, output: expect.stringContaining('tar.zst') })
  expect(await newestGoodBackup(database.sql)).toMatchObject({ ok: true, encrypted: false, drilled_at: null })
  expect(await trigger('backup_drill')).toMatchObject({ code: 0 })
  const found = await newestGoodBackup(database.sql)
  expect(found).toMatchObject({ drill_ok: true })
  // A damaged archive is told by the first drill that finds it, not after the retries.
  await truncate(join(found!.folder, found!.file), 1000)
  expect(await trigger('backup_drill')).toMatchObject({ code: 1, output: expect.stringContaining('damaged') })
  // Other jobs may be due meanwhile.
  const alerts = await database.sql`select rule, subject from alerts where subject like 'backup%'`
  expect([...alerts]).toEqual([{ rule: 'JOB_FAILED', subject: 'backup_drill' }])
})
