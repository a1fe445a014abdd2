/**
 * Encrypts what stands in the database but must not be read there: AES-256-GCM under a key that is not in it. A second key
 * decrypts what was encrypted before the key was changed. Layout: key id (4 bytes), nonce (12), tag (16), ciphertext.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Encryption {
  /** `context` is authenticated with the secret: what was encrypted for one user cannot be decrypted for another. */
  encrypt(secret: Uint8Array, context: string): Uint8Array
  /** null when it was changed, belongs elsewhere, or neither key fits. `stale`: encrypted with the previous key. */
  decrypt(encrypted: Uint8Array, context: string): { secret: Uint8Array; stale: boolean } | null
}

const CIPHER = 'aes-256-gcm'
const ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createEncryption(key_text: string, previous_text?: string): Encryption {
  const current = keyOf(key_text)
  const keys = [current, ...(previous_text ? [keyOf(previous_text)] : [])]
  return {
    encrypt(secret, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, current.key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(context))
      const text = Buffer.concat([cipher.update(secret), cipher.final()])
      return new Uint8Array(Buffer.concat([current.id, nonce, cipher.getAuthTag(), text]))
    },

    decrypt(encrypted, context) {
      const bytes = Buffer.from(encrypted)
      const fitting = keys.find(({ id }) => id.equals(bytes.subarray(0, ID_BYTES)))
      if (!fitting || bytes.length < ID_BYTES + NONCE_BYTES + TAG_BYTES) return null
      const [nonce_end, tag_end] = [ID_BYTES + NONCE_BYTES, ID_BYTES + NONCE_BYTES + TAG_BYTES]
      const nonce = bytes.subarray(ID_BYTES, nonce_end)
      const decipher = createDecipheriv(CIPHER, fitting.key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(context))
      decipher.setAuthTag(bytes.subarray(nonce_end, tag_end))
      try {
        const secret = Buffer.concat([decipher.update(bytes.subarray(tag_end)), decipher.final()])
        return { secret: new Uint8Array(secret), stale: fitting !== current }
      } catch {
        // The tag does not fit: GCM has no other way to say so.
        return null
      }
    },
  }
}

/** 256 bits from a text of any length, and a name for them that tells nothing of it. */
function keyOf(text: string) {
  const derived = Buffer.from(hkdfSync('sha256', text, '', 'doca sealed at rest', 32 + ID_BYTES))
  return { key: derived.subarray(0, 32), id: derived.subarray(32) }
}
