/** What a database and a folder of objects are filled with before a backup, and what is compared after it. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Objects } from '../../../db/engines/objects/objects.ts'
import type { Place } from './place.ts'

const UNICODE = 'São Paulo ☕ 𝒳 \t tab \\ backslash \\N \\. \r\n "quotes" \'; drop table users;--\u0001'

export async function fill({ sql, objects, data_dir }: Place): Promise<void> {
  const user = Bun.randomUUIDv7()
  await sql`insert into users (id, username, username_folded, password_hash, role) values (${user}, 'ana', 'ana', 'x', 'admin')`
  await sql`
    insert into two_factor (user_id, secret, confirmed_at)
    values (${user}, ${Buffer.from(Array.from({ length: 256 }, (_, i) => i))}, now())`
  await sql`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency, tags, weight_g)
    select gen_random_uuid(), 'SKU-' || i, ${UNICODE}, 'paper', 'box', i / 7.0, 'BRL', array['a,b', '{}', '', null, 'ç"\\'], null
    from generate_series(1, 2000) i`
  await sql`
    insert into dead_letters (id, queue, message_id, body, attempt, reason)
    values (gen_random_uuid(), 'orders', 'm', ${crypto.getRandomValues(new Uint8Array(65_536))}, 1, ${UNICODE})`
  await sql`insert into jobs (name, schedule, timezone) values ('hello', '@daily', 'UTC')`
  const run = Bun.randomUUIDv7()
  await sql`insert into runs (id, job, trigger, conf) values (${run}, 'hello', 'manual', ${sql.json({ á: [1, null, 'x\\u0000', { deep: true }] })})`
  for (let i = 0; i < 3; i++)
    await sql`insert into run_logs (run_id, attempt, level, message) values (${run}, 1, 'info', ${`line ${i}`})`
  await sql`insert into cache_entries (key, value, expires_at) values ('lost', 'x', now() + interval '1 day')`
  await objects.put('documentos/olá/acentuação é.pdf', crypto.getRandomValues(new Uint8Array(65_536)))
  await objects.put('empty', '')
  await objects.put(`deep/${'n'.repeat(200)}/${'é'.repeat(120)}/${'x'.repeat(250)}`, 'a long name')
  await mkdir(join(data_dir, 'secrets'))
  for (const name of ['totp_key', 'jwt_secret', 'postgres_password'])
    await writeFile(join(data_dir, 'secrets', name), `${name} of the office`)
}

/** Every row of every table as text, in an order of its own, but the book of backups, which goes on. */
export async function contentOf({ sql }: Place): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relpersistence = 'p' and c.relname <> 'backups'`
  const content: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from ${name} t`,
    )
    content[name] = (row as unknown as { sum: string }).sum
  }
  return content
}

export async function hashesOf(objects: Objects): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for await (const { key } of objects.list('')) {
    const hash = new Bun.CryptoHasher('sha256')
    for await (const chunk of (await objects.get(key))!.body as unknown as AsyncIterable<Uint8Array>) hash.update(chunk)
    hashes[key] = hash.digest('hex')
  }
  return hashes
}
