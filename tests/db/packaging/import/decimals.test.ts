import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { decimalMark, provenMark, readDecimal } from '../../../../db/packaging/import/decimals.ts'

setDefaultTimeout(30_000)

function decide(cells: string, separator: string) {
  const mark = decimalMark()
  for (const cell of cells.split(' ')) mark.add(cell)
  return mark.decide(separator)
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

  test('is unknown when nothing tells: 1.234 is then refused, never guessed', () => {
    expect(decide('1.234 12', ';')).toBeUndefined()
    expect(readDecimal('1.234', undefined)).toMatchObject({
      problem: { en: expect.stringContaining('two ways') as string },
    })
    expect(readDecimal('12', undefined)).toEqual({ value: '12' })
  })
})

describe('a number', () => {
  const read = (cell: string, mark: '.' | ',') => {
    const result = readDecimal(cell, mark)
    return 'value' in result ? result.value : null
  }

  test('is read by the mark of its file, with thousands where commas are decimals', () => {
    expect(read('1.234', '.')).toBe('1.234')
    expect(read('1.234', ',')).toBe('1234')
    expect(read('1.234,56', ',')).toBe('1234.56')
    expect(read('1234,56', ',')).toBe('1234.56')
    expect(read('18.000', ',')).toBe('18000')
    expect(read('1,234', ',')).toBe('1.234')
  })

  test('of the other mark, or none at all, is refused', () => {
    for (const cell of ['1,25', '1,234', '1,234.5', '1.2.3', '.5', '5.', '-1', '+1', '1e3', '١', '0x1f', 'R$ 1'])
      expect(read(cell, '.')).toBeNull()
    for (const cell of ['12.5', '0.520', '1.23,4', '1,2,3', '1.234.5']) expect(read(cell, ',')).toBeNull()
  })
})
