/** What every driver of the journal role promises. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Journal, JournalDocument } from '../../db/journal/index.ts'
import { until } from '../e2e/program.ts'

export interface OpenJournal {
  journal: Journal
  close(): Promise<void>
  /** How long after its time to live a document may still be found: engines delete in rounds. */
  expiry_slack_ms: number
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

    test('an expired document is not found, one beside it is', async () => {
      await journal.write('attempts', [document('old', 'ttl', 1)], 1)
      await journal.write('attempts', [document('new', 'ttl', 2)], 60)
      const ids = async () => (await journal.find('attempts', 'ttl', 10)).map(({ id }) => id).join()
      expect(await ids()).toBe('old,new')
      await until('expiry', async () => (await ids()) === 'new', 5000 + opened.expiry_slack_ms)
    })
  })
}
