import { describe, expect, test } from 'bun:test'
import { decimalMarks, provenMark } from '../../../lib/spreadsheet/decimal-mark.ts'

function decide(cells: string, separator: string) {
  const marks = decimalMarks()
  for (const cell of cells.split(' ')) marks.add(cell)
  return marks.decide(separator)
}

test('a cell proves a decimal mark only when it can be read in one way', () => {
  for (const cell of ['0.5', '12.50', '0.520', '1234.567', '1,234.5', '1,234,567', '-1.5'])
    expect(provenMark(cell)).toBe('.')
  for (const cell of ['0,5', '12,50', '0,520', '1234,567', '1.234,5', '1.234.567', '-1,5'])
    expect(provenMark(cell)).toBe(',')
  for (const cell of ['1.234', '1,234', '12', '', 'abc', '1.2.3', '1,2,3', '12,34.5', '.5'])
    expect(provenMark(cell)).toBeUndefined()
})

describe("a file's decimal mark", () => {
  test('is what most cells prove', () => {
    expect(decide('0.5 1.5 2,5', ';')).toBe('.')
    expect(decide('0,5 1,5 2.5', ',')).toBe(',')
  })

  test('is a point between commas when nothing proves it, and a comma between semicolons when as much proves either', () => {
    expect(decide('1.234 12', ',')).toBe('.')
    expect(decide('1,5 1.5', ',')).toBe('.')
    expect(decide('1,5 1.5', ';')).toBe(',')
  })

  test('is unknown when nothing tells', () => {
    expect(decide('1.234 12', ';')).toBeUndefined()
  })
})
