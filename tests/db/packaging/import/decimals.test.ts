import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readDecimal } from '../../../../db/packaging/import/decimals.ts'

setDefaultTimeout(120_000)

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

  test('that nothing in its file tells how to read is refused, never guessed', () => {
    expect(readDecimal('1.234', undefined)).toMatchObject({
      problem: { en: expect.stringContaining('two ways') as string },
    })
    expect(readDecimal('12', undefined)).toEqual({ value: '12' })
  })
})
