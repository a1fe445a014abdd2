import { t } from 'elysia'
import { USER_ROLES } from '../../db/users/table.ts'
import { FEATURES } from '../config.ts'
import { oneOf } from '../http/schemas.ts'
import { newPassword } from '../users/model.ts'

export const loginBody = t.Object(
  {
    username: t.String({ minLength: 1, maxLength: 150 }),
    // Longer than the 256 characters of a password, which may have two units each.
    password: t.String({ minLength: 1, maxLength: 1024 }),
    cookie: t.Optional(t.Boolean({ default: false, description: 'true: the session comes in HttpOnly cookies.' })),
  },
  {
    title: 'Credentials',
    additionalProperties: false,
    examples: [{ username: 'admin', password: 'the password printed at first start' }],
  },
)

export const firstPasswordBody = t.Object(
  {
    token: t.String({
      minLength: 1,
      maxLength: 100,
      description: 'What stands behind # in the link of the first start.',
    }),
    new_password: newPassword,
    cookie: t.Optional(t.Boolean({ default: false, description: 'true: the session comes in HttpOnly cookies.' })),
  },
  {
    title: 'FirstPassword',
    additionalProperties: false,
    examples: [
      {
        token: '1796088000.q0Jd1mN8Yc2xkP4vZ7sT5wR3uH6bE9aFq0Jd1mN8Yc2',
        new_password: 'caderno azul e chuva fina',
        cookie: true,
      },
    ],
  },
)

const tokensAnswer = t.Object(
  {
    access_token: t.String({ description: 'For `Authorization: Bearer …`.' }),
    token_type: t.Literal('Bearer'),
    expires_in: t.Integer({ description: 'Seconds that the access token lives.' }),
    refresh_token: t.String({ description: 'For POST /token/refresh, once.' }),
  },
  {
    title: 'Tokens',
    examples: [
      {
        access_token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMWEx.c2lnbmF0dXJl',
        token_type: 'Bearer',
        expires_in: 900,
        refresh_token: 'q0Jd1mN8Yc2xkP4vZ7sT5wR3uH6bE9aF',
      },
    ],
  },
)

const cookieAnswer = t.Object(
  {
    token_type: t.Literal('Cookie'),
    expires_in: t.Integer({ description: 'Seconds until POST /token/refresh is due.' }),
  },
  { title: 'CookieSession', examples: [{ token_type: 'Cookie', expires_in: 900 }] },
)

const challengeAnswer = t.Object(
  {
    requires_2fa: t.Literal(true),
    challenge: t.String({ description: 'For POST /2fa/verify, together with a code.' }),
    expires_in: t.Integer({ description: 'Seconds that the challenge lives.' }),
  },
  {
    title: 'Challenge',
    examples: [{ requires_2fa: true, challenge: 'Zx81kQ5rN2vB7mT4yW9cL6pJ3hD0sG8f', expires_in: 300 }],
  },
)

/** How a session reaches the client, as it asked at sign-in. */
export const sessionAnswer = t.Union([tokensAnswer, cookieAnswer])

export const loginAnswer = t.Union([tokensAnswer, cookieAnswer, challengeAnswer])

export const refreshBody = t.Object(
  {
    refresh_token: t.Optional(
      t.String({ minLength: 1, maxLength: 256, description: 'Left out, the one of the cookie is taken.' }),
    ),
  },
  {
    title: 'RefreshToken',
    additionalProperties: false,
    examples: [{ refresh_token: 'q0Jd1mN8Yc2xkP4vZ7sT5wR3uH6bE9aF' }],
  },
)

/** For a POST that takes nothing: what is sent all the same must not pass for understood. */
export const logoutQuery = t.Object(
  { all: t.Optional(t.Boolean({ default: false, description: 'true: every session of the user.' })) },
  { additionalProperties: false },
)

export const meAnswer = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    username: t.String(),
    role: oneOf(USER_ROLES, { description: 'With an API key: what it may do.' }),
    email: t.Nullable(t.String({ description: 'Where changes of the account are told; see PUT /me/email.' })),
    session_id: t.Nullable(t.String({ format: 'uuid' }), { description: 'null with an API key.' }),
    api_key_id: t.Nullable(t.String({ format: 'uuid' }), { description: 'Of the API key that asks; else null.' }),
    must_change_password: t.Boolean({ description: 'true: nothing but PUT /me/password is allowed.' }),
    two_factor: t.Object({
      enabled: t.Boolean(),
      required: t.Boolean({ description: 'true: without it, nothing but enrolling is allowed.' }),
      recovery_codes_left: t.Integer(),
    }),
    max_upload_bytes: t.Integer({ description: 'A larger file is refused.' }),
    features: t.Array(oneOf(FEATURES), { description: 'That this process serves; see FEATURES.' }),
  },
  {
    title: 'Me',
    examples: [
      {
        id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
        username: 'maria',
        role: 'operator',
        email: 'maria@example.com',
        session_id: '01a1fc6d-ba26-771a-b067-b72d1b4570e9',
        api_key_id: null,
        must_change_password: false,
        two_factor: { enabled: true, required: false, recovery_codes_left: 9 },
        max_upload_bytes: 26_214_400,
        features: ['auth', 'packaging', 'events'],
      },
    ],
  },
)
