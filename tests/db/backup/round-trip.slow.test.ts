/** What takes long: what is large, more than one database, extensions, and a target that holds something. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { drill } from '../../../db/backup/drill.ts'
import { makeBackup } from '../../../db/backup/make-backup.ts'
import { restore } from '../../../db/backup/restore.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { migrateDatabase } from '../../../db/engines/postgres/migrate.ts'
import { until } from '../../kit/program.ts'
import { contentOf, fill, hashesOf } from './content.ts'
import { emptyPlace, KEY, place, type Place } from './place.ts'

setDefaultTimeout(180_000)

test('rows and objects of many megabytes, larger than one part of an archive, come back', async () => {
  const [large, other] = await Promise.all([place({ backup_key: KEY }), emptyPlace()])
  try {
    await large.sql`
      insert into dead_letters (id, queue, message_id, body, attempt, reason)
      values (gen_random_uuid(), 'orders', 'large', ${crypto.getRandomValues(new Uint8Array(65_536))}, 1, ${'ç'.repeat(2_500_000)})`
    await large.sql`update dead_letters set body = convert_to(repeat(encode(body, 'hex'), 50), 'UTF8')`
    const block = crypto.getRandomValues(new Uint8Array(65_536))
    await large.objects.put('large.bin', new Blob(Array.from({ length: 80 }, () => block)).stream())
    const made = await makeBackup(large)
    await restore(made.path, other.open, { key: KEY })
    expect(await contentOf(other)).toEqual(await contentOf(large))
    expect(await hashesOf(other.objects)).toEqual(await hashesOf(large.objects))
  } finally {
    await Promise.all([large.close(), other.close()])
  }
})

test('a second database, as an order system has, goes the same way', async () => {
  const [office, system, other, other_system] = await Promise.all([place(), place(), emptyPlace(), emptyPlace()])
  try {
    await fill(office)
    await system.sql`insert into dead_letters (id, queue, message_id, body, attempt, reason)
      select gen_random_uuid(), 'orders', i::text, '', 1, 'x' from generate_series(1, 100) i`
    const second = (of: Place) => ({ ...of.databases[0], name: 'system_a' })
    const plan = { ...office, databases: [...office.databases, second(system)] as Place['databases'] }
    const made = await makeBackup(plan)
    expect(await drill(plan)).toMatchObject({ databases: 2, rows: made.rows })
    // Where the configuration names only one of them, nothing is begun.
    await expect(restore(made.path, other.open, { key: undefined })).rejects.toMatchObject({ code: 'restore_no_place' })
    const open = async () => ({ ...(await other.open()), databases: [...other.databases, second(other_system)] })
    await restore(made.path, open, { key: undefined })
    expect(await contentOf(other)).toEqual(await contentOf(office))
    expect(await contentOf(other_system)).toEqual(await contentOf(system))
    expect(await other.sql`select from backups where finished_at is null`).toHaveLength(0)
  } finally {
    await Promise.all([office.close(), system.close(), other.close(), other_system.close()])
  }
})

test('extensions come back where the server has them; what cannot come back is named when the backup is made', async () => {
  const [shop, other] = await Promise.all([place(), emptyPlace()])
  try {
    await shop.sql.unsafe(`
      create schema tools; create extension citext schema tools; create extension pg_trgm schema public;
      create table names (name tools.citext primary key); insert into names values ('Ana');
      create index names_like on names using gin ((name::text) public.gin_trgm_ops);
      create text search configuration portuguese_of_ours (copy = simple);
      create table words (word text, found tsvector generated always as (to_tsvector('portuguese_of_ours', word)) stored);
      create view short_words as select word from words; insert into words values ('x');
      create table shown (id int primary key); insert into shown values (1);
      create policy mine on shown to pg_monitor using (id = 1); grant select on shown to public`)
    const made = await makeBackup(shop)
    const named = [
      'policy mine on public.shown',
      'table public.words',
      'text search configuration public.portuguese_of_ours',
      'view public.short_words',
    ]
    expect(made.warnings[0]).toBe(
      `It does not carry, and a restore will not bring back: ${named.join(', ')}, grants on table public.shown.`,
    )
    expect(await drill(shop)).toMatchObject({ rows: made.rows })
    const { lost } = await restore(made.path, other.open, { key: undefined })
    expect(lost.join()).toContain('table public.words')
    expect([...(await other.sql`select name operator(tools.=) 'ANA'::tools.citext as same from names`)]).toEqual([
      { same: true },
    ])
    expect(await other.sql`select from pg_class where relname in ('words', 'short_words')`).toHaveLength(0)
    // Once more, over an extension that is there.
    await restore(made.path, other.open, { key: undefined, replace: true })
    expect([...(await other.sql`select id from shown`)]).toEqual([{ id: 1 }])
  } finally {
    await Promise.all([shop.close(), other.close()])
  }
})

test('a target that holds anything is refused and stays as it is; --replace empties it first', async () => {
  const [office, other] = await Promise.all([place(), emptyPlace()])
  await fill(office)
  const made = await makeBackup(office)
  try {
    await other.objects.put('mine.txt', 'mine')
    await expect(restore(made.path, other.open, { key: undefined })).rejects.toMatchObject({
      code: 'restore_not_empty',
    })
    expect(Object.keys(await hashesOf(other.objects))).toEqual(['mine.txt'])
    await migrateDatabase(other.database.url)
    await other.sql`insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'eva', 'eva', 'x', 'viewer')`
    await expect(restore(made.path, other.open, { key: undefined })).rejects.toThrow('database "main" has tables')
    expect(await other.sql`select username from users`).toEqual([{ username: 'eva' }] as never)
    const program = openSql(other.database.url, 1)
    await program`select`
    const replace = () => restore(made.path, other.open, { key: undefined, replace: true })
    await expect(replace()).rejects.toMatchObject({ code: 'restore_in_use' })
    await program.end()
    await until('the program is gone', () =>
      replace().catch((err) => err.code !== 'restore_in_use' && Promise.reject(err)),
    )
    expect(await contentOf(other)).toEqual(await contentOf(office))
    expect(await hashesOf(other.objects)).toEqual(await hashesOf(office.objects))
  } finally {
    await Promise.all([office.close(), other.close()])
  }
})
