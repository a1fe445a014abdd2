/**
 * Reads an archive member by member, in constant memory, and believes nothing: names must be ones that we write, every
 * byte must agree with an index, the indexes with the manifest, and the manifest must be the end. A reader that comes to
 * the end without an error has read exactly what was written; so a file is checked before a restore touches anything.
 */
import { createHash, type Hash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar'
import { AppError, messageOf, sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { About, damaged, FORMAT_VERSION, IndexLine, Manifest, memberOf, readJson, type Member } from './format.ts'
import { checkedByChecksum } from './checksum.ts'
import type { Progress } from './progress.ts'
import { streamOf } from './stream-of.ts'

export interface ArchiveMember {
  /** From 0, in the order of the file. */
  position: number
  member: Extract<Member, { kind: 'table' | 'object' | 'secret' }>
  size_bytes: number
  /** Read it to its end before asking for the next member. */
  body: AsyncIterable<Uint8Array>
}

/** Members that are held in memory: far more than we ever write into one. */
const MAX_JSON_BYTES = 64 * 2 ** 20

/**
 * Yields every member with content and returns the manifest. Throws AppError: backup_not_found, backup_not_archive,
 * backup_key_needed, backup_key_wrong, backup_newer, backup_damaged. `max_bytes`: more than this cannot be meant.
 */
export async function* readArchive(
  path: string,
  key: string | undefined,
  { max_bytes = Infinity, signal }: { max_bytes?: number | undefined; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<ArchiveMember, Manifest> {
  const encrypted = await isEncrypted(path)
  if (encrypted && key === undefined)
    throw new AppError('invalid', 'backup_key_needed', {
      en: `${path} is encrypted; set BACKUP_KEY to what it was when it was made.`,
      pt: `${path} está cifrado; defina BACKUP_KEY como era quando ele foi feito.`,
    })
  const checks = createChecks()
  let position = 0
  let manifest: Manifest | undefined
  for await (const { name, size_bytes, body } of tarMembers(path, encrypted ? key : undefined, signal)) {
    const member = memberOf(name)
    if (!member) throw damaged(strange(JSON.stringify(name.slice(0, 200))))
    if (manifest) throw damaged({ en: `${name} comes after its end`, pt: `${name} vem depois do fim` })
    const first = checks.members === 0
    if (first !== (member.kind === 'about')) throw damaged({ en: `it begins with ${name}`, pt: `começa com ${name}` })
    if (member.kind === 'manifest') {
      manifest = readJson(Manifest, await whole(body, size_bytes, name), name)
      checks.end(manifest)
    } else if (member.kind === 'index') checks.index(await whole(body, size_bytes, name), name)
    else {
      if (checks.size_bytes + size_bytes > max_bytes)
        throw new AppError('no_space', 'backup_too_large', {
          en: `${path} holds more than there is room for (${name}).`,
          pt: `${path} contém mais do que cabe aqui (${name}).`,
        })
      const hash = createHash('sha256')
      if (member.kind === 'about') {
        const bytes = await whole(body, size_bytes, name)
        hash.update(bytes)
        checkVersion(bytes, path)
      } else {
        const reading = hashed(body, hash)
        yield { position, member: member as ArchiveMember['member'], size_bytes, body: reading }
        // A body that the caller did not read is checked all the same.
        for await (const _ of reading);
      }
      checks.add(name, size_bytes, hash.digest('hex'))
      position += 1
    }
  }
  if (!manifest) throw damaged({ en: 'it ends in the middle', pt: 'termina no meio' })
  return manifest
}

/** Reads the whole archive and returns its manifest; throws AppError when one byte of it is not what was written. */
export async function checkArchive(
  path: string,
  key: string | undefined,
  {
    progress,
    signal,
    max_bytes,
  }: { progress: Progress; signal?: AbortSignal | undefined; max_bytes?: number | undefined },
): Promise<Manifest> {
  const members = readArchive(path, key, { signal, max_bytes })
  for (;;) {
    const { done, value } = await members.next()
    if (done) return value
    progress.add(value.size_bytes, 'checking')
  }
}

function checkVersion(bytes: Uint8Array, path: string): void {
  const { format_version, doca_version } = readJson(About, bytes, 'about.json')
  if (format_version <= FORMAT_VERSION) return
  throw new AppError('invalid', 'backup_newer', {
    en: `${path} was made by a newer Doca (${doca_version}), whose archives this one does not know; update Doca.`,
    pt: `${path} foi feito por um Doca mais novo (${doca_version}), cujos backups este não conhece; atualize o Doca.`,
  })
}

/** Compares members with their index, indexes with the manifest, as they come. */
function createChecks() {
  let waiting: string[] = []
  const indexes: string[] = []
  const self = {
    members: 0,
    size_bytes: 0,
    add(name: string, size_bytes: number, sha256: string) {
      waiting.push(JSON.stringify({ name, size_bytes, sha256 }))
      self.members += 1
      self.size_bytes += size_bytes
    },
    index(bytes: Uint8Array, name: string) {
      const lines = new TextDecoder().decode(bytes).trimEnd().split('\n')
      if (lines.length !== waiting.length)
        throw damaged({
          en: `${name} has ${lines.length} members, not ${waiting.length}`,
          pt: `${name} tem ${lines.length} membros, e não ${waiting.length}`,
        })
      for (const [i, line] of lines.entries())
        if (line !== waiting[i]) {
          const said = readJson(IndexLine, new TextEncoder().encode(line), name)
          throw damaged({ en: `${said.name} is not what was written`, pt: `${said.name} não é o que foi gravado` })
        }
      indexes.push(createHash('sha256').update(bytes).digest('hex'))
      waiting = []
    },
    end(manifest: Manifest) {
      if (waiting.length > 0)
        throw damaged({ en: 'its last members are in no index', pt: 'os últimos membros não estão em nenhum índice' })
      if (indexes.join() !== manifest.indexes.join())
        throw damaged({ en: 'its indexes are not those of its manifest', pt: 'os índices não são os do manifesto' })
      if (manifest.members !== self.members || manifest.size_bytes !== self.size_bytes)
        throw damaged({
          en: `it has ${self.members} members of ${self.size_bytes} bytes, its manifest says otherwise`,
          pt: `tem ${self.members} membros de ${self.size_bytes} bytes, e o manifesto diz outra coisa`,
        })
    },
  }
  return self
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: Hash) {
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
}

async function whole(body: AsyncIterable<Uint8Array>, size_bytes: number, name: string): Promise<Uint8Array> {
  if (size_bytes > MAX_JSON_BYTES)
    throw damaged({ en: `${name} has ${size_bytes} bytes`, pt: `${name} tem ${size_bytes} bytes` })
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

interface TarMember {
  name: string
  size_bytes: number
  body: AsyncIterable<Uint8Array>
}

/** Every member as it comes; throws AppError backup_damaged for a file that is not whole, at its end at the latest. */
export async function* tarMembers(
  path: string,
  key: string | undefined,
  signal?: AbortSignal,
): AsyncGenerator<TarMember> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  const zstd = createZstdDecompress()
  const inflating = (async () => {
    const source = key === undefined ? file : await decrypted(file, key, path)
    await pipeline(checkedByChecksum(source), zstd, { ...(signal && { signal }) })
  })()
  // The tar reader fails as well; the first error counts.
  let failed: { err: unknown } | undefined
  inflating.catch((err: unknown) => {
    failed = { err }
    zstd.destroy(err as Error)
  })
  const explain = (err: unknown) => explained(failed?.err ?? err, path)
  async function* readBody(body: AsyncIterable<Uint8Array>) {
    try {
      yield* body
    } catch (err) {
      throw explain(err)
    }
  }
  const chunks = streamOf(zstd)
  const tar = chunks.pipeThrough(createTarDecoder({ strict: true }) as never)
  try {
    for await (const { header, body } of tar as unknown as AsyncIterable<ParsedTarEntry>) {
      if (header.type !== 'file')
        throw damaged({
          en: `${JSON.stringify(header.name)} is a ${header.type}`,
          pt: `${JSON.stringify(header.name)} é do tipo ${header.type}`,
        })
      yield { name: header.name, size_bytes: header.size, body: readBody(body as unknown as AsyncIterable<Uint8Array>) }
    }
    await inflating
  } catch (err) {
    throw explain(err)
  } finally {
    zstd.destroy()
    file.destroy()
  }
}

async function decrypted(file: AsyncIterable<Uint8Array>, key: string, path: string) {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(key)
  try {
    const opened = await decrypter.decrypt(streamOf(file))
    return opened as unknown as AsyncIterable<Uint8Array>
  } catch (cause) {
    if (/no identity matched/i.test(messageOf(cause)))
      throw new AppError(
        'invalid',
        'backup_key_wrong',
        {
          en: `BACKUP_KEY does not open ${path}; set what it was when it was made.`,
          pt: `BACKUP_KEY não abre ${path}; defina-a como era quando ele foi feito.`,
        },
        {
          cause,
        },
      )
    throw cause
  }
}

const AGE = Buffer.from('age-encryption.org/v1\n')
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** By its first bytes: its name may have been changed. */
async function isEncrypted(path: string): Promise<boolean> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('not_found', 'backup_not_found', unreadable(path, cause.code), { cause })
  })
  const not = new AppError('invalid', 'backup_not_archive', {
    en: `${path} is no archive that \`bun run backup\` made.`,
    pt: `${path} não é um arquivo feito por \`bun run backup\`.`,
  })
  if (!found.isFile()) throw not
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('not_found', 'backup_not_found', unreadable(path, cause.code), { cause })
  })
  try {
    const start = Buffer.alloc(AGE.length)
    await file.read(start, 0, start.length, 0)
    if (start.equals(AGE)) return true
    if (start.subarray(0, ZSTD.length).equals(ZSTD)) return false
    throw not
  } finally {
    await file.close()
  }
}

function explained(err: unknown, path: string): unknown {
  if (err instanceof AppError) return err
  const code = (err as NodeJS.ErrnoException).code ?? ''
  if ((err as Error).name === 'AbortError') return err
  if (['EIO', 'EACCES', 'EISDIR'].includes(code))
    return new AppError('internal', 'backup_not_found', unreadable(path, code), { cause: err })
  const why = sentenceOf(err)
  return damaged({ en: why.en.replace(/\.$/, ''), pt: why.pt.replace(/\.$/, '') }, err)
}

const unreadable = (path: string, code: string | undefined): Translated => ({
  en: `${path} cannot be read (${code}).`,
  pt: `${path} não pode ser lido (${code}).`,
})

const strange = (name: string): Translated => ({
  en: `it holds ${name}, which no backup has`,
  pt: `contém ${name}, que nenhum backup tem`,
})
