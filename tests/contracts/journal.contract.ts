/** What every driver of the journal role promises. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Journal, JournalDocument } from '../../db/engines/journal/journal.ts'
import { until } from '../kit/program.ts'

export interface OpenJournal {
  journal: Journal
  close(): Promise<void>
}

const document = (id: string, key: string, second: number, data: JournalDocument['data'] = {}): JournalDocument => ({
  id,
  key,
  at: new Date(Date.UTC(2026, 0, 1, 12, 0, second)),
  data,
})

export function journalContract(driver: string, open: () => Promise<OpenJournal>): void {
  describe(`journal on ${driver}`, () => {
    let opened: OpenJournal
    let journal: Journal
    beforeAll(async () => {
      opened = await open()
      journal = opened.journal
    })
    afterAll(() => opened.close())

    test('documents of a key are found oldest first, whole', async () => {
      const second = document('m1:2', 'm1', 2, { attempt: 2, text: 'ç 😀', list: [null, { a: 1 }] })
      await journal.write('attempts', [second, document('m1:1', 'm1', 1), document('m2:1', 'm2', 1)], 60)
      await journal.write('other', [document('m1:9', 'm1', 9)], 60)
      const found = await journal.find('attempts', 'm1', 10)
      expect(found.map(({ id }) => id)).toEqual(['m1:1', 'm1:2'])
      expect(found[1]).toEqual(second)
      expect(await journal.find('attempts', 'm1', 1)).toHaveLength(1)
      expect(await journal.find('attempts', 'nobody', 10)).toEqual([])
    })

    test('the same id again replaces the document, also twice in one call', async () => {
      await journal.write('attempts', [document('r', 'r', 1, { n: 1 }), document('r', 'r', 1, { n: 2 })], 60)
      await journal.write('attempts', [document('r', 'r', 1, { n: 3 })], 60)
      expect((await journal.find('attempts', 'r', 10)).map(({ data }) => data)).toEqual([{ n: 3 }])
    })

    test('data comes back as JSON gives it: any key, any text, any number, any nesting', async () => {
      const odd: JournalDocument['data'][] = [
        { $set: { a: 1 }, 'a.b': [{ '': 1 }], $where: 'x' },
        { 'a\u0000b': 'c\u0000d', lone: '\ud800', 'lone\udfff': 1 },
        { numbers: [0, -1, 0.1, 1.5e300, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 53)], none: null, yes: true, no: false },
        { list: [[1, [2, []]], {}, [{ a: [{ b: 'ç 😀 \r\n\t"' }] }]] },
        { _id: 1, id: 2, $ref: 'x', $id: 'y', _bsontype: 'ObjectId', constructor: 'x', length: 3 },
        { text: 'x'.repeat(1_000_000) },
        { deep: Array.from({ length: 300 }).reduce((inner) => ({ inner }), {}) },
        {},
      ]
      const documents = odd.map((data, n) => document(`odd:${n}`, 'odd', n, data))
      await journal.write('attempts', documents, 60)
      const found = await journal.find('attempts', 'odd', 100)
      for (const [n, data] of odd.entries()) expect(found[n]!.data).toEqual(data)
      const loose = { at: new Date(0), gone: undefined, nan: Number.NaN, minus: -0 }
      await journal.write('attempts', [document('loose', 'loose', 1, loose)], 60)
      const [plain] = await journal.find('attempts', 'loose', 1)
      expect(plain!.data).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', nan: null, minus: 0 })
    })

    test('ids and keys may be any text; documents of one moment are in the order of their ids', async () => {
      const ids = ['"', '$a.b', 'B', 'a', 'a b', 'ç', '名前']
      await journal.write(
        'attempts',
        ids.toReversed().map((id) => document(id, 'chave $x.y ç', 1)),
        60,
      )
      expect((await journal.find('attempts', 'chave $x.y ç', 100)).map(({ id }) => id)).toEqual(ids)
      expect(await journal.find('attempts', 'chave $x.y ç', 0)).toEqual([])
    })

    test('5,000 documents are written in one call, some of them again', async () => {
      const many = (n: number) =>
        Array.from({ length: 5000 }, (_, i) => document(`many:${i}`, `many:${i % 10}`, i, { n }))
      await journal.write('many', many(1).slice(0, 500), 60)
      await journal.write('many', many(2), 60)
      for (let key = 0; key < 10; key++) {
        const found = await journal.find('many', `many:${key}`, 1000)
        expect(found).toHaveLength(500)
        expect(found.every(({ data }) => data.n === 2)).toBe(true)
      }
      await journal.write('many', [], 60)
    })

    test('of many writers of one id one whole document stays', async () => {
      const writers = Array.from({ length: 20 }, (_, n) => [document('raced', 'raced', n, { n })])
      await Promise.all(writers.map((documents) => journal.write('attempts', documents, 60)))
      const found = await journal.find('attempts', 'raced', 10)
      expect(found).toHaveLength(1)
      expect(found[0]!.at).toEqual(document('', '', found[0]!.data.n as number).at)
    })

    test('writing a document again renews its time to live', async () => {
      await journal.write('attempts', [document('renewed', 'renewed', 1), document('left', 'renewed', 2)], 1)
      await journal.write('attempts', [document('renewed', 'renewed', 1, { again: true })], 60)
      const ids = async () => (await journal.find('attempts', 'renewed', 10)).map(({ id }) => id).join()
      await until('expiry', async () => (await ids()) === 'renewed')
    })

    test('an expired document is not found, one beside it is', async () => {
      await journal.write('attempts', [document('old', 'ttl', 1)], 1)
      await journal.write('attempts', [document('new', 'ttl', 2)], 60)
      const ids = async () => (await journal.find('attempts', 'ttl', 10)).map(({ id }) => id).join()
      await until('expiry', async () => (await ids()) === 'new')
      await journal.write('attempts', [document('never', 'ttl', 3)], 0)
      expect(await ids()).toBe('new')
    })

    test('a close while writes are made lets them come to an end', async () => {
      const second = await open()
      const written = Array.from({ length: 20 }, (_, n) => second.journal.write('c', [document(`c${n}`, 'c', n)], 60))
      await second.journal.close()
      await Promise.all(written)
      await second.close()
    })
  })
}
