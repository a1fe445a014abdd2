/** Addresses of RFC 5321, 5321's errata, 6531 and 3696, and what is often taken for one. */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isEmail } from '../../lib/email.ts'

const local64 = 'a'.repeat(64)
const label63 = 'd'.repeat(63)

test.each([
  'ana@example.com',
  'ana.souza+doca@mail.example.com.br',
  "!#$%&'*+/=?^_`{|}~-@example.com",
  'a@b.co',
  '1@1.example',
  'ANA@EXAMPLE.COM',
  '"ana souza"@example.com',
  '"a@b"@example.com',
  String.raw`"a\"b\\c"@example.com`,
  '""@example.com',
  'ana@[192.0.2.1]',
  'ana@[IPv6:2001:db8::1]',
  `${local64}@example.com`,
  `a@${label63}.example`,
  'joão@example.com',
  'ana@são-paulo.example',
  '用户@例子.广告',
  'квіточка@пошта.укр',
  'ана@xn--e1afmkfd.example',
  'عربي@مثال.إختبار',
  '😀@example.com',
])('%s is one', (text) => expect(isEmail(text)).toBeTrue())

test.each([
  '',
  '@',
  'ana',
  'ana@',
  '@example.com',
  'ana@example',
  'ana@localhost',
  'ana@@example.com',
  'ana@eva@example.com',
  '.ana@example.com',
  'ana.@example.com',
  'a..b@example.com',
  'a b@example.com',
  'ana@exam ple.com',
  'ana@example..com',
  'ana@.example.com',
  'ana@example.com.',
  'ana@-example.com',
  'ana@example-.com',
  'ana@exa_mple.com',
  'ana@192.0.2.1',
  'ana@[192.0.2.256]',
  'ana@[2001:db8::1]',
  'ana@[IPv6:2001:db8::g]',
  'ana@[IPv6:fe80::1%eth0]',
  'ana@[]',
  '"ana@example.com',
  '"a"b@example.com',
  'a"b"@example.com',
  'Ana <ana@example.com>',
  'ana(comment)@example.com',
  'ana@example.com, eva@example.com',
  'ana;eva@example.com',
  'ana@example.com\n',
  'ana@são\npaulo.example',
  'ana\r\nRCPT@example.com',
  'ana\0@example.com',
  'ana\u00a0souza@example.com',
  'ana\u202emoc@example.com',
  'ana\ud800@example.com',
  'ana@exa\ud800mple.com',
  'ana@xn--a.example',
  `${local64}a@example.com`,
  `${'é'.repeat(33)}@example.com`,
  `a@${label63}d.example`,
  `${local64}@${label63}.${label63}.${label63}.example`,
])('%j is none', (text) => expect(isEmail(text)).toBeFalse())

test('a megabyte of anything is answered at once, whatever it repeats', () => {
  const started = performance.now()
  for (const part of ['a', '.', '@', '"', '\\', 'é', 'a.', '"@']) expect(isEmail(part.repeat(1_000_000))).toBeFalse()
  for (const part of ['a', '.', '@', '"', '\\', 'é', 'a.', '"@']) isEmail(part.repeat(120))
  expect(performance.now() - started).toBeLessThan(1000)
})

test('what is one has a local part, an @ and a domain, and stays one without its outer blanks', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (text) => isEmail(text)),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      if (isEmail(text)) expect([text.trim(), text.includes('@'), text.isWellFormed()]).toEqual([text, true, true])
    }),
    { numRuns: 300 },
  )
})
