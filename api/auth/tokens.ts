/**
 * Access tokens: HS256, bound to a session by `sid`; everything that can be checked is checked (RFC 8725). A second
 * secret keeps verifying while the first signs, so that a secret can be changed without signing anybody out.
 */
import { jwt } from '@elysiajs/jwt'

export interface Tokens {
  issue(user_id: string, session_id: string): Promise<string>
  /** The user and the session that a token names; null for anything but a token of ours that is valid now. */
  read(token: string): Promise<Access | null>
}

export interface Access {
  user_id: string
  session_id: string
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
  const signer = signerOf(secret)
  // A token's kid only chooses among these; it is never a path, a URL or a query.
  const signers = new Map([signer, ...(previous ? [signerOf(previous)] : [])].map((one) => [one.kid, one]))
  const verified = rememberVerified(now_ms)

  return {
    issue(user_id, session_id) {
      return signer.sign({ sub: user_id, sid: session_id, exp: Math.floor(now_ms() / 1000) + expires_s })
    },

    async read(token) {
      const known = verified.get(token)
      if (known) return known
      if (token.length > MAX_LENGTH || !isCanonical(token)) return null
      // Without options the plugin would take any HS algorithm, and tokens that never expire.
      const claims = await signers.get(kidOf(token) ?? '')?.verify(token, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        currentDate: new Date(now_ms()),
        requiredClaims: ['sub', 'sid', 'exp', 'iat'],
      })
      if (!claims || typeof claims.sub !== 'string' || typeof claims.sid !== 'string') return null
      // JSON can say 1e400, which is Infinity: a number that never comes.
      if (!Number.isSafeInteger(claims.exp) || !Number.isSafeInteger(claims.iat)) return null
      const access = { user_id: claims.sub, session_id: claims.sid }
      verified.set(token, access, claims.exp!)
      return access
    },
  }
}

/** Signs and verifies with one secret, whose name is derived: every process names it alike, and it tells nothing of it. */
function signerOf(secret: string) {
  const kid = new Bun.CryptoHasher('sha256', secret).update('doca access token key').digest('base64url').slice(0, 8)
  const plugin = jwt({ name: 'jwt', secret, alg: ALGORITHM, typ: TYPE, kid, iss: ISSUER, aud: AUDIENCE })
  return { kid, ...plugin.decorator.jwt }
}

/**
 * Three parts in base64url as an encoder writes it: no padding, and no set bit in the last character that a decoder drops.
 * Otherwise one signature had several spellings, and a token that is known by its text could come again under another.
 */
const isCanonical = (token: string): boolean => {
  const parts = token.split('.')
  return parts.length === 3 && parts.every((part) => part !== '' && recoded(part) === part)
}

const recoded = (part: string): string => Buffer.from(part, 'base64url').toString('base64url')

/** What a token says of its key, before anything of it is verified. */
function kidOf(token: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()) as {
      kid?: unknown
    }
    return typeof header.kid === 'string' ? header.kid : undefined
  } catch {
    return undefined
  }
}

/**
 * Tokens whose signature and claims were found right, until they expire: a check costs about 90 µs, which is more than
 * the rest of a simple request, and a client sends the same token again and again. Whether its session still lives is
 * asked of the database every time.
 */
function rememberVerified(now_ms: () => number) {
  const known = new Map<string, { access: Access; expires_ms: number }>()
  return {
    get(token: string): Access | undefined {
      const entry = known.get(token)
      if (entry && entry.expires_ms > now_ms()) return entry.access
      known.delete(token)
    },
    set(token: string, access: Access, exp_s: number): void {
      if (known.size >= REMEMBERED) known.delete(known.keys().next().value!)
      known.set(token, { access, expires_ms: exp_s * 1000 })
    },
  }
}
