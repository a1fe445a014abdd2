/** What every driver of the history role promises. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { History, HistoryRow } from '../../db/engines/history/history.ts'

export interface OpenHistory {
  history: History
  /** Another history, as of another program, on the same tables; whoever asks closes it. */
  again(): Promise<History>
  /** Closes the first, and removes the tables. */
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

    test('a history that nobody has written is empty, and two first writers both succeed', async () => {
      expect(await history.read('unwritten', 'p', { limit: 1 })).toEqual([])
      const other = await opened.again()
      await Promise.all([history.write('fresh', [row('p', 1, 'a')]), other.write('fresh', [row('p', 2, 'b')])])
      expect((await other.read('fresh', 'p', { limit: 9 })).map(({ id }) => id)).toEqual(['b', 'a'])
      await other.close()
    })

    test('a page of a range, and a range that ends before the page begins', async () => {
      await history.write(
        'events',
        [1, 2, 3, 4, 5].map((second) => row('both-bounds', second, `${second}`)),
      )
      const before = { at: at(4), id: '4' }
      expect(await ids('both-bounds', { limit: 10, from: at(2), before })).toEqual(['3', '2'])
      expect(await ids('both-bounds', { limit: 10, from: at(2), to: at(3), before })).toEqual(['2'])
      expect(await ids('both-bounds', { limit: 10, from: at(2), to: at(9), before })).toEqual(['3', '2'])
      expect(await ids('both-bounds', { limit: 10, to: at(4), before: { at: at(4), id: 'a' } })).toEqual([
        '3',
        '2',
        '1',
      ])
    })

    describe('a partition of many days', () => {
      const DAY_MS = 86_400_000
      const on = (day: string, id = day): HistoryRow => ({ partition: 'days', at: new Date(`${day}Z`), id, data: {} })
      const newestFirst = (rows: HistoryRow[]) =>
        rows.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1)).map(({ id }) => id)

      /** Every page of `limit` rows between the bounds. */
      async function paged(partition: string, limit: number, bounds: { from?: Date; to?: Date } = {}) {
        const seen: string[] = []
        for (let before: HistoryRow | undefined; ;) {
          const page = await history.read('events', partition, { limit, ...bounds, ...(before && { before }) })
          seen.push(...page.map(({ id }) => id))
          if (page.length < limit) return seen
          before = page.at(-1)
        }
      }

      test('three years of sparse days, written in any order, are one list', async () => {
        const first = Date.UTC(2024, 0, 1)
        const days = Array.from({ length: 1096 }, (_, day) => day).filter((day) => day % 7 === 0 || day % 50 === 3)
        const rows = days.flatMap((day) =>
          Array.from({ length: day % 13 === 0 ? 9 : 1 }, (_, i) => ({
            partition: 'sparse',
            at: new Date(first + day * DAY_MS + i * 3_600_000),
            id: `${day}/${i}`,
            data: {},
          })),
        )
        const scattered = rows.toSorted((a, b) => Bun.hash.crc32(a.id) - Bun.hash.crc32(b.id))
        for (let n = 0; n < scattered.length; n += 40) await history.write('events', scattered.slice(n, n + 40))
        const whole = newestFirst(rows)
        expect(await paged('sparse', 10)).toEqual(whole)
        expect(await paged('sparse', 64)).toEqual(whole)
        expect(await ids('sparse', { limit: 1000 })).toEqual(whole)
        const bounds = { from: new Date(first + 100 * DAY_MS + 1), to: new Date(first + 700 * DAY_MS) }
        const within = newestFirst(rows.filter(({ at }) => at >= bounds.from && at < bounds.to))
        expect(await paged('sparse', 10, bounds)).toEqual(within)
      })

      test('pages and ranges over the borders of days, with equal times', async () => {
        const rows = [
          on('1970-01-01T00:00:00.000'),
          on('1969-12-31T23:59:59.999'),
          on('2026-03-01T00:00:00.000', 'a'),
          on('2026-03-01T00:00:00.000', 'b'),
          on('2026-03-01T00:00:00.000', 'c'),
          on('2026-02-28T23:59:59.999', 'd'),
          on('2026-02-28T23:59:59.999', 'e'),
          on('2099-12-31T12:00:00.000'),
        ]
        await history.write('events', rows)
        for (const limit of [1, 2, 3, 7, 8, 9]) expect(await paged('days', limit)).toEqual(newestFirst(rows))
        const border = new Date('2026-03-01T00:00:00Z')
        const day = new Date(border.getTime() - DAY_MS)
        expect(await paged('days', 1, { from: day, to: border })).toEqual(['e', 'd'])
        expect(await paged('days', 2, { from: border })).toEqual(['2099-12-31T12:00:00.000', 'c', 'b', 'a'])
        expect(await ids('days', { limit: 3, to: border })).toEqual(['e', 'd', '1970-01-01T00:00:00.000'])
        expect(await ids('days', { limit: 9, from: border, to: day })).toEqual([])
        expect(await ids('days', { limit: 9, from: border, to: border })).toEqual([])
        expect(await ids('days', { limit: 9, from: border, before: { at: border, id: 'b' } })).toEqual(['a'])
      })

      test('a day that was not there yet comes between two pages, on its place', async () => {
        const rows = ['2026-05-01T01:00', '2026-05-03T01:00'].map((time) => ({ ...on(time), partition: 'late' }))
        await history.write('events', rows)
        const other = await opened.again()
        const late = ['2026-05-02T01:00', '2026-05-04T01:00', '2026-05-03T00:30'].map((time) => on(time))
        await other.write(
          'events',
          late.map((row) => ({ ...row, partition: 'late' })),
        )
        await other.close()
        expect(await paged('late', 2)).toEqual(newestFirst([...rows, ...late]))
      })
    })

    test('ids of one moment are read in the order of their bytes', async () => {
      const names = ['a', 'B', 'á', 'Z', '_', '10', '9', 'ç', '😀', '\uffee', 'aa', '']
      const byBytes = names.toSorted((a, b) => Buffer.compare(Buffer.from(b), Buffer.from(a)))
      await history.write(
        'events',
        names.map((id) => row('order', 1, id)),
      )
      expect(await ids('order', { limit: 20 })).toEqual(byBytes)
      const last = byBytes.at(4)!
      expect(await ids('order', { limit: 20, before: { at: at(1), id: last } })).toEqual(byBytes.slice(5))
    })

    describe('what is written is read as it was', () => {
      const values: Array<[string, HistoryRow['data']]> = [
        ['an empty object', {}],
        ['unicode', { 'ключ ✓': 'ção 😀 𝔘\u2028\uffff', 'with "quotes"': "and 'these' \\u0000 \\" }],
        ['numbers', { zero: 0, small: 1e-7, large: 9007199254740991, huge: 1e300, negative: -12.5, third: 1 / 3 }],
        ['nothing and lists', { nothing: null, none: [], mixed: [1, 'a', null, [true, { b: false }]], text: '' }],
        ['a deep object', Array.from({ length: 200 }).reduce<HistoryRow['data']>((inner) => ({ inner }), { end: 1 })],
        ['a row of 1 MB', { text: 'ç'.repeat(500_000), list: Array.from({ length: 1000 }, (_, i) => i) }],
      ]
      test.each(values)('%s', async (name, data) => {
        const written = row(`fidelity ${name}`, 1, 'a', data)
        await history.write('events', [written])
        expect(await history.read('events', written.partition, { limit: 10 })).toEqual([written])
      })

      test('partition, id and time to the millisecond', async () => {
        const odd = { partition: 'Caixa / "é" 😀 %', at: new Date(1_767_268_800_123), id: "id 'ü' /\n", data: { a: 1 } }
        const old = { partition: odd.partition, at: new Date(-1), id: '', data: { a: 2 } }
        await history.write('events', [old, odd])
        expect(await history.read('events', odd.partition, { limit: 10 })).toEqual([odd, old])
      })
    })

    test('a row that a driver could not keep is refused, and nothing of its call is written', async () => {
      const good = row('refusals', 1, 'good')
      const bad: HistoryRow[] = [
        row('', 1, 'a'),
        row('refusals', 1, 'a\0b'),
        row('refusals', 1, '\ud800'),
        row('refusals', 1, 'a', { text: 'a\0b' }),
        row('refusals', 1, 'a', { 'half \udc00': 1 }),
        row('refusals', 1, 'x'.repeat(1001)),
        row('refusals', 1, 'a', { text: 'ç'.repeat(2_097_152) }),
        { ...good, at: new Date(Number.NaN) },
      ]
      for (const refused of bad) {
        const write = history.write('events', [good, refused])
        await expect(write).rejects.toMatchObject({ code: 'history_refused', kind: 'invalid' })
      }
      expect(await ids('refusals', { limit: 10 })).toEqual([])
      for (const name of ['', 'Events', 'a"b', '1a', 'x'.repeat(41)])
        await expect(history.write(name, [good])).rejects.toMatchObject({ code: 'history_name_invalid' })
    })

    test('10,000 rows in one call, over 500 partitions, are all there', async () => {
      const rows = Array.from({ length: 10_000 }, (_, i) => row(`many ${i % 500}`, Math.floor(i / 500), String(i)))
      await history.write('events', rows)
      const seen = new Set<string>()
      for (let partition = 0; partition < 500; partition++)
        for (const id of await ids(`many ${partition}`, { limit: 100 })) seen.add(id)
      expect(seen.size).toBe(10_000)
    })

    test('6,000 rows of one partition are read in one call', async () => {
      await history.write(
        'events',
        Array.from({ length: 6000 }, (_, i) => row('long', i, String(i))),
      )
      const seen = await ids('long', { limit: 10_000 })
      expect(seen).toEqual(Array.from({ length: 6000 }, (_, i) => String(5999 - i)))
      expect(await ids('long', { limit: 2500 })).toEqual(seen.slice(0, 2500))
    })

    describe('of rows with one key', () => {
      const version = (partition: string, value: number | string, written_at?: Date): HistoryRow => ({
        ...row(partition, 1, 'a', { value }),
        ...(written_at && { written_at }),
      })
      const standing = async (partition: string) => {
        const rows = await history.read('events', partition, { limit: 10 })
        expect(rows).toHaveLength(1)
        return rows[0]!.data.value
      }

      test('the one written last stands, in one call and from call to call', async () => {
        // Smaller than the one before: an engine that breaks ties by value would keep the larger.
        await history.write('events', [version('last', 9), version('last', 8)])
        expect(await standing('last')).toBe(8)
        for (let value = 50; value > 0; value--) {
          await history.write('events', [version('last', String(value))])
          expect(await standing('last')).toBe(String(value))
        }
      })

      test('the same with an equal written_at, also between other moments', async () => {
        const moment = at(10)
        for (const value of [9, 8, 7]) {
          await history.write('events', [version('equal', value, moment)])
          await history.write('events', [version('elsewhere', value, at(value))])
          expect(await standing('equal')).toBe(value)
        }
      })

      test('an earlier written_at never replaces a later one, in one call and from call to call', async () => {
        await history.write('events', [version('replay', 'new', at(20)), version('replay', 'old', at(10))])
        expect(await standing('replay')).toBe('new')
        await history.write('events', [version('replay', 'older', at(15))])
        expect(await standing('replay')).toBe('new')
        await history.write('events', [version('replay', 'newer', at(21))])
        expect(await standing('replay')).toBe('newer')
        await history.write('events', [version('replay', 'now')])
        expect(await standing('replay')).toBe('now')
        await history.write('events', [version('replay', 'replayed', at(22))])
        expect(await standing('replay')).toBe('now')
      })

      test('a written_at in the future counts as now', async () => {
        const tomorrow = new Date(Date.now() + 86_400_000)
        await history.write('events', [version('future', 'early', tomorrow)])
        await history.write('events', [version('future', 'later')])
        expect(await standing('future')).toBe('later')
        await history.write('events', [version('future', 'first', tomorrow), version('future', 'second', tomorrow)])
        expect(await standing('future')).toBe('second')
      })
    })

    test('closing while busy lets each call end, and what was resolved is there', async () => {
      const busy = await opened.again()
      const rows = Array.from({ length: 2000 }, (_, i) => row('closing', i, String(i)))
      const calls = Array.from({ length: 20 }, (_, i) => busy.write('events', rows.slice(i * 100, i * 100 + 100)))
      const settled = Promise.allSettled(calls)
      await busy.close()
      const outcomes = await settled
      const kept = new Set(await ids('closing', { limit: 5000 }))
      for (const [i, { status }] of outcomes.entries())
        if (status === 'fulfilled') for (const { id } of rows.slice(i * 100, i * 100 + 100)) expect(kept).toContain(id)
    })
  })
}
