/** What goes on, or goes wrong, while a backup is made: nothing half made is taken for a backup, and everything is said. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { appendFile, readdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import type { Progress } from '../../../db/backup/progress.ts'
import { restore } from '../../../db/backup/restore.ts'
import { newestGoodBackup, type BackupRow } from '../../../db/backup/history.ts'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect } from '../../../db/engines/connect.ts'
import type { Objects } from '../../../db/engines/objects/objects.ts'
import { envReader } from '../../../lib/env.ts'
import { runToEnd, until } from '../../kit/program.ts'
import { silent } from '../../kit/replica.ts'
import { emptyPlace, place, type Place } from './place.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(180_000)

let office: Place
let objects: string
beforeAll(async () => {
  office = await place()
  objects = join(office.data_dir, 'objects')
})
beforeEach(async () => {
  for await (const { key } of office.objects.list('')) await office.objects.delete(key)
  await office.objects.put('kept.txt', 'kept')
})
afterAll(() => office.close())

const rows = () => office.sql<BackupRow[]>`select * from backups order by started_at desc, id desc`
const files = async (folder: string) => (await readdir(folder).catch(() => [])).filter((name) => name.includes('doca-'))

/** The office's objects, with something that happens before each object is listed. */
const withListing = (happens: (key: string) => Promise<unknown>): Objects => ({
  ...office.objects,
  async *list(prefix) {
    for await (const info of office.objects.list(prefix)) {
      await happens(info.key)
      yield info
    }
  },
})

test('a file that a person deletes between list and get is said, and the backup is good', async () => {
  await office.objects.put('gone.txt', 'gone')
  const plan = { ...office, objects: withListing(async (key) => key === 'gone.txt' && unlink(join(objects, key))) }
  const made = await makeBackup(plan)
  expect(made).toMatchObject({ objects: 1, warnings: [expect.stringContaining('gone.txt'), expect.any(String)] })
  const other = await emptyPlace()
  try {
    expect((await restore(made.path, other.open, { key: undefined })).missing).toEqual(['gone.txt'])
  } finally {
    await other.close()
  }
})

test('a large file that is written to while it is read is read again, and restored as it is in the end', async () => {
  const path = join(objects, 'large.bin')
  const block = crypto.getRandomValues(new Uint8Array(65_536))
  await writeFile(path, Buffer.concat(Array.from({ length: 100 }, () => block)))
  let reads = 0
  const get: Objects['get'] = async (key) => {
    const got = await office.objects.get(key)
    if (key === 'large.bin' && reads++ === 0) await appendFile(path, 'more')
    return got
  }
  const made = await makeBackup({ ...office, objects: { ...office.objects, get } })
  expect(reads).toBe(2)
  expect(made).toMatchObject({ objects: 2, objects_bytes: 6_553_600 + 4 + 4 })
  const other = await emptyPlace()
  try {
    await restore(made.path, other.open, { key: undefined })
    const restored = await Bun.file(join(other.data_dir, 'objects', 'large.bin')).bytes()
    expect(Buffer.from(restored).equals(Buffer.from(await Bun.file(path).bytes()))).toBeTrue()
  } finally {
    await other.close()
  }
})

test('while objects are copied, deletions wait, another backup is refused, and both go on afterwards', async () => {
  const held = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const plan = { ...office, objects: withListing(() => (reached.resolve(), held.promise)) }
  const env = envReader({ DATABASE_URL: office.database.url, DATA_DIR: office.data_dir })
  const program = await connect(readDbConfig(env), silent, ['sql', 'objects'])
  try {
    const making = makeBackup(plan)
    await reached.promise
    let deleted = false
    const deleting = program.objects.delete('kept.txt').then(() => (deleted = true))
    await program.objects.put('graficos/x.png', 'x')
    await program.objects.delete('graficos/x.png', { at_once: true })
    await expect(makeBackup(office)).rejects.toMatchObject({ code: 'backup_running' })
    // Until the deletion was refused at least once.
    const asked = async () =>
      (
        await office.sql`select from pg_stat_activity where datname = current_database() and query like '%pg_try_advisory_xact_lock_shared%'`
      ).length > 0
    await until('the deletion to ask', asked)
    expect(deleted).toBeFalse()
    held.resolve()
    expect((await making).objects).toBe(1)
    await deleting
    expect(await office.objects.head('kept.txt')).toBeNull()
    await makeBackup(office)
  } finally {
    await program.close()
  }
})

/** Ends the server's process for connections of that name when the first bytes are done. */
function cutting(application: string): { progress: Progress; cut: () => Promise<number> } {
  let done: Promise<number> | undefined
  const cut = async () => {
    const ended = await office.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${application} and datname = current_database()`
    return ended.length
  }
  return { progress: { add: () => void (done ??= cut()), done() {} }, cut: async () => (await done) ?? 0 }
}

test.each(['doca backup', 'doca backup lock'])(
  'a database that goes away in the middle (%s) fails the backup, which leaves nothing but a row that says so',
  async (application) => {
    await office.sql`
      insert into dead_letters (id, queue, message_id, body, attempt, reason)
      select gen_random_uuid(), 'q', 'x', 'x', 1, repeat(md5(random()::text), 500) from generate_series(1, 2000)`
    const before = await newestGoodBackup(office.sql)
    const folder = temporaryFolder()
    const { progress, cut } = cutting(application)
    await expect(makeBackup(office, { folder, progress })).rejects.toThrow()
    expect(await cut()).toBeGreaterThan(0)
    expect(await files(folder)).toEqual([])
    expect((await rows())[0]).toMatchObject({
      ok: false,
      folder,
      finished_at: expect.any(Date),
      error: expect.any(String),
    })
    expect((await newestGoodBackup(office.sql))?.id).toBe(before?.id)
  },
)

test('a row left by a killed backup is closed by the next', async () => {
  await office.sql`
    insert into backups (id, worker, file, folder, encrypted) values (gen_random_uuid(), 'dead:1', 'x', 'x', false)`
  await makeBackup(office)
  const [row] = await office.sql<BackupRow[]>`select * from backups where worker = 'dead:1'`
  expect(row).toMatchObject({ ok: false, error: 'It was interrupted.' })
})

test('a backup that is stopped leaves nothing, also in the middle of a large object', async () => {
  const large = new AbortController()
  const block = crypto.getRandomValues(new Uint8Array(65_536))
  await office.objects.put('large.bin', new Blob(Array.from({ length: 200 }, () => block)).stream())
  const get: Objects['get'] = async (key) => {
    if (key === 'large.bin') large.abort(new Error('stopped within'))
    return office.objects.get(key)
  }
  const within = temporaryFolder()
  const plan = { ...office, objects: { ...office.objects, get } }
  await expect(makeBackup(plan, { folder: within, signal: large.signal })).rejects.toThrow('stopped within')
  expect(await files(within)).toEqual([])

  const abort = new AbortController()
  const progress: Progress = { add: () => abort.abort(new Error('stopped')), done() {} }
  const folder = temporaryFolder()
  await expect(makeBackup(office, { folder, progress, signal: abort.signal })).rejects.toThrow('stopped')
  expect(await files(folder)).toEqual([])
})

const command = (words: string[], more: Record<string, string> = {}) =>
  runToEnd('ops/backup.ts', words, { DATABASE_URL: office.database.url, DATA_DIR: office.data_dir, ...more })

test('a folder that cannot be written to, and wrong words and variables, are said in a sentence', async () => {
  const file = join(office.data_dir, 'a-file')
  await writeFile(file, '')
  // One after the other: two at once would be told that one runs already.
  const refusals = [
    await command([file]),
    await command([join(office.data_dir, 'objects', 'backups')]),
    await command(['/proc/backups']),
    await command(['a', 'b']),
    await command([], { BACKUP_KEY: 'short', BACKUP_URL: 'ftp://x', BACKUP_MAX_AGE_H: '0' }),
    await command([], {
      BACKUP_URL: 's3://same',
      OBJECTS_URL: 's3://same',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    }),
  ]
  expect(refusals.map(({ code }) => code)).toEqual([1, 1, 1, 2, 78, 78])
  expect(refusals[0]!.output).toContain('is not a folder')
  expect(refusals[1]!.output).toContain('among the objects')
  for (const variable of ['BACKUP_KEY', 'BACKUP_URL', 'BACKUP_MAX_AGE_H'])
    expect(refusals[4]!.output).toContain(variable)
  expect(refusals[5]!.output).toContain('name another bucket')
})

test('restore --into wants an empty or absent folder', async () => {
  const into = (...words: string[]) => runToEnd('ops/restore.ts', ['no-archive', '--into', ...words], {})
  const home = join(office.data_dir, 'home')
  await Bun.write(join(home, 'photo.jpg'), 'x')
  for (const words of [[home], [home, '--replace']])
    expect(await into(...words)).toMatchObject({
      code: 1,
      output: expect.stringContaining(`${home} is not empty (photo.jpg)`),
    })
  expect(await into(join(home, 'photo.jpg'))).toMatchObject({
    code: 1,
    output: expect.stringContaining('is no folder'),
  })
  expect(await into(join(office.data_dir, 'absent'))).toMatchObject({
    code: 1,
    output: expect.stringContaining('no-archive cannot be read'),
  })
  expect(await readdir(home)).toEqual(['photo.jpg'])
})

test('a disk that takes no more is said, and what was written is removed', async () => {
  await office.objects.put('noise.bin', crypto.getRandomValues(new Uint8Array(65_536)))
  for (let i = 0; i < 20; i++) await office.objects.put(`noise/${i}`, crypto.getRandomValues(new Uint8Array(65_536)))
  const folder = temporaryFolder()
  // Half a megabyte is the most that this process may write into one file.
  const limited = Bun.spawn(
    [
      'sh',
      '-c',
      'ulimit -f 1024; exec "$@"',
      'sh',
      process.execPath,
      join(import.meta.dir, '../../../ops/backup.ts'),
      folder,
    ],
    {
      env: { PATH: process.env.PATH, DATABASE_URL: office.database.url, DATA_DIR: office.data_dir },
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  const [said, code] = await Promise.all([new Response(limited.stderr).text(), limited.exited])
  expect({ said, code }).toMatchObject({ code: 1, said: expect.stringMatching(/takes no file this large|is full/) })
  expect(await files(folder)).toEqual([])
})
