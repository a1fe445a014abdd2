import { expect, test } from 'bun:test'
import { formatTable } from '../../lib/command-line.ts'

test('a row is a line of the table, whatever its texts hold', () => {
  const rows = [
    { job: 'a', error: 'two\r\nlines\tand \x1b[2J\x07', at: new Date(0) },
    { job: 'bb', error: null, at: { n: 1 } },
  ]
  expect(formatTable(rows)).toBe(
    [
      'job  error                at',
      'a    two lines and  [2J   1970-01-01T00:00:00.000Z',
      'bb   -                    {"n":1}',
    ].join('\n'),
  )
})
