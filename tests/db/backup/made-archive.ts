/** Archives of our making, right in all but what a test says. */
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ABOUT, FORMAT, FORMAT_VERSION, MANIFEST, type Manifest } from '../../../db/backup/format.ts'
import { createArchive, type ArchiveWriter } from '../../../db/backup/write-archive.ts'
import { MIGRATIONS } from '../../../db/engines/postgres/migrate.ts'
import journal from '../../../db/migrations/meta/_journal.json'

export const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
export const about = { format: FORMAT, format_version: FORMAT_VERSION, doca_version: '9.9.9', created_at: '' }

/** An archive in `folder`, right in all but what `write` adds and `change` says. */
export async function madeArchive(
  folder: string,
  write: (archive: ArchiveWriter) => Promise<unknown>,
  change: Partial<Manifest> = {},
  first: object = about,
): Promise<string> {
  const archive = await createArchive(folder, `made-${crypto.randomUUID()}`, undefined)
  await archive.add(ABOUT, json(first))
  await write(archive)
  const indexes = await archive.closeIndex()
  const objects = { count: 0, size_bytes: 0, spoiled: [], missing: [], missing_count: 0 }
  const { members, size_bytes } = archive
  const manifest: Manifest = {
    created_at: '',
    databases: [],
    objects,
    secrets: [],
    members,
    size_bytes,
    indexes,
    ...change,
  }
  await archive.add(MANIFEST, json(manifest))
  return (await archive.finish()).path
}

/** All migrations of ours. */
export const ALL = journal.entries.map(({ when }) => ({ when, hash: '' }))

/** Our migrations and one more, as a newer Doca has them. */
export async function newerMigrations(folder: string): Promise<string> {
  const newer = join(folder, 'newer-migrations')
  await cp(MIGRATIONS, newer, { recursive: true })
  const entry = { ...journal.entries.at(-1)!, idx: ALL.length, when: ALL.at(-1)!.when + 1, tag: 'later' }
  await writeFile(
    join(newer, 'meta', '_journal.json'),
    JSON.stringify({ ...journal, entries: [...journal.entries, entry] }),
  )
  await writeFile(join(newer, 'later.sql'), 'create table later as select username from users; drop table two_factor')
  return newer
}
