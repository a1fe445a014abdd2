import { expect, setDefaultTimeout, test } from 'bun:test'
import { readClock } from '../../charts/table/clock.ts'
import { ranksOf } from '../../charts/table/ordered-labels.ts'
import { readDate } from '../../charts/table/read-date.ts'
import { decimalMarkOf, readNumber } from '../../charts/table/read-number.ts'

setDefaultTimeout(120_000)

test.each([
  ['1.234,56', ',', 1234.56],
  ['1,234.56', '.', 1234.56],
  ['R$ 99,90', ',', 99.9],
  ['(1.000,00)', ',', -1000],
  ['12,5%', ',', 0.125],
  ['- 3', ',', -3],
  ['3,5 kg', ',', 3.5],
  ['1 234', '.', 1234],
] as const)('%s with decimal %s is %d', (text, decimal, value) => {
  expect(readNumber(text, decimal)?.value).toBeCloseTo(value, 10)
})

test.each(['', 'abc', '12-34', '1.23.4', '316-68-6352', '10/03/2025', 'B1-20000', '12 34 banana'])(
  '%p is no number',
  (text) => {
    expect(readNumber(text, ',')).toBeUndefined()
  },
)

test('the decimal mark is what the texts prove, else the habit of the language', () => {
  expect(decimalMarkOf(['1.234', '0.5'], ',')).toBe('.')
  expect(decimalMarkOf(['1.234', '12,5'], '.')).toBe(',')
  expect(decimalMarkOf(['1.234.567'], '.')).toBe(',')
  expect(decimalMarkOf(['1.234'], ',')).toBe(',')
  expect(decimalMarkOf(['1.234'], '.')).toBe('.')
})

test.each([
  ['31/12/2025', '2025-12-31', 'day'],
  ['2025-12-31 10:00', '2025-12-31', 'day'],
  ['dez/25', '2025-12-01', 'month'],
  ['dezembro de 2025', '2025-12-01', 'month'],
  ['5 de março de 2025', '2025-03-05', 'day'],
  ['03/2025', '2025-03-01', 'month'],
  ['2º tri 2025', '2025-04-01', 'quarter'],
  ['Q3 2025', '2025-07-01', 'quarter'],
] as const)('%s is a date', (text, day, grain) => {
  const read = readDate(text, 'dmy')
  expect(read && [new Date(read.time).toISOString().slice(0, 10), read.grain]).toEqual([day, grain])
})

test.each(['31/02/2025', '99/99/2025', 'janeiro', 'abc', '10.000'])('%s is no date', (text) => {
  expect(readDate(text, 'dmy')).toBeUndefined()
})

test('labels that have an order of their own are told from names', () => {
  expect(ranksOf(['março', 'janeiro'])?.get('março')).toBe(3)
  expect(ranksOf(['Sex', 'Seg'])?.get('Sex')).toBe(5)
  expect(ranksOf(['Semana 10', 'Semana 2'])?.get('Semana 10')).toBe(10)
  expect(ranksOf(['Produto 1', 'Produto 2'])).toBeUndefined()
  expect(ranksOf(['Março', 'Abril', 'Total'])).toBeUndefined()
  expect(ranksOf(['constructor', 'valueOf'])).toBeUndefined()
  expect(ranksOf(['01310-100', '20040-020'])).toBeUndefined()
  expect(ranksOf(['8:30 PM', '12:00 AM'])?.get('8:30 PM')).toBe(20.5)
})

test.each([
  ['07:30', 7.5],
  ['-02:30', -2.5],
  ['−02:30', -2.5],
  ['(01:15)', -1.25],
  ['+00:45', 0.75],
  ['0:04:30', 0.075],
  ['120:00', 120],
  ['7:30 h', 7.5],
  ['04:30 min', 0.075],
  ['2h30', 2.5],
  ['1 h 15 min', 1.25],
  ['8h', 8],
  ['45 min', 0.75],
] as const)('%s is %d hours', (text, hours) => {
  expect(readClock(text)?.hours).toBeCloseTo(hours, 10)
})

test.each(['1:5', '16:90', 'h', 'às 8h', '8:30 PM', '12 kg', '1:2:3', '10/03 08:00'])(
  '%s is no number of hours',
  (text) => {
    expect(readClock(text)).toBeUndefined()
  },
)
