import { expect, test } from 'bun:test'
import { createListedDays } from '../../../../../db/engines/history/cassandra/listed-days.ts'

const day = (partition: string, day: string) => ({ partition, day })

test('a day is listed once for each partition and table, and again when it was forgotten', () => {
  const listed = createListedDays()
  const days = [day('A', '1'), day('A', '1'), day('A', '2'), day('B', '1')]
  expect(listed.unlisted('events', days)).toEqual([day('A', '1'), day('A', '2'), day('B', '1')])
  listed.add('events', [day('A', '1')])
  expect(listed.unlisted('events', days)).toEqual([day('A', '2'), day('B', '1')])
  expect(listed.unlisted('other', [day('A', '1')])).toHaveLength(1)
  listed.clear()
  expect(listed.unlisted('events', [day('A', '1')])).toHaveLength(1)
})

test('a day is listed again after ten minutes, since the tables may have been emptied', () => {
  let now = 0
  const listed = createListedDays(() => now)
  listed.add('events', [day('A', '1')])
  now = 10 * 60_000
  expect(listed.unlisted('events', [day('A', '1')])).toEqual([])
  now++
  expect(listed.unlisted('events', [day('A', '1')])).toHaveLength(1)
})

test('the memory is bounded, and the days that were listed longest ago go first', () => {
  const listed = createListedDays()
  const days = Array.from({ length: 60_000 }, (_, n) => day('A', String(n)))
  listed.add('events', days)
  const unlisted = listed.unlisted('events', days)
  expect(unlisted).toHaveLength(10_000)
  expect(unlisted.at(-1)).toEqual(day('A', '9999'))
})
