import { expect, test } from 'bun:test'
import { readNumberFormat } from '../../../lib/spreadsheet/number-format.ts'

test.each([
  ['_-"R$"* #,##0.00_-;-"R$"* #,##0.00_-', { kind: 'money', currency: 'R$', decimals: 2 }],
  ['[$R$-416] #,##0', { kind: 'money', currency: 'R$', decimals: 0 }],
  ['[$€-407] #,##0.00', { kind: 'money', currency: '€', decimals: 2 }],
  ['[$€-2] #,##0.00', { kind: 'money', currency: '€', decimals: 2 }],
  ['#,##0.00 [$£-809];[Red]-#,##0.00 [$£-809]', { kind: 'money', currency: '£', decimals: 2 }],
  ['[$¥-411]#,##0', { kind: 'money', currency: '¥', decimals: 0 }],
  ['[$CHF-807] #,##0.00', { kind: 'money', currency: 'CHF', decimals: 2 }],
  ['#,##0 [$kr-41D]', { kind: 'money', currency: 'kr', decimals: 0 }],
  ['[$$-409]#,##0.00', { kind: 'money', currency: '$', decimals: 2 }],
  ['[$US$-409] #,##0', { kind: 'money', currency: 'US$', decimals: 0 }],
  ['[$USD] #,##0', { kind: 'money', currency: 'USD', decimals: 0 }],
  ['\\R\\$ #,##0.00', { kind: 'money', currency: 'R$', decimals: 2 }],
  ['#,##0.00 "€"', { kind: 'money', currency: '€', decimals: 2 }],
  ['"CHF" #,##0', { kind: 'money', currency: 'CHF', decimals: 0 }],
  ['"A$"0', { kind: 'money', currency: 'A$', decimals: 0 }],
  ['[$₹-4009] #,##0', { kind: 'money', currency: '₹', decimals: 0 }],
  ['#,##0 "kr de luz"', { kind: 'number', decimals: 0 }],
  ['[$-F800]dddd, mmmm dd, yyyy', { kind: 'date' }],
  ['[$-416]#,##0', { kind: 'number', decimals: 0 }],
  ['0.0%', { kind: 'percent', decimals: 1 }],
  ['[$-416]mmm/yy;@', { kind: 'date' }],
  ['dd/mm/yyyy hh:mm', { kind: 'date' }],
  ['h:mm', { kind: 'time' }],
  ['[h]:mm', { kind: 'duration' }],
  ['+0.0;[Red]-0.0', { kind: 'number', decimals: 1 }],
  ['#,##0 "dias"', { kind: 'number', decimals: 0 }],
  ['General', { kind: 'number' }],
] as const)('the format %s', (code, format) => {
  expect(readNumberFormat(code)).toEqual(format)
})
