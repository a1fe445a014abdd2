/** Access tokens: HS256, bound to a session by `sid`; everything that can be checked is checked (RFC 8725). */
import { jwt } from '@elysiajs/jwt'

export interface Tokens {
  issue(user_id: string, session_id: string): Promise<string>
  /** The session a token names; null for anything but a token of ours that is valid now. */
  sessionOf(token: string): Promise<string | null>
}

const ISSUER = 'doca'
const AUDIENCE = 'doca-api'
const TYPE = 'at+jwt'
/** Ours have about 300 characters; a longer one is not worth a signature check. */
const MAX_LENGTH = 2048

export function createTokens(secret: string, expires_s: number): Tokens {
  const { jwt: plugin } = jwt({ name: 'jwt', secret, alg: 'HS256', typ: TYPE, iss: ISSUER, aud: AUDIENCE }).decorator
  return {
    issue(user_id, session_id) {
      const exp = Math.floor(Date.now() / 1000) + expires_s
      return plugin.sign({ sub: user_id, sid: session_id, exp })
    },
    async sessionOf(token) {
      if (token.length > MAX_LENGTH) return null
      const claims = await plugin.verify(token, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ['sub', 'sid', 'exp', 'iat'],
      })
      return claims && typeof claims.sid === 'string' ? claims.sid : null
    },
  }
}
