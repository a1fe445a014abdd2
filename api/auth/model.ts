import { t } from 'elysia'

export const loginBody = t.Object(
  {
    username: t.String({ minLength: 1, maxLength: 150 }),
    password: t.String({ minLength: 1, maxLength: 256 }),
  },
  { additionalProperties: false, examples: [{ username: 'admin', password: 'the password printed at first start' }] },
)

export const loginAnswer = t.Object({
  access_token: t.String(),
  token_type: t.Literal('Bearer'),
  expires_in: t.Integer({ description: 'Seconds.' }),
})

export const me = t.Object({
  id: t.String({ format: 'uuid' }),
  username: t.String(),
  role: t.UnionEnum(['viewer', 'operator', 'admin']),
  session_id: t.String({ format: 'uuid' }),
})
