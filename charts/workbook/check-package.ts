/**
 * Looks at the zip that a workbook is before a library inflates it without limit: sizes as the zip declares them, then
 * as they really come out, so that a small file cannot fill the memory.
 */
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import type { Limits } from '../limits.ts'
import { Refusal } from '../refusal.ts'

/** More parts than any workbook has; each costs memory before a byte is inflated. */
const MOST_PARTS = 20_000
/** The start of the main part, where an element's prefix shows. */
const HEAD_BYTES = 4096

/**
 * Throws Refusal for what is no .xlsx, is damaged, or inflates to more than `limits` allow; returns how many ranges of
 * cells its sheets merge.
 */
export async function checkPackage(path: string, limits: Limits): Promise<{ merges: number }> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((cause: unknown) => {
    throw new Refusal('damaged', { part: 'zip' }, { cause })
  })
  try {
    const entries = await listEntries(zip, limits)
    const names = [...entries.keys()]
    if (!names.includes('xl/workbook.xml')) refuseOther(names)
    let inflated_bytes = 0
    let merges = 0
    for (const [name, entry] of entries) {
      let head = ''
      for await (const chunk of inflate(zip, entry)) {
        inflated_bytes += chunk.length
        if (inflated_bytes > limits.inflated_bytes) throw tooMuch(limits)
        if (name.startsWith('xl/worksheets/')) merges += countMerges(chunk)
        if (name === 'xl/workbook.xml' && head.length < HEAD_BYTES) head += new TextDecoder('latin1').decode(chunk)
      }
      // exceljs reads elements by their full name, so to it a prefixed workbook is an empty one.
      if (/<\w+:workbook[\s>]/.test(head.slice(0, HEAD_BYTES))) throw new Refusal('prefixed_xml')
    }
    return { merges }
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown : new Refusal('damaged', { part: 'zip' }, { cause: thrown })
  } finally {
    zip.close()
  }
}

/** All parts by lower-case name: exceljs inflates pictures too. */
async function listEntries(zip: ZipFile, limits: Limits): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_PARTS) throw tooMuch(limits)
  const entries = new Map<string, Entry>()
  let declared_bytes = 0
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new Refusal('encrypted')
    const name = entry.fileName.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase()
    declared_bytes += entry.uncompressedSize
    if (declared_bytes > limits.inflated_bytes) throw tooMuch(limits)
    entries.set(name, entry)
  }
  return entries
}

/** Near enough: one that a chunk's end cuts apart is missed. */
function countMerges(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  let found = 0
  for (let at = bytes.indexOf(MERGE); at !== -1; at = bytes.indexOf(MERGE, at + MERGE.length)) found++
  return found
}

const MERGE = '<mergeCell '

async function* inflate(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const stream = await zip.openReadStreamPromise(entry)
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } finally {
    stream.destroy()
  }
}

/** A zip that is no .xlsx: say which other thing it is, where that can be told. */
function refuseOther(names: string[]): never {
  const has = (start: string) => names.some((name) => name.startsWith(start))
  if (has('xl/workbook.bin')) throw new Refusal('other_format', { format: '.xlsb' })
  if (has('content.xml')) throw new Refusal('other_format', { format: 'OpenDocument (.ods)' })
  if (has('index/') || has('index.zip')) throw new Refusal('other_format', { format: 'Numbers' })
  if (has('word/')) throw new Refusal('other_format', { format: 'Word' })
  if (has('ppt/')) throw new Refusal('other_format', { format: 'PowerPoint' })
  throw new Refusal('not_a_workbook')
}

function tooMuch(limits: Limits): Refusal {
  return new Refusal('inflates_too_much', { limit_mb: Math.round(limits.inflated_bytes / 1024 / 1024) })
}
