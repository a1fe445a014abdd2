/**
 * Reads parts of a zip without inflating it beyond a limit: the declared sizes count first, then what really comes out, so
 * that a small file cannot fill the memory.
 */
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'

/** Each part costs memory before a byte is inflated; no workbook has more. */
const MOST_PARTS = 10_000

export class ZipFault extends Error {
  constructor(readonly code: 'encrypted' | 'too_large' | 'false_size') {
    super(code)
  }
}

export interface ZipParts {
  /** In small letters, with slashes, in the order of the zip; yauzl refuses absolute ones and `..`. */
  readonly names: string[]
  /**
   * The inflated bytes in pieces; of parts of one name, the first. All parts that are read count towards the limit
   * together, a part that is read twice counts twice. Throws ZipFault, and yauzl's error for damaged bytes.
   */
  read(name: string): AsyncGenerator<Buffer>
  /** Of a part as it declares itself, inflated. */
  bytesOf(name: string): number
  close(): void
}

/** Inflates nothing yet. Throws ZipFault, and yauzl's error for a damaged zip. */
export async function openZip(zip: Buffer, inflated_bytes: number): Promise<ZipParts> {
  const opened = await fromBufferPromise(zip, { lazyEntries: true, autoClose: false })
  try {
    const parts = await listParts(opened, inflated_bytes)
    const entries = new Map(parts.toReversed().map(({ name, entry }) => [name, entry]))
    let real_bytes = 0
    return {
      names: parts.map(({ name }) => name),
      async *read(name) {
        for await (const piece of inflate(opened, entries.get(name)!)) {
          real_bytes += piece.length
          if (real_bytes > inflated_bytes) throw new ZipFault('too_large')
          yield piece
        }
      },
      bytesOf: (name) => entries.get(name)?.uncompressedSize ?? 0,
      close: () => opened.close(),
    }
  } catch (thrown) {
    opened.close()
    throw thrown
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
    // Deflating adds a few bytes to what does not compress, never more than this.
    if (entry.compressedSize > entry.uncompressedSize * 1.01 + 64) throw new ZipFault('false_size')
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
