/**
 * Restores an archive: the whole file is checked before anything is touched; then each database is filled in one
 * transaction, with the objects and secrets put in place before it commits. Killed on the way, it leaves databases with
 * a mark that keeps programs out, and restoring again begins anew.
 */
import { basename } from 'node:path'
import type { Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { forgetOpenBackups } from './history.ts'
import type { Objects } from '../engines/objects/objects.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import type { BackupDatabase } from './dump-database.ts'
import { damaged, type DumpedDatabase, type Manifest } from './format.ts'
import { checkSchemaVersion, migrateTo } from './schema-version.ts'
import { withBackupLock } from './locks.ts'
import { loadDatabase, type Loader } from './load-database.ts'
import { noProgress, type Progress } from './progress.ts'
import { checkArchive, readArchive } from './read-archive.ts'
import { readSecrets, writeSecret } from './secrets.ts'
import { streamOf } from './stream-of.ts'
import { mark, unmark } from '../engines/postgres/restore-mark.ts'
import { checkUnused, emptyDatabase, stateOf } from './target.ts'

export interface RestoreTarget {
  databases: BackupDatabase[]
  /** Whether the first database is the embedded one. */
  embedded: boolean
  objects: Objects
  data_dir: string
  /** Leaves the servers that were joined for it. */
  close(): Promise<void>
}

export interface RestoreOptions {
  key: string | undefined
  /** Overwrite a target that is not empty. */
  replace?: boolean
  /** An archive that holds more than this is refused before it is read to its end. */
  room_bytes?: number | undefined
  progress?: Progress
  signal?: AbortSignal | undefined
}

export interface RestoreResult {
  created_at: string
  rows: number
  objects: number
  objects_bytes: number
  secrets: string[]
  duration_s: number
  /** Objects that the backup had to leave out. */
  missing: string[]
  /** Parts of user tables that were not restored, a line each. */
  lost: string[]
}

/** `open` is called once the file is known to be whole. Throws AppError. */
export async function restore(
  path: string,
  open: () => Promise<RestoreTarget>,
  { key, replace = false, room_bytes, progress = noProgress, signal }: RestoreOptions,
): Promise<RestoreResult> {
  const started = performance.now()
  const manifest = await checkArchive(path, key, { progress, signal, max_bytes: room_bytes }).finally(progress.done)
  const target = await open()
  let lost: string[] = []
  try {
    const pairs = await pair(target.databases, manifest)
    for (const { database, dumped } of pairs) await checkSchemaVersion(database.migrations, dumped)
    await withBackupLock(target.databases[0]!.url, async () => {
      await prepare(target, pairs, { replace, path })
      lost = await inEach(pairs, (loaders) => apply(path, key, target, manifest, loaders, { progress, signal }))
      for (const { database } of pairs) await migrateTo(database.url, database.migrations)
      await using(target.databases[0]!.url, forgetOpenBackups)
      for (const { database } of pairs.toReversed()) await using(database.url, unmark)
    })
  } finally {
    progress.done()
    await target.close()
  }
  return {
    created_at: manifest.created_at,
    rows: manifest.databases.flatMap(({ tables }) => tables).reduce((sum, { rows }) => sum + rows, 0),
    objects: manifest.objects.count,
    objects_bytes: manifest.objects.size_bytes,
    secrets: manifest.secrets,
    duration_s: Math.round(performance.now() - started) / 1000,
    missing: manifest.objects.missing,
    lost,
  }
}

interface Pair {
  database: BackupDatabase
  dumped: DumpedDatabase
}

/** Which dump goes where; a dump without a place is refused, a place without a dump is left as it is. */
async function pair(databases: BackupDatabase[], manifest: Manifest): Promise<Pair[]> {
  return manifest.databases.map((dumped) => {
    const database = databases.find(({ name }) => name === dumped.name)
    if (database) return { database, dumped }
    throw new AppError(
      'invalid',
      'restore_no_place',
      `The archive holds a database "${dumped.name}", and the configuration names none; set its variable as it was.`,
    )
  })
}

/** Refuses a target that is in use or not empty; then marks the databases and makes their schema. */
async function prepare(
  { objects, data_dir, embedded }: RestoreTarget,
  pairs: Pair[],
  { replace, path }: { replace: boolean; path: string },
): Promise<void> {
  let again = false
  for (const [i, { database }] of pairs.entries())
    await using(database.url, async (sql) => {
      await checkUnused(sql, embedded && i === 0)
      const state = await stateOf(sql)
      if (state === 'unfinished') again = true
      else if (state === 'used' && !replace) throw notEmpty(`database "${database.name}" has tables`)
    })
  if (!replace && !again) {
    for await (const { key } of objects.list('')) throw notEmpty(`there are objects (${key})`)
    const [secret] = await readSecrets(data_dir)
    if (secret) throw notEmpty(`there are secrets (${secret.name})`)
  }
  for (const { database, dumped } of pairs) {
    await using(database.url, async (sql) => {
      await mark(sql, basename(path))
      await emptyDatabase(sql)
    })
    await migrateTo(database.url, database.migrations, dumped.level)
  }
  for await (const { key } of objects.list('')) await objects.delete(key)
}

function notEmpty(why: string): AppError {
  return new AppError(
    'conflict',
    'restore_not_empty',
    `The target is not empty: ${why}. Name an empty folder with --into, or say --replace to lose what is there.`,
  )
}

/** Opens the transaction of every database, one inside the other, and does `work` within. */
async function inEach(pairs: Pair[], work: (loaders: Map<string, Loader>) => Promise<void>): Promise<string[]> {
  const lost: string[] = []
  const loaders = new Map<string, Loader>()
  const enter = async (i: number): Promise<void> => {
    const next = pairs[i]
    if (!next) return work(loaders)
    const without = await using(next.database.url, (sql) =>
      loadDatabase(sql, next.dumped, (loader) => {
        loaders.set(next.dumped.name, loader)
        return enter(i + 1)
      }),
    )
    lost.push(...without)
  }
  await enter(0)
  return lost
}

/** Second reading, checked like the first: any difference rolls everything back. */
async function apply(
  path: string,
  key: string | undefined,
  { objects, data_dir }: Pick<RestoreTarget, 'objects' | 'data_dir'>,
  manifest: Manifest,
  loaders: Map<string, Loader>,
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<void> {
  const spoiled = new Set(manifest.objects.spoiled)
  for await (const { position, member, size_bytes, body } of readArchive(path, key, { signal })) {
    if (member.kind === 'table') {
      const loader = loaders.get(member.database)
      if (!loader) throw damaged(`it holds rows of a database "${member.database}" that its manifest lacks`)
      await loader.part(member.schema, member.table, body)
      progress.add(size_bytes, member.table)
    } else if (member.kind === 'secret') {
      await writeSecret(data_dir, member.name, Buffer.concat(await Array.fromAsync(body)))
    } else if (!spoiled.has(position)) {
      await objects.put(member.key, streamOf(body))
      progress.add(size_bytes, member.key)
    }
  }
}

async function using<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = openAlone(url, 'doca restore')
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
