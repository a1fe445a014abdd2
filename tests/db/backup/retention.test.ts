import { expect, test } from 'bun:test'
import { archiveName, archiveTime } from '../../../db/backup/file-names.ts'
import { decideRetention } from '../../../db/backup/retention.ts'

const DAY_MS = 24 * 3600_000
const at = (day: string, hour = 5) => new Date(`${day}T${String(hour).padStart(2, '0')}:30:00Z`)
const nightly = (from: string, days: number) =>
  Array.from({ length: days }, (_, i) => archiveName(new Date(at(from).getTime() + i * DAY_MS), true))
const daysOf = (names: string[]) => names.map((name) => archiveTime(name)!.toISOString().slice(0, 10))

test('of two years of nightly backups, 7 days, 4 weeks and 12 months are kept, each by its newest', () => {
  const { keep, remove } = decideRetention(nightly('2024-11-22', 730).toSorted())
  expect(daysOf(keep)).toEqual([
    // The last seven days; Saturday the 21st is of this week.
    '2026-11-21',
    '2026-11-20',
    '2026-11-19',
    '2026-11-18',
    '2026-11-17',
    '2026-11-16',
    '2026-11-15',
    // The Sundays that ended the weeks before, the first of which is among the days.
    '2026-11-08',
    '2026-11-01',
    // The last days of the months before.
    '2026-10-31',
    '2026-09-30',
    '2026-08-31',
    '2026-07-31',
    '2026-06-30',
    '2026-05-31',
    '2026-04-30',
    '2026-03-31',
    '2026-02-28',
    '2026-01-31',
    '2025-12-31',
  ])
  expect(keep.length + remove.length).toBe(730)
})

test('deciding every night anew keeps the same as deciding once', () => {
  let kept: string[] = []
  const all = nightly('2025-06-01', 300)
  for (const name of all) kept = decideRetention([...kept, name]).keep
  expect(kept).toEqual(decideRetention(all).keep)
})

test('what was made within a day of the newest is kept; older ones of one day are not', () => {
  const today = [1, 2, 3].map((hour) => archiveName(at('2026-11-21', hour), true))
  const before = [1, 2, 3].map((hour) => archiveName(at('2026-11-18', hour), true))
  const { keep, remove } = decideRetention([...before, ...today])
  expect(keep).toEqual([...today.toReversed(), before[2]!])
  expect(remove).toEqual([before[1]!, before[0]!])
})

test('files that are none of ours are in neither list', () => {
  const foreign = ['holiday.tar.zst', 'doca-2026.tar.zst', `${archiveName(at('2026-01-01'), false)}.bak`, '.partial-x']
  expect(decideRetention(foreign)).toEqual({ keep: [], remove: [] })
  expect(archiveTime('doca-20261399T000000Z-abcdef.tar.zst')).toBeNull()
})
