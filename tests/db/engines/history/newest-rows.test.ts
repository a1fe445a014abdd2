import { expect, spyOn, test } from 'bun:test'
import { newestRows } from '../../../../db/engines/history/newest-rows.ts'

test('of two rows that count as written now, the last one stands, however long the call takes', () => {
  let now = Date.now()
  using _ = spyOn(Date, 'now').mockImplementation(() => now++)
  const tomorrow = new Date(now + 86_400_000)
  const version = (name: string, written_at?: Date) => ({
    partition: 'p',
    at: new Date(0),
    id: 'a',
    data: { name },
    ...(written_at && { written_at }),
  })
  expect(newestRows([version('first', tomorrow), version('second', tomorrow)])).toMatchObject([
    { data: { name: 'second' } },
  ])
  expect(newestRows([version('first'), version('second')])).toMatchObject([{ data: { name: 'second' } }])
  expect(newestRows([version('first'), version('second', tomorrow)])).toMatchObject([{ data: { name: 'second' } }])
})
