/** What JOURNAL_URL may say. */
import { expect, test } from 'bun:test'
import { readMongoUrl } from '../../../../../db/engines/journal/mongodb/url.ts'

test('hosts, database and options are read, and the hosts hold no password', () => {
  const { hosts, database, options } = readMongoUrl('mongodb://u:p%40w@a:1,b:2/jornal?authSource=admin')
  expect([hosts, database, options.get('authSource')]).toEqual(['a:1,b:2', 'jornal', 'admin'])
  for (const url of ['mongodb://a', 'mongodb://a/', 'mongodb://a/?tls=true', 'mongodb://a?tls=true'])
    expect(readMongoUrl(url)).toMatchObject({ hosts: 'a', database: 'doca' })
})

test.each([
  'mongodb://u:hunter2@',
  'mongodb://u:hun@ter2@a/x',
  'mongodb://a/a.b',
  'mongodb://a/a%2Fb',
  'mongodb://a/%',
])('%s is refused in a sentence without its password', (url) => {
  const read = () => readMongoUrl(url)
  expect(read).toThrow(expect.objectContaining({ problems: [expect.stringMatching(/^JOURNAL_URL .*\.$/)] }))
  expect(read).not.toThrow('hunter2')
})
