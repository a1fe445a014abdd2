import { t } from 'elysia'
import { USER_ROLES } from '../../db/users/table.ts'
import { MAX_LENGTH, MIN_LENGTH } from '../../db/users/passwords/rules.ts'
import { DOCUMENTED } from '../http/openapi-schemas.ts'
import { NO_CONTROLS, oneOf } from '../http/schemas.ts'
import { pageAnswer, pageQuery } from '../http/pagination.ts'

/** Checked further by db/users/passwords/rules.ts; a character may have two units, and be two before it is normalized. */
export const newPassword = t.String({
  minLength: MIN_LENGTH,
  maxLength: 4 * MAX_LENGTH,
  [DOCUMENTED]: { maxLength: MAX_LENGTH },
  description: `${MIN_LENGTH} to ${MAX_LENGTH} Unicode characters, of any kind, not only blanks (422 password_blank), and not easily guessed (422 password_common).`,
})

const email = t.String({ format: 'email', maxLength: 254, description: 'Where changes of the account are told.' })

export const userBody = t.Object(
  {
    username: t.String({
      minLength: 1,
      maxLength: 300,
      [DOCUMENTED]: { maxLength: 150 },
      description: '1 to 150 visible characters, kept in Unicode NFKC; case does not matter.',
    }),
    password: newPassword,
    role: oneOf(USER_ROLES),
    email: t.Optional(email),
  },
  {
    title: 'NewUser',
    additionalProperties: false,
    examples: [
      { username: 'maria', password: 'minha gata dorme ao sol', role: 'operator', email: 'maria@example.com' },
      { username: 'rui', password: 'caderno azul e chuva fina', role: 'viewer' },
    ],
  },
)

export const userPatch = t.Object(
  {
    role: t.Optional(oneOf(USER_ROLES)),
    disabled: t.Optional(t.Boolean({ description: 'true: may not sign in, and every session ends.' })),
    password: t.Optional(newPassword),
    reset_2fa: t.Optional(
      t.Literal(true, { description: 'Turns two-factor sign-in off, for a lost phone; every session ends.' }),
    ),
    email: t.Optional(t.Nullable(email)),
    unlock: t.Optional(t.Literal(true, { description: 'Forgets failed sign-ins, so that nothing has to wait.' })),
  },
  {
    title: 'UserChange',
    additionalProperties: false,
    minProperties: 1,
    examples: [{ role: 'operator' }, { unlock: true }],
  },
)

const USER = {
  id: '01a1fc6d-ba26-771a-b067-b72d1b4570e8',
  username: 'maria',
  role: 'operator',
  email: 'maria@example.com',
  must_change_password: false,
  disabled_at: null,
  locked: false,
  two_factor: true,
  is_service: false,
  version: 3,
  created_at: '2026-11-02T12:00:00.000Z',
  updated_at: '2026-11-20T09:30:00.000Z',
}
export const userAnswer = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    username: t.String(),
    role: oneOf(USER_ROLES),
    email: t.Nullable(t.String({ description: 'Where changes of the account are told.' })),
    must_change_password: t.Boolean({ description: 'Somebody else chose the password, and it was not changed yet.' }),
    disabled_at: t.Nullable(t.String({ format: 'date-time' })),
    locked: t.Boolean({ description: 'Failed sign-ins make some place wait: a browser, an address or a network.' }),
    two_factor: t.Boolean({ description: 'Signing in takes a code.' }),
    is_service: t.Boolean({ description: 'SERVICE_USERNAME, as which jobs ask this API.' }),
    version: t.Integer({ description: 'The ETag, without its quotes.' }),
    created_at: t.String({ format: 'date-time' }),
    updated_at: t.String({ format: 'date-time' }),
  },
  { title: 'User', examples: [USER] },
)
export const listAnswer = pageAnswer(userAnswer)

export const listQuery = t.Object(
  {
    q: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 200,
        ...NO_CONTROLS,
        description: 'Words that the name holds, or parts of them; case and accents do not matter.',
      }),
    ),
    role: t.Optional(oneOf(USER_ROLES, { description: 'Users with this role.' })),
    disabled: t.Optional(t.Boolean({ description: 'Users who may not sign in, or may.' })),
    ...pageQuery,
  },
  { additionalProperties: false },
)
export type ListQuery = typeof listQuery.static

export const ownPasswordBody = t.Object(
  { current_password: t.String({ minLength: 1, maxLength: 4 * MAX_LENGTH }), new_password: newPassword },
  {
    title: 'PasswordChange',
    additionalProperties: false,
    examples: [{ current_password: 'minha gata dorme ao sol', new_password: 'caderno azul e chuva fina' }],
  },
)

export const ownEmailBody = t.Object(
  { email: t.Nullable(email) },
  { title: 'OwnEmail', additionalProperties: false, examples: [{ email: 'maria@example.com' }, { email: null }] },
)
