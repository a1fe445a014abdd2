/** What every driver of the objects role must do. A driver's test hands in how to open it, empty. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
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
      const sorted = ['h/a!/x', 'h/a-/x', 'h/a-/y/z', 'h/a-b', 'h/a.txt', 'h/a/b/c', 'h/a/z', 'h/a0', 'h/aa/x']
      sorted.push('h/é', 'h/\uff5e', 'h/😀')
      for (const key of sorted.toReversed()) await objects.put(key, key)
      expect(await keys(objects, 'h/')).toEqual(sorted)
      expect(await keys(objects, 'h/a/')).toEqual(['h/a/b/c', 'h/a/z'])
      expect(await keys(objects, 'h/a')).toEqual(sorted.filter((key) => key.startsWith('h/a')))
      expect(await keys(objects, 'h/*')).toEqual([])
      expect(await keys(objects, 'none/')).toEqual([])
      const [first] = await Array.fromAsync(objects.list('h/a-b'))
      expect(first).toEqual((await objects.head('h/a-b')) as ObjectInfo)
    })

    test('a list of many more than a thousand objects is whole, and may be left', async () => {
      const names = Array.from({ length: 2_500 }, (_, i) => `many/${String(i).padStart(5, '0')}`)
      for (let i = 0; i < names.length; i += 100)
        await Promise.all(names.slice(i, i + 100).map((key) => objects.put(key, '')))
      expect(await keys(objects, 'many/')).toEqual(names)
      for await (const { key } of objects.list('many/')) {
        expect(key).toBe(names[0]!)
        break
      }
    })

    test('keys may have spaces, accents in either form and any other sign', async () => {
      const names = ['Relatório de vendas (março).xlsx'.normalize('NFC'), 'ação'.normalize('NFD')]
      names.push('100% & #1?+=~$x.xlsx', 'tab\tand "quotes"', 'a+b c', '%2F%20+', "<&>'\r\n", '名前', '-rf *')
      names.push('a:b', '.hidden', 'n'.repeat(255))
      for (const name of names) {
        await objects.put(`i/${name}`, name)
        expect(await textOf(objects, `i/${name}`)).toBe(name)
      }
      expect((await keys(objects, 'i/')).toSorted()).toEqual(names.map((name) => `i/${name}`).toSorted())
    })

    test('a key that leaves its folder, or that not every driver can hold, is refused', async () => {
      const long = 'x'.repeat(256)
      const bad = [
        '',
        '/etc/passwd',
        '../x',
        'a/../../x',
        'a/./b',
        'a//b',
        'a/',
        'a\0b',
        'a\u0001b',
        'a\\b',
        '..',
        long,
        '\ud800',
      ]
      bad.push('.incoming/x', `${'d/'.repeat(600)}x`)
      for (const key of bad) {
        for (const call of [objects.put(key, 'x'), objects.get(key), objects.head(key), objects.delete(key)])
          expect(await codeOf(call)).toBe('object_key_invalid')
      }
      for (const prefix of ['../', '/etc/', 'a/../', 'a\0'])
        expect(await codeOf(keys(objects, prefix))).toBe('object_key_invalid')
    })

    test('a stream of 20 MB is put and got whole', async () => {
      const pieces = Array.from({ length: 305 }, () => crypto.getRandomValues(new Uint8Array(65_536)))
      const sent = new Bun.CryptoHasher('sha256')
      for (const piece of pieces) sent.update(piece)
      const size_bytes = 305 * 65_536
      const info = await objects.put('k/large', streamOf(pieces))
      expect(info.size_bytes).toBe(size_bytes)
      const got = await objects.get('k/large')
      expect(got!.info).toEqual(info)
      const read = new Bun.CryptoHasher('sha256').update(await bytesOf(got!.body))
      expect(read.digest('hex')).toBe(sent.digest('hex'))
    })

    test('a large body that fails late leaves nothing, and its source is told', async () => {
      let pieces = 0
      const broken = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (++pieces === 400) controller.error(new Error('the upload was cut off'))
          else controller.enqueue(new Uint8Array(65_536))
        },
      })
      await expect(objects.put('l/late', broken)).rejects.toThrow('the upload was cut off')
      expect(await objects.head('l/late')).toBeNull()
      expect(await keys(objects, 'l/')).toEqual([])
    })

    test('readers that stop in the middle leave nothing behind', async () => {
      await objects.put('j/large', new Uint8Array(3_000_000))
      for (let i = 0; i < 150; i++) {
        const got = await objects.get('j/large')
        const reader = got!.body.getReader()
        if (i % 2 === 0) await reader.read()
        await reader.cancel()
      }
      expect((await objects.head('j/large'))!.size_bytes).toBe(3_000_000)
    })

    test('while others overwrite, every reader gets one whole version, with its own info', async () => {
      const body = (n: number) => new Uint8Array(300_000 + n).fill(n)
      await objects.put('m/raced', body(0))
      let writing = true
      const writer = (async () => {
        for (let n = 1; n <= 40; n++) await objects.put('m/raced', body(n))
        writing = false
      })()
      const seen = new Map<string, number>()
      const readers = Array.from({ length: 3 }, async () => {
        while (writing) {
          const { info, body } = (await objects.get('m/raced'))!
          const bytes = await bytesOf(body)
          const n = bytes[0]!
          expect(bytes.length).toBe(300_000 + n)
          expect(bytes.every((byte) => byte === n)).toBe(true)
          expect(info.size_bytes).toBe(bytes.length)
          expect(seen.get(info.version) ?? n).toBe(n)
          seen.set(info.version, n)
        }
      })
      await Promise.all([writer, ...readers])
      expect(seen.size).toBeGreaterThan(1)
    })

    test('a close while calls are made lets them come to an end', async () => {
      const second = await open()
      const puts = Array.from({ length: 10 }, (_, i) => second.put(`n/${i}`, new Uint8Array(200_000)))
      const large = second.put('n/large', new Uint8Array(20_000_000))
      await second.close()
      await Promise.all([...puts, large])
      expect(await keys(objects, 'n/')).toHaveLength(11)
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

function streamOf(pieces: Array<string | Uint8Array>): ReadableStream<Uint8Array> {
  const left = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece))
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })
}
