import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { checkNewPassword } from '../../../../db/users/passwords/rules.ts'

setDefaultTimeout(30_000)

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
    ])
      expect([password, await verdict(password)]).toEqual([password, 'password_common'])
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
