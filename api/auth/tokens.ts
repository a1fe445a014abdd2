/**
 * Access tokens: HS256, bound to a session by `sid`; everything that can be checked is checked (RFC 8725). A second
 * secret keeps verifying while the first signs, so that a secret can be changed without signing anybody out.
 */
import { errors, jwtVerify, SignJWT } from 'jose'

export interface Tokens {
  issue(user_id: string, session_id: string): Promise<string>
  /** The session a token names; null for anything but a token of ours that is valid now. */
  sessionOf(token: string): Promise<string | null>
}

const ALGORITHM = 'HS256'
const ISSUER = 'doca'
const AUDIENCE = 'doca-api'
const TYPE = 'at+jwt'
/** Ours have about 350 characters; a longer one is not worth a signature check. */
const MAX_LENGTH = 2048
/** Tokens remembered as verified; some 3 MB at most. */
const REMEMBERED = 5000

export interface TokenOptions {
  /** The secret before this one, which still verifies. */
  previous?: string | undefined
  now_ms?: () => number
}

export function createTokens(
  secret: string,
  expires_s: number,
  { previous, now_ms = Date.now }: TokenOptions = {},
): Tokens {
  const signing = keyOf(secret)
  // A token's kid only chooses among these; it is never a path, a URL or a query.
  const keys = new Map([signing, ...(previous ? [keyOf(previous)] : [])].map(({ kid, key }) => [kid, key]))
  const verified = rememberVerified(now_ms)

  return {
    issue(user_id, session_id) {
      const now_s = Math.floor(now_ms() / 1000)
      return new SignJWT({ sid: session_id })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signing.kid })
        .setSubject(user_id)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(now_s)
        .setExpirationTime(now_s + expires_s)
        .sign(signing.key)
    },

    async sessionOf(token) {
      if (token.length > MAX_LENGTH) return null
      const known = verified.get(token)
      if (known) return known
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keys.get(kid ?? '') ?? unknownKey(), {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          typ: TYPE,
          currentDate: new Date(now_ms()),
          requiredClaims: ['sub', 'sid', 'exp', 'iat'],
        })
        if (typeof payload.sid !== 'string') return null
        verified.set(token, payload.sid, payload.exp!)
        return payload.sid
      } catch (thrown) {
        if (thrown instanceof errors.JOSEError) return null
        throw thrown
      }
    },
  }
}

/** The key with its public name: derived, so that every process names it alike, and telling nothing of the secret. */
function keyOf(secret: string) {
  const kid = new Bun.CryptoHasher('sha256', secret).update('doca access token key').digest('base64url').slice(0, 8)
  return { kid, key: new TextEncoder().encode(secret) }
}

function unknownKey(): never {
  throw new errors.JWKSNoMatchingKey()
}

/**
 * Tokens whose signature and claims were found right, until they expire: a check costs about 90 µs, which is more than
 * the rest of a simple request, and a client sends the same token again and again. Whether its session still lives is
 * asked of the database every time.
 */
function rememberVerified(now_ms: () => number) {
  const known = new Map<string, { sid: string; expires_ms: number }>()
  return {
    get(token: string): string | undefined {
      const entry = known.get(token)
      if (entry && entry.expires_ms > now_ms()) return entry.sid
      known.delete(token)
    },
    set(token: string, sid: string, exp_s: number): void {
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value!)
      known.set(token, { sid, expires_ms: exp_s * 1000 })
    },
  }
}
