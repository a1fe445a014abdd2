/** What was backed up is what is restored: every kind of value, every object, and the secrets. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { drill } from '../../../db/backup/drill.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { restore } from '../../../db/backup/restore.ts'
import { newestGoodBackup } from '../../../db/backup/history.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { contentOf, fill, hashesOf } from './content.ts'
import { emptyPlace, KEY, place, type Place } from './place.ts'

setDefaultTimeout(180_000)

let office: Place
beforeAll(async () => {
  // Without a key where encryption is not what a test is about: scrypt takes a quarter of a second each time.
  office = await place()
  await fill(office)
})
afterAll(() => office.close())

test('rows, sequences, objects and secrets come back as they were; the cache stays behind', async () => {
  const made = await makeBackup({ ...office, key: KEY })
  expect(made).toMatchObject({ encrypted: true, objects: 3, warnings: [], copied: null })
  expect(made.rows).toBeGreaterThan(2000)
  expect(basename(made.path)).toMatch(/^doca-\d{8}T\d{6}Z-[0-9a-f]{6}\.tar\.zst\.age$/)
  expect((await stat(made.path)).mode & 0o777).toBe(0o600)
  expect(await newestGoodBackup(office.sql)).toMatchObject({
    id: made.id,
    ok: true,
    sha256: made.sha256,
    folder: office.folder,
  })

  const other = await emptyPlace()
  try {
    const restored = await restore(made.path, other.open, { key: KEY })
    expect(restored).toMatchObject({ rows: made.rows, objects: 3, secrets: ['jwt_secret', 'totp_key'], missing: [] })
    expect(await contentOf(other)).toEqual(await contentOf(office))
    expect(await hashesOf(other.objects)).toEqual(await hashesOf(office.objects))
    const secret = join(other.data_dir, 'secrets', 'totp_key')
    expect(await readFile(secret, 'utf8')).toBe('totp_key of the office')
    expect((await stat(secret)).mode & 0o777).toBe(0o600)
    expect(await Bun.file(join(other.data_dir, 'secrets', 'postgres_password')).exists()).toBeFalse()
    // What only working on shows: sequences, generated columns, foreign keys, triggers, and nothing left to migrate.
    await migrateDatabase(other.database.url)
    const [{ id: run }] = await other.sql<[{ id: string }]>`select id from runs`
    const [line] = await other.sql<[{ id: number }]>`
      insert into run_logs (run_id, attempt, level, message) values (${run}, 1, 'info', 'after') returning id::int`
    expect(line.id).toBe(4)
    const epoch = () => other.sql<[{ sum: string }]>`select sum(writes)::text from packaging_epochs`
    const [before] = await epoch()
    await other.sql`update packaging set name = 'new' where sku = 'SKU-1'`
    expect((await epoch())[0]).not.toEqual(before)
    expect((await other.sql`select search from packaging where sku = 'SKU-1'`)[0]!.search).toContain('new')
    await expect(Promise.resolve(other.sql`delete from jobs where name = 'hello'`)).resolves.toBeDefined()
    expect(await other.sql`select from runs`).toHaveLength(0)
    expect(await other.sql`select from cache_entries`).toHaveLength(0)
    const bad = other.sql`insert into runs (id, job, trigger) values (gen_random_uuid(), 'nobody', 'manual')`
    await expect(Promise.resolve(bad)).rejects.toThrow('foreign key')
  } finally {
    await other.close()
  }
})

test('tables that a job made for itself come back whole', async () => {
  const [shop, other] = await Promise.all([place(), emptyPlace()])
  try {
    await shop.sql.unsafe(`
      create schema "loja 1";
      create table "loja 1"."vendas do mês" (
        id serial primary key, n bigint generated always as identity, valor numeric(10,2) not null default 0,
        quando timestamptz default now(), loja text default 'it''s', tags text[] default '{}', "select" int unique,
        dobro numeric generated always as (valor * 2) stored, random float default random(), check (valor >= 0));
      create index por_loja on "loja 1"."vendas do mês" (loja);
      insert into "loja 1"."vendas do mês" (valor, "select") values (1.5, 1), (2, 2);
      create table plain (a int); insert into plain values (7); create sequence alone; select nextval('alone')`)
    const made = await makeBackup(shop)
    expect(await drill(shop)).toMatchObject({ rows: made.rows })
    expect(await restore(made.path, other.open, { key: undefined })).toMatchObject({ lost: [] })
    expect(await contentOf(other)).toEqual(await contentOf(shop))
    const rows = `select id, n::int, valor, dobro, loja, tags, "select", quando, random from "loja 1"."vendas do mês" order by 2`
    expect([...(await other.sql.unsafe(rows))]).toEqual([...(await shop.sql.unsafe(rows))])
    const [added] = await other.sql.unsafe(`
      insert into "loja 1"."vendas do mês" ("select") values (3) returning id, n::int, valor, loja, tags, quando is null as no_time, random is null as no_random`)
    expect({ ...added }).toEqual({
      id: 3,
      n: 3,
      valor: '0.00',
      loja: "it's",
      tags: [],
      no_time: false,
      no_random: false,
    })
    const twice = other.sql.unsafe(`insert into "loja 1"."vendas do mês" (id, "select") values (3, 4)`)
    await expect(Promise.resolve(twice)).rejects.toThrow('duplicate key')
    expect([...(await other.sql`select nextval('alone')::int as n`)]).toEqual([{ n: 2 }])
  } finally {
    await Promise.all([shop.close(), other.close()])
  }
})

test('the drill restores into a scratch database, compares, and leaves nothing behind, also what a killed one left', async () => {
  const [{ oid }] = await office.sql<[{ oid: string }]>`
    select oid::text from pg_database where datname = current_database()`
  await office.sql.unsafe(`create database doca_drill_${oid}_killed`)
  const made = await makeBackup(office)
  const found = await drill(office)
  expect(found).toMatchObject({
    file: basename(made.path),
    source: 'folder',
    rows: made.rows,
    objects: 3,
    databases: 1,
  })
  expect(await newestGoodBackup(office.sql)).toMatchObject({ id: made.id, drill_ok: true, drill_error: null })
  expect(await office.sql`select from pg_database where datname like ${`doca_drill_${oid}_%`}`).toHaveLength(0)
})

test('without a key the archive is readable, says so, and holds no secrets', async () => {
  const made = await makeBackup(office)
  expect(made.encrypted).toBeFalse()
  expect(made.warnings.join()).toContain('BACKUP_KEY is not set')
  const listed = Bun.spawnSync(['sh', '-c', 'zstd -dcq "$0" | tar -t', made.path])
  if (Bun.which('zstd')) {
    const names = listed.stdout.toString().trim().split('\n')
    expect(names[0]).toBe('about.json')
    expect(names.at(-1)).toBe('manifest.json')
    expect(names).toContain('sql/main/public/users/000001.copy')
    expect(names.join()).not.toContain('secrets/')
  } else console.log('skipped: zstd and tar list an archive; zstd is not installed here')
  const other = await emptyPlace()
  try {
    expect(await restore(made.path, other.open, { key: undefined })).toMatchObject({ secrets: [], rows: made.rows })
    expect(await contentOf(other)).toEqual(await contentOf(office))
  } finally {
    await other.close()
  }
})
