import { expect, test } from 'bun:test'
import { inspectZip, ZipFault } from '../../lib/zip.ts'
import { makeZip } from '../kit/make-zip.ts'

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (err: unknown) => (err instanceof ZipFault ? err.code : 'other'),
  )

test('names are seen first, then all that comes out', async () => {
  const zip = makeZip({ 'A\\b.txt': 'hello', 'c.txt': 'world', 'folder/': '' })
  const seen: string[] = []
  await inspectZip(zip, 1000, {
    names: (names) => void seen.push(names.join()),
    part: (name) => (bytes) => void seen.push(`${name}=${bytes.toString()}`),
  })
  expect(seen).toEqual(['a/b.txt,c.txt,folder/', 'a/b.txt=hello', 'c.txt=world'])
})

test('parts of one name, as case and slashes do not matter to a reader, all count', async () => {
  const zip = makeZip({ 'xl/big.xml': 'x'.repeat(600), 'XL/BIG.XML': 'x'.repeat(600), 'xl\\big.xml': 'x' })
  expect(await thrownBy(inspectZip(zip, 1300))).toBe('nothing')
  expect(await thrownBy(inspectZip(zip, 1000))).toBe('too_large')
})

test('what is declared, what comes out, and how many parts there are have a limit', async () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`p${i}`, '']))
  expect(await thrownBy(inspectZip(makeZip(many), 1000))).toBe('too_large')
  expect(await thrownBy(inspectZip(makeZip({ a: 'x' }, { a: 5000 }), 1000))).toBe('too_large')
  // It claims one byte and holds more: damaged at the latest when that is found out.
  expect(await thrownBy(inspectZip(makeZip({ a: 'x'.repeat(5000) }, { a: 1 }), 1000))).not.toBe('nothing')
  expect(await thrownBy(inspectZip(Buffer.from('PK\x03\x04 no more'), 1000))).toBe('other')
  for (const name of ['/etc/passwd', '../x', 'C:/x', 'a/../../x'])
    expect(await thrownBy(inspectZip(makeZip({ [name]: '' }), 1000))).toBe('other')
})

test('what the visitor throws comes through', async () => {
  const refuse = () => {
    throw new TypeError('not this one')
  }
  await expect(inspectZip(makeZip({ a: 'x' }), 1000, { names: refuse })).rejects.toThrow('not this one')
  await expect(inspectZip(makeZip({ a: 'x' }), 1000, { part: () => refuse })).rejects.toThrow('not this one')
})
