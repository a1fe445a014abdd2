/** Files that once kept the API busy for half a minute. All that we could think of are in hostile-files.slow.test.ts. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { HOSTILE_CSV, HOSTILE_WORKBOOKS } from '../../../kit/hostile-files.ts'
import { readHostile } from './read-hostile.ts'

setDefaultTimeout(120_000)

const LONG_ROW = 'The file cannot be read as CSV. Nothing was imported.'
const DAMAGED = /^The workbook is damaged/

test.each([
  ['zeros in a decimal', '1 of 1 rows have mistakes. Nothing was imported.'],
  ['blanks inside a name', '1 of 1 rows have mistakes. Nothing was imported.'],
  ['combining marks in the header', 'The first row does not name the columns as it should. Nothing was imported.'],
  ['only carriage returns', 'The file has a header but no rows. Nothing was imported.'],
  ['a million separators in a line', LONG_ROW],
  ['a quote that is never closed', LONG_ROW],
  ['400,000 rows, each wrong', 'The table has more than 500000 rows; split it. Nothing was imported.'],
  [
    '30,000 rows, each wrong',
    '30000 of 30000 rows have mistakes. The first 1000 of 60000 mistakes are listed. Nothing was imported.',
  ],
])('CSV: %s', async (name, sentence) => {
  expect(await readHostile(HOSTILE_CSV[name]!())).toBe(sentence)
})

test.each([
  ['one cell in the last row', /^The first row does not name the columns/],
  ['a table and one cell in the last place', /^read$/],
  ['a merged range, and a row beyond the last', /^1 of 2 rows have mistakes/],
  ['nested XML in the sheet', DAMAGED],
  ['an attribute of 60 MB', DAMAGED],
  ['entities that multiply', DAMAGED],
  ['a number format of brackets', DAMAGED],
  ['a name for all cells', /^read$/],
  ['numbers out of range', /^6 of 6 rows have mistakes/],
  ['a number of which only the beginning is one', DAMAGED],
  ['dates out of range', /^6 of 6 rows have mistakes/],
])('workbook: %s', async (name, sentence) => {
  expect(await readHostile(HOSTILE_WORKBOOKS[name]!())).toMatch(sentence)
})
