/** The sessions behind bearer tokens and cookies, as they are now: of an access token, or of an API key, which acts as one. */
import { findLiveKeys, findLiveKeysById, recordKeyUse } from '../../db/users/api-keys/api-keys.ts'
import { hashOfKey, isMeantAsKey } from '../../db/users/api-keys/key-text.ts'
import { findLiveSessions, recordSessionUse, type Session } from '../../db/users/sessions.ts'
import { batchReads } from '../../lib/batch-reads.ts'
import type { AppContext } from '../context.ts'
import { clientAddress, userAgent } from './client-address.ts'

/** One that has ended is never found. */
export type FindSession = (token: string, request: Request) => Promise<Session | null>

export interface LiveSessions {
  find: FindSession
  /** Those that have not ended since they were found, by id, as they are now. */
  stillLive(sessions: Session[]): Promise<Map<string, Session>>
}

/** The lookups of requests at once share a statement, also those of made-up keys. */
export function createLiveSessions({ config, db: { sql }, tokens, log }: AppContext): LiveSessions {
  const findSessions = (ids: string[]) => findLiveSessions(sql, ids, config.session_idle, config.two_factor_need)
  const sessionsNow = batchReads(findSessions)
  const keysNow = batchReads((hashes: string[]) => findLiveKeys(sql, hashes, config.two_factor_need))
  const recording = new Set<string>()

  /** In the background: no request waits for it. */
  function recordUse({ id, api_key_id }: Session, request: Request): void {
    if (recording.has(id)) return
    recording.add(id)
    const address = clientAddress(request)
    void (
      api_key_id
        ? recordKeyUse(sql, api_key_id, address)
        : recordSessionUse(sql, id, { address, user_agent: userAgent(request) })
    )
      .catch((err) =>
        log.warn({ err, session_id: id, api_key_id }, 'the use of a session or an API key was not recorded'),
      )
      .finally(() => recording.delete(id))
  }

  async function ofKey(text: string, request: Request): Promise<Session | null> {
    const hash = hashOfKey(text)
    if (!hash) return null
    const key = (await keysNow(hash)).get(hash)
    if (!key) return null
    if (key.use_due) recordUse(key.session, request)
    return key.session
  }

  async function ofToken(text: string, request: Request): Promise<Session | null> {
    const named = await tokens.read(text)
    const session = named && (await sessionsNow(named.session_id)).get(named.session_id)
    if (!session || session.user_id !== named.user_id) return null
    if (session.use_due) recordUse(session, request)
    return session
  }

  return {
    find: (token, request) => (isMeantAsKey(token) ? ofKey(token, request) : ofToken(token, request)),

    async stillLive(sessions) {
      const keys = sessions.filter(({ api_key_id }) => api_key_id).map(({ id }) => id)
      const others = sessions.filter(({ api_key_id }) => !api_key_id).map(({ id }) => id)
      const [live, live_keys] = await Promise.all([
        others.length > 0 ? findSessions(others) : [],
        keys.length > 0 ? findLiveKeysById(sql, keys, config.two_factor_need) : [],
      ])
      return new Map([...live, ...live_keys])
    },
  }
}
