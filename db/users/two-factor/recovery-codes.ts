/**
 * Recovery codes: ten texts for the day when the phone is lost, each good once. 120 random bits, so that a plain hash
 * keeps them (OWASP ASVS 5, 6.5.2 asks for 112), in an alphabet without look-alikes (Crockford's base 32).
 */
import { randomBytes } from 'node:crypto'
import type { ISql } from 'postgres'

const CODES = 10
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 24

/** Ten new codes in place of all others, for their owner to keep: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`. */
export async function replaceRecoveryCodes(sql: ISql, user_id: string): Promise<string[]> {
  const codes = Array.from({ length: CODES }, generateCode)
  await sql`delete from recovery_codes where user_id = ${user_id}`
  await sql`insert into recovery_codes ${sql(codes.map((code) => ({ user_id, hash: hashOf(code) })))}`
  return codes
}

/** Spends a code, however it was typed; false when it is none of the user's. */
export async function takeRecoveryCode(sql: ISql, user_id: string, code: string): Promise<boolean> {
  const taken = await sql`delete from recovery_codes where user_id = ${user_id} and hash = ${hashOf(code)}`
  return taken.count > 0
}

function generateCode(): string {
  // 256 is a multiple of 32: no letter is likelier than another.
  const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return letters.match(/.{4}/g)!.join('-')
}

function hashOf(code: string): Uint8Array {
  const letters = code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return new Uint8Array(new Bun.CryptoHasher('sha256').update(letters).digest())
}
