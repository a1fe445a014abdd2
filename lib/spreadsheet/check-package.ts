/** Looks at the zip that a workbook is, before a library inflates it without limit. */
import { inspectZip, ZipFault } from '../zip.ts'
import type { Limits } from '../../charts/limits.ts'
import { Refusal } from '../../charts/refusal.ts'

/** The start of the main part, where an element's prefix shows. */
const HEAD_BYTES = 4096

/**
 * Throws Refusal for what is no .xlsx, is damaged, or inflates to more than `limits` allow; returns how many ranges of
 * cells its sheets merge.
 */
export async function checkPackage(path: string, limits: Limits): Promise<{ merges: number }> {
  let head = ''
  let merges = 0
  try {
    await inspectZip(path, limits.inflated_bytes, {
      names(names) {
        if (!names.includes('xl/workbook.xml')) refuseOther(names)
      },
      piece(name, bytes) {
        if (name.startsWith('xl/worksheets/')) merges += countMerges(bytes)
        if (name === 'xl/workbook.xml' && head.length < HEAD_BYTES) head += new TextDecoder('latin1').decode(bytes)
      },
    })
  } catch (thrown) {
    throw asRefusal(thrown, limits)
  }
  // exceljs reads elements by their full name, so to it a prefixed workbook is an empty one.
  if (/<\w+:workbook[\s>]/.test(head.slice(0, HEAD_BYTES))) throw new Refusal('prefixed_xml')
  return { merges }
}

function asRefusal(thrown: unknown, limits: Limits): Refusal {
  if (thrown instanceof Refusal) return thrown
  if (!(thrown instanceof ZipFault)) return new Refusal('damaged', { part: 'zip' }, { cause: thrown })
  if (thrown.code === 'encrypted') return new Refusal('encrypted')
  return new Refusal('inflates_too_much', { limit_mb: Math.round(limits.inflated_bytes / 1024 / 1024) })
}

/** Near enough: one that a chunk's end cuts apart is missed. */
function countMerges(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  let found = 0
  for (let at = bytes.indexOf(MERGE); at !== -1; at = bytes.indexOf(MERGE, at + MERGE.length)) found++
  return found
}

const MERGE = '<mergeCell '

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
