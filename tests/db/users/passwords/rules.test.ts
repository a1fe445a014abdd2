import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { AppError } from '../../../../lib/errors.ts'
import { checkNewPassword } from '../../../../db/users/passwords/rules.ts'

setDefaultTimeout(120_000)

const verdict = (password: string, username = 'ana-maria') =>
  checkNewPassword(password, username).then(
    () => 'taken',
    (thrown: { code: string }) => thrown.code,
  )

describe('the rules for a new password', () => {
  test('12 to 256 characters, counted as a reader counts them', async () => {
    expect(await verdict('x7-kq2 m9w!')).toBe('password_length')
    expect(await verdict('x7-kq2 m9w!z')).toBe('taken')
    expect(await verdict('😀😁😂🤣😃😄')).toBe('password_length')
    expect(await verdict('😀😁😂🤣😃😄😅😆😉😊😋😎')).toBe('taken')
    expect(await verdict(`${'açaí e tapioca, '.normalize('NFD')}${'ã'.normalize('NFD').repeat(240)}`)).toBe('taken')
    expect(await verdict('açaí e tapioca '.repeat(20))).toBe('password_length')
    expect(await verdict('half a pair \ud800')).toBe('password_malformed')
  })

  test('what is easily guessed is refused, in whatever case and dress', async () => {
    for (const password of [
      'iloveyouforever',
      'PASSWORD1234',
      'P@ssw0rd2024!!',
      'Senha@123456',
      'mudarsenha123',
      'corinthians1910',
      'qwerty qwerty qwerty',
      'passwordpassword',
      'aaaaaaaaaaaa',
      'abc!abc!abc!abc!',
      'abcdefghijkl',
      '123456789012',
      '1q2w3e4r5t6y',
      'Ana-Maria-2024',
      'doca12345678',
      'Doca!Admin2024',
      'senha123senha',
      'mudar123mudar',
      'setembro2026!!',
      'brasil2026brasil',
      '00000000000a',
      'Mudar@2026!!',
      'Verao@2026!!',
      'verão2026verão',
      'senha@2026@senha',
      'gremio1903gremio',
      'bemvindo2026',
      'Flamengo#2026!',
      'rafael12031990',
      'segundatercaquarta',
      'embalagens2026',
      'm3uc4v4l0br4nc0',
      'constitution',
      '\u0301'.repeat(12),
      '!'.repeat(12),
    ])
      expect([password, await verdict(password)]).toEqual([password, 'password_common'])
  })

  test('blanks alone are none, whatever kind of blank', async () => {
    for (const blank of [' '.repeat(12), '\u00a0\u2003'.repeat(6), '\t\n'.repeat(6), '\u200b'.repeat(12)])
      expect(await verdict(blank)).toBe('password_blank')
  })

  test('a refusal says in both languages what is weak, and never the password', async () => {
    const refusal = (password: string) => checkNewPassword(password, 'ana-maria').catch((thrown: AppError) => thrown)
    for (const [password, en, pt] of [
      ['setembro2026!!', 'a date or a year', 'uma data ou um ano'],
      ['Ana-Maria-2024', 'your user name', 'seu nome de usuário'],
      ['qwertyuiop12', 'a much used password', 'uma senha muito usada'],
      ['abcdefghijkl', 'characters or keys in a row', 'caracteres ou teclas em sequência'],
      ['00000000000a', 'repetitions', 'repetições'],
    ] as const) {
      const { message, errors } = (await refusal(password)) as AppError
      expect(message).toContain(en)
      const texts = JSON.stringify([message, errors])
      expect(texts).toContain(en)
      expect(texts).toContain(pt)
      expect(texts.toLowerCase()).not.toContain(password.toLowerCase())
    }
  })

  test('the event loop goes on while the longest password is looked at', async () => {
    await verdict('a first one, which starts the process')
    let [turns, done] = [0, false]
    const last = verdict('p@$$w0rd4@8({[<3616!|70$5+7%2'.repeat(9).slice(0, 256)).finally(() => (done = true))
    while (!done) {
      turns++
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(await last).toBe('taken')
    expect(turns).toBeGreaterThan(3)
  })

  test('anything else is taken, without a word on what kinds of characters it has', async () => {
    for (const password of [
      'correct horse battery',
      'minha gata dorme ao sol',
      'banana split sundae',
      'tudo em letras pequenas',
      '84736251a928374',
      'xK3vRkNBsmxZ9dcTTd2QkqXD',
      'ana-maria come pão de queijo',
    ])
      expect([password, await verdict(password)]).toEqual([password, 'taken'])
  })
})
