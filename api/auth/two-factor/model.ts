import { t } from 'elysia'
import { sessionAnswer } from '../model.ts'

const code = t.String({
  minLength: 6,
  maxLength: 64,
  description: 'Six digits of the authenticator app, or a recovery code.',
  examples: ['123456'],
})

export const enableAnswer = t.Object({
  secret: t.String({ description: 'Base 32, to type where no QR code can be read.' }),
  otpauth_url: t.String(),
  qr_code: t.String({ description: 'The URL as a QR code: a data URL with a PNG.' }),
})

export const verifyBody = t.Object(
  {
    code,
    challenge: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 256,
        description: 'From POST /login; left out, the code ends an enrolment.',
      }),
    ),
  },
  { additionalProperties: false },
)

const recovery_codes = t.Array(t.String(), { description: 'Ten, each good once instead of a code. Shown only now.' })
export const verifyAnswer = t.Union([
  sessionAnswer,
  t.Object({
    enabled: t.Literal(true),
    recovery_codes,
  }),
])

export const renewBody = t.Object(
  { password: t.String({ minLength: 1, maxLength: 1024 }), code },
  { additionalProperties: false, examples: [{ password: 'minha gata dorme ao sol', code: '123456' }] },
)
export const renewAnswer = t.Object({ recovery_codes })

export const disableBody = t.Object({ code }, { additionalProperties: false })
export const disableAnswer = t.Object({ enabled: t.Literal(false) })
