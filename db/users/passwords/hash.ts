/**
 * How a password is kept: PBKDF2-SHA256 in Django's format, `pbkdf2_sha256$rounds$salt$hash` (hash in base64), so
 * that hashes can move between Doca and the systems it replaces. Rounds: OWASP Password Storage Cheat Sheet.
 */
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

export const PASSWORD_ROUNDS_PRODUCTION = 600_000
const ALGORITHM = 'pbkdf2_sha256'
const HASH_BYTES = 32

/**
 * On a thread of Bun's pool, which has one for each core and does file and name look-ups, too: as many at once as there
 * are threads, and those look-ups wait. 120 to 270 ms at 600,000 rounds.
 */
const onThePool: Derive = async (password, salt, rounds, bytes) =>
  new Uint8Array(await promisify(pbkdf2)(password, salt, rounds, bytes, 'sha256'))

/** PBKDF2-SHA256. */
export type Derive = (password: string, salt: string, rounds: number, bytes: number) => Promise<Uint8Array<ArrayBuffer>>

export async function hashPassword(password: string, rounds: number, derive = onThePool): Promise<string> {
  const salt = randomBytes(16).toString('base64url')
  const hash = await derive(normalPassword(password), salt, rounds, HASH_BYTES)
  return `${ALGORITHM}$${rounds}$${salt}$${hash.toBase64()}`
}

/**
 * False for a wrong password and for a stored value in another format. Works at least `rounds` rounds, so that an old,
 * cheaper hash does not show by its time that there is such a user.
 */
export async function verifyPassword(
  password: string,
  stored: string,
  rounds = 0,
  derive = onThePool,
): Promise<boolean> {
  const parsed = parseHash(stored)
  if (!parsed) return false
  const normal = normalPassword(password)
  const actual = await derive(normal, parsed.salt, parsed.rounds, HASH_BYTES)
  if (parsed.rounds < rounds) await derive(normal, parsed.salt, rounds - parsed.rounds, HASH_BYTES)
  const expected = Buffer.from(parsed.hash, 'base64')
  return expected.length === actual.length && timingSafeEqual(new Uint8Array(expected), actual)
}

/** Whether a stored hash has fewer rounds than are asked for today. */
export const isOutdated = (stored: string, rounds: number): boolean => (parseHash(stored)?.rounds ?? 0) < rounds

/**
 * As RFC 8265 (OpaqueString) prepares a password: any space is the plain one, then Unicode NFC, so that ã typed as one
 * character or as two is the same. Not NFKC, which would take º for o: Django hashes such characters as they are.
 */
export const normalPassword = (password: string): string => password.replace(/\p{Zs}/gu, ' ').normalize('NFC')

/** A password for a person to type once: 24 characters of base64url, 144 bits. */
export const generatePassword = (): string => randomBytes(18).toString('base64url')

function parseHash(stored: string): { rounds: number; salt: string; hash: string } | undefined {
  const [algorithm, rounds, salt, hash] = stored.split('$')
  if (algorithm !== ALGORITHM || !/^\d+$/.test(rounds ?? '') || !salt || !hash) return undefined
  return { rounds: Number(rounds), salt, hash }
}
