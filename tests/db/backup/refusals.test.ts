/** What a restore refuses, and that nothing was touched by then: the target is not even opened. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import { ABOUT, FORMAT_VERSION, type Manifest } from '../../../db/backup/format.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { restore } from '../../../db/backup/restore.ts'
import { withChecksum } from '../../../db/backup/checksum.ts'
import type { ArchiveWriter } from '../../../db/backup/write-archive.ts'
import { about, ALL, json, madeArchive } from './made-archive.ts'
import { emptyPlace, KEY, place, type Place } from './place.ts'

setDefaultTimeout(180_000)

let office: Place
let folder: string
let plain: Buffer
let encrypted: Buffer
beforeAll(async () => {
  office = await place()
  folder = office.folder
  await office.sql`insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'lia', 'lia', 'x', 'viewer')`
  await office.objects.put('a.bin', crypto.getRandomValues(new Uint8Array(30_000)))
  plain = await readFile((await makeBackup(office)).path)
  encrypted = await readFile((await makeBackup({ ...office, key: KEY })).path)
})
afterAll(() => office.close())

/** The error of a restore that must not open its target. */
async function refusal(path: string, options: { key?: string; room_bytes?: number } = {}) {
  const opened = async () => {
    throw new Error('the target was opened')
  }
  return restore(path, opened, { key: undefined, ...options }).then(
    () => new Error('it was restored'),
    (err: Error & { code?: string }) => err,
  )
}

async function refusalOf(bytes: Uint8Array | string, options: { key?: string; room_bytes?: number } = {}) {
  const path = join(folder, 'changed')
  await writeFile(path, bytes)
  return refusal(path, options)
}

test.each(['plain', 'encrypted'])('a %s archive that was cut off, changed or added to, anywhere', async (kind) => {
  const [bytes, key] = kind === 'plain' ? [plain, undefined] : [encrypted, KEY]
  const { length } = bytes
  const whole = await refusalOf(bytes, { ...(key && { key }) })
  expect(whole.message).toBe('the target was opened')
  // Each try of a key takes its time, on purpose.
  for (const size of kind === 'plain'
    ? [100, 1000, length >> 1, length - 41, length - 40, length - 1]
    : [1000, length - 1])
    expect(await refusalOf(bytes.subarray(0, size), { ...(key && { key }) })).toMatchObject({ code: 'backup_damaged' })
  // The header of an encrypted one says who may open it: a change there looks like a wrong key.
  for (const at of kind === 'plain' ? [4, 300, 1000, length >> 1, length - 20, length - 1] : [300, length - 1]) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    expect(await refusalOf(changed, { ...(key && { key }) })).toMatchObject({ code: 'backup_damaged' })
  }
  const longer = Buffer.concat([bytes, Buffer.from('x')])
  expect(await refusalOf(longer, { ...(key && { key }) })).toMatchObject({ code: 'backup_damaged' })
})

test('what is no archive, is not there, or does not open with that key', async () => {
  expect(await refusalOf('')).toMatchObject({ code: 'backup_not_archive' })
  expect(await refusalOf('PK\u0003\u0004 a zip')).toMatchObject({ code: 'backup_not_archive' })
  expect(await refusalOf(zstdCompressSync(Buffer.from('hello')))).toMatchObject({ code: 'backup_damaged' })
  expect(await refusal(folder)).toMatchObject({ code: 'backup_not_archive' })
  expect(await refusal(join(folder, 'nothing'))).toMatchObject({ code: 'backup_not_found' })
  expect(await refusalOf(encrypted)).toMatchObject({ code: 'backup_key_needed' })
  expect(await refusalOf(encrypted, { key: `${KEY}!` })).toMatchObject({ code: 'backup_key_wrong' })
})

const archiveOf = (
  write: (archive: ArchiveWriter) => Promise<unknown>,
  change: Partial<Manifest> = {},
  first: object = about,
) => madeArchive(folder, write, change, first)

test.each([
  '../outside',
  '/etc/cron.d/mine',
  'objects/../../outside',
  'objects/.incoming/x',
  'secrets/../jwt_secret',
  'secrets/.netrc',
  'sql/main/public/../users/000001.copy',
  'sql/main/public/%2e%2e%2/000001.copy',
])('a member named %s', async (name) => {
  const path = await archiveOf((archive) => archive.add(name, json('evil')))
  expect(await refusal(path)).toMatchObject({
    code: 'backup_damaged',
    message: expect.stringContaining('no backup has'),
  })
})

test('a link, a size that is not true, and more than there is room for', async () => {
  const link = await packTar([{ header: { name: 'objects/x', type: 'symlink', linkname: '/etc/passwd', size: 0 } }])
  expect(await refusalOf(await compressed(link))).toMatchObject({ code: 'backup_damaged' })
  const tar = await packTar([
    { header: { name: ABOUT, size: json(about).length, type: 'file' }, body: json(about) },
    { header: { name: 'objects/bomb', size: 1000, type: 'file' }, body: new Uint8Array(1000) },
  ])
  // The header of the second member, with a size of 7 TB and a checksum that fits.
  const header = tar.subarray(1024, 1536)
  header.set(Buffer.from('77777777777 '), 124)
  header.fill(32, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
  expect(await refusalOf(await compressed(tar))).toMatchObject({ code: 'backup_damaged' })
  expect(await refusalOf(await compressed(tar), { room_bytes: 1e9 })).toMatchObject({ code: 'backup_too_large' })
  // What inflates ten thousand times is not read to its end.
  const zeros = await archiveOf((archive) =>
    archive.addStream(
      'objects/zeros',
      2 ** 26,
      (async function* () {
        for (let i = 0; i < 64; i++) yield new Uint8Array(2 ** 20)
      })(),
    ),
  )
  expect(await refusal(zeros, { room_bytes: 2 ** 25 })).toMatchObject({ code: 'backup_too_large' })
})

async function compressed(tar: Uint8Array): Promise<Buffer> {
  const frame = zstdCompressSync(tar)
  return Buffer.concat(
    await Array.fromAsync(
      withChecksum(
        (async function* () {
          yield frame
        })(),
      ),
    ),
  )
}

test('a manifest that says other than what is there', async () => {
  const add = (archive: ArchiveWriter) => archive.add('objects/a', json('a'))
  expect(await refusal(await archiveOf(add, { members: 3 }))).toMatchObject({ code: 'backup_damaged' })
  expect(await refusal(await archiveOf(add, { indexes: [] }))).toMatchObject({ code: 'backup_damaged' })
  const other = createHash('sha256').update('x').digest('hex')
  expect(await refusal(await archiveOf(add, { indexes: [other] }))).toMatchObject({ code: 'backup_damaged' })
  expect(await refusal(await archiveOf(add, { databases: 'none' as never }))).toMatchObject({ code: 'backup_damaged' })
})

test('an archive of a newer Doca', async () => {
  const path = await archiveOf(async () => {}, {}, { ...about, format_version: FORMAT_VERSION + 1 })
  expect(await refusal(path)).toMatchObject({ code: 'backup_newer', message: expect.stringContaining('update Doca') })
})

test('a database of a newer schema version is refused with a sentence, and the target stays empty', async () => {
  const database = { name: 'main', server_version: '18', tables: [], sequences: [] }
  const level = [...ALL, { when: ALL.at(-1)!.when + 1, hash: '' }]
  const path = await archiveOf(async () => {}, { databases: [{ ...database, level }] })
  const other = await emptyPlace()
  try {
    const restored = restore(path, other.open, { key: undefined })
    await expect(restored).rejects.toMatchObject({
      code: 'backup_newer',
      message: expect.stringContaining('update this one'),
    })
    expect(await other.sql`select from pg_namespace where nspname in ('drizzle', 'doca_restore')`).toHaveLength(0)
    const elsewhere = await archiveOf(async () => {}, { databases: [{ ...database, name: 'system_z', level: ALL }] })
    await expect(restore(elsewhere, other.open, { key: undefined })).rejects.toMatchObject({ code: 'restore_no_place' })
  } finally {
    await other.close()
  }
})
