/**
 * Restores an archive: the whole file is checked before anything is touched; then each database is emptied, filled and compared
 * in one transaction, while objects and secrets gather beside those that are there. When all is whole, renames put them in
 * place, and the database commits. Whatever fails before that leaves everything as it was.
 *
 * A killed restore leaves databases with a mark that keeps programs out, as they were before it: restoring again, or
 * `bun run restore --undo`, first puts back the objects and secrets that were there.
 */
import { basename } from 'node:path'
import type { ISql, Sql } from 'postgres'
import { AppError, sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { forgetOpenBackups } from './history.ts'
import { openAlone } from '../engines/postgres/open-alone.ts'
import type { BackupDatabase } from './dump-database.ts'
import { damaged, type DumpedDatabase, type DumpedTable, type Manifest } from './format.ts'
import { checkSchemaVersion } from './schema-version.ts'
import { withBackupLock } from './locks.ts'
import type { Loader } from './copy-in.ts'
import { loadDatabase } from './load-database.ts'
import { noProgress, type Progress } from './progress.ts'
import { checkArchive, readArchive } from './read-archive.ts'
import { readSecrets } from './secrets.ts'
import { streamOf } from './stream-of.ts'
import { isMarked, mark, unmark } from '../engines/postgres/restore-mark.ts'
import { openStaging, removeStaging, undoStaging, type Staging, type StoredObjects } from './staging.ts'
import { distinctDatabases } from './plan.ts'
import { checkUnused, emptyDatabase, isEmpty } from './target.ts'

export interface RestoreTarget extends StoredObjects {
  databases: BackupDatabase[]
  /** Whether the first database is the embedded one. */
  embedded: boolean
  /** Leaves the servers that were joined for it. */
  close(): Promise<void>
}

export interface RestoreOptions {
  key: string | undefined
  /** Overwrite a target that is not empty. */
  replace?: boolean
  /** Restore the rest where the target has no place for one of the archive's databases, in place of refusing it. */
  partly?: boolean
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
  /** What was not restored, a line each. */
  lost: string[]
}

/** `open` is called once the file is known to be whole. Throws AppError; then everything is as it was. */
export async function restore(
  path: string,
  open: () => Promise<RestoreTarget>,
  { key, replace = false, partly = false, room_bytes, progress = noProgress, signal }: RestoreOptions,
): Promise<RestoreResult> {
  const started = performance.now()
  const manifest = await checkArchive(path, key, { progress, signal, max_bytes: room_bytes }).finally(progress.done)
  const target = await open()
  let lost: string[] = []
  let restored: DumpedTable[] = []
  try {
    const { pairs, left } = await pair(target.databases, manifest, partly)
    for (const { database, dumped } of pairs)
      if (database.migrations !== null) await checkSchemaVersion(database.migrations, dumped)
    await withBackupLock(target.databases[0]!.url, async () => {
      await undoUnfinished(target)
      await checkTarget(target, pairs, replace)
      restored = pairs.flatMap(({ dumped }) => dumped.tables)
      lost = await fill(target, pairs, basename(path), (staging, loaders) =>
        apply(path, key, manifest, staging, loaders, { progress, signal }),
      )
      for (const { name, tables } of left)
        lost.push(`Not restored: the database "${name}" (rows: ${rowsOf(tables)}), which has no place here`)
    })
  } finally {
    progress.done()
    await target.close()
  }
  return {
    created_at: manifest.created_at,
    rows: rowsOf(restored),
    objects: manifest.objects.count,
    objects_bytes: manifest.objects.size_bytes,
    secrets: manifest.secrets,
    duration_s: Math.round(performance.now() - started) / 1000,
    missing: manifest.objects.missing,
    lost: [
      ...lost,
      ...manifest.databases.flatMap(({ not_carried = [] }) =>
        not_carried.map((name) => `The backup does not carry: ${name}`),
      ),
    ],
  }
}

/** Puts back what was there before a restore that was killed. Returns false when there was none. */
export async function undoRestore(open: () => Promise<RestoreTarget>): Promise<boolean> {
  const target = await open()
  try {
    return await withBackupLock(target.databases[0]!.url, () => undoUnfinished(target))
  } finally {
    await target.close()
  }
}

const rowsOf = (tables: DumpedTable[]) => tables.reduce((sum, { rows }) => sum + rows, 0)

interface Pair {
  database: BackupDatabase
  dumped: DumpedDatabase
}

/** Which dump goes where; a dump without a place is refused, or left, and a place without a dump stays as it is. */
async function pair(
  databases: BackupDatabase[],
  manifest: Manifest,
  partly: boolean,
): Promise<{ pairs: Pair[]; left: DumpedDatabase[] }> {
  const places = await distinctDatabases(databases)
  const pairs: Pair[] = []
  const left: DumpedDatabase[] = []
  for (const dumped of manifest.databases) {
    const { name } = dumped
    const database = places.find((one) => one.name === name)
    if (database) pairs.push({ database, dumped })
    else if (databases.some((one) => one.name === name))
      throw new AppError('invalid', 'restore_no_place', {
        en: `The archive's database "${name}" would go into the same database as another one; name one of its own.`,
        pt: `O banco "${name}" do arquivo iria para o mesmo banco que outro; indique um só dele.`,
      })
    else if (partly) left.push(dumped)
    else
      throw new AppError('invalid', 'restore_no_place', {
        en: `The archive holds a database "${name}", and the configuration names none; set its variable (SYSTEMS, OUTPUT_DATABASE_URL) as it was.`,
        pt: `O arquivo contém um banco "${name}", e a configuração não tem nenhum; defina a variável (SYSTEMS, OUTPUT_DATABASE_URL) como era.`,
      })
  }
  return { pairs, left }
}

/** Of the lock's holder: no other restore runs. A database without the mark has what was restored. */
async function undoUnfinished(target: RestoreTarget): Promise<boolean> {
  const marked = []
  for (const { url } of target.databases) if (await using(url, isMarked)) marked.push(url)
  if (marked.length > 0) await undoStaging(target, false)
  else await removeStaging(target.data_dir)
  for (const url of marked.toReversed()) await using(url, unmark)
  return marked.length > 0
}

/** Refuses a target that is in use or not empty. */
async function checkTarget(
  { objects, in_bucket, data_dir, embedded }: RestoreTarget,
  pairs: Pair[],
  replace: boolean,
): Promise<void> {
  for (const [i, { database }] of pairs.entries())
    await using(database.url, async (sql) => {
      await checkUnused(sql, embedded && i === 0)
      if (!replace && !(await isEmpty(sql)))
        throw notEmpty({ en: `database "${database.name}" has tables`, pt: `o banco "${database.name}" tem tabelas` })
    })
  if (!replace || in_bucket)
    for await (const { key } of objects.list('')) {
      if (!in_bucket) throw notEmpty({ en: `there are objects (${key})`, pt: `há objetos (${key})` })
      throw new AppError('conflict', 'restore_not_empty', {
        en: `The bucket of OBJECTS_URL is not empty (${key}), and objects in a bucket are not replaced; name an empty one.`,
        pt: `O bucket de OBJECTS_URL não está vazio (${key}), e objetos em um bucket não são substituídos; indique um vazio.`,
      })
    }
  if (!replace) {
    const [secret] = await readSecrets(data_dir)
    if (secret) throw notEmpty({ en: `there are secrets (${secret.name})`, pt: `há segredos (${secret.name})` })
  }
}

const notEmpty = (why: Translated) =>
  new AppError('conflict', 'restore_not_empty', {
    en: `The target is not empty: ${why.en}. Name an empty folder with --into, or say --replace to put the archive in its place.`,
    pt: `O destino não está vazio: ${why.pt}. Indique uma pasta vazia com --into, ou use --replace para pôr o arquivo no lugar.`,
  })

/** Fills everything, or leaves everything as it was. */
async function fill(
  target: RestoreTarget,
  pairs: Pair[],
  file: string,
  work: (staging: Staging, loaders: Map<string, Loader>) => Promise<void>,
): Promise<string[]> {
  let staging: Staging | undefined
  try {
    for (const { database } of pairs) await using(database.url, (sql) => mark(sql, file))
    // Programs that started before the mark was there.
    for (const [i, { database }] of pairs.entries())
      await using(database.url, (sql) => checkUnused(sql, target.embedded && i === 0))
    const opened = (staging = await openStaging(target))
    const lost = await inEach(pairs, (loaders) => work(opened, loaders), opened)
    await removeStaging(target.data_dir)
    return lost
  } catch (err) {
    if (!(await isGivenBack(target, pairs, staging !== undefined, err))) return []
    throw err
  }
}

/** False when the first database, which commits last, has committed: the answer was lost, and all is done but for old files. */
async function isGivenBack(target: RestoreTarget, pairs: Pair[], opened: boolean, err: unknown): Promise<boolean> {
  try {
    if (opened && !(await using(pairs[0]!.database.url, isMarked))) {
      await removeStaging(target.data_dir)
      return false
    }
    await undoStaging(target, opened)
    for (const { database } of pairs.toReversed()) await using(database.url, unmark)
    return true
  } catch (cause) {
    const [first, then] = [sentenceOf(err), sentenceOf(cause)]
    const detail = {
      en: `${first.en} What was there before is kept, but is not yet back in place (${then.en}): run \`bun run restore --undo\`.`,
      pt: `${first.pt} O que havia antes está guardado, mas ainda não voltou ao lugar (${then.pt}): rode \`bun run restore --undo\`.`,
    }
    throw new AppError('internal', 'restore_not_undone', detail, { cause: err })
  }
}

/**
 * Opens the transaction of every database, one inside the other, and does `work` within. Before the first database, which is
 * the last to commit, `staging` is swapped.
 */
async function inEach(
  pairs: Pair[],
  work: (loaders: Map<string, Loader>) => Promise<void>,
  staging: Staging,
): Promise<string[]> {
  const lost: string[] = []
  const loaders = new Map<string, Loader>()
  const enter = async (i: number): Promise<void> => {
    const next = pairs[i]
    if (!next) return work(loaders)
    const { database, dumped } = next
    const load = async (tx: ISql) => {
      await emptyDatabase(tx)
      const without = await loadDatabase(tx, database, dumped, (loader) => {
        loaders.set(dumped.name, loader)
        return enter(i + 1)
      })
      lost.push(...without)
      if (i === 0) {
        await forgetOpenBackups(tx)
        await staging.swap()
      }
      await unmark(tx)
    }
    await using(database.url, async (sql) => {
      await sql.begin(load)
      // The planner knows nothing of rows that came in one go.
      await sql`analyze`
    })
  }
  await enter(0)
  return lost
}

/** Second reading, checked like the first: any difference rolls everything back. */
async function apply(
  path: string,
  key: string | undefined,
  manifest: Manifest,
  { objects, addSecret }: Staging,
  loaders: Map<string, Loader>,
  { progress, signal }: { progress: Progress; signal?: AbortSignal | undefined },
): Promise<void> {
  const spoiled = new Set(manifest.objects.spoiled)
  for await (const { position, member, size_bytes, body } of readArchive(path, key, { signal })) {
    if (member.kind === 'table') {
      const loader = loaders.get(member.database)
      const { database } = member
      if (!loader && manifest.databases.some(({ name }) => name === database)) continue
      if (!loader)
        throw damaged({
          en: `it holds rows of a database "${member.database}" that its manifest lacks`,
          pt: `contém linhas de um banco "${member.database}" que não está no manifesto`,
        })
      await loader.part(member.schema, member.table, body)
      progress.add(size_bytes, member.table)
    } else if (member.kind === 'secret') {
      await addSecret(member.name, Buffer.concat(await Array.fromAsync(body)))
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
