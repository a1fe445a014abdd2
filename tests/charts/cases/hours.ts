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
    kind: 5,
    name: 'codes to which the format adds zeros',
    table: 'Código|Vendas; 12|40; 345|90; 1007|25; 98|61',
    formats: { A: '00000' },
    wants: { chart: 'bars', label: 'Código', series: ['Vendas'], first: ['00345', 90], last: ['01007', 25] },
  },
  {
    kind: 5,
    name: 'postcodes to which the format adds a zero and a dash',
    table: 'CEP|Pedidos; 1310100|14; 20040020|22; 4538132|9; 30130010|17',
    formats: { A: '00000\\-000' },
    wants: { label: 'CEP', series: ['Pedidos'], first: ['20040-020', 22], last: ['04538-132', 9] },
  },
  {
    kind: 5,
    name: 'part numbers with a dash',
    locale: 'en',
    table: 'Part|Units; 12045|300; 118220|120; 7003|210; 45001|95',
    formats: { A: '000-000' },
    wants: { label: 'Part', series: ['Units'], first: ['012-045', 300], last: ['045-001', 95] },
  },
  {
    kind: 5,
    name: 'accounts with a check digit',
    table: 'Conta|Saldo; 1234|500; 98765|1200; 455|80',
    formats: { A: '0000\\-00' },
    wants: { label: 'Conta', series: ['Saldo'], first: ['0987-65', 1200], last: ['0004-55', 80] },
  },
  {
    kind: 5,
    name: 'phone numbers, short and long',
    locale: 'en',
    table: 'Phone|Calls; 5551234|30; 2125550199|45; 5559876|12',
    formats: { A: '[<=9999999]###-####;(###) ###-####' },
    wants: { label: 'Phone', series: ['Calls'], first: ['(212) 555-0199', 45], last: ['555-9876', 12] },
  },
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
