/**
 * Refresh tokens: a session's chain of random 256-bit texts, kept only as hashes. Each is exchanged once for the next,
 * and all end with their session. A token that comes again after that was copied: its whole session ends (RFC 9700).
 *
 * Two tabs that refresh at once, or a browser that lost the answer, must not look like a thief: within RETRY_S an
 * exchanged token is answered with the very same successor, never with a second one. So the chain does not fork, and a
 * thief who shares it with its owner is found out at the next exchange. Because only hashes are kept, the successor is
 * computed again: HMAC-SHA256 with the old token as key, over a random salt kept beside its hash. Neither a token nor
 * the table alone tells it.
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { ISql } from 'postgres'
import { IDLE, isLive, type IdleTerms, type Used } from '../sessions.ts'

/** How long after its exchange a token is answered again with its successor. */
export const RETRY_S = 10

export type Rotation =
  | { outcome: 'rotated'; session_id: string; user_id: string; refresh_token: string }
  /** The token had been exchanged before; its session is ended now. */
  | { outcome: 'reused'; session_id: string; username: string }
  /** Unknown, or of a session that has ended or whose user is disabled. */
  | { outcome: 'invalid' }

/** The first refresh token of a session. */
export async function insertRefreshToken(sql: ISql, session_id: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await sql`insert into refresh_tokens (hash, session_id) values (${hashOf(token)}, ${session_id})`
  return token
}

/** Exchanges a token for its successor, whose access token lives `active_s`; to be called in a transaction. */
export async function rotateRefreshToken(
  tx: ISql,
  token: string,
  active_s: number,
  { address = null, user_agent = null }: Used = {},
  idle: IdleTerms = IDLE,
): Promise<Rotation> {
  const found = await lockLive(tx, token, idle)
  if (!found) return { outcome: 'invalid' }
  const { session_id, user_id, username, rotated, retry, successor_salt } = found
  if (rotated && !retry) {
    await tx`update sessions set revoked_at = now() where id = ${session_id}`
    return { outcome: 'reused', session_id, username }
  }
  const salt = successor_salt ?? new Uint8Array(randomBytes(16))
  const refresh_token = successorOf(token, salt)
  if (!rotated) {
    await tx`insert into refresh_tokens (hash, session_id) values (${hashOf(refresh_token)}, ${session_id})`
    // clock_timestamp: a transaction that waited for this row began before now().
    await tx`
      update refresh_tokens set rotated_at = clock_timestamp(), successor_salt = ${salt} where hash = ${hashOf(token)}`
  }
  await tx`
    update sessions set active_until = now() + make_interval(secs => ${active_s}), last_used_at = now(),
      address = coalesce(${address}, address), user_agent = coalesce(${user_agent}, user_agent)
    where id = ${session_id}`
  return { outcome: 'rotated', session_id, user_id, refresh_token }
}

interface Found {
  session_id: string
  user_id: string
  username: string
  rotated: boolean
  retry: boolean
  successor_salt: Uint8Array | null
}

/** The token's row, locked together with its session, so that of two exchanges the second sees what the first did. */
async function lockLive(tx: ISql, token: string, idle: IdleTerms): Promise<Found | undefined> {
  const [row] = await tx<Found[]>`
    select r.session_id, s.user_id, u.username, r.rotated_at is not null as rotated, r.successor_salt,
      coalesce(r.rotated_at > clock_timestamp() - make_interval(secs => ${RETRY_S}), false) as retry
    from refresh_tokens r join sessions s on s.id = r.session_id join users u on u.id = s.user_id
    where r.hash = ${hashOf(token)} and ${isLive(tx, idle)}
    for update of r, s`
  return row
}

const hashOf = (token: string) => new Uint8Array(new Bun.CryptoHasher('sha256').update(token).digest())

const successorOf = (token: string, salt: Uint8Array) => createHmac('sha256', token).update(salt).digest('base64url')
