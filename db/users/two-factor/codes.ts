/** Codes of an authenticator app (RFC 6238), in the only variant that every app knows: SHA-1, six digits, 30 s. */
import { Secret, TOTP } from 'otpauth'

const ISSUER = 'Doca'
/** RFC 4226, 4: 160 bits. */
const SECRET_BYTES = 20
const PERIOD_S = 30
/** Steps before and after now that are accepted, for clocks that differ and people who type slowly. */
const WINDOW = 1

export const generateSecret = (): Uint8Array => new Uint8Array(new Secret({ size: SECRET_BYTES }).bytes)

/** The secret as a person types it and as a QR code carries it. */
export function describeSecret(secret: Uint8Array, username: string): { secret: string; otpauth_url: string } {
  const totp = totpOf(secret, username)
  return { secret: totp.secret.base32, otpauth_url: totp.toString() }
}

/** The six digits of a code as apps show and people type them: `355 704`, `355-704`; null for any other text. */
export function digitsOf(code: string): string | null {
  const digits = code.normalize('NFKC').replaceAll(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : null
}

/** The time step that `code` belongs to; null when it is not right now. Says nothing of whether it was used before. */
export function stepOf(secret: Uint8Array, code: string, now_ms: number): number | null {
  const token = digitsOf(code)
  if (token === null) return null
  const delta = totpOf(secret, '').validate({ token, timestamp: now_ms, window: WINDOW })
  return delta === null ? null : Math.floor(now_ms / 1000 / PERIOD_S) + delta
}

const totpOf = (secret: Uint8Array, label: string) =>
  new TOTP({
    issuer: ISSUER,
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_S,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
  })
