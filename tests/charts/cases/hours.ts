/** Kinds 16, 5 and 17: hours and times of day, zeros that a format writes, more columns than are read. */
import type { Case } from './case.ts'

/** Columns of numbers beside a name: more than are read. */
const WIDE = Array.from({ length: 600 }, (_, at) => at + 1)
const wide = (first: string, names: string[]) =>
  [[first, ...WIDE.map((at) => `P${at}`)], ...names.map((name, row) => [name, ...WIDE.map((at) => at + row)])]
    .map((cells) => cells.join('|'))
    .join(';')

export const HOURS: Case[] = [
  {
    kind: 17,
    name: 'more columns than are read',
    table: wide('Produto', ['Caixa', 'Lata', 'Fita']),
    wants: { refused: 'too_many_columns' },
  },
  {
    kind: 17,
    name: 'more columns than are read, under a title',
    locale: 'en',
    table: `Sales of the year; ${wide('Product', ['Box', 'Can', 'Tape', 'Lid'])}`,
    wants: { refused: 'too_many_columns' },
  },
  {
    kind: 17,
    name: 'a remark far to the right is not of the table',
    table: `Loja|Vendas${'|'.repeat(700)}ver nota; Centro|10; Norte|14; Sul|9`,
    wants: { label: 'Loja', series: ['Vendas'], first: ['Norte', 14], last: ['Sul', 9], range: 'A1:B4' },
  },
  {
    kind: 17,
    name: 'another table far to the right is another one',
    locale: 'en',
    table: ['Store|Sales|Store|Costs', 'North|10|North|4', 'South|14|South|6', 'East|9|East|3']
      .map((row) => row.replace(/^([^|]*\|[^|]*)/, `$1${'|'.repeat(700)}`))
      .join(';'),
    wants: { label: 'Store', series: ['Sales'], first: ['South', 14], last: ['East', 9], range: 'A1:B4' },
  },
]
