import { t } from 'elysia'
import { sessionAnswer } from '../model.ts'

const code = t.String({
  minLength: 6,
  maxLength: 64,
  description: 'Six digits of the authenticator app, or a recovery code; blanks and hyphens do not matter.',
  examples: ['123456'],
})

export const enableAnswer = t.Object(
  {
    secret: t.String({ description: 'Base 32, to type where no QR code can be read.' }),
    otpauth_url: t.String(),
    qr_code: t.String({ description: 'The URL as a QR code: a data URL with a PNG.' }),
  },
  {
    title: 'Enrolment',
    examples: [
      {
        secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        otpauth_url:
          'otpauth://totp/Doca:maria?issuer=Doca&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30',
        qr_code: 'data:image/png;base64,iVBORw0KGgo=',
      },
    ],
  },
)

export const verifyBody = t.Object(
  {
    code,
    challenge: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 256,
        description:
          'From POST /login; left out, the code ends an enrolment, or proves that the user of the session is there.',
      }),
    ),
  },
  {
    title: 'Code',
    additionalProperties: false,
    examples: [{ code: '123456', challenge: 'Zx81kQ5rN2vB7mT4yW9cL6pJ3hD0sG8f' }, { code: '123456' }],
  },
)

const RECOVERY_CODES = ['k7mq-3xvd-9tpa', 'w2hn-8rzc-5jfe']
const recovery_codes = t.Array(t.String(), { description: 'Ten, each good once instead of a code. Shown only now.' })
export const verifyAnswer = t.Union([
  sessionAnswer,
  t.Object(
    { enabled: t.Literal(true), recovery_codes },
    { title: 'TwoFactorOn', examples: [{ enabled: true, recovery_codes: RECOVERY_CODES }] },
  ),
  t.Object(
    { proved: t.Literal(true), expires_in: t.Integer({ description: 'Seconds that the proof counts.' }) },
    { title: 'Proved', examples: [{ proved: true, expires_in: 900 }] },
  ),
])

export const renewBody = t.Object(
  { password: t.String({ minLength: 1, maxLength: 1024 }), code },
  {
    title: 'PasswordAndCode',
    additionalProperties: false,
    examples: [{ password: 'minha gata dorme ao sol', code: '123456' }],
  },
)
export const renewAnswer = t.Object(
  { recovery_codes },
  { title: 'RecoveryCodes', examples: [{ recovery_codes: RECOVERY_CODES }] },
)

export const disableBody = t.Object(
  { code },
  { title: 'CodeAlone', additionalProperties: false, examples: [{ code: '123456' }] },
)
export const disableAnswer = t.Object(
  { enabled: t.Literal(false) },
  { title: 'TwoFactorOff', examples: [{ enabled: false }] },
)
