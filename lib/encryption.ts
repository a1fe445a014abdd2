/**
 * Encrypts secrets that are kept in the database, under a key that is not: AES-256-GCM. A previous key still decrypts what it
 * encrypted. Layout: key id (4 bytes), nonce (12), tag (16), ciphertext.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

export interface Encryption {
  /** `context` is authenticated with the secret: a secret that was encrypted for one user cannot be decrypted for another. */
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
        // The tag does not match.
        return null
      }
    },
  }
}

/** A 256-bit key from a text of any length, and an id that reveals nothing of it. */
function keyOf(text: string) {
  const derived = Buffer.from(hkdfSync('sha256', text, '', 'doca sealed at rest', 32 + ID_BYTES))
  return { key: derived.subarray(0, 32), id: derived.subarray(32) }
}
