/** Identifies a file by its bytes, and checks a workbook's zip before a library inflates it without limit. */
import { inspectZip, ZipFault } from '../zip.ts'
import { newTotals, XmlCheck, type XmlLimits } from './check-xml.ts'
import { SpreadsheetFault } from './fault.ts'

/** A zip, perhaps one without parts. */
const ZIP = ['504b0304', '504b0506']
/** An OLE container: Excel 97 to 2003, or any Office file with a password. */
const OLE = 'd0cf11e0'
/** The directory of an OLE container is expected within this. */
const OLE_HEAD_BYTES = 1024 * 1024
/** The start of the main part, where an element's prefix shows. */
const XML_HEAD_BYTES = 4096

/** By content, not by name. Throws SpreadsheetFault for the formats of old Excel. */
export function spreadsheetKind(bytes: Uint8Array): 'xlsx' | 'text' {
  const start = asBuffer(bytes.subarray(0, 4)).toString('hex')
  if (start === OLE) {
    // It names its streams in UTF-16; a workbook with a password has this one.
    const locked = asBuffer(bytes.subarray(0, OLE_HEAD_BYTES)).includes('EncryptedPackage', 0, 'utf16le')
    throw new SpreadsheetFault(locked ? 'encrypted' : 'old_excel_format')
  }
  return ZIP.includes(start) ? 'xlsx' : 'text'
}

export interface PackageLimits extends XmlLimits {
  /** Of all parts together, as declared and again as they really come out. */
  inflated_bytes: number
}

/**
 * Throws SpreadsheetFault for what is no .xlsx, is damaged or beyond the limits; returns how many ranges its sheets merge,
 * and how many cells these have.
 */
export async function checkPackage(
  bytes: Uint8Array,
  limits: PackageLimits,
): Promise<{ merges: number; merged_cells: number }> {
  let head = ''
  const totals = newTotals(limits)
  try {
    await inspectZip(asBuffer(bytes), limits.inflated_bytes, {
      names(names) {
        if (!names.includes('xl/workbook.xml')) refuseOther(names)
      },
      part(name) {
        // Other parts are not parsed.
        if (!/^(?:xl|docprops|_rels)\/.*\.(?:xml|rels)$|^\[content_types\]\.xml$/.test(name)) return undefined
        const check = new XmlCheck(totals)
        return (piece) => {
          if (name === 'xl/workbook.xml' && head.length < XML_HEAD_BYTES) head += piece.toString('latin1')
          check.push(piece)
        }
      },
    })
  } catch (thrown) {
    throw asFault(thrown, limits.inflated_bytes)
  }
  // exceljs reads elements by their full name, so to it a prefixed workbook is an empty one.
  if (/<\w+:workbook[\s>]/.test(head.slice(0, XML_HEAD_BYTES))) throw new SpreadsheetFault('prefixed_xml')
  return totals
}

function asFault(thrown: unknown, inflated_bytes: number): SpreadsheetFault {
  if (thrown instanceof SpreadsheetFault) return thrown
  if (!(thrown instanceof ZipFault)) return new SpreadsheetFault('damaged', {}, { cause: thrown })
  if (thrown.code === 'encrypted') return new SpreadsheetFault('encrypted')
  return new SpreadsheetFault('inflates_too_much', { limit_mb: Math.round(inflated_bytes / 1024 / 1024) })
}

/** Names the other format of a zip that is no .xlsx, where it is known. */
function refuseOther(names: string[]): never {
  const has = (start: string) => names.some((name) => name.startsWith(start))
  if (has('xl/workbook.bin')) throw new SpreadsheetFault('other_format', { format: '.xlsb' })
  if (has('content.xml')) throw new SpreadsheetFault('other_format', { format: 'OpenDocument (.ods)' })
  if (has('index/') || has('index.zip')) throw new SpreadsheetFault('other_format', { format: 'Numbers' })
  if (has('word/')) throw new SpreadsheetFault('other_format', { format: 'Word' })
  if (has('ppt/')) throw new SpreadsheetFault('other_format', { format: 'PowerPoint' })
  throw new SpreadsheetFault('not_a_workbook')
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
