/**
 * Writes an archive as its members come, in constant memory. The file has a name of its own until it is whole and on
 * disk; then one rename makes it a backup. A process killed on the way leaves a file that nobody takes for one.
 */
import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { createTarPacker } from 'modern-tar'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import type { FileLock } from '../engines/embedded/lock-file.ts'
import { diskError } from '../engines/objects/disk/file.ts'
import { lockPartial, removePartials } from './archive-folder.ts'
import { PARTIAL } from './file-names.ts'
import { indexMember } from './format.ts'
import { withChecksum } from './checksum.ts'
import { streamOf } from './stream-of.ts'
import { syncFolder } from '../../lib/fsync-folder.ts'

export interface ArchiveWriter {
  /** Adds a member whose bytes are all here. */
  add(name: string, bytes: Uint8Array): Promise<void>
  /**
   * Adds a member of exactly `size_bytes`. When the body breaks or has another length, the member is filled up with
   * zeros and what it broke with is returned: the caller decides.
   */
  addStream(name: string, size_bytes: number, body: AsyncIterable<Uint8Array>): Promise<{ broken?: unknown }>
  /** Members and bytes so far. */
  readonly members: number
  readonly size_bytes: number
  /** Writes the index of what is not in one yet; the SHA-256 of every index. */
  closeIndex(): Promise<string[]>
  /** Resolves when the file has its name for good; `as`: another than the one that it was begun with. */
  finish(as?: string): Promise<{ path: string; size_bytes: number; sha256: string }>
  /** Removes what was written. */
  abandon(reason: unknown): Promise<void>
}

/** Members per index: some 300 KB each. */
const INDEX_MEMBERS = 2000
/** A key has 32 bytes or more, which nobody guesses; each step more doubles the wait before every reading. */
const SCRYPT_LOG_N = 15
/** The default. Levels above shrink our tables by 5 % and take three times as long. */
const ZSTD_LEVEL = 3
const ZEROS = new Uint8Array(256 * 1024)

/** When `signal` aborts, the next thing that is added throws its reason. */
export async function createArchive(
  folder: string,
  name: string,
  key: string | undefined,
  signal?: AbortSignal,
): Promise<ArchiveWriter> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(explain(folder))
  await removePartials(folder).catch(explain(folder))
  const partial = join(folder, `${PARTIAL}${name}`)
  const { lock, file } = await openPartial(partial).catch(explain(folder))
  const { readable, controller } = createTarPacker()
  const written = compressAndWrite(readable, file, key).catch((err: unknown) => {
    // A caller that adds a member waits for room that will never come: this ends the wait.
    const reason = explained(err, folder)
    controller.error(reason)
    throw reason
  })
  written.catch(() => {})
  let index: string[] = []
  const indexes: string[] = []
  let members = 0
  let size_bytes = 0

  /** Adding a member fails when the file cannot be written, and only the writing knows why. */
  async function explainedByWriting<T>(adding: Promise<T>): Promise<T> {
    try {
      return await adding
    } catch (err) {
      controller.error(err)
      await written
      throw err
    }
  }

  async function addMember(member: string, size: number, body: AsyncIterable<Uint8Array>) {
    const hash = createHash('sha256')
    // The time is told by about.json; a constant keeps equal content equal.
    const entry = controller.add({ name: member, size, type: 'file', mode: 0o600, mtime: new Date(0) }).getWriter()
    const broken = await fill(entry, hash, size, body, signal)
    await entry.close()
    index.push(JSON.stringify({ name: member, size_bytes: size, sha256: hash.digest('hex') }))
    members += 1
    size_bytes += size
    if (index.length >= INDEX_MEMBERS) await writeIndex()
    return broken
  }

  async function writeIndex(): Promise<void> {
    const bytes = new TextEncoder().encode(`${index.join('\n')}\n`)
    const entry = controller
      .add({ name: indexMember(indexes.length + 1), size: bytes.length, type: 'file', mode: 0o600, mtime: new Date(0) })
      .getWriter()
    await entry.write(bytes)
    await entry.close()
    indexes.push(createHash('sha256').update(bytes).digest('hex'))
    index = []
  }

  const addStream: ArchiveWriter['addStream'] = (...member) => explainedByWriting(addMember(...member))

  return {
    async add(member, bytes) {
      const { broken } = await addStream(member, bytes.length, one(bytes))
      if (broken) throw broken
    },
    addStream,
    get members() {
      return members
    },
    get size_bytes() {
      return size_bytes
    },
    async closeIndex() {
      if (index.length > 0) await explainedByWriting(writeIndex())
      return indexes
    },
    async finish(as = name) {
      controller.finalize()
      const { size_bytes: file_bytes, sha256 } = await written
      await file.sync().catch(explain(folder))
      await file.close()
      const path = join(folder, as)
      await rename(partial, path).catch(explain(folder))
      lock?.release()
      await syncFolder(folder)
      return { path, size_bytes: file_bytes, sha256 }
    },
    async abandon(reason) {
      controller.error(reason)
      await written.catch(() => {})
      await file.close().catch(() => {})
      await rm(partial, { force: true })
      lock?.release()
    },
  }
}

async function openPartial(path: string): Promise<{ lock: FileLock | null; file: FileHandle }> {
  const lock = lockPartial(path)
  try {
    return { lock, file: await open(path, 'a', 0o600) }
  } catch (err) {
    lock?.release()
    throw err
  }
}

/** Writes `body` into the entry, and makes up for what is missing at its end. Only the archive's own errors are thrown. */
async function fill(
  entry: WritableStreamDefaultWriter<Uint8Array>,
  hash: Hash,
  size: number,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<{ broken?: unknown }> {
  let left = size
  let failed: { err: unknown } | undefined
  const write = async (bytes: Uint8Array) => {
    try {
      signal?.throwIfAborted()
      hash.update(bytes)
      left -= bytes.length
      await entry.write(bytes)
    } catch (err) {
      failed = { err }
      throw err
    }
  }
  let broken: { broken?: unknown } = {}
  try {
    for await (const chunk of body) {
      if (chunk.length > left)
        throw otherSize({ en: 'it has more bytes than it said', pt: 'tem mais bytes do que informou' })
      if (chunk.length > 0) await write(chunk)
    }
    if (left > 0) throw otherSize({ en: 'it has fewer bytes than it said', pt: 'tem menos bytes do que informou' })
  } catch (err) {
    if (failed) throw failed.err
    broken = { broken: err }
  }
  while (left > 0) await write(ZEROS.subarray(0, Math.min(left, ZEROS.length)))
  return broken
}

async function compressAndWrite(tar: ReadableStream<Uint8Array>, file: FileHandle, key: string | undefined) {
  const hash = createHash('sha256')
  let size_bytes = 0
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = constants
  const zstd = createZstdCompress({ params: { [ZSTD_c_compressionLevel]: ZSTD_LEVEL, [ZSTD_c_checksumFlag]: 1 } })
  const sink = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of await encrypted(withChecksum(chunks), key)) {
      hash.update(chunk)
      size_bytes += chunk.length
      await file.appendFile(chunk)
    }
  }
  await pipeline(Readable.fromWeb(tar as never), zstd, sink)
  return { size_bytes, sha256: hash.digest('hex') }
}

async function encrypted(chunks: AsyncIterable<Uint8Array>, key: string | undefined) {
  if (key === undefined) return chunks
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  encrypter.setPassphrase(key)
  encrypter.setScryptWorkFactor(SCRYPT_LOG_N)
  return (await encrypter.encrypt(streamOf(chunks))) as unknown as AsyncIterable<Uint8Array>
}

async function* one(bytes: Uint8Array) {
  yield bytes
}

const explain = (folder: string) => (err: unknown) => {
  throw explained(err, folder)
}

function explained(err: unknown, folder: string): unknown {
  const code = (err as NodeJS.ErrnoException | null)?.code ?? ''
  const sentences: Record<string, Translated> = {
    ENOSPC: FULL,
    EDQUOT: FULL,
    EFBIG: {
      en: 'takes no file this large; name a folder on another disk',
      pt: 'não aceita um arquivo deste tamanho; indique uma pasta em outro disco',
    },
    EACCES: DENIED,
    EPERM: DENIED,
    EROFS: {
      en: 'may not be written to; name another folder',
      pt: 'não aceita gravação; indique outra pasta',
    },
    ENOTDIR: NO_FOLDER,
    EEXIST: NO_FOLDER,
  }
  const sentence = sentences[code]
  if (!sentence) return err instanceof AppError || !code ? err : diskError(err, folder)
  const detail = { en: `${folder} ${sentence.en}.`, pt: `${folder} ${sentence.pt}.` }
  return new AppError('no_space', code === 'ENOSPC' ? 'disk_full' : 'backup_folder', detail, { cause: err })
}

const FULL: Translated = {
  en: 'is full; free some space, or name another folder',
  pt: 'está cheia; libere espaço, ou indique outra pasta',
}
const DENIED: Translated = {
  en: 'may not be written to; give this user access, or name another folder',
  pt: 'não aceita gravação; dê acesso a este usuário, ou indique outra pasta',
}
const NO_FOLDER: Translated = { en: 'is not a folder; name another', pt: 'não é uma pasta; indique outra' }

const otherSize = (why: Translated) => new AppError('internal', 'backup_failed', why)
