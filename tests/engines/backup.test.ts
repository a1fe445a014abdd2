/** Backup and restore where sql is a PostgreSQL of its own, objects and copies are buckets: of everything, both ways. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import postgres from 'postgres'
import { drill } from '../../db/backup/drill.ts'
import { makeBackup } from '../../db/backup/make-backup.ts'
import { planBackup, type BackupPlan } from '../../db/backup/plan.ts'
import { openCopies } from '../../db/backup/copies.ts'
import { dropDatabase } from '../../db/engines/postgres/drop-database.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { migrateDatabase } from '../../db/engines/postgres/migrate.ts'
import { openObjects } from '../../db/engines/objects/open.ts'
import type { Objects } from '../../db/engines/objects/objects.ts'
import { postgresVersion } from '../../db/engines/postgres/server-facts.ts'
import { runToEnd } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { silent } from '../kit/replica.ts'

setDefaultTimeout(120_000)

const KEY = 'a key for tests that is long enough'

onEngine('PostgreSQL and S3', 'OBJECTS_URL', (objects_url) => {
  const id = crypto.randomUUID().slice(0, 8)
  const server = process.env.DATABASE_URL!
  const named = (url: string, change: (url: URL) => void) => {
    const changed = new URL(url)
    change(changed)
    return changed.href
  }
  const databaseOf = (name: string) => named(server, (url) => (url.pathname = `/test_backup_${id}_${name}`))
  const bucketOf = (name: string) => named(objects_url, (url) => (url.host = `test-backup-${id}-${name}`))
  const admin = postgres(server, { max: 1, onnotice: () => {} })
  let root: string
  let plan: BackupPlan
  let close: () => Promise<void>

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'doca-backup-engines-'))
    for (const name of ['office', 'other']) await admin`create database ${admin(`test_backup_${id}_${name}`)}`
    const url = databaseOf('office')
    await migrateDatabase(url)
    const sql = openSql(url, 2)
    const data_dir = join(root, 'office')
    const objects = await openObjects({ url: bucketOf('office'), data_dir, log: silent })
    plan = planBackup({ data_dir, backup_key: KEY, backup_url: bucketOf('copies') }, { sql, url, objects }, silent)
    await sql`insert into users (id, username, username_folded, password_hash, role) values (gen_random_uuid(), 'ana', 'ana', 'x', 'admin')`
    await sql`
      insert into dead_letters (id, queue, message_id, body, attempt, reason)
      select gen_random_uuid(), 'q', i::text, decode(md5(i::text), 'hex'), 1, repeat('ç', 1000) from generate_series(1, 3000) i`
    for (let i = 0; i < 30; i++) await objects.put(`documentos/é ${i}.txt`, `document ${i}`)
    const block = crypto.getRandomValues(new Uint8Array(65_536))
    await objects.put('large.bin', new Blob(Array.from({ length: 300 }, () => block)).stream())
    close = async () => {
      await objects.close()
      await sql.end()
    }
  })
  afterAll(async () => {
    await close?.()
    for (const name of ['office', 'other']) await dropDatabase(admin, `test_backup_${id}_${name}`)
    await admin.end()
    await rm(root, { recursive: true, force: true })
  })

  async function hashesOf(objects: Objects): Promise<Record<string, string>> {
    const hashes: Record<string, string> = {}
    for await (const { key } of objects.list('')) {
      const hash = createHash('sha256')
      for await (const chunk of (await objects.get(key))!.body as unknown as AsyncIterable<Uint8Array>)
        hash.update(chunk)
      hashes[key] = hash.digest('hex')
    }
    return hashes
  }

  test('backed up with a copy in a bucket, drilled from that copy, and restored to another database and bucket', async () => {
    expect(Number.parseInt(await postgresVersion(plan.sql))).toBeGreaterThanOrEqual(15)
    const made = await makeBackup(plan)
    expect(made).toMatchObject({ objects: 31, copied: true, encrypted: true })
    const copies = await openCopies(plan.copies_url!, silent)
    const listed = []
    for await (const { key, size_bytes } of copies.list('')) listed.push({ key, size_bytes })
    expect(listed).toEqual([{ key: basename(made.path), size_bytes: made.size_bytes }])
    await copies.close()
    expect(await drill(plan)).toMatchObject({ source: 'copies', rows: made.rows })

    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env as Record<string, string>
    const other = {
      DATA_DIR: join(root, 'other'),
      DATABASE_URL: databaseOf('other'),
      OBJECTS_URL: bucketOf('other'),
      BACKUP_KEY: KEY,
      AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID!,
      AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY!,
    }
    const restored = await runToEnd('ops/restore.ts', [made.path], other)
    expect(restored).toMatchObject({ code: 0, output: expect.stringContaining(`${made.rows} rows, 31 objects`) })
    const sql = openSql(other.DATABASE_URL, 1)
    const sum = (from: typeof sql) => from`
      select count(*)::text, md5(string_agg(d::text, '' order by id)) from dead_letters d`
    expect([...(await sum(sql))]).toEqual([...(await sum(plan.sql))])
    expect([...(await sql`select username from users`)]).toEqual([{ username: 'ana' }])
    await sql.end()
    const objects = await openObjects({ url: other.OBJECTS_URL, data_dir: root, log: silent })
    expect(await hashesOf(objects)).toEqual(await hashesOf(plan.objects))
    await objects.close()
    const again = await runToEnd('ops/restore.ts', [made.path], other)
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('not empty') })
  })
})
