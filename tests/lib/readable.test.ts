/** Texts of somebody else's code, as people may read them. */
import { expect, test } from 'bun:test'
import { AppError, messageOf, sentenceOf } from '../../lib/errors.ts'
import { maskCredentials, readable } from '../../lib/readable.ts'

test.each([
  ['no connection to postgres://doca:s3cret@db:5432/doca', 'no connection to postgres://***@db:5432/doca'],
  ['amqp://guest:p@ss@rabbit, redis://:word@cache/0', 'amqp://***@rabbit, redis://***@cache/0'],
  ['https://token@git.example.com/x?a=b@c', 'https://***@git.example.com/x?a=b@c'],
  ['see https://example.com/@ana and ana@example.com', 'see https://example.com/@ana and ana@example.com'],
  ['MONGODB+SRV://a:b@c', 'MONGODB+SRV://***@c'],
])('%j is told as %j', (text, told) => expect(maskCredentials(text)).toBe(told))

test('a long text is read to its end within the time of a test', () => {
  for (const part of ['a.', 'a://', 'a:', '://a', 'a@'])
    expect(maskCredentials(`x://y${part.repeat(200_000)}`).length).toBeGreaterThan(0)
})

test('what was thrown is told without a terminal’s sequences and without a password; line ends and tabs stay', () => {
  const thrown = new Error('\u001b[31mbad\u001b[0m\u0007\n\tpostgres://u:p@h \u001b]0;title\u0007end\u0000')
  expect(messageOf(thrown)).toBe('bad\n\tpostgres://***@h end')
  expect(sentenceOf(thrown).pt).toBe('“bad\n\tpostgres://***@h end”')
  expect(readable('plain')).toBe('plain')
  expect(messageOf(new AppError('internal', 'x', { en: 'ours', pt: 'nosso' }))).toBe('ours')
})
