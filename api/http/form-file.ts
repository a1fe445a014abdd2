/**
 * Finds the file in a multipart form (RFC 7578) in one pass and without a copy. A general reader makes an object of each
 * of the million parts that a form may have.
 */
import { bodyUnreadable } from './problems.ts'

export interface FormFile {
  bytes: Uint8Array
  name: string
}

/** A form of ours has one; browsers may add fields of their own. */
const MAX_PARTS = 100
const MAX_HEADER_BYTES = 16 * 1024

/** The files in the form field `field`. Throws AppError malformed. */
export function filesOf(bytes: Uint8Array, content_type: string, field: string): FormFile[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const boundary = BOUNDARY.exec(content_type)
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`
  // The first may come behind a preamble, which nobody reads.
  let at = body.indexOf(delimiter)
  if (!boundary || at === -1) throw bodyUnreadable()
  const found: FormFile[] = []
  for (let parts = 0; ; parts++) {
    at += delimiter.length
    if (body.toString('latin1', at, at + 2) === '--') return found
    const head_end = body.indexOf('\r\n\r\n', at)
    const end = body.indexOf(`\r\n${delimiter}`, Math.max(at, head_end + 2))
    if (parts === MAX_PARTS || head_end === -1 || head_end - at > MAX_HEADER_BYTES || end === -1) throw bodyUnreadable()
    const head = body.toString('utf8', at, head_end)
    const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
    const name = parameter(disposition, 'filename')
    if (parameter(disposition, 'name') === field && name !== undefined)
      found.push({ bytes: bytes.subarray(Math.min(head_end + 4, end), end), name })
    at = end + 2
  }
}

const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))/i

/** Browsers write a quotation mark in it as %22, others as \". */
function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s";]+))`, 'i').exec(disposition)
  return (found?.[1] ?? found?.[2])?.replace(/\\(["\\])/g, '$1').replaceAll('%22', '"')
}
