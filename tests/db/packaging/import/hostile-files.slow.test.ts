/** Every hostile file: each is read, or refused with a sentence that is not that of a killed process. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { HOSTILE_CSV, HOSTILE_WORKBOOKS } from '../../../kit/hostile-files.ts'
import { readHostile } from './read-hostile.ts'

setDefaultTimeout(120_000)

test.each(Object.entries({ ...HOSTILE_CSV, ...HOSTILE_WORKBOOKS }))('%s', async (_, make) => {
  expect(await readHostile(make())).not.toContain('too much memory or time')
})

test('a workbook of a million rows of one cell has too many', async () => {
  const made = HOSTILE_WORKBOOKS['a million rows of one cell']!()
  expect(await readHostile(made)).toStartWith('The table has more than 500000 rows')
})
