/** Keys of messages: a text where the bytes are UTF-8, which nearly all are, and the bytes themselves where they are not. */
export type Key = string | Uint8Array | null

export const keyBytes = (key: Key): Uint8Array | null => (typeof key === 'string' ? encoder.encode(key) : key)

export function keyOf(bytes: Uint8Array | null | undefined): Key {
  if (!bytes) return null
  try {
    return decoder.decode(bytes)
  } catch {
    return bytes
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })
