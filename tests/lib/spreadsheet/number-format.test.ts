import { expect, test } from 'bun:test'
import { readNumberFormat } from '../../../lib/spreadsheet/number-format.ts'

test.each([
  ['_-"R$"* #,##0.00_-;-"R$"* #,##0.00_-', { kind: 'money', currency: 'R$', decimals: 2 }],
  ['[$R$-416] #,##0', { kind: 'money', currency: 'R$', decimals: 0 }],
  ['[$€-407] #,##0.00', { kind: 'money', currency: '€', decimals: 2 }],
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
