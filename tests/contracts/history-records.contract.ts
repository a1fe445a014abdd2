/** What every driver of the history role promises of tables of records. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { History } from '../../db/engines/history/history.ts'
import type { HistoryRecord, RecordTable } from '../../db/engines/history/records.ts'

export interface OpenRecords {
  history: History
  /** Another history, as of another program; whoever asks closes it. */
  again(): Promise<History>
  /** A keyspace that does not exist yet. */
  keyspace: string
  /** Without Doca, in the engine's own words. */
  run(statement: string): Promise<Record<string, unknown>[]>
  /** Closes the first, and removes the keyspace. */
  close(): Promise<void>
}

const ANA = '0a1b2c3d-0000-4000-8000-000000000001'
const EVA = '0a1b2c3d-0000-4000-8000-000000000002'
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second))
const of = (key: string, nome: string | null, second = 0): HistoryRecord => ({
  key,
  values: { nome, email: `${nome}@example.com` },
  written_at: at(second),
})

export function historyRecordsContract(driver: string, open: () => Promise<OpenRecords>): void {
  describe(`records of the history on ${driver}`, () => {
    let opened: OpenRecords
    let history: History
    let table: RecordTable
    beforeAll(async () => {
      opened = await open()
      history = opened.history
      table = { keyspace: opened.keyspace, name: 'people', key: 'id', columns: ['nome', 'email'] }
    })
    afterAll(() => opened.close())

    async function rows(name = 'people') {
      const found = await opened.run(`select * from ${opened.keyspace}.${name}`)
      return found.map(({ id, ...row }) => ({ id: String(id), ...row })).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    }

    test('keyspace and table are made by the first write, and read in plain columns without Doca', async () => {
      await history.upsert(table, [of(ANA, 'Ana'), of(EVA, 'Ѐва 😀')])
      expect(await rows()).toMatchObject([
        { id: ANA, nome: 'Ana', email: 'Ana@example.com' },
        { id: EVA, nome: 'Ѐва 😀', email: 'Ѐва 😀@example.com' },
      ])
      await history.upsert(table, [])
    })

    test('the same again changes nothing; what was written last stands whole, also where it is null', async () => {
      await history.upsert(table, [of(ANA, 'Ana')])
      expect(await rows()).toHaveLength(2)
      await history.upsert(table, [{ key: ANA, values: { nome: null, email: 'ana@example.org' }, written_at: at(1) }])
      expect((await rows())[0]).toMatchObject({ nome: null, email: 'ana@example.org' })
      await history.upsert(table, [{ key: ANA, values: { nome: 'Ana' }, written_at: at(2) }])
      expect((await rows())[0]).toMatchObject({ nome: 'Ana', email: null })
    })

    test('what is older never replaces what is newer, in one call and from call to call', async () => {
      await history.upsert(table, [of(ANA, 'new', 9), of(ANA, 'old', 8)])
      expect((await rows())[0]).toMatchObject({ nome: 'new' })
      await history.upsert(table, [of(ANA, 'older', 3)])
      expect((await rows())[0]).toMatchObject({ nome: 'new' })
      await history.upsert(table, [of(ANA, 'later', 9)])
      expect((await rows())[0]).toMatchObject({ nome: 'later' })
    })

    test('a time in the future counts as now', async () => {
      const written_at = new Date(Date.now() + 86_400_000)
      await history.upsert(table, [{ key: EVA, values: { nome: 'early' }, written_at }])
      await history.upsert(table, [{ key: EVA, values: { nome: 'late' }, written_at: new Date(Date.now() + 1000) }])
      expect((await rows())[1]).toMatchObject({ nome: 'late' })
    })

    test('a table that is there already, with other columns, keeps its own and gets those that it lacks', async () => {
      await opened.run(`create table ${opened.keyspace}.others (id uuid primary key, nome text, own text)`)
      await opened.run(`insert into ${opened.keyspace}.others (id, own) values (${quoted(ANA)}, 'kept')`)
      await history.upsert({ ...table, name: 'others' }, [of(ANA, 'Ana', 5), of(EVA, 'Eva', 5)])
      expect(await rows('others')).toMatchObject([
        { id: ANA, nome: 'Ana', email: 'Ana@example.com', own: 'kept' },
        { id: EVA, nome: 'Eva', own: null },
      ])
    })

    test('a table that is dropped meanwhile is made again', async () => {
      await opened.run(`drop table ${opened.keyspace}.others`)
      await history.upsert({ ...table, name: 'others' }, [of(ANA, 'again')])
      expect(await rows('others')).toMatchObject([{ id: ANA, nome: 'again' }])
    })

    test('programs that begin at once make one table, and lose nothing', async () => {
      const second = await opened.again()
      const both = { ...table, name: 'both' }
      const records = Array.from({ length: 400 }, (_, i) =>
        of(`0a1b2c3d-0000-4000-8000-${String(i).padStart(12, '0')}`, `p${i}`),
      )
      await Promise.all([
        history.upsert(both, records.slice(0, 250)),
        second.upsert(both, records.slice(150)),
        history.upsert(both, records.slice(100, 300).toReversed()),
      ])
      await second.close()
      expect(await rows('both')).toHaveLength(400)
    })

    test.each<[string, (table: RecordTable) => RecordTable]>([
      ['a keyspace of Doca', (table) => ({ ...table, keyspace: 'public' })],
      ['a keyspace of the engine', (table) => ({ ...table, keyspace: 'system_schema' })],
      ['a statement for a name', (table) => ({ ...table, name: 'x"; drop table y' })],
      ['a column in capitals', (table) => ({ ...table, columns: ['Nome'] })],
    ])('%s is refused', (_, change) =>
      expect(history.upsert(change(table), [of(ANA, 'x')])).rejects.toMatchObject({ code: 'history_name_invalid' }),
    )

    test.each<[string, Partial<HistoryRecord>]>([
      ['no UUID for a key', { key: 'ana' }],
      ['a NUL', { values: { nome: 'a\0b' } }],
      ['half a surrogate pair', { values: { nome: '\ud800' } }],
      ['more than is kept', { values: { nome: 'a'.repeat(5_000_000) } }],
      ['no time', { written_at: new Date(NaN) }],
    ])('a record with %s is refused before anything is written', async (_, part) => {
      const before = await rows()
      const good = { ...of(EVA, 'not written'), written_at: new Date() }
      expect(history.upsert(table, [good, { ...of(ANA, 'x'), ...part }])).rejects.toMatchObject({
        code: 'history_refused',
      })
      expect(await rows()).toEqual(before)
    })

    const quoted = (id: string) => (driver === 'cassandra' ? id : `'${id}'`)
  })
}
