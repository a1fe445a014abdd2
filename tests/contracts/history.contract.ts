/** What every driver of the history role promises. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { History, HistoryRow } from '../../db/history/index.ts'

export interface OpenHistory {
  history: History
  close(): Promise<void>
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second))
const row = (partition: string, second: number, id: string, data: HistoryRow['data'] = { second }): HistoryRow => ({
  partition,
  at: at(second),
  id,
  data,
})

export function historyContract(driver: string, open: () => Promise<OpenHistory>): void {
  describe(`history on ${driver}`, () => {
    let opened: OpenHistory
    let history: History
    beforeAll(async () => {
      opened = await open()
      history = opened.history
    })
    afterAll(() => opened.close())
    const ids = async (partition: string, read: Parameters<History['read']>[2]) =>
      (await history.read('events', partition, read)).map(({ id }) => id)

    test('a partition is read newest first, and only that partition and table', async () => {
      await history.write('events', [row('p1', 1, 'a'), row('p1', 3, 'c'), row('p1', 2, 'b'), row('p2', 9, 'z')])
      await history.write('other', [row('p1', 5, 'x')])
      expect(await ids('p1', { limit: 10 })).toEqual(['c', 'b', 'a'])
      expect(await ids('p1', { limit: 2 })).toEqual(['c', 'b'])
      expect(await ids('unknown', { limit: 10 })).toEqual([])
    })

    test('writing a row again changes nothing, also twice in one call', async () => {
      const again = row('again', 1, 'a', { text: 'ç 😀', nested: { list: [1, null, true] } })
      await history.write('events', [again, again])
      await history.write('events', [again])
      expect(await history.read('events', 'again', { limit: 10 })).toEqual([again])
    })

    test('pages by cursor show every row once, also rows of one moment', async () => {
      const rows = Array.from({ length: 25 }, (_, i) => row('pages', Math.floor(i / 5), String(i).padStart(2, '0')))
      await history.write('events', rows)
      const seen: string[] = []
      let before: { at: Date; id: string } | undefined
      for (;;) {
        const page = await history.read('events', 'pages', { limit: 4, ...(before && { before }) })
        seen.push(...page.map(({ id }) => id))
        before = page.at(-1)
        if (page.length < 4) break
      }
      expect(seen).toEqual(rows.map(({ id }) => id).toReversed())
    })

    test('from is included, to is not', async () => {
      await history.write('events', [row('range', 1, 'a'), row('range', 2, 'b'), row('range', 3, 'c')])
      expect(await ids('range', { limit: 10, from: at(2) })).toEqual(['c', 'b'])
      expect(await ids('range', { limit: 10, to: at(3) })).toEqual(['b', 'a'])
      expect(await ids('range', { limit: 10, from: at(2), to: at(3) })).toEqual(['b'])
    })

    test('two writers of the same rows in opposite order both finish', async () => {
      const rows = Array.from({ length: 200 }, (_, i) => row('both', i, String(i)))
      await Promise.all([history.write('events', rows), history.write('events', rows.toReversed())])
      expect(await ids('both', { limit: 500 })).toHaveLength(200)
    })

    test('no rows are no error', async () => {
      await history.write('events', [])
    })
  })
}
