import { Elysia } from 'elysia'
import { PROOF_S, proveSession } from '../../../db/users/proof.ts'
import type { Session } from '../../../db/users/sessions.ts'
import { finishSignIn } from '../../../db/users/sign-in/sign-in.ts'
import { disableTwoFactor, finishEnrolment, startEnrolment } from '../../../db/users/two-factor/enrolment.ts'
import { isTwoFactorOn } from '../../../db/users/two-factor/two-factor.ts'
import { renewRecoveryCodes } from '../../../db/users/two-factor/renew-recovery-codes.ts'
import { signInContext, type ApiContext } from '../../context.ts'
import { actorOf, isSignedIn, sessionOf, unauthorized, withSession } from '../../http/authenticate.ts'
import { userAgent } from '../../http/client-address.ts'
import { deviceCookie, refuseForeignOrigin } from '../../http/cookies.ts'
import { responses } from '../../http/responses.ts'
import { SIGN_IN_BODY_BYTES } from '../../http/route-table.ts'
import { answerSession } from '../answer.ts'
import { logRefusals } from '../log-refusals.ts'
import { emptyBody } from '../../http/schemas.ts'
import { disableAnswer, disableBody, enableAnswer, renewAnswer, renewBody, verifyAnswer, verifyBody } from './model.ts'
import { qrCode } from './qr-code.ts'

const tags = ['sign-in']

export function twoFactor(context: ApiContext) {
  const signing = signInContext(context)
  return new Elysia({ name: 'two-factor' })
    .post(
      '/2fa/verify',
      async ({ body: { code, challenge }, request }) => {
        if (challenge !== undefined) {
          const actor = actorOf(request)
          const allow = (cookie: boolean) => void (cookie && refuseForeignOrigin(request))
          const device = deviceCookie(request)
          const finish = () =>
            finishSignIn(signing, { challenge, code, device, user_agent: userAgent(request) }, actor, allow)
          const { session, cookie } = await logRefusals(context.log, actor, 'code', finish)
          return answerSession(context, request, session, cookie, device)
        }
        const session = sessionOf(request)
        const actor = actorOf(request, session)
        return logRefusals(context.log, actor, 'code', async () => {
          if (!(await isTwoFactorOn(signing.sql, session.user_id)))
            return { enabled: true as const, recovery_codes: await finishEnrolment(signing, session, code, actor) }
          await proveSession(signing, session, code, actor)
          return { proved: true as const, expires_in: PROOF_S }
        })
      },
      {
        body: verifyBody,
        // Before validation: without a challenge this is a protected route.
        transform({ body, request }) {
          if (!hasChallenge(body) && !isSignedIn(request)) throw unauthorized()
        },
        detail: {
          tags,
          access: 'either',
          session_only: true,
          max_body_bytes: SIGN_IN_BODY_BYTES,
          budget: 'sign_in',
          tarpit: true,
          before_enrolment: true,
          summary: 'Prove a code: with a challenge to sign in, with a token to end an enrolment or to be known again',
          description: VERIFY,
          responses: responses(
            { 200: { schema: verifyAnswer, headers: ['Set-Cookie'] } },
            [400, 401, 403, 409, 413, 415, 422, 429],
            [500, 503],
          ),
        },
      },
    )
    .use(withSession)
    .post('/2fa/enable', ({ session }) => enable(session), {
      body: emptyBody,
      detail: {
        tags,
        access: 'viewer',
        before_enrolment: true,
        fresh_proof: true,
        summary: 'Begin an enrolment: a secret for an authenticator app',
        description: ENABLE,
        responses: responses({ 200: enableAnswer }, [400, 409, 413, 415, 422, 429]),
      },
    })
    .post(
      '/2fa/recovery-codes',
      async ({ session, body, request }) => {
        const actor = actorOf(request, session)
        const renew = () => renewRecoveryCodes(signing, session, body, actor)
        return { recovery_codes: await logRefusals(context.log, actor, 'code', renew) }
      },
      {
        body: renewBody,
        detail: {
          tags,
          access: 'viewer',
          session_only: true,
          max_body_bytes: SIGN_IN_BODY_BYTES,
          tarpit: true,
          summary: 'Ten new recovery codes in place of the old ones; takes the password and a code',
          responses: responses({ 200: renewAnswer }, [400, 409, 413, 415, 422, 429]),
        },
      },
    )
    .post(
      '/2fa/disable',
      async ({ session, body, request }) => {
        const actor = actorOf(request, session)
        await logRefusals(context.log, actor, 'code', () => disableTwoFactor(signing, session, body.code, actor))
        return { enabled: false as const }
      },
      {
        body: disableBody,
        detail: {
          tags,
          access: 'viewer',
          session_only: true,
          max_body_bytes: SIGN_IN_BODY_BYTES,
          summary: 'Turn two-factor sign-in off, with a code or a recovery code; ends the other sessions',
          responses: responses({ 200: disableAnswer }, [400, 409, 413, 415, 422, 429]),
        },
      },
    )

  async function enable(session: Session) {
    const described = await startEnrolment(signing, session)
    return { ...described, qr_code: await qrCode(described.otpauth_url) }
  }
}

const hasChallenge = (body: unknown) => typeof (body as { challenge?: unknown } | null)?.challenge === 'string'

const ENABLE =
  'Takes a session that began within the last 15 minutes (403 sign_in_again). Nothing is on until POST /2fa/verify has seen a code of the app, within 15 minutes. Called again before that, it gives ' +
  'another secret and forgets the first.'
const VERIFY =
  'A code is good once, within 30 seconds before and after its time; a recovery code works in its place at sign-in. A ' +
  'challenge lives 300 seconds, and ends with its use, with five wrong codes or with a change of the user. The session ' +
  'comes the way that POST /login asked for. Ending an enrolment ends the other sessions of the user. With a token, and the ' +
  'second factor on, a code makes the session good for 15 minutes for what asks for it (403 code_required).'
