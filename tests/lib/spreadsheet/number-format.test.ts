import { expect, test } from 'bun:test'
import { masked } from '../../../lib/spreadsheet/digit-mask.ts'
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
  ['[h]:mm:ss', { kind: 'duration', seconds: true }],
  ['mm:ss', { kind: 'time', seconds: true }],
  ['h:mm AM/PM', { kind: 'time', of_day: true }],
  ['+0.0;[Red]-0.0', { kind: 'number', decimals: 1 }],
  ['#,##0 "dias"', { kind: 'number', decimals: 0 }],
  ['General', { kind: 'number' }],
] as const)('the format %s', (code, format) => {
  expect(readNumberFormat(code)).toEqual(format)
})

test.each([
  ['00000', 12, '00012'],
  ['00000', 1_234_567, undefined],
  ['00000', 12_345, undefined],
  ['000-000', 12_045, '012-045'],
  ['0000\\-00', 455, '0004-55'],
  ['00000\\-000', 1_310_100, '01310-100'],
  ['00"."000"."000\\/0000\\-00', 11_222_333_000_181, '11.222.333/0001-81'],
  ['000\\.000\\.000\\-00', 1_234_567_890, '012.345.678-90'],
  ['"SKU-"0000', 7, 'SKU-0007'],
  ['"SKU-"0000', 12_345, 'SKU-12345'],
  ['00":"00', 830, '08:30'],
  ['[<=99999999]0000-0000;(00) 00000-0000', 33_334_444, '3333-4444'],
  ['[<=99999999]0000-0000;(00) 00000-0000', 11_987_654_321, '(11) 98765-4321'],
  ['[<=9999999]###-####;(###) ###-####', 5_551_234, '555-1234'],
  ['[<=9999999]###-####;(###) ###-####', 12, undefined],
  ['#,##0', 12, undefined],
  ['0000.00', 12, undefined],
  ['00%', 1, undefined],
  ['0', 5, undefined],
  ['00" un."', 5, undefined],
  ['0.00E+00', 5, undefined],
  ['00000', 12.5, undefined],
  ['00000', -12, undefined],
] as const)('the format %s writes %d as %s', (code, number, shown) => {
  const { masks } = readNumberFormat(code)
  expect(masks && masked(number, masks)).toEqual(shown)
})
