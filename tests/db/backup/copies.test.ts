/** BACKUP_URL: copies elsewhere that are read back, old ones that go, and what happens when it is away. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { chmod, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { copyArchive } from '../../../db/backup/copies.ts'
import { drill } from '../../../db/backup/drill.ts'
import { archiveName } from '../../../db/backup/file-names.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { newestGoodBackup } from '../../../db/backup/history.ts'
import { createArchive } from '../../../db/backup/write-archive.ts'
import { createDiskObjects } from '../../../db/engines/objects/disk/objects.ts'
import { place, type Place } from './place.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(180_000)

let office: Place
let elsewhere: string
beforeEach(async () => {
  elsewhere = temporaryFolder()
  office = await place({ backup_url: `file://${elsewhere}` })
})
afterEach(() => office.close())

const archives = async (folder: string) => (await readdir(folder)).filter((name) => name.startsWith('doca-')).toSorted()

test('a copy stands in the folder, old copies go, other files stay, and the drill takes the copy', async () => {
  const old = [1, 2, 3].map((hour) => archiveName(new Date(Date.UTC(2020, 0, 1, hour)), false))
  for (const folder of [elsewhere, office.folder])
    for (const name of ['doca-mine.txt', ...old]) await Bun.write(join(folder, name), 'old')
  const made = await makeBackup(office)
  expect(made.copied).toBeTrue()
  // In each place; the third is the newest of its day.
  expect(made.removed).toEqual([old[1]!, old[0]!, old[1]!, old[0]!])
  expect(await archives(elsewhere)).toEqual(await archives(office.folder))
  expect(await archives(elsewhere)).toContain(basename(made.path))
  expect(await archives(elsewhere)).toContain('doca-mine.txt')
  expect(Buffer.from(await Bun.file(join(elsewhere, basename(made.path))).bytes())).toEqual(
    Buffer.from(await Bun.file(made.path).bytes()),
  )
  expect((await newestGoodBackup(office.sql))!.copied_at).toBeInstanceOf(Date)
  await rm(made.path)
  expect(await drill(office)).toMatchObject({ source: 'copies', file: basename(made.path) })
  expect(await readdir(office.data_dir)).not.toContain('drill')
})

test('in a folder that was named, nothing old is deleted', async () => {
  const folder = join(office.data_dir, 'usb')
  const old = [1, 2, 3].map((hour) => archiveName(new Date(Date.UTC(2020, 0, 1, hour)), false))
  for (const name of old) await Bun.write(join(folder, name), 'old')
  await makeBackup({ ...office, copies_url: undefined }, { folder })
  expect(await archives(folder)).toEqual(expect.arrayContaining(old))
})

test('archives are 0600 in a 0700 folder wherever they go, also what an earlier build left; a folder of other things is named', async () => {
  const [usb, shared] = [join(office.data_dir, 'usb'), join(office.data_dir, 'shared')]
  const old = archiveName(new Date(), false)
  for (const folder of [usb, shared, elsewhere]) {
    await Bun.write(join(folder, old), 'old')
    for (const path of [folder, join(folder, old)]) await chmod(path, 0o755)
  }
  await Bun.write(join(shared, 'holiday.jpg'), 'x')
  await chmod(join(shared, 'holiday.jpg'), 0o644)
  const made = await makeBackup(office, { folder: usb })
  const named = await makeBackup({ ...office, copies_url: undefined }, { folder: shared })
  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  for (const folder of [usb, elsewhere]) {
    expect(await mode(folder)).toBe('700')
    for (const name of [old, basename(made.path)]) expect(await mode(join(folder, name))).toBe('600')
  }
  expect(made.warnings.join()).not.toContain('open to others')
  expect(named.warnings.join()).toContain(`${shared} is open to others`)
  expect([await mode(shared), await mode(join(shared, 'holiday.jpg'))]).toEqual(['755', '644'])
  for (const name of [old, basename(named.path)]) expect(await mode(join(shared, name))).toBe('600')
})

test('what killed backups left is gone after the next one, and the file of one that is running stays', async () => {
  const running = await createArchive(office.folder, 'doca-running', undefined)
  await writeFile(join(office.folder, '.partial-doca-killed'), 'half')
  const incoming = join(elsewhere, '.incoming', 'killed')
  await Bun.write(incoming, 'half')
  await utimes(incoming, 0, Date.now() / 1000 - 90)
  await makeBackup(office)
  expect((await readdir(office.folder)).filter((name) => name.startsWith('.partial-'))).toEqual([
    '.partial-doca-running',
  ])
  expect(await readdir(join(elsewhere, '.incoming'))).toEqual([])
  await running.abandon(new Error('enough'))
})

test('when BACKUP_URL is away the backup is good, and the failure says both', async () => {
  await rm(elsewhere, { recursive: true })
  await writeFile(elsewhere, 'a file is in the way')
  const made = makeBackup(office)
  await expect(made).rejects.toMatchObject({
    code: 'backup_not_copied',
    message: expect.stringContaining('is whole at'),
  })
  expect(await newestGoodBackup(office.sql)).toMatchObject({ ok: true, copied_at: null })
  expect(await archives(office.folder)).toHaveLength(1)
})

test('a copy that does not come back as it was sent is refused and removed', async () => {
  const { path } = await makeBackup({ ...office, copies_url: undefined })
  const copies = await createDiskObjects(elsewhere)
  await expect(copyArchive(copies, path, '0'.repeat(64))).rejects.toMatchObject({ code: 'backup_copy_differs' })
  expect(await archives(elsewhere)).toEqual([])
})

test('a drill finds a damaged archive, or none, and writes down what it found', async () => {
  const plan = { ...office, copies_url: undefined }
  await expect(drill(plan)).rejects.toMatchObject({ code: 'backup_none' })
  const { path } = await makeBackup(plan)
  const bytes = Buffer.from(await Bun.file(path).bytes())
  bytes[bytes.length >> 1]! ^= 1
  await writeFile(path, bytes)
  await expect(drill(plan)).rejects.toMatchObject({ code: 'backup_drill_failed' })
  expect(await newestGoodBackup(office.sql)).toBeNull()
  const [row] = await office.sql`select * from backups`
  expect(row).toMatchObject({ ok: true, drill_ok: false, drill_error: expect.stringContaining('damaged') })
})
