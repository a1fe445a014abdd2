/**
 * Bases: copies of the embedded server's data folder, taken while it runs, each of which its kept write-ahead log leads on from
 * to any later time. They stand beside it in DATA_DIR/backups/wal, and go with it: what is older than is needed to reach the
 * last seven days is removed.
 */
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, sentenceOf } from '../../../lib/errors.ts'
import { openAlone } from '../../engines/postgres/open-alone.ts'
import { damaged } from '../format.ts'
import { noProgress, type Progress } from '../progress.ts'
import { tarMembers } from '../read-archive.ts'
import { createArchive, type ArchiveWriter } from '../write-archive.ts'

export interface Base {
  file: string
  /** From when on it is whole: the first time that it can be restored to. */
  at: Date
  /** The first segment of the write-ahead log that it needs. */
  segment: string
}

const KEPT_DAYS = 7
/** So long the server may take to keep the last segment. */
const STOP_MS = 120_000
const CHUNK_BYTES = 256 * 1024

const NAME = /^base-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-([0-9A-F]{24})\.tar\.zst$/

/** Oldest first; none where there is no folder. */
export async function listBases(wal: string): Promise<Base[]> {
  const names = await readdir(wal).catch((err: NodeJS.ErrnoException): string[] => {
    if (err.code === 'ENOENT') return []
    throw err
  })
  return names.toSorted().flatMap((file) => {
    const [, year, month, day, hour, minute, second, ms, segment] = NAME.exec(file) ?? []
    return segment
      ? [{ file, at: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`), segment }]
      : []
  })
}

/** Copies the data folder of the server at `url`. Throws AppError when it does not keep its write-ahead log. */
export async function takeBase(
  { url, data_dir, wal }: { url: string; data_dir: string; wal: string },
  { progress = noProgress, signal }: { progress?: Progress; signal?: AbortSignal | undefined } = {},
): Promise<Base> {
  const sql = openAlone(url, 'doca backup')
  let archive: ArchiveWriter | undefined
  try {
    const [{ keeps }] = await sql<[{ keeps: boolean }]>`select current_setting('archive_mode') = 'on' as keeps`
    if (!keeps)
      throw new AppError('conflict', 'wal_not_kept', {
        en: 'The embedded PostgreSQL was started without KEEP_WAL; stop every program once, and the next start keeps its write-ahead log.',
        pt: 'O PostgreSQL embutido foi iniciado sem KEEP_WAL; pare uma vez todos os programas, e o próximo início guarda o log de transações.',
      })
    // The copying ends with this connection, whatever becomes of us.
    const [{ segment }] = await sql<[{ segment: string }]>`
      select pg_walfile_name(pg_backup_start('doca', true)) as segment`
    archive = await createArchive(wal, `doca-base-${segment}`, undefined, signal)
    const folders = await addFolder(archive, join(data_dir, 'postgres'), progress)
    await sql`set statement_timeout = ${sql.unsafe(String(STOP_MS))}`
    const [{ label, at }] = await sql<[{ label: string; at: Date }]>`
      select labelfile as label, clock_timestamp() as at from pg_backup_stop(true)`
    await archive.add('backup_label', Buffer.from(label))
    await archive.add(FOLDERS, Buffer.from(JSON.stringify(folders)))
    // A Date has no microseconds.
    const whole = new Date(at.getTime() + 1)
    const stamp = whole.toISOString().replaceAll(/[-:.]/g, '')
    const file = `base-${stamp}-${segment}.tar.zst`
    await archive.finish(file)
    await removeOldBases(wal, whole)
    return { file, at: whole, segment }
  } catch (err) {
    await archive?.abandon(err)
    throw err
  } finally {
    progress.done()
    await sql.end({ timeout: 0 })
  }
}

/** Removes what nothing of the last days needs; the names. */
export async function removeOldBases(wal: string, now: Date): Promise<string[]> {
  const bases = await listBases(wal)
  const since = now.getTime() - KEPT_DAYS * 24 * 3600_000
  // The newest that is older leads on to the first of these days.
  const first = Math.max(
    0,
    bases.findLastIndex(({ at }) => at.getTime() <= since),
  )
  const kept = bases.slice(first)
  if (kept.length === 0) return []
  // After a restore to a time the log goes on from an earlier place, on another timeline, which the first digits are.
  const needed = kept.map(({ segment }) => segment.slice(8)).toSorted()[0]!
  const isOld = (name: string) =>
    /^[0-9A-F]{24}(?:\.[0-9A-F]{8}\.backup)?\.gz$/.test(name) && name.slice(8, 24) < needed
  const old = [...bases.slice(0, first).map(({ file }) => file), ...(await readdir(wal)).filter(isOld)]
  for (const name of old) await rm(join(wal, name), { force: true })
  return old
}

/** Fills the new folder `to` as the server that takes it up needs it. Throws AppError for a file that is not whole. */
export async function unpackBase(
  path: string,
  to: string,
  { progress = noProgress, signal }: { progress?: Progress; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  for await (const { name, size_bytes, body } of tarMembers(path, undefined, signal)) {
    signal?.throwIfAborted()
    if (name === FOLDERS) {
      const folders = JSON.parse(Buffer.concat(await Array.fromAsync(body)).toString()) as string[]
      for (const folder of folders) await mkdir(join(to, safe(folder)), { recursive: true, mode: 0o700 })
      continue
    }
    const target = join(to, name === 'backup_label' ? name : safe(name.slice(DATA.length)))
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    if (name === 'backup_label' || name.startsWith(DATA)) await write(target, body)
    progress.add(size_bytes, 'unpacking')
  }
}

async function write(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of body) await file.appendFile(chunk)
  } finally {
    await file.close()
  }
}

const DATA = 'data/'
const FOLDERS = 'folders.json'

function safe(path: string): string {
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw damaged({ en: `it holds ${path}`, pt: `contém ${path}` })
  return path
}

/** Their content is of the running server alone. */
const EMPTIED = /^(?:pg_wal|pg_dynshmem|pg_notify|pg_replslot|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)(?:\/|$)/
const LEFT_OUT = /(?:^|\/)(?:postmaster\.(?:pid|opts)|pg_internal\.init.*|pgsql_tmp.*|backup_label.*|tablespace_map.*)$/
const CONTROL = 'global/pg_control'

/** Adds every file, while the server writes them: the write-ahead log makes up for halves. Returns the folders, without `root`. */
async function addFolder(archive: ArchiveWriter, root: string, progress: Progress): Promise<string[]> {
  const folders = ['pg_wal/archive_status', 'pg_wal/summaries']
  const enter = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder ? `${folder}/${entry.name}` : entry.name
      if (LEFT_OUT.test(path) || path === CONTROL) continue
      if (entry.isDirectory()) {
        folders.push(path)
        if (!EMPTIED.test(path)) await enter(path)
      } else if (!EMPTIED.test(path)) await addFile(archive, root, path, progress)
    }
  }
  await enter('')
  // Last, as pg_basebackup does it.
  await addFile(archive, root, CONTROL, progress)
  return folders
}

async function addFile(archive: ArchiveWriter, root: string, path: string, progress: Progress): Promise<void> {
  const file = await open(join(root, path)).catch((err: NodeJS.ErrnoException) => {
    // Dropped a moment ago.
    if (err.code === 'ENOENT') return null
    throw err
  })
  if (!file) return
  try {
    const { size } = await file.stat()
    const { broken } = await archive.addStream(`${DATA}${path}`, size, bytesOf(file, size))
    if (broken) {
      const why = sentenceOf(broken)
      const detail = { en: `${path} cannot be read: ${why.en}.`, pt: `${path} não pode ser lido: ${why.pt}.` }
      throw new AppError('internal', 'backup_failed', detail, { cause: broken })
    }
    progress.add(size, path)
  } finally {
    await file.close()
  }
}

/** Exactly `size` bytes: where the file has become shorter meanwhile, zeros, of which the log makes what they should be. */
async function* bytesOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < size;) {
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, size - position))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    yield bytesRead === 0 ? buffer : buffer.subarray(0, bytesRead)
    position += bytesRead || buffer.length
  }
}
