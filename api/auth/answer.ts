/** A session on its way to the client: as tokens in the body, or in cookies that only the browser reads. */
import { refuseForeignOrigin, sessionCookies } from '../http/cookies.ts'
import { SESSION_S, type SignedIn } from '../../db/users/sign-in/sign-in.ts'

/** Throws AppError 403 when cookies are asked for from a foreign page, which would sign its visitor in as somebody else. */
export function answerSession(request: Request, signed_in: SignedIn, cookie: boolean): SignedIn | Response {
  if (!cookie) return signed_in
  refuseForeignOrigin(request)
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const line of sessionCookies(request, signed_in, SESSION_S)) headers.append('set-cookie', line)
  return new Response(JSON.stringify({ token_type: 'Cookie', expires_in: signed_in.expires_in }), { headers })
}
