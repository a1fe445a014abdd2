import { expect, test } from 'bun:test'
import { openZip, ZipFault } from '../../lib/zip.ts'
import { makeZip } from '../kit/make-zip.ts'

/** Opens the zip and reads all its parts. */
async function readAll(bytes: Buffer, inflated_bytes: number): Promise<string[]> {
  const zip = await openZip(bytes, inflated_bytes)
  const read: string[] = []
  try {
    for (const name of new Set(zip.names)) {
      if (name.endsWith('/')) continue
      const pieces: Buffer[] = []
      for await (const piece of zip.read(name)) pieces.push(piece)
      read.push(`${name}=${Buffer.concat(pieces).toString()}`)
    }
    return read
  } finally {
    zip.close()
  }
}

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (err: unknown) => (err instanceof ZipFault ? err.code : 'other'),
  )

test('names come in small letters with slashes, and each part gives all that comes out', async () => {
  const zip = makeZip({ 'A\\b.txt': 'hello', 'c.txt': 'world', 'folder/': '' })
  expect((await openZip(zip, 1000)).names).toEqual(['a/b.txt', 'c.txt', 'folder/'])
  expect(await readAll(zip, 1000)).toEqual(['a/b.txt=hello', 'c.txt=world'])
})

test('parts of one name, as case and slashes do not matter to a reader, all count', async () => {
  const zip = makeZip({ 'xl/big.xml': 'x'.repeat(600), 'XL/BIG.XML': 'x'.repeat(600), 'xl\\big.xml': 'x' })
  expect(await thrownBy(readAll(zip, 1300))).toBe('nothing')
  expect(await thrownBy(readAll(zip, 1000))).toBe('too_large')
})

test('what is declared, what comes out, and how many parts there are have a limit', async () => {
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`p${i}`, '']))
  expect(await thrownBy(readAll(makeZip(many), 1000))).toBe('too_large')
  expect(await thrownBy(readAll(makeZip({ a: 'x' }, { a: 5000 }), 1000))).toBe('too_large')
  // It claims one byte and holds more: damaged at the latest when that is found out.
  expect(await thrownBy(readAll(makeZip({ a: 'x'.repeat(5000) }, { a: 1 }), 1000))).not.toBe('nothing')
  expect(await thrownBy(readAll(Buffer.from('PK\x03\x04 no more'), 1000))).toBe('other')
  for (const name of ['/etc/passwd', '../x', 'C:/x', 'a/../../x'])
    expect(await thrownBy(readAll(makeZip({ [name]: '' }), 1000))).toBe('other')
})

test('what is read twice counts twice, so that no part is inflated without end', async () => {
  const zip = await openZip(makeZip({ a: 'x'.repeat(600) }), 1000)
  const read = async () => {
    for await (const piece of zip.read('a')) expect(piece.length).toBeGreaterThan(0)
  }
  await read()
  expect(await thrownBy(read())).toBe('too_large')
  zip.close()
})
