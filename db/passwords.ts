/**
 * How a password is kept: PBKDF2-SHA256 in Django's format, `pbkdf2_sha256$rounds$salt$hash` (hash in base64), so
 * that hashes can move between Doca and the systems it replaces. Rounds: OWASP Password Storage Cheat Sheet.
 */
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

export const PASSWORD_ROUNDS_PRODUCTION = 600_000
const ALGORITHM = 'pbkdf2_sha256'
const HASH_BYTES = 32

/** Off the main thread; about 270 ms at 600,000 rounds. */
const derive = promisify(pbkdf2)

export async function hashPassword(password: string, rounds: number): Promise<string> {
  const salt = randomBytes(16).toString('base64url')
  const hash = await derive(password, salt, rounds, HASH_BYTES, 'sha256')
  return `${ALGORITHM}$${rounds}$${salt}$${hash.toString('base64')}`
}

/** False for a wrong password and for a stored value in another format. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [algorithm, rounds, salt, hash] = stored.split('$')
  if (algorithm !== ALGORITHM || !/^\d+$/.test(rounds ?? '') || !salt || !hash) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = await derive(password, salt, Number(rounds), HASH_BYTES, 'sha256')
  return expected.length === actual.length && timingSafeEqual(new Uint8Array(expected), new Uint8Array(actual))
}

/** A password for a person to type once: 24 characters of base64url, 144 bits. */
export const generatePassword = (): string => randomBytes(18).toString('base64url')
