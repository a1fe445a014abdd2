/** BACKUP_URL: copies elsewhere that are read back, old ones that go, and what happens when it is away. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { copyArchive } from '../../../db/backup/copies.ts'
import { drill } from '../../../db/backup/drill.ts'
import { archiveName } from '../../../db/backup/file-names.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { newestGoodBackup } from '../../../db/backup/history.ts'
import { createDiskObjects } from '../../../db/engines/objects/disk/objects.ts'
import { place, type Place } from './place.ts'

setDefaultTimeout(180_000)

let office: Place
let elsewhere: string
beforeEach(async () => {
  elsewhere = await mkdtemp(join(tmpdir(), 'doca-elsewhere-'))
  office = await place({ backup_url: `file://${elsewhere}` })
})
afterEach(async () => {
  await office.close()
  await rm(elsewhere, { recursive: true, force: true })
})

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
