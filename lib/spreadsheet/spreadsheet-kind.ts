/** Identifies a file by its bytes, and a zip by the names of its parts. */
import { SpreadsheetFault } from './fault.ts'

/** A zip, perhaps one without parts. */
const ZIP = ['504b0304', '504b0506']
/** An OLE container: Excel 97 to 2003, or any Office file with a password. */
const OLE = 'd0cf11e0'
/** The directory of an OLE container is expected within this. */
const OLE_HEAD_BYTES = 1024 * 1024

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

/** Throws SpreadsheetFault for a zip that is no .xlsx; it names the other format where that is known. */
export function refuseOther(names: string[]): never {
  const has = (start: string) => names.some((name) => name.startsWith(start))
  if (has('xl/workbook.bin')) throw new SpreadsheetFault('other_format', { format: '.xlsb' })
  if (has('content.xml')) throw new SpreadsheetFault('other_format', { format: 'OpenDocument (.ods)' })
  if (has('index/') || has('index.zip')) throw new SpreadsheetFault('other_format', { format: 'Numbers' })
  if (has('word/')) throw new SpreadsheetFault('other_format', { format: 'Word' })
  if (has('ppt/')) throw new SpreadsheetFault('other_format', { format: 'PowerPoint' })
  throw new SpreadsheetFault('not_a_workbook')
}

const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
