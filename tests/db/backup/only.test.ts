/** One table or one object out of an archive: it stands beside what is there, and nothing is written over. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { restoreOne } from '../../../db/backup/restore-one.ts'
import type { RestoreTarget } from '../../../db/backup/restore.ts'
import { databasesAt } from '../../../db/backup/plan.ts'
import { runToEnd } from '../../kit/program.ts'
import { fill } from './content.ts'
import { place, type Place } from './place.ts'

setDefaultTimeout(180_000)

let office: Place
let archive: string
beforeAll(async () => {
  office = await place()
  await fill(office)
  await office.sql.unsafe(`
    create schema "loja 1"; create type "loja 1".size as enum ('p', 'm');
    create table "loja 1"."a.b" (id int generated always as identity primary key, size "loja 1".size);
    insert into "loja 1"."a.b" (size) values ('p'), ('m');
    create schema other; create table other."a.b" (x int);
    create table measured (at int, part text) partition by range (at);
    create table measured_1 partition of measured for values from (0) to (10) partition by list (part);
    create table measured_1a partition of measured_1 for values in ('a');
    create table measured_2 (part text, at int); alter table measured attach partition measured_2 default;
    insert into measured values (1, 'a'), (20, 'b')`)
  archive = (await makeBackup(office)).path
})
afterAll(() => office.close())

const open = async (): Promise<RestoreTarget> => ({
  databases: databasesAt(office.database.url),
  embedded: false,
  objects: office.objects,
  in_bucket: false,
  data_dir: office.data_dir,
  close: async () => {},
})
const one = (only: string, as?: string) => restoreOne(archive, open, { key: undefined, only, as })

test('a table gets another name beside its own, while programs use both, with rows and computed columns', async () => {
  await office.sql`update packaging set name = 'spoiled' where sku = 'SKU-1'`
  expect(await one('packaging', 'packaging_old')).toMatchObject({ name: 'public.packaging_old', rows: 2000 })
  const [row] = await office.sql`
    select o.name like 'São Paulo%' as old, o.search like '%são paulo%' or o.search like '%sao paulo%' as computed, p.name
    from packaging_old o join packaging p using (id) where o.sku = 'SKU-1'`
  expect({ ...row }).toEqual({ old: true, computed: true, name: 'spoiled' })
  expect(await one('"loja 1"."a.b"', '"c.d"')).toMatchObject({ name: 'loja 1.c.d', rows: 2 })
  const sizes = await office.sql.unsafe(`select string_agg(size::text, ',' order by id) as sizes from "loja 1"."c.d"`)
  expect({ ...sizes[0] }).toEqual({ sizes: 'p,m' })
  expect(await one('measured', 'public.measured_old')).toMatchObject({ rows: 2 })
  expect([...(await office.sql`select at, part from measured_old order by 1`)]).toEqual([
    { at: 1, part: 'a' },
    { at: 20, part: 'b' },
  ])
  await office.sql`drop table other."a.b"`
  expect(await one('other.a.b')).toMatchObject({ name: 'other.a.b', rows: 0 })
})

test('an object gets its own key back, or another', async () => {
  const key = 'documentos/olá/acentuação é.pdf'
  const bytes = async (of: string) => new Response((await office.objects.get(of))!.body).bytes()
  const before = await bytes(key)
  expect(await one(`objects/${key}`, 'objects/old.pdf')).toMatchObject({
    name: 'old.pdf',
    rows: null,
    size_bytes: before.length,
  })
  await office.objects.delete(key)
  expect(await one(`objects/${key}`)).toMatchObject({ name: key })
  for (const of of [key, 'old.pdf']) expect(Buffer.from(await bytes(of)).equals(before)).toBeTrue()
})

test('what is there is never written over, and what is not in the archive is said with what is', async () => {
  const refused = (only: string, as?: string) => one(only, as).catch((err: Error) => err.message)
  expect(await refused('packaging')).toContain('public.packaging is there already')
  expect(await refused('packaging', 'users')).toContain('public.users is there already')
  expect(await refused('packaging', 'nowhere.x')).toContain('schema "nowhere" does not exist')
  expect(await refused('packaging', 'a.b.c')).toContain('is no name of a table')
  expect(await refused('packaging', 'ã'.repeat(32))).toContain('is longer than the 63 bytes')
  expect(await refused('embalagens')).toMatch(/no table embalagens. It has .*packaging, .*users/)
  expect(await refused('a.b')).toContain('several tables a.b: loja 1.a.b, other.a.b')
  expect(await refused('objects/empty')).toContain('There is an object empty already')
  expect(await refused('objects/nothing.xlsx')).toContain('no object nothing.xlsx')
  expect(await refused('objects/empty', '../x')).toContain("cannot be an object's key")
  expect(await office.sql`select from pg_tables where tablename in ('x', 'embalagens')`).toHaveLength(0)
  // The command says the same, and takes no word that contradicts it.
  const env = { DATABASE_URL: office.database.url, DATA_DIR: office.data_dir }
  const said = await runToEnd('ops/restore.ts', [archive, '--only', 'users', '--as', 'users_old'], env)
  expect(said).toMatchObject({ code: 0, output: expect.stringContaining('1 rows as public.users_old') })
  expect(await runToEnd('ops/restore.ts', [archive, '--only', 'users', '--replace'], env)).toMatchObject({ code: 2 })
  expect(await runToEnd('ops/restore.ts', [archive, '--as', 'users'], env)).toMatchObject({ code: 2 })
})
