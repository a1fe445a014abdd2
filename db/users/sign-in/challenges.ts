/** Challenges: the password was right, a code is awaited. Random 256-bit texts, kept as hashes, gone when used. */
import { randomBytes } from 'node:crypto'
import type { ISql, Sql } from 'postgres'
import type { login_challenges } from '../table.ts'

export const CHALLENGE_TTL_S = 300
const MAX_TRIES = 5

export interface Challenged extends Pick<typeof login_challenges.$inferSelect, 'user_id' | 'cookie'> {
  username: string
}

/** A challenge for a user who is held by holdCredentials; clears away the user's old ones. */
export async function insertChallenge(sql: ISql, user_id: string, cookie: boolean): Promise<string> {
  const challenge = randomBytes(32).toString('base64url')
  await sql`
    with old as (delete from login_challenges where user_id = ${user_id} and expires_at <= now())
    insert into login_challenges (hash, user_id, user_version, expires_at, cookie)
    select ${hashOf(challenge)}, id, version, now() + make_interval(secs => ${CHALLENGE_TTL_S}), ${cookie}
    from users where id = ${user_id}`
  return challenge
}

/** Counts a try before it is made, so that parallel ones cannot exceed the limit; null for a challenge that is over. */
export async function tryChallenge(sql: Sql, challenge: string): Promise<Challenged | null> {
  const [row] = await sql<Challenged[]>`
    update login_challenges c set tries = tries + 1 from users u
    where c.hash = ${hashOf(challenge)} and c.expires_at > now() and c.tries < ${MAX_TRIES}
      and u.id = c.user_id and u.disabled_at is null and u.version = c.user_version
    returning c.user_id, u.username, c.cookie`
  return row ?? null
}

/** False when another request used it first, or the user was changed since. In a transaction, holds the user as they are. */
export async function useChallenge(sql: ISql, challenge: string): Promise<boolean> {
  const used = await sql`
    with held as (
      select c.hash from login_challenges c join users u on u.id = c.user_id
      where c.hash = ${hashOf(challenge)} and u.disabled_at is null and u.version = c.user_version
      for share of u
    )
    delete from login_challenges where hash in (select hash from held)`
  return used.count > 0
}

/** Deletes at most `limit` that expired more than `days` ago; how many. */
export async function deleteOldChallenges(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from login_challenges where hash in (
      select hash from login_challenges where expires_at < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

const hashOf = (challenge: string) => new Uint8Array(new Bun.CryptoHasher('sha256').update(challenge).digest())
