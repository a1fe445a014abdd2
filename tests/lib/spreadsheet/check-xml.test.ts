import { expect, test } from 'bun:test'
import { newTotals, XmlCheck } from '../../../lib/spreadsheet/check-xml.ts'
import { SpreadsheetFault } from '../../../lib/spreadsheet/fault.ts'

const LIMITS = { rows: 100, cells: 1000 }

/** The totals of `xml` as one part in pieces of `size`, or the code of the fault. */
function check(xml: string, size = xml.length, limits = LIMITS) {
  const totals = newTotals(limits)
  const part = new XmlCheck(totals)
  try {
    for (let at = 0; at < xml.length; at += size) part.push(Buffer.from(xml.slice(at, at + size)))
  } catch (thrown) {
    if (!(thrown instanceof SpreadsheetFault)) throw thrown
    return thrown.code
  }
  const { elements, cells, merges, merged_cells } = totals
  return { elements, cells, merges, merged_cells }
}

const SHEET = `<?xml version="1.0"?><!-- <c><c> > --><worksheet><cols><col min="1" max='16384'/></cols><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r='B1' s=">"/><c r="C1"><v>-1.5E-3</v></c></row><row r="2"/>
<row r="3"><c r="A3" t="inlineStr"><is><t><![CDATA[<c>]]>1,5</t></is></c></row></sheetData>
<mergeCells><mergeCell
ref="A1:B3"/><mergeCell ref="C1"/></mergeCells></worksheet>`

test('wherever a part is cut into pieces, the same is counted', () => {
  const whole = { elements: 18, cells: 3, merges: 2, merged_cells: 7 }
  for (const size of [SHEET.length, 1, 2, 3, 5, 17]) expect(check(SHEET, size)).toEqual(whole)
})

test.each([
  ['levels', `${'<a>'.repeat(101)}`, 'damaged'],
  ['a tag', `<a b="${'x'.repeat(70_000)}"/>`, 'damaged'],
  ['a tag that never ends', `<a ${'b '.repeat(40_000)}`, 'damaged'],
  ['a text', `<a>${'x'.repeat(1_100_000)}</a>`, 'damaged'],
  ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a/>', 'damaged'],
  ['a column', '<col min="1" max="16385"/>', 'damaged'],
  ['columns', '<col/>'.repeat(16_385), 'damaged'],
  ['a number format', `<numFmt formatCode="${'['.repeat(3000)}"/>`, 'damaged'],
  ['elements', '<a/>'.repeat(103_001), 'too_many_cells'],
  ['cells', `<row>${'<c><v>1</v></c>'.repeat(1001)}</row>`, 'too_many_cells'],
  ['rows', '<row><c><v>1</v></c></row>'.repeat(101), 'too_many_rows'],
])('too much is refused: %s', (_, xml, code) => {
  for (const size of [xml.length, 4096]) expect<unknown>(check(xml, size)).toBe(code)
})

test('formatted cells and rows without a value are not counted', () => {
  expect(check('<row><c s="1"/></row>'.repeat(1500))).toMatchObject({ cells: 0 })
})

test('a number that its reader would take for another is refused', () => {
  const cell = (value: string, type = '') => `<row><c r="A1"${type}><v>${value}</v></c></row>`
  for (const value of ['1,5', '0x1F', '12 %', '1.2.3'])
    for (const size of [100, 1]) expect(check(cell(value), size)).toBe('damaged')
  for (const value of ['', '0', '-1', '+1', '.5', '5.', '1e400', '1E+05', 'NaN', ' 7 '])
    expect(check(cell(value))).toBeObject()
  for (const type of [' t="str"', ' t="s"', " t='e'"]) expect(check(cell('1,5', type))).toBeObject()
  expect(check(cell('1,5', ' t="n"'))).toBe('damaged')
})
