import { SESSION_S, type OpenSession } from '../../db/users/sign-in/sign-in.ts'
import type { ApiContext } from '../context.ts'
import { keptDevice, refuseForeignOrigin, sessionCookies } from '../http/cookies.ts'

/**
 * A session on its way to the client: as tokens in the body, or in cookies that only the browser reads, with its `device`.
 * Throws AppError origin_refused when cookies are asked for from a foreign page, which would sign its visitor in as somebody else.
 */
export async function answerSession(
  { tokens, config }: ApiContext,
  request: Request,
  { user_id, session_id, refresh_token }: OpenSession,
  cookie: boolean,
  device: string | null = null,
) {
  if (cookie) refuseForeignOrigin(request)
  const access_token = await tokens.issue(user_id, session_id)
  const signed_in = { access_token, token_type: 'Bearer' as const, expires_in: config.jwt_expires_s, refresh_token }
  if (!cookie) return signed_in
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const line of sessionCookies(request, signed_in, SESSION_S)) headers.append('set-cookie', line)
  if (device) headers.append('set-cookie', keptDevice(request, device))
  return new Response(JSON.stringify({ token_type: 'Cookie', expires_in: signed_in.expires_in }), { headers })
}
