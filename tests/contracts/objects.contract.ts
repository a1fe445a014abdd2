/** What every driver of the objects role must do. A driver's test hands in how to open it, empty. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ObjectInfo, Objects } from '../../db/objects/index.ts'
import { AppError } from '../../lib/errors.ts'

export function objectsContract(driver: string, open: () => Promise<Objects>): void {
  describe(`objects on ${driver}`, () => {
    let objects: Objects
    beforeAll(async () => void (objects = await open()))
    afterAll(() => objects.close())

    test('what was put is what is got, with an info that describes it', async () => {
      const bytes = crypto.getRandomValues(new Uint8Array(3000))
      const put = await objects.put('a/bytes.bin', bytes)
      expect(put).toMatchObject({ key: 'a/bytes.bin', size_bytes: 3000, settled: true })
      expect(Math.abs(Date.now() - put.modified_at.getTime())).toBeLessThan(60_000)
      const got = await objects.get('a/bytes.bin')
      expect(got!.info).toEqual(put)
      expect(await bytesOf(got!.body)).toEqual(bytes)
      expect(await objects.head('a/bytes.bin')).toEqual(put)
    })

    test('a text, an empty body and a stream of pieces may be put', async () => {
      await objects.put('b/text', 'embalagem de papelão')
      expect(await textOf(objects, 'b/text')).toBe('embalagem de papelão')
      expect((await objects.put('b/empty', '')).size_bytes).toBe(0)
      expect(await textOf(objects, 'b/empty')).toBe('')
      await objects.put('b/pieces', streamOf(['one ', 'two ', 'three']))
      expect(await textOf(objects, 'b/pieces')).toBe('one two three')
    })

    test('every overwrite has another version, also one of the same size in the same moment', async () => {
      const versions = new Set<string>()
      for (let i = 0; i < 30; i++) versions.add((await objects.put('c/same', `value ${i + 10}`)).version)
      expect(versions.size).toBe(30)
      expect(await textOf(objects, 'c/same')).toBe('value 39')
    })

    test('a body that fails half-way leaves the object as it was', async () => {
      await objects.put('d/kept', 'before')
      const broken = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (controller.desiredSize === 1) controller.enqueue(new Uint8Array(100_000))
          controller.error(new Error('the upload was cut off'))
        },
      })
      await expect(objects.put('d/kept', broken)).rejects.toThrow('the upload was cut off')
      expect(await textOf(objects, 'd/kept')).toBe('before')
      expect(await keys(objects, 'd/')).toEqual(['d/kept'])
    })

    test('whoever reads while an object is overwritten gets all of the old one or all of the new one', async () => {
      const old = new Uint8Array(2_000_000).fill(1)
      const other = new Uint8Array(1_500_000).fill(2)
      await objects.put('e/large', old)
      const before = await objects.get('e/large')
      await objects.put('e/large', other)
      const after = await objects.get('e/large')
      expect(await bytesOf(before!.body)).toEqual(old)
      expect(await bytesOf(after!.body)).toEqual(other)
      expect(after!.info.version).not.toBe(before!.info.version)
    })

    test('of many puts of one key at once, one whole body stays', async () => {
      const bodies = Array.from({ length: 12 }, (_, i) => String(i).repeat(50_000 + i))
      await Promise.all(bodies.map((body) => objects.put('f/raced', streamOf([body.slice(0, 9), body.slice(9)]))))
      expect(bodies).toContain((await textOf(objects, 'f/raced'))!)
      expect(await keys(objects, 'f/')).toEqual(['f/raced'])
    })

    test('what is not there is null, and deleting it is no error', async () => {
      expect(await objects.head('none/at/all')).toBeNull()
      expect(await objects.get('none/at/all')).toBeNull()
      await objects.delete('none/at/all')
      await objects.put('g/gone', 'x')
      await objects.delete('g/gone')
      expect(await objects.get('g/gone')).toBeNull()
      expect(await keys(objects, 'g/')).toEqual([])
    })

    test('a list is recursive, in the order of the UTF-8 bytes, and a prefix is no pattern and no folder', async () => {
      const sorted = ['h/a-b', 'h/a.txt', 'h/a/b/c', 'h/a/z', 'h/a0', 'h/aa/x', 'h/é', 'h/\uff5e', 'h/😀']
      for (const key of sorted.toReversed()) await objects.put(key, key)
      expect(await keys(objects, 'h/')).toEqual(sorted)
      expect(await keys(objects, 'h/a/')).toEqual(['h/a/b/c', 'h/a/z'])
      expect(await keys(objects, 'h/a')).toEqual(sorted.filter((key) => key.startsWith('h/a')))
      expect(await keys(objects, 'h/*')).toEqual([])
      expect(await keys(objects, 'none/')).toEqual([])
      const [first] = await Array.fromAsync(objects.list('h/a-b'))
      expect(first).toEqual((await objects.head('h/a-b')) as ObjectInfo)
    })

    test('a list of more than a thousand objects is whole', async () => {
      const names = Array.from({ length: 1_100 }, (_, i) => `many/${String(i).padStart(5, '0')}`)
      for (let i = 0; i < names.length; i += 100)
        await Promise.all(names.slice(i, i + 100).map((key) => objects.put(key, '')))
      expect(await keys(objects, 'many/')).toEqual(names)
    })

    test('keys may have spaces, accents in either form and any other sign', async () => {
      const odd = ['Relatório de vendas (março).xlsx'.normalize('NFC'), 'ação'.normalize('NFD'), '100% & #1?+=~$x.xlsx']
      for (const name of [...odd, 'tab\tand "quotes"', '名前', '-rf *', 'a:b', '.hidden', 'n'.repeat(255)]) {
        await objects.put(`i/${name}`, name)
        expect(await textOf(objects, `i/${name}`)).toBe(name)
      }
      const listed = await keys(objects, 'i/')
      for (const name of odd) expect(listed).toContain(`i/${name}`)
    })

    test('a key that leaves its folder, or that not every driver can hold, is refused', async () => {
      const long = 'x'.repeat(256)
      const bad = ['', '/etc/passwd', '../x', 'a/../../x', 'a/./b', 'a//b', 'a/', 'a\0b', 'a\\b', '..', long, '\ud800']
      bad.push('.incoming/x', `${'d/'.repeat(600)}x`)
      for (const key of bad) {
        for (const call of [objects.put(key, 'x'), objects.get(key), objects.head(key), objects.delete(key)])
          expect(await codeOf(call)).toBe('object_key_invalid')
      }
      for (const prefix of ['../', '/etc/', 'a/../', 'a\0'])
        expect(await codeOf(keys(objects, prefix))).toBe('object_key_invalid')
    })

    test('a reader may stop in the middle', async () => {
      await objects.put('j/large', new Uint8Array(3_000_000))
      const got = await objects.get('j/large')
      const reader = got!.body.getReader()
      await reader.read()
      await reader.cancel()
      expect((await objects.head('j/large'))!.size_bytes).toBe(3_000_000)
    })
  })
}

export async function bytesOf(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer())
}

export async function textOf(objects: Objects, key: string): Promise<string | null> {
  const got = await objects.get(key)
  return got && new Response(got.body).text()
}

export async function keys(objects: Objects, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(objects.list(prefix))).map(({ key }) => key)
}

/** The code of the AppError that `call` ends with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code
    throw thrown
  }
  return 'nothing was thrown'
}

function streamOf(pieces: string[]): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => new TextEncoder().encode(piece))
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })
}
