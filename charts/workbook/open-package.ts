/**
 * Opens the zip that a workbook is. Sizes are checked twice: as the zip declares them before anything is inflated, and
 * as they come out while a part is read, so that a small file cannot fill the memory.
 */
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { Refusal } from '../refusal.ts'
import type { Limits } from '../limits.ts'

export interface WorkbookPackage {
  names: string[]
  /** The part's text in chunks; undefined when there is no such part. */
  read(name: string): AsyncIterable<string> | undefined
  close(): void
}

/** More parts than any workbook has; each costs memory before a byte is inflated. */
const MOST_PARTS = 20_000

export async function openPackage(path: string, limits: Limits): Promise<WorkbookPackage> {
  const zip = await openZip(path)
  const entries = new Map<string, Entry>()
  let declared_bytes = 0
  let inflated_bytes = 0
  try {
    if (zip.entryCount > MOST_PARTS) throw new Refusal('inflates_too_much', { limit_mb: mb(limits.inflated_bytes) })
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.replaceAll('\\', '/').replace(/^\/+/, '')
      entries.set(name.toLowerCase(), entry)
      if (/\.(xml|rels|vml)$/i.test(name)) declared_bytes += entry.uncompressedSize
      if (entry.isEncrypted()) throw new Refusal('encrypted')
    }
    if (declared_bytes > limits.inflated_bytes)
      throw new Refusal('inflates_too_much', { limit_mb: mb(limits.inflated_bytes) })
  } catch (thrown) {
    zip.close()
    throw thrown instanceof Refusal ? thrown : new Refusal('damaged', { part: 'zip' }, { cause: thrown })
  }

  async function* inflate(entry: Entry): AsyncGenerator<string> {
    const stream = await zip.openReadStreamPromise(entry).catch((cause: unknown) => {
      throw new Refusal('damaged', { part: entry.fileName }, { cause })
    })
    let decoder: TextDecoder | undefined
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        inflated_bytes += chunk.length
        if (inflated_bytes > limits.inflated_bytes)
          throw new Refusal('inflates_too_much', { limit_mb: mb(limits.inflated_bytes) })
        decoder ??= new TextDecoder(encodingOf(chunk))
        yield decoder.decode(chunk, { stream: true })
      }
      const last = decoder?.decode()
      if (last) yield last
    } catch (thrown) {
      throw thrown instanceof Refusal ? thrown : new Refusal('damaged', { part: entry.fileName }, { cause: thrown })
    } finally {
      stream.destroy()
    }
  }

  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name.toLowerCase())
      return entry && inflate(entry)
    },
    close: () => zip.close(),
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false })
  } catch (cause) {
    throw new Refusal('damaged', { part: 'zip' }, { cause })
  }
}

function encodingOf(start: Uint8Array) {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

const mb = (bytes: number) => Math.round(bytes / 1024 / 1024)
