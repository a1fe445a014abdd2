/**
 * Checks a zip before a library inflates it without limit: the declared sizes, then the real ones, so that a small file
 * cannot fill the memory.
 */
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'

/** Each part costs memory before a byte is inflated; no workbook has more. */
const MOST_PARTS = 10_000

export class ZipFault extends Error {
  constructor(readonly code: 'encrypted' | 'too_large') {
    super(code)
  }
}

export interface ZipVisitor {
  /** All parts, before any is inflated: in small letters, with slashes; yauzl refuses absolute ones and `..`. */
  names?(names: string[]): void
  /** Called for each part; what it returns is called with the pieces of the part's inflated bytes. */
  part?(name: string): ((bytes: Buffer) => void) | undefined
}

/**
 * Inflates every part of the zip. Throws ZipFault, errors of `visitor`, and yauzl's error for a damaged zip.
 */
export async function inspectZip(zip: Buffer, inflated_bytes: number, visitor: ZipVisitor = {}): Promise<void> {
  const opened = await fromBufferPromise(zip, { lazyEntries: true, autoClose: false })
  try {
    const parts = await listParts(opened, inflated_bytes)
    visitor.names?.(parts.map(({ name }) => name))
    let real_bytes = 0
    for (const { name, entry } of parts) {
      // A folder.
      if (name.endsWith('/')) continue
      const take = visitor.part?.(name)
      for await (const piece of inflate(opened, entry)) {
        real_bytes += piece.length
        if (real_bytes > inflated_bytes) throw new ZipFault('too_large')
        take?.(piece)
      }
    }
  } finally {
    opened.close()
  }
}

interface Part {
  name: string
  entry: Entry
}

async function listParts(zip: ZipFile, inflated_bytes: number): Promise<Part[]> {
  if (zip.entryCount > MOST_PARTS) throw new ZipFault('too_large')
  const parts: Part[] = []
  let declared_bytes = 0
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new ZipFault('encrypted')
    declared_bytes += entry.uncompressedSize
    if (declared_bytes > inflated_bytes) throw new ZipFault('too_large')
    parts.push({ name: entry.fileName.replaceAll('\\', '/').toLowerCase(), entry })
  }
  return parts
}

async function* inflate(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  const stream = await zip.openReadStreamPromise(entry)
  try {
    yield* stream as AsyncIterable<Buffer>
  } finally {
    stream.destroy()
  }
}
