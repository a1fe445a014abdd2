/** Archives of other versions, and restores that fail or are killed on the way: what was there is there afterwards. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dumpDatabase } from '../../../db/backup/dump-database.ts'
import { objectMember, secretMember, type Manifest, type TableShape } from '../../../db/backup/format.ts'
import { migrateTo } from '../../../db/backup/schema-version.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { noProgress } from '../../../db/backup/progress.ts'
import { restore, undoRestore } from '../../../db/backup/restore.ts'
import { writeSecret } from '../../../db/backup/secrets.ts'
import { createDiskObjects } from '../../../db/engines/objects/disk/objects.ts'
import { openStaging } from '../../../db/backup/staging.ts'
import { type ArchiveWriter } from '../../../db/backup/write-archive.ts'
import { migrateDatabase, MIGRATIONS } from '../../../db/engines/postgres/migrate.ts'
import { mark } from '../../../db/engines/postgres/restore-mark.ts'
import { about, ALL, json, madeArchive, newerMigrations } from './made-archive.ts'
import { emptyPlace, place, type Place } from './place.ts'

setDefaultTimeout(180_000)

let office: Place
let folder: string
let plain: Buffer
beforeAll(async () => {
  office = await place()
  folder = office.folder
  await office.sql`insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'lia', 'lia', 'x', 'viewer')`
  await office.objects.put('a.bin', crypto.getRandomValues(new Uint8Array(30_000)))
  plain = await readFile((await makeBackup(office)).path)
})
afterAll(() => office.close())

const archiveOf = (
  write: (archive: ArchiveWriter) => Promise<unknown>,
  change: Partial<Manifest> = {},
  first: object = about,
) => madeArchive(folder, write, change, first)

test('an archive of an earlier schema version is restored and brought forward', async () => {
  const [before, after] = [await emptyPlace(), await emptyPlace()]
  try {
    await before.sql.begin((tx) => migrateTo(tx, MIGRATIONS, ALL))
    await before.sql`insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'rui', 'rui', 'x', 'admin')`
    const databases: Manifest['databases'] = []
    const path = await archiveOf(
      async (archive) =>
        void databases.push(await dumpDatabase(before.databases[0], archive, { progress: noProgress })),
      { databases },
    )
    expect(databases[0]!.level).toHaveLength(ALL.length)
    const migrations = await newerMigrations(folder)
    const open = async () => ({ ...(await after.open()), databases: [{ ...after.databases[0], migrations }] })
    await restore(path, open, { key: undefined })
    // The later migration found the rows, and tables as they were when the archive was made.
    expect([...(await after.sql`select username from later`)]).toEqual([{ username: 'rui' }])
    expect(await after.sql`select from pg_class where relname = 'two_factor'`).toHaveLength(0)
    expect(await after.sql`select from drizzle.__drizzle_migrations`).toHaveLength(ALL.length + 1)
  } finally {
    await before.close()
    await after.close()
  }
})

test('an archive with all of the migrations that ours replaced is restored; one without the last is refused', async () => {
  const [before, after] = [await emptyPlace(), await emptyPlace()]
  try {
    // The times of the first and the last two of the 29.
    const replaced = [1795232499161, 1795275191664, 1795279093388]
    await before.sql.begin((tx) => migrateTo(tx, MIGRATIONS, [{ when: replaced.at(-1)!, hash: 'x' }]))
    await before.sql`truncate drizzle.__drizzle_migrations`
    for (const time of replaced)
      await before.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', ${time})`
    await before.sql`insert into users (id, username, password_hash, role) values (gen_random_uuid(), 'rui', 'x', 'admin')`
    const { path } = await makeBackup(before)
    const database = { name: 'main', server_version: '18', tables: [], sequences: [] }
    const level = replaced.slice(0, -1).map((when) => ({ when, hash: 'x' }))
    const short = await archiveOf(async () => {}, { databases: [{ ...database, level }] })
    await expect(restore(short, after.open, { key: undefined })).rejects.toMatchObject({
      code: 'backup_too_old',
      message: expect.stringContaining('Restore it with the last build that has them'),
    })
    expect(await after.sql`select from pg_namespace where nspname in ('drizzle', 'doca_restore')`).toHaveLength(0)
    await restore(path, after.open, { key: undefined })
    expect([...(await after.sql`select username from users`)]).toEqual([{ username: 'rui' }])
    expect(await after.sql`select from drizzle.__drizzle_migrations`).toHaveLength(ALL.length)
  } finally {
    await before.close()
    await after.close()
  }
})

test('an archive of format 1, with shapes in place of definitions, is restored; what it lacks is named', async () => {
  const [before, after] = [await emptyPlace(), await emptyPlace()]
  try {
    await before.sql.begin((tx) => migrateTo(tx, MIGRATIONS, ALL))
    await before.sql.unsafe(`
      create schema "loja 1"; create table "loja 1"."a.b" (id serial primary key, n bigint generated always as identity,
        "select" int unique, at timestamptz default now()); insert into "loja 1"."a.b" ("select") values (7)`)
    const databases: Manifest['databases'] = []
    const shape: TableShape = {
      columns: [
        {
          name: 'id',
          type: 'integer',
          not_null: true,
          identity: '',
          default: `nextval('"loja 1"."a.b_id_seq"'::regclass)`,
        },
        { name: 'n', type: 'bigint', not_null: true, identity: 'a', default: null },
        { name: 'select', type: 'integer', not_null: false, identity: '', default: null },
        { name: 'at', type: 'timestamp with time zone', not_null: false, identity: '', default: 'now()' },
      ],
      keys: [
        { primary: true, columns: ['id'] },
        { primary: false, columns: ['select'] },
      ],
      others: ['index "loja 1".by_time'],
    }
    const path = await archiveOf(
      async (archive) => {
        const { definitions: _, ...dumped } = await dumpDatabase(before.databases[0], archive, { progress: noProgress })
        const tables = dumped.tables.map((table) => (table.name === 'a.b' ? { ...table, shape } : table))
        databases.push({ ...dumped, tables })
      },
      { databases },
      { ...about, format_version: 1 },
    )
    expect(await restore(path, after.open, { key: undefined })).toMatchObject({
      lost: ['loja 1.a.b is restored without: index "loja 1".by_time'],
    })
    const added = await after.sql.unsafe(
      `insert into "loja 1"."a.b" ("select") values (8) returning id, n::int, at is null as none`,
    )
    expect({ ...added[0] }).toEqual({ id: 2, n: 2, none: false })
    const twice = after.sql.unsafe(`insert into "loja 1"."a.b" ("select") values (7)`)
    await expect(Promise.resolve(twice)).rejects.toThrow('duplicate key')
  } finally {
    await before.close()
    await after.close()
  }
})

/** An archive of the office whose manifest says that there is a user more. */
async function archiveOfTooMany(): Promise<string> {
  const databases: Manifest['databases'] = []
  return archiveOf(
    async (archive) => {
      await archive.add(objectMember('b.bin'), json('new'))
      await archive.add(secretMember('jwt_secret'), json('new'))
      databases.push(await dumpDatabase(office.databases[0], archive, { progress: noProgress }))
      databases[0]!.tables.find(({ name }) => name === 'users')!.rows += 1
    },
    { databases },
  )
}

test('rows that the database refuses leave it empty, without a mark, and ready for another try', async () => {
  const other = await emptyPlace()
  try {
    const path = await archiveOfTooMany()
    await expect(restore(path, other.open, { key: undefined })).rejects.toThrow('its manifest says 2')
    expect(await other.sql`select from pg_namespace where nspname in ('drizzle', 'doca_restore')`).toHaveLength(0)
    expect(await readdir(join(other.data_dir, 'objects'))).toEqual(['.incoming'])
    await writeFile(join(folder, 'good'), plain)
    await restore(join(folder, 'good'), other.open, { key: undefined })
    expect([...(await other.sql`select username from users`)]).toEqual([{ username: 'lia' }])
    expect(await other.sql`select from pg_namespace where nspname = 'doca_restore'`).toHaveLength(0)
  } finally {
    await other.close()
  }
})

/** A target that somebody used before: a user, a table and a type of their own, an object and a secret. */
async function usedPlace() {
  const used = await emptyPlace()
  await migrateDatabase(used.database.url)
  await used.sql.unsafe(`
    insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'eva', 'eva', 'x', 'viewer');
    create schema mine; create type mine.size as enum ('p', 'm'); create table mine.sizes (size mine.size);
    insert into mine.sizes values ('p')`)
  await used.objects.put('mine/a.txt', 'mine')
  await writeSecret(used.data_dir, 'jwt_secret', Buffer.from('mine'))
  const state = async () => ({
    rows: await used.sql.unsafe(`select username, size::text from users, mine.sizes`).then((rows) => [...rows]),
    marks: (await used.sql`select from pg_namespace where nspname = 'doca_restore'`).length,
    objects: (await Array.fromAsync(used.objects.list(''))).map(({ key }) => key),
    secret: await readFile(join(used.data_dir, 'secrets', 'jwt_secret'), 'utf8'),
    staged: (await readdir(used.data_dir)).filter((name) => name === 'restore'),
  })
  const mine = { rows: [{ username: 'eva', size: 'p' }], marks: 0, objects: ['mine/a.txt'], secret: 'mine', staged: [] }
  return { ...used, state, mine }
}

test('--replace keeps what was there until the new is whole, and leaves it as it was when anything fails', async () => {
  const used = await usedPlace()
  try {
    expect(await used.state()).toMatchObject(used.mine)
    const replacing = (path: string) => restore(path, used.open, { key: undefined, replace: true })
    await expect(replacing(await archiveOfTooMany())).rejects.toThrow('its manifest says 2')
    expect(await used.state()).toMatchObject(used.mine)
    await writeFile(join(folder, 'good'), plain)
    await replacing(join(folder, 'good'))
    expect([...(await used.sql`select username from users`)]).toEqual([{ username: 'lia' }])
    expect(await used.sql`select from pg_namespace where nspname = 'mine'`).toHaveLength(0)
    expect((await Array.fromAsync(used.objects.list(''))).map(({ key }) => key)).toEqual(['a.bin'])
  } finally {
    await used.close()
  }
})

test.each(['before', 'after'])(
  'a restore that was killed %s its renames is undone, also by the next one',
  async (when) => {
    const used = await usedPlace()
    try {
      const kill = async () => {
        await mark(used.sql, 'x')
        const staging = await openStaging(await used.open())
        await staging.objects.put('b.bin', 'new')
        for (const name of ['jwt_secret', 'totp_key']) await staging.addSecret(name, Buffer.from('new'))
        if (when === 'after') await staging.swap()
      }
      await kill()
      await expect(migrateDatabase(used.database.url)).rejects.toThrow('bun run restore --undo')
      expect(await undoRestore(used.open)).toBeTrue()
      expect(await used.state()).toMatchObject(used.mine)
      expect(await Bun.file(join(used.data_dir, 'secrets', 'totp_key')).exists()).toBeFalse()
      expect(await undoRestore(used.open)).toBeFalse()
      await kill()
      await writeFile(join(folder, 'good'), plain)
      await expect(restore(join(folder, 'good'), used.open, { key: undefined })).rejects.toThrow('is not empty')
      expect(await used.state()).toMatchObject(used.mine)
    } finally {
      await used.close()
    }
  },
)

test('a bucket is not replaced: it has to be empty, but for what a killed restore left there', async () => {
  const used = await usedPlace()
  try {
    // Disk objects in a folder of their own, which a restore may not rename.
    const bucket = await createDiskObjects(join(used.data_dir, 'bucket'))
    const open = async () => ({ ...(await used.open()), objects: bucket, in_bucket: true })
    const keys = async () => (await Array.fromAsync(bucket.list(''))).map(({ key }) => key)
    const good = join(folder, 'good')
    await writeFile(good, plain)
    const replacing = (path: string) => restore(path, open, { key: undefined, replace: true })
    await bucket.put('theirs', 'x')
    await expect(replacing(good)).rejects.toThrow('The bucket of OBJECTS_URL is not empty (theirs)')
    expect(await keys()).toEqual(['theirs'])
    await bucket.delete('theirs')
    await expect(replacing(await archiveOfTooMany())).rejects.toThrow('its manifest says 2')
    expect(await keys()).toEqual([])
    await mark(used.sql, 'x')
    await (await openStaging(await open())).objects.put('half', 'x')
    await replacing(good)
    expect(await keys()).toEqual(['a.bin'])
    expect((await readdir(join(used.data_dir, 'objects'))).toSorted()).toEqual(['.incoming', 'mine'])
  } finally {
    await used.close()
  }
})
