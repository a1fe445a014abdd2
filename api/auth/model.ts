import { t } from 'elysia'
import { USER_ROLES } from '../../db/users/table.ts'
import { oneOf } from '../http/schemas.ts'

export const loginBody = t.Object(
  {
    username: t.String({ minLength: 1, maxLength: 150 }),
    // Longer than the 256 characters of a password, which may have two units each.
    password: t.String({ minLength: 1, maxLength: 1024 }),
    cookie: t.Optional(t.Boolean({ default: false, description: 'true: the session comes in HttpOnly cookies.' })),
  },
  { additionalProperties: false, examples: [{ username: 'admin', password: 'the password printed at first start' }] },
)

const tokensAnswer = t.Object({
  access_token: t.String({ description: 'For `Authorization: Bearer …`.' }),
  token_type: t.Literal('Bearer'),
  expires_in: t.Integer({ description: 'Seconds that the access token lives.' }),
  refresh_token: t.String({ description: 'For POST /token/refresh, once.' }),
})

const cookieAnswer = t.Object({
  token_type: t.Literal('Cookie'),
  expires_in: t.Integer({ description: 'Seconds until POST /token/refresh is due.' }),
})

/** How a session reaches the client, as it asked at sign-in. */
export const sessionAnswer = t.Union([tokensAnswer, cookieAnswer])

export const loginAnswer = t.Union([
  tokensAnswer,
  cookieAnswer,
  t.Object({
    requires_2fa: t.Literal(true),
    challenge: t.String({ description: 'For POST /2fa/verify, together with a code.' }),
    expires_in: t.Integer({ description: 'Seconds that the challenge lives.' }),
  }),
])

export const refreshBody = t.Object(
  {
    refresh_token: t.Optional(
      t.String({ minLength: 1, maxLength: 256, description: 'Left out, the one of the cookie is taken.' }),
    ),
  },
  { additionalProperties: false },
)

/** For a POST that takes nothing: what is sent all the same must not pass for understood. */
export const logoutQuery = t.Object(
  { all: t.Optional(t.Boolean({ default: false, description: 'true: every session of the user.' })) },
  { additionalProperties: false },
)

export const meAnswer = t.Object({
  id: t.String({ format: 'uuid' }),
  username: t.String(),
  role: oneOf(USER_ROLES),
  session_id: t.String({ format: 'uuid' }),
  two_factor: t.Object({
    enabled: t.Boolean(),
    required: t.Boolean({ description: 'true: without it, nothing but enrolling is allowed.' }),
    recovery_codes_left: t.Integer(),
  }),
})
