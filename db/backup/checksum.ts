/**
 * The last 40 bytes of the compressed archive: a frame that zstd skips, with the SHA-256 of all that stands before it.
 * Decompressing alone would not notice a missing end, or a change in what is not content.
 */
import { createHash } from 'node:crypto'
import { damaged } from './format.ts'

/** A skippable frame of 32 bytes: its magic number and its length, little-endian. */
const HEAD = Buffer.from([0x5d, 0x2a, 0x4d, 0x18, 32, 0, 0, 0])
const FRAME_BYTES = HEAD.length + 32

/** The chunks, and then their checksum. */
export async function* withChecksum(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
  yield Buffer.concat([HEAD, hash.digest()])
}

/** The chunks without their checksum; throws AppError backup_damaged at their end when it is missing or does not fit. */
export async function* checkedByChecksum(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let tail: Uint8Array = new Uint8Array()
  for await (const chunk of chunks) {
    const bytes = tail.length === 0 ? chunk : Buffer.concat([tail, chunk])
    const passed = bytes.subarray(0, Math.max(0, bytes.length - FRAME_BYTES))
    // A copy: the chunk's buffer may be filled again.
    tail = bytes.slice(passed.length)
    if (passed.length === 0) continue
    hash.update(passed)
    yield passed
  }
  if (!Buffer.concat([HEAD, hash.digest()]).equals(tail))
    throw damaged({ en: 'it is cut off, or was changed', pt: 'está cortado, ou foi alterado' })
}
