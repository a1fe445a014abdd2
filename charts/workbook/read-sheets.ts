/** Tells what a file is from its first bytes, not from its name: a renamed text file is no workbook. */
import { open } from 'node:fs/promises'
import type { Limits } from '../limits.ts'
import { Refusal } from '../refusal.ts'

const ZIP = [0x50, 0x4b, 0x03, 0x04]
/** An OLE container: Excel 97 to 2003, or any Office file with a password. */
const OLE = [0xd0, 0xcf, 0x11, 0xe0]

/** Throws Refusal unless the file looks like what its name promises. */
export async function identify(path: string, name: string, limits: Limits): Promise<'xlsx' | 'csv'> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size === 0) throw new Refusal('empty_file')
    if (size > limits.file_bytes)
      throw new Refusal('file_too_large', { limit_mb: Math.round(limits.file_bytes / 1024 / 1024) })
    const start = new Uint8Array(8)
    await file.read(start, 0, 8, 0)
    if (startsWith(start, ZIP)) return 'xlsx'
    if (startsWith(start, OLE)) {
      // The container's directory names its streams in UTF-16; a workbook with a password has this one.
      const head = Buffer.from(
        await Bun.file(path)
          .slice(0, 1024 * 1024)
          .arrayBuffer(),
      )
      throw new Refusal(head.includes('EncryptedPackage', 0, 'utf16le') ? 'encrypted' : 'old_excel_format')
    }
    if (/\.(csv|tsv)$/i.test(name)) return 'csv'
    throw new Refusal('not_a_workbook')
  } finally {
    await file.close()
  }
}

function startsWith(bytes: Uint8Array, signature: number[]): boolean {
  return signature.every((byte, at) => bytes[at] === byte)
}
