import { describe, expect, test } from 'bun:test'
import { filesOf } from '../../api/http/form-file.ts'
import { AppError } from '../../lib/errors.ts'
import { watchTurns } from '../kit/busiest-turn.ts'

const TYPE = 'multipart/form-data; boundary=b'
const part = (content: string, parameters = 'name="file"; filename="x.csv"') =>
  `--b\r\ncontent-disposition: form-data; ${parameters}\r\n\r\n${content}\r\n`
const read = (body: string, type = TYPE) =>
  filesOf(Buffer.from(body), type, 'file').map(({ bytes, name }) => [name, Buffer.from(bytes).toString()])
const codeOf = (body: string | Uint8Array, type = TYPE) => {
  try {
    filesOf(Buffer.from(body as string), type, 'file')
    return 'read'
  } catch (thrown) {
    return thrown instanceof AppError ? thrown.code : String(thrown)
  }
}

test('a form as browsers and programs write it has its files read', async () => {
  for (const name of ['catálogo.csv', 'a "b".csv', 'x;y=z.csv']) {
    const form = new FormData()
    form.append('other', 'text')
    form.append('file', new Blob(['a\r\n--c\r\n']), name)
    const request = new Request('http://localhost/', { method: 'POST', body: form })
    const type = request.headers.get('content-type')!
    const found = filesOf(await request.bytes(), type, 'file')
    expect(found.map(({ bytes, name: file }) => [file, Buffer.from(bytes).toString()])).toEqual([
      [name, 'a\r\n--c\r\n'],
    ])
  }
  expect(read(`preamble\r\n${part('')}${part('2', 'name=file;filename=y.csv')}--b--\r\nepilogue`)).toEqual([
    ['x.csv', ''],
    ['y.csv', '2'],
  ])
  expect(read(`${part('1', 'name="other"; filename="x"')}${part('text', 'name="file"')}--b--`)).toEqual([])
  expect(read(part('q', 'name="file"; filename="a \\"b\\".csv"').concat('--b--'), `${TYPE}; charset=utf-8`)).toEqual([
    ['a "b".csv', 'q'],
  ])
  expect(read(`--b c\r\n\r\n\r\n--b c--`, 'multipart/form-data; boundary="b c"')).toEqual([])
})

test('what is no whole form is refused', () => {
  for (const body of ['', 'x', '--b', part('1'), '--b\r\nno end of the head'])
    expect(codeOf(body)).toBe('body_unreadable')
  expect(codeOf(`${part('1')}--b--`, 'multipart/form-data')).toBe('body_unreadable')
  expect(codeOf(`${part('1').repeat(101)}--b--`)).toBe('body_unreadable')
})

describe('the worst forms of 25 MB are read in one short turn', () => {
  const BYTES = 25 * 1024 * 1024
  const filled = (head: string, piece: string, end = '\r\n--b--\r\n') =>
    Buffer.from(head + piece.repeat(Math.floor((BYTES - head.length - end.length) / piece.length)) + end)
  const HEAD = part('').slice(0, -2)

  test.each([
    ['one file', filled(HEAD, 'x'), 'read'],
    ['ends of lines', filled(HEAD, '\r\n--'), 'read'],
    ['parts', filled('', part('1')), 'body_unreadable'],
    ['delimiters', filled('', '--b\r\n'), 'body_unreadable'],
    [
      'a long head',
      filled(`--b\r\ncontent-disposition: form-data; name="file"; filename="`, 'x', '"'),
      'body_unreadable',
    ],
    ['many heads', filled('--b\r\n', 'a: b\r\n'), 'body_unreadable'],
    ['parameters', filled('--b\r\ncontent-disposition: form-data', '; a="\\"'), 'body_unreadable'],
  ])('%s', (_, body, code) => {
    Bun.gc(true)
    const turns = watchTurns()
    expect(codeOf(body)).toBe(code)
    expect(turns.stop()).toBeLessThan(150)
  })
})
