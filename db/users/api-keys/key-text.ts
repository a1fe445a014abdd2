/**
 * The text of an API key: `doca_`, 43 random letters and digits (256 bits), and 6 of a checksum. The prefix lets scanners of
 * source code find a key that was committed. The checksum, as GitHub's, tells a mistyped or made-up text without a lookup.
 *
 * Only the SHA-256 of the whole is kept, and a key is found by it. No slow hash: nobody guesses 256 random bits at any speed,
 * and every request would pay for it. How long a lookup takes says something about a hash, which is no step towards its key.
 */
import { randomInt } from 'node:crypto'

const PREFIX = 'doca_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^43 is more than 2^256. */
const SECRET_LENGTH = 43
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6
const FORM = new RegExp(`^${PREFIX}[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)
/** 24 of the 256 bits. */
const START_LENGTH = PREFIX.length + 4

export function generateKey(): { key: string; hash: string; start: string } {
  const secret = Array.from({ length: SECRET_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  const key = PREFIX + secret + checksumOf(secret)
  return { key, hash: sha256(key), start: key.slice(0, START_LENGTH) }
}

/** Whether a bearer token is meant as an API key: no access token begins so. */
export const isMeantAsKey = (token: string): boolean => token.startsWith(PREFIX)

/** The hash, in hexadecimal, that a key is found by; null for a text that was never a key. */
export function hashOfKey(text: string): string | null {
  if (!FORM.test(text)) return null
  const secret = text.slice(PREFIX.length, -CHECKSUM_LENGTH)
  return text.endsWith(checksumOf(secret)) ? sha256(text) : null
}

function checksumOf(secret: string): string {
  let rest = Bun.hash.crc32(secret)
  let text = ''
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    text = ALPHABET[rest % 62]! + text
    rest = Math.floor(rest / 62)
  }
  return text
}

const sha256 = (text: string) => new Bun.CryptoHasher('sha256').update(text).digest('hex')
