/** Text files as spreadsheets save them: UTF-8 with or without BOM, UTF-16 with one ("Unicode text"), else Windows-1252. */
import { isUtf8 } from 'node:buffer'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

const CHUNK_BYTES = 64 * 1024

/** undefined for what is no text. */
export function encodingOf(bytes: Uint8Array): Encoding | undefined {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  if (mark === 0xfffe) return 'utf-16le'
  if (mark === 0xfeff) return 'utf-16be'
  if (bytes.includes(0)) return undefined
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252'
}

/** The text in pieces, without its BOM; the first piece shows at least the first lines. */
export function* decodeText(bytes: Uint8Array, encoding: Encoding): Generator<string> {
  const decoder = new TextDecoder(encoding)
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    yield decoder.decode(bytes.subarray(at, at + CHUNK_BYTES), { stream: true })
  yield decoder.decode()
}
