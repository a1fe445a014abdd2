/** Tables with two label columns, headers of numbers, small percentages, codes like dates and totals that are data. */
import type { Case } from './case.ts'

const table = (...rows: string[]) => rows.join(';')
const numbers = (from: number, to: number, of: (at: number) => number | string) =>
  Array.from({ length: to - from + 1 }, (_, at) => of(from + at)).join('|')

/** Kind 21. */
const TWO_LABELS: Case[] = [
  {
    kind: 21,
    name: 'towns of states over years',
    table: table(
      'UF|Município|2021|2022|2023|2024',
      'SP|Campinas|10|12|13|15',
      'SP|Santos|5|6|7|8',
      'RJ|Niterói|7|7|9|9',
      'RJ|Petrópolis|3|4|4|5',
    ),
    wants: {
      label: 'Município',
      series: ['Campinas', 'Santos', 'Niterói', 'Petrópolis'],
      first: ['2021', 10, 5, 7, 3],
      last: ['2024', 15, 8, 9, 5],
      points: 4,
      method: 'each',
    },
  },
  {
    kind: 21,
    name: 'products of shops over months',
    table: table(
      'Loja|Produto|Jan|Fev|Mar|Abr',
      'Centro|Camisa|10|12|11|14',
      'Centro|Calça|20|18|21|25',
      'Norte|Camisa|8|9|9|10',
      'Norte|Calça|15|15|16|17',
    ),
    wants: {
      series: ['Centro / Camisa', 'Centro / Calça', 'Norte / Camisa', 'Norte / Calça'],
      first: ['Jan', 10, 20, 8, 15],
      last: ['Abr', 14, 25, 10, 17],
      points: 4,
    },
  },
  {
    kind: 21,
    name: 'countries of regions with their codes',
    locale: 'en',
    table: table(
      'Region|Country|Code|2019|2020|2021|2022|2023',
      'Europe|France|FRA|65|66|66|67|68',
      'Europe|Spain|ESP|47|47|47|48|48',
      'Asia|Japan|JPN|126|126|125|125|124',
      'Asia|Nepal|NPL|28|29|29|30|31',
    ),
    wants: {
      label: 'Country',
      series: ['France', 'Spain', 'Japan', 'Nepal'],
      first: ['2019', 65, 47, 126, 28],
      points: 5,
    },
  },
  {
    kind: 21,
    name: 'a seller on two rows is summed',
    table: table('Vendedor|Jan|Fev|Mar|Abr', 'Ana|10|20|30|40', 'Bia|5|5|5|5', 'Ana|1|2|3|4', 'Caio|7|8|9|10'),
    wants: {
      label: 'Vendedor',
      series: ['Ana', 'Bia', 'Caio'],
      first: ['Jan', 11, 5, 7],
      last: ['Abr', 44, 5, 10],
      method: 'sum',
    },
  },
  {
    kind: 21,
    name: 'levels of a plant on two rows are averaged',
    locale: 'en',
    table: table(
      'Plant|Temperature 2020|Temperature 2021|Temperature 2022|Temperature 2023',
      'Leeds|20|21|22|23',
      'Leeds|22|23|24|27',
      'York|18|18|19|19',
    ),
    wants: {
      label: 'Plant',
      series: ['Leeds', 'York'],
      first: ['2020', 21, 18],
      last: ['2023', 25, 19],
      method: 'mean',
    },
  },
  {
    kind: 21,
    name: 'accounts of groups, three years side by side',
    table: table(
      'Grupo|Conta|2022|2023|2024',
      'Receita|Vendas|90|95|99',
      'Receita|Serviços|40|42|45',
      'Despesa|Aluguel|20|21|22',
      'Despesa|Pessoal|50|52|58',
    ),
    wants: {
      label: 'Conta',
      series: ['2022', '2023', '2024'],
      first: ['Vendas', 90, 95, 99],
      last: ['Aluguel', 20, 21, 22],
    },
  },
  {
    kind: 21,
    name: 'shops merged over their products',
    table: table(
      'Loja|Produto|Jan|Fev|Mar|Abr',
      'Centro|Camisa|10|12|11|14',
      '|Calça|20|18|21|25',
      'Norte|Camisa|8|9|9|10',
      '|Calça|15|15|16|17',
    ),
    merges: ['A2:A3', 'A4:A5'],
    wants: {
      series: ['Centro / Camisa', 'Centro / Calça', 'Norte / Camisa', 'Norte / Calça'],
      first: ['Jan', 10, 20, 8, 15],
    },
  },
  {
    kind: 21,
    name: 'shops written once above their products, as a pivot table does',
    table: table(
      'Loja|Produto|Jan|Fev|Mar|Abr',
      'Centro|Camisa|10|12|11|14',
      '|Calça|20|18|21|25',
      '|Boné|2|3|4|4',
      'Norte|Camisa|8|9|9|10',
      '|Calça|15|15|16|17',
    ),
    wants: {
      series: ['Centro / Camisa', 'Centro / Calça', 'Centro / Boné', 'Norte / Camisa', 'Norte / Calça'],
      first: ['Jan', 10, 20, 2, 8, 15],
    },
  },
  {
    kind: 21,
    name: 'codes in front of regions and shops',
    table: table(
      'Código|Região|Loja|1T|2T|3T|4T',
      '101|Sul|Centro|100|120|130|150',
      '102|Sul|Praia|80|75|90|95',
      '103|Norte|Porto|60|66|71|70',
    ),
    wants: { label: 'Loja', series: ['Centro', 'Praia', 'Porto'], first: ['1T', 100, 80, 60], points: 4 },
  },
  {
    kind: 21,
    name: 'people of departments over dated quarters',
    locale: 'en',
    table: table(
      'Department|Employee|Q1 2024|Q2 2024|Q3 2024|Q4 2024',
      'Sales|Ann|10|11|12|13',
      'Sales|Bob|9|8|7|6',
      'Support|Cid|4|5|5|6',
      'Support|Dee|3|3|4|4',
    ),
    wants: { label: 'Employee', series: ['Ann', 'Bob', 'Cid', 'Dee'], points: 4, cells: 16 },
  },
  {
    kind: 21,
    name: 'codes tell two branches of one name apart',
    table: table('Cód|Filial|Jan|Fev|Mar|Abr', '1|Centro|1|2|3|4', '2|Centro|2|3|4|5', '3|Norte|5|5|5|6'),
    wants: { series: ['Centro / 1', 'Centro / 2', 'Norte / 3'], first: ['Jan', 1, 2, 5], points: 4 },
  },
  {
    kind: 21,
    name: 'two columns of one name are told apart by their letters',
    table: table('Loja|Receita|Receita|Receita', 'Centro|120|130|150', 'Norte|90|95|99', 'Sul|60|61|66'),
    wants: {
      label: 'Loja',
      series: ['Receita (Coluna B)', 'Receita (Coluna C)', 'Receita (Coluna D)'],
      first: ['Centro', 120, 130, 150],
    },
  },
]

/** Kind 22. */
const NUMBERED_HEADERS: Case[] = [
  {
    kind: 22,
    name: 'sales of each day of a month',
    table: table(
      `Vendedor|${numbers(1, 31, (at) => at)}`,
      `Ana|${numbers(1, 31, (at) => 20 + ((at * 7) % 13))}`,
      `Bia|${numbers(1, 31, (at) => 30 + ((at * 5) % 11))}`,
      `Caio|${numbers(1, 31, (at) => 12 + ((at * 3) % 7))}`,
    ),
    wants: {
      label: 'Vendedor',
      chart: 'lines',
      series: ['Ana', 'Bia', 'Caio'],
      points: 31,
      first: ['1', 27, 35, 15],
      last: ['31', 29, 31, 14],
      range: 'A1:AF4',
    },
  },
  {
    kind: 22,
    name: 'products over six numbered months',
    table: table('Produto|1|2|3|4|5|6', 'Caixa|11|9|14|12|15|13', 'Lata|7|8|6|9|9|10', 'Fita|3|4|4|5|3|6'),
    wants: { series: ['Caixa', 'Lata', 'Fita'], points: 6, first: ['1', 11, 7, 3], last: ['6', 13, 10, 6] },
  },
  {
    kind: 22,
    name: 'calls of weekdays by the hour',
    table: table("Dia|'08:00|'09:00|'10:00|'11:00", 'Segunda|12|18|25|20', 'Terça|10|15|22|19', 'Quarta|11|19|24|23'),
    wants: {
      label: 'Dia',
      series: ['Segunda', 'Terça', 'Quarta'],
      points: 4,
      first: ['08:00', 12, 10, 11],
      last: ['11:00', 20, 19, 23],
    },
  },
  {
    kind: 22,
    name: 'marks of classes in four terms',
    table: table('Turma|1|2|3|4', '6A|7.1|6.5|8|7.4', '6B|5.9|6.1|6.8|7', '7A|8.2|7.9|8.5|8.8'),
    wants: { series: ['6A', '6B', '7A'], points: 4, first: ['1', 7.1, 5.9, 8.2], last: ['4', 7.4, 7, 8.8] },
  },
  {
    kind: 22,
    name: 'rooms by the hour',
    locale: 'en',
    table: table("Room|'9:00|'10:00|'11:00|'12:00", 'Blue|3|5|8|2', 'Green|1|4|6|6', 'Red|9|7|7|5'),
    wants: {
      label: 'Room',
      series: ['Blue', 'Green', 'Red'],
      points: 4,
      first: ['9:00', 3, 1, 9],
      last: ['12:00', 2, 6, 5],
    },
  },
  {
    kind: 22,
    name: 'teams over numbered weeks with a total',
    locale: 'en',
    table: table('Team|1|2|3|4|5|Total', 'North|4|6|5|7|8|30', 'South|9|7|8|6|5|35', 'West|1|2|2|3|4|12'),
    wants: { series: ['North', 'South', 'West'], points: 5, first: ['1', 4, 9, 1], last: ['5', 8, 5, 4] },
  },
  {
    kind: 22,
    name: 'numbered terms under a heading',
    table: table('|Bimestre|||', 'Turma|1|2|3|4', '6A|71|65|80|74', '6B|59|61|68|70', '7A|82|79|85|88'),
    wants: { series: ['6A', '6B', '7A'], points: 4, cells: 12, texts: ['1', '4'] },
  },
  {
    kind: 22,
    name: 'a blank corner beside times',
    table: table("|'08:00|'10:00|'14:00|'16:00", 'Seg|3|4|5|2', 'Ter|2|2|4|4', 'Qua|5|6|6|1'),
    wants: [
      { series: ['Seg', 'Ter', 'Qua'], points: 4, cells: 12, first: ['08:00', 3, 2, 5] },
      { series: ['08:00', '10:00', '14:00', '16:00'], points: 3, cells: 12 },
    ],
  },
  {
    kind: 22,
    name: 'a blank corner beside numbers',
    table: table('|1|2|3|4|5', 'Ana|8|6|7|9|5', 'Bia|3|4|6|5|7', 'Caio|9|9|8|7|7'),
    wants: { series: ['Ana', 'Bia', 'Caio'], points: 5, first: ['1', 8, 3, 9], last: ['5', 5, 7, 7] },
  },
  {
    kind: 22,
    name: 'dates by the hour',
    table: table(
      "Data|'08:00|'12:00|'16:00",
      '2025-03-03|20|31|27',
      '2025-03-04|22|35|25',
      '2025-03-05|19|30|29',
      '2025-03-06|25|33|30',
    ),
    wants: [
      { label: 'Data', series: ['08:00', '12:00', '16:00'], points: 4, cells: 12 },
      { points: 3, cells: 12, first: ['08:00', 20, 22, 19, 25] },
    ],
  },
  {
    kind: 22,
    name: 'three numbered tests side by side',
    locale: 'en',
    table: table('Student|1|2|3', 'Ann|7|8|6', 'Bob|9|9|10', 'Cid|5|6|8', 'Dee|6|7|7'),
    wants: { label: 'Student', series: ['1', '2', '3'], points: 4, cells: 12 },
  },
  {
    kind: 22,
    name: 'steps of five and a text in the title above',
    table: table('Temperatura do forno por minuto', 'Forno|5|10|15|20', 'F1|180|210|220|225', 'F2|175|190|205|215'),
    wants: { series: ['F1', 'F2'], points: 4, first: ['5', 180, 175], last: ['20', 225, 215], range: 'A2:E4' },
  },
  {
    kind: 22,
    name: 'subtotals between the days',
    table: table(
      'Vendedor|1|2|3|1ª semana|4|5|6|2ª semana',
      'Ana|3|4|6|13|5|2|7|14',
      'Bia|9|8|9|26|7|7|5|19',
      'Caio|2|2|1|5|4|3|3|10',
    ),
    wants: { series: ['Ana', 'Bia', 'Caio'], points: 6, first: ['1', 3, 9, 2], last: ['6', 7, 5, 3] },
  },
  {
    kind: 22,
    name: 'rooms by their numbers are no scale',
    locale: 'en',
    table: table('Shift|101|102|103|104', 'Morning|4|7|5|9', 'Afternoon|8|6|7|7', 'Night|2|1|3|2'),
    wants: { chart: 'bars', label: 'Shift', series: ['101', '102', '103', '104'], points: 3, cells: 12 },
  },
  {
    kind: 22,
    name: 'prices of round quantities',
    table: table('Papel|100|250|500|1000', 'Couché|12|25|40|70', 'Kraft|9|18|30|52', 'Offset|7|15|26|44'),
    wants: {
      chart: 'bars',
      label: 'Papel',
      series: ['100', '250', '500', '1000'],
      first: ['Couché', 12, 25, 40, 70],
      points: 3,
      cells: 12,
    },
  },
  {
    kind: 22,
    name: 'delivery costs by distance',
    locale: 'en',
    table: table('Carrier|5|25|100', 'Alpha|4.5|9.9|21.5', 'Beta|5.2|8.8|19', 'Gamma|3.9|11.5|25'),
    wants: { chart: 'bars', label: 'Carrier', series: ['5', '25', '100'], points: 3, cells: 9 },
  },
  {
    kind: 22,
    name: 'a first row that rises evenly is data under its header',
    table: table('Nome|Manhã|Tarde|Noite', 'Ana|1|2|3', 'Bia|4|2|6', 'Caio|5|5|2'),
    wants: { label: 'Nome', series: ['Manhã', 'Tarde', 'Noite'], points: 3, cells: 9 },
  },
]

/** Kind 23. */
const SMALL_PERCENTAGES: Case[] = [
  {
    kind: 23,
    name: 'inflation below one',
    table: table('Mês|IPCA (%)', 'jan/24|0.42', 'fev/24|0.83', 'mar/24|0.16', 'abr/24|0.38'),
    wants: {
      series: ['IPCA (%)'],
      first: ['jan 2024', 0.42],
      last: ['abr 2024', 0.38],
      shown: ['0,42', '0,16'],
      unit: '',
    },
  },
  {
    kind: 23,
    name: 'a rate that goes beyond one',
    table: table('Mês|Variação %', 'Jan|0.5', 'Fev|1.2', 'Mar|-0.3', 'Abr|0.8'),
    wants: { series: ['Variação %'], unit: '%', shown: ['0,5%', '1,2%'] },
  },
  {
    kind: 23,
    name: 'hundredths of a rate that goes beyond one',
    table: table('Mês|IPCA (%)', 'jan/22|0.54', 'fev/22|1.01', 'mar/22|1.62', 'abr/22|-0.36'),
    wants: { series: ['IPCA (%)'], unit: '%', shown: ['0,54%', '1,62%', '−0,36%'] },
  },
  {
    kind: 23,
    name: 'margins that may be fractions are shown as written',
    locale: 'en',
    table: table('Product|Margin %', 'Cup|0.15', 'Bag|0.32', 'Pen|0.9', 'Box|0.1'),
    wants: { first: ['Pen', 0.9], last: ['Box', 0.1], unit: '', shown: ['0.9', '0.32', '0.15'] },
  },
  {
    kind: 23,
    name: 'the number format says that a fraction is a percentage',
    locale: 'en',
    table: table('Product|Margin %', 'Cup|0.15', 'Bag|0.32', 'Pen|0.9', 'Box|0.1'),
    formats: { B: '0%' },
    wants: { first: ['Pen', 0.9], unit: '%', shown: ['90%', '15%'] },
  },
  {
    kind: 23,
    name: 'the cell says that it is half a percent',
    table: table('Fundo|Taxa (%)', 'Alfa|0,5%', 'Beta|0,8%', 'Gama|0,3%'),
    wants: { first: ['Beta', 0.008], unit: '%', shown: ['0,8%', '0,5%'] },
  },
  {
    kind: 23,
    name: 'percentages as text beside a plain number',
    table: table('Item|Percentual', 'Alfa|12%', 'Beta|5', 'Gama|30%'),
    wants: { first: ['Gama', 0.3], last: ['Beta', 0.05], unit: '%', shown: ['30%', '12%', '5%'] },
  },
  {
    kind: 23,
    name: 'one percentage as text among plain numbers',
    locale: 'en',
    table: table('Item|Discount %', 'Cup|12', 'Bag|15%', 'Pen|10', 'Box|8'),
    wants: { first: ['Bag', 15], last: ['Box', 8], unit: '%', shown: ['15%', '12%', '8%'] },
  },
  {
    kind: 23,
    name: 'shares that add up to one',
    table: table('Canal|Participação %', 'Loja|0.5', 'Site|0.3', 'Feira|0.2'),
    wants: { first: ['Loja', 0.5], last: ['Feira', 0.2], unit: '', shown: ['0,5', '0,3', '0,2'] },
  },
  {
    kind: 23,
    name: 'defaults beside loans',
    locale: 'en',
    table: table('Branch|Default rate (%)|Loans', 'East|0.4|120', 'West|0.7|80', 'North|0.2|95'),
    wants: { series: ['Loans'], first: ['East', 120], left_out: ['Default rate (%)'] },
  },
]

/** Kind 24. */
const CODES_LIKE_DATES: Case[] = [
  {
    kind: 24,
    name: 'accounts with their descriptions',
    table: table(
      'Conta|Descrição|Saldo',
      '1.1.01|Caixa|5000',
      '1.1.02|Bancos|12000',
      '1.2.01|Estoque|9000',
      '2.1.03|Fornecedores|7000',
    ),
    wants: {
      chart: 'bars',
      label: 'Descrição',
      first: ['Bancos', 12000],
      last: ['Caixa', 5000],
      points: 4,
      method: 'each',
    },
  },
  {
    kind: 24,
    name: 'codes alone',
    table: table('Código|Valor', '1.01.01|500', '1.01.02|300', '1.02.03|200', '2.01.03|900'),
    wants: { chart: 'bars', label: 'Código', first: ['2.01.03', 900], last: ['1.02.03', 200], points: 4 },
  },
  {
    kind: 24,
    name: 'accounts of two digits each',
    locale: 'en',
    table: table('Account|Amount', '10.01.01|500', '10.01.02|300', '11.02.01|200', '12.01.01|900'),
    wants: { chart: 'bars', label: 'Account', first: ['12.01.01', 900], last: ['11.02.01', 200], points: 4 },
  },
  {
    kind: 24,
    name: 'versions',
    locale: 'en',
    table: table('Version|Downloads', '1.2.10|400', '1.3.11|700', '2.0.1|900', '2.10.12|300'),
    wants: { chart: 'bars', label: 'Version', points: 4, texts: ['1.2.10', '2.10.12'], method: 'each' },
  },
  {
    kind: 24,
    name: 'addresses of computers',
    table: table(
      'Endereço IP|Acessos',
      '192.168.100.101|40',
      '192.168.100.117|90',
      '192.168.100.140|25',
      '192.168.100.222|70',
    ),
    wants: {
      chart: 'bars',
      label: 'Endereço IP',
      first: ['192.168.100.117', 90],
      last: ['192.168.100.140', 25],
      points: 4,
    },
  },
  {
    kind: 24,
    name: 'addresses with short numbers',
    locale: 'en',
    table: table('IP|Requests', '10.0.0.1|40', '10.0.0.12|90', '10.0.1.7|25', '10.0.2.30|70'),
    wants: { chart: 'bars', label: 'IP', first: ['10.0.0.12', 90], last: ['10.0.1.7', 25], points: 4 },
  },
  {
    kind: 24,
    name: 'clauses of a contract',
    table: table('Cláusula|Ocorrências', '10.1.10|4', '10.2.11|7', '11.1.12|9', '12.3.10|3'),
    wants: { chart: 'bars', label: 'Cláusula', first: ['11.1.12', 9], points: 4 },
  },
  {
    kind: 24,
    name: 'contracts numbered within the year',
    table: table(
      'Contrato|Fornecedor|Valor',
      "'01/2024|Alfa|900",
      "'02/2024|Beta|700",
      "'07/2024|Gama|1200",
      "'11/2024|Delta|300",
      "'15/2024|Épsilon|500",
    ),
    wants: { chart: 'bars', label: 'Fornecedor', first: ['Gama', 1200], last: ['Delta', 300], points: 5 },
  },
  {
    kind: 24,
    name: 'article numbers',
    locale: 'en',
    table: table('Article no.|Pieces', '10.11.12|40', '10.12.14|55', '11.10.20|12', '12.12.21|33'),
    wants: { chart: 'bars', label: 'Article no.', first: ['10.12.14', 55], last: ['11.10.20', 12], points: 4 },
  },
  {
    kind: 24,
    name: 'a chart of accounts of several levels',
    table: table(
      'Conta|Nome|Valor',
      '1.1|Pessoal|600',
      '1.1.01|Salários|450',
      '1.1.02|Encargos|150',
      '1.2|Ocupação|300',
      '1.2.01|Aluguel|300',
    ),
    wants: { chart: 'bars', label: 'Nome', series: ['Valor'], texts: ['Salários', 'Encargos', 'Aluguel'] },
  },
  {
    kind: 24,
    name: 'a chart of accounts with names under Conta',
    table: table(
      'Código|Conta|Débito|Crédito',
      '1.1.1|Caixa|300|20',
      '1.1.2|Bancos|200|40',
      '1.2.1|Estoque|450|90',
      '2.1.1|Fornecedores|80|310',
    ),
    wants: { chart: 'bars', label: 'Conta', series: ['Débito', 'Crédito'], points: 4, cells: 8 },
  },
  {
    kind: 24,
    name: 'builds with slashes',
    locale: 'en',
    table: table('Build|Failures', "'10/11/12|4", "'10/11/13|5", "'10/12/01|2"),
    wants: { chart: 'bars', label: 'Build', first: ['10/11/13', 5], last: ['10/12/01', 2] },
  },
  {
    kind: 24,
    name: 'items of two levels as numbers',
    table: table('Item|Descrição|Valor', '1.1|Escavação|10', '1.2|Concreto|20', '1.3|Aço|15', '2.1|Pintura|5'),
    wants: { label: 'Descrição', series: ['Valor'], first: ['Concreto', 20], last: ['Pintura', 5] },
  },
  {
    kind: 24,
    name: 'dates with points and a short year stay dates',
    table: table('Data|Vendas', '01.03.25|10', '02.03.25|14', '03.03.25|12', '04.03.25|18'),
    wants: { chart: 'lines', label: 'Data', first: ['2025-03-01', 10], last: ['2025-03-04', 18], points: 4 },
  },
]

/** Kind 25. */
const NAMED_TOTALS: Case[] = [
  {
    kind: 25,
    name: 'total revenue, total cost and what is left',
    table: table('Item|Valor', 'Receita total|1000', 'Custo total|600', 'Lucro|400'),
    wants: { points: 3, texts: ['Receita total', 'Custo total', 'Lucro'], cells: 3 },
  },
  {
    kind: 25,
    name: 'a total of each shop',
    table: table('Loja|Vendas', 'Total Loja A|30', 'Total Loja B|20', 'Total Loja C|45'),
    wants: { first: ['Total Loja C', 45], last: ['Total Loja B', 20], points: 3 },
  },
  {
    kind: 25,
    name: 'one of the totals happens to be the sum of the others',
    table: table('Loja|Vendas', 'Total Loja A|30', 'Total Loja B|20', 'Total Loja C|50'),
    wants: { first: ['Total Loja C', 50], last: ['Total Loja B', 20], points: 3 },
  },
  {
    kind: 25,
    name: 'total assets and total liabilities',
    locale: 'en',
    table: table('Line|2023|2024', 'Total assets|500|560', 'Total liabilities|300|310', 'Equity|200|250'),
    wants: { label: 'Line', points: 3, cells: 6, first: ['Total assets', 500, 560] },
  },
  {
    kind: 25,
    name: 'totals of different things',
    table: table(
      'Indicador|2024',
      'Total de alunos|500',
      'Total de professores|40',
      'Total de turmas|22',
      'Total de salas|18',
    ),
    wants: { points: 4, first: ['Total de alunos', 500], last: ['Total de salas', 18] },
  },
  {
    kind: 25,
    name: 'a page of key figures',
    locale: 'en',
    table: table('Metric|Value', 'Total users|900', 'Total sessions|2100', 'Total orders|340', 'Returns|25'),
    wants: { points: 4, first: ['Total sessions', 2100], last: ['Returns', 25] },
  },
  {
    kind: 25,
    name: 'subtotals and their total',
    table: table('Grupo|Valor', 'Subtotal A|30', 'Subtotal B|20', 'Subtotal C|15', 'Total|65'),
    wants: { points: 3, first: ['Subtotal A', 30], last: ['Subtotal C', 15], range: 'A1:B4' },
  },
  {
    kind: 25,
    name: 'a total cost that adds up its parts',
    table: table('Custo|R$', 'Mão de obra|100', 'Material|250', 'Frete|30', 'Custo total|380'),
    wants: { points: 3, first: ['Material', 250], last: ['Frete', 30], range: 'A1:B4' },
  },
  {
    kind: 25,
    name: 'companies of medium size are no mean',
    table: table('Porte|Empresas', 'Micro|50', 'Pequena|30', 'Média|12', 'Grande|4'),
    wants: { points: 4, cells: 4, texts: ['Média'] },
  },
  {
    kind: 25,
    name: 'columns called totals that are compared',
    table: table('Loja|Receita total|Custo total', 'Centro|120|80', 'Norte|90|70', 'Sul|60|50'),
    wants: { label: 'Loja', series: ['Receita total', 'Custo total'], first: ['Centro', 120, 80] },
  },
  {
    kind: 25,
    name: 'totals of years side by side',
    locale: 'en',
    table: table('Store|Total 2022|Total 2023|Total 2024', 'East|10|12|15', 'West|20|21|19', 'North|8|9|9'),
    wants: { label: 'Store', points: 3, cells: 9 },
  },
  {
    kind: 25,
    name: 'a result of inflows and outflows is no total',
    table: table('Conta|Valor', 'Receita|100', 'Custos|-60', 'Impostos|-10', 'Lucro|30'),
    wants: { points: 4, cells: 4, texts: ['Lucro'] },
  },
  {
    kind: 25,
    name: 'the average of the rows is none of them',
    locale: 'en',
    table: table('Team|Points', 'Red|10', 'Blue|20', 'Green|30', 'Average|20'),
    wants: { points: 3, first: ['Green', 30], last: ['Red', 10], range: 'A1:B4' },
  },
]

const products = (...values: number[]) =>
  table('Produto|Vendas', ...values.map((value, at) => `${['Caixa', 'Lata', 'Fita', 'Tampa'][at]}|${value}`))

/** Kind 26. */
const SEVERAL_TABLES: Case[] = [
  {
    kind: 26,
    name: 'a sheet for each region',
    table: { Norte: products(10, 20, 5), Sul: products(12, 25, 7) },
    wants: { series: ['Norte', 'Sul'], first: ['Lata', 20, 25], last: ['Fita', 5, 7], points: 3, cells: 6 },
  },
  {
    kind: 26,
    name: 'quarters of stores on a sheet for each coast',
    locale: 'en',
    table: {
      East: table('Store|Q1|Q2|Q3|Q4', 'Boston|10|12|14|18', 'Miami|15|13|16|20'),
      West: table('Store|Q1|Q2|Q3|Q4', 'Seattle|8|9|7|11', 'Fresno|4|5|6|6'),
    },
    wants: { points: 4, cells: 16, texts: ['Boston', 'Miami', 'Seattle', 'Fresno'], first: ['Q1', 10, 15, 8, 4] },
  },
  {
    kind: 26,
    name: 'few sellers on a sheet for each region',
    table: {
      Norte: table('Vendedor|Vendas', 'Ana|10', 'Bia|20', 'Caio|5'),
      Sul: table('Vendedor|Vendas', 'Davi|12', 'Eva|25'),
    },
    wants: [
      { label: 'Vendedor', points: 5, first: ['Eva', 25], last: ['Caio', 5], cells: 5 },
      { sheet: 'Norte', points: 3, left_out: ['Sul'] },
    ],
  },
  {
    kind: 26,
    name: 'many people on a sheet for each team',
    locale: 'en',
    table: {
      Red: table('Name|Age', ...Array.from({ length: 9 }, (_, at) => `R${at}x|${30 + at}`)),
      Blue: table('Name|Age', ...Array.from({ length: 9 }, (_, at) => `B${at}x|${40 + at}`)),
    },
    wants: { sheet: 'Red', label: 'Name', points: 9, left_out: ['Blue'] },
  },
  {
    kind: 26,
    name: 'what was planned and what came of it on two sheets',
    table: {
      Orçado: table('Mês|Valor', 'Jan|100', 'Fev|110', 'Mar|120'),
      Realizado: table('Mês|Valor', 'Jan|90', 'Fev|115', 'Mar|119'),
    },
    wants: { label: 'Mês', series: ['Orçado', 'Realizado'], first: ['Jan', 100, 90], last: ['Mar', 120, 119] },
  },
  {
    kind: 26,
    name: 'a sheet of totals beside those that it adds up',
    locale: 'en',
    table: {
      Online: table('Product|Units', 'Cup|10', 'Bag|20', 'Pen|5'),
      Stores: table('Product|Units', 'Cup|30', 'Bag|8', 'Pen|50'),
      Total: table('Product|Units', 'Cup|40', 'Bag|28', 'Pen|55'),
    },
    wants: { series: ['Online', 'Stores'], cells: 6, left_out: ['Total'] },
  },
  {
    kind: 26,
    name: 'a sheet of another shape is named',
    table: {
      Vendas: products(10, 20, 5),
      Estoque: table('Item|Quantidade|Local', 'Caixa|5|A', 'Lata|9|B', 'Fita|2|A'),
    },
    wants: { sheet: 'Vendas', series: ['Vendas'], left_out: ['Estoque'] },
  },
  {
    kind: 26,
    name: 'a copy of a sheet is named',
    table: { Vendas: products(10, 20, 5), 'Vendas (2)': products(10, 20, 5) },
    wants: { sheet: 'Vendas', series: ['Vendas'], points: 3, left_out: ['Vendas (2)'] },
  },
  {
    kind: 26,
    name: 'sheets with names of the program are named',
    locale: 'en',
    table: {
      Sheet1: table('Product|Sales', 'Box|10', 'Can|20', 'Tape|5'),
      Sheet2: table('Product|Sales', 'Box|3', 'Can|8', 'Tape|9'),
    },
    wants: { sheet: 'Sheet1', series: ['Sales'], left_out: ['Sheet2'] },
  },
  {
    kind: 26,
    name: 'more sheets than one chart compares are named',
    table: Object.fromEntries(
      'Itu Salto Jundiaí Tietê Sorocaba Campinas Santos Bauru Franca Lins Marília Assis Garça Avaré'
        .split(' ')
        .map((town, at) => [town, products(10 + at, 20, 5)]),
    ),
    wants: { sheet: 'Itu', series: ['Vendas'], first: ['Lata', 20], left_out: ['Salto'] },
  },
  {
    kind: 26,
    name: 'a second table below, with a title',
    table: table(
      'Vendas por produto',
      'Produto|Vendas',
      'Caixa|10',
      'Lata|20',
      'Fita|5',
      'Tampa|7',
      '',
      'Compras por fornecedor',
      'Fornecedor|Compras',
      'Alfa|3',
      'Beta|4',
      'Gama|8',
    ),
    wants: { series: ['Vendas'], points: 4, left_out: ['Compras por fornecedor'], range: 'A2:B6' },
  },
  {
    kind: 26,
    name: 'a second table beside the first',
    table: table(
      'Produto|Vendas|||Cliente|Compras',
      'Caixa|10|||Ana|3',
      'Lata|20|||Bia|4',
      'Fita|5|||Caio|8',
      'Tampa|7|||Davi|2',
    ),
    wants: { series: ['Vendas'], points: 4, left_out: ['E1:F5'], range: 'A1:B5' },
  },
  {
    kind: 26,
    name: 'a second table below without a title',
    locale: 'en',
    table: table(
      'Product|Sales',
      'Box|10',
      'Can|20',
      'Tape|5',
      'Lid|7',
      '',
      '',
      'Customer|Orders|Returns',
      'Ann|3|1',
      'Bob|4|0',
      'Cid|8|2',
    ),
    wants: { series: ['Sales'], points: 4, left_out: ['A8:C11'], range: 'A1:B5' },
  },
  {
    kind: 26,
    name: 'a block for each shop on one sheet',
    table: table(
      'Loja Centro',
      'Produto|Vendas',
      'Caixa|10',
      'Lata|20',
      'Fita|5',
      '',
      'Loja Norte',
      'Produto|Vendas',
      'Caixa|12',
      'Lata|25',
      'Fita|7',
    ),
    wants: {
      series: ['Loja Centro', 'Loja Norte'],
      first: ['Lata', 20, 25],
      last: ['Fita', 5, 7],
      range: 'A2:B5',
      not_title: /^Loja Centro$/,
    },
  },
  {
    kind: 26,
    name: 'blocks of years beside each other',
    locale: 'en',
    table: table('2023|||2024|', 'Product|Sales||Product|Sales', 'Box|10||Box|12', 'Can|20||Can|25', 'Tape|5||Tape|7'),
    wants: [
      { series: ['2023', '2024'], first: ['Can', 20, 25], cells: 6, range: 'A2:B5' },
      { series: ['Sales'], points: 3, left_out: ['2024'], range: 'A2:B5' },
      { series: ['Sales'], points: 3, left_out: ['D2:E5'], range: 'A2:B5' },
    ],
  },
  {
    kind: 26,
    name: 'a header repeated at the break of a page',
    table: table('Produto|Vendas', 'Caixa|10', 'Lata|20', 'Fita|5', 'Produto|Vendas', 'Tampa|7', 'Rótulo|9'),
    wants: { series: ['Vendas'], points: 5, first: ['Lata', 20], last: ['Fita', 5] },
  },
  {
    kind: 26,
    name: 'a header of days repeated at the break of a page',
    table: table('Vendedor|1|2|3|4', 'Ana|5|6|7|9', 'Bia|3|3|4|4', 'Vendedor|1|2|3|4', 'Caio|8|7|9|9', 'Davi|2|4|1|1'),
    wants: { series: ['Ana', 'Bia', 'Caio', 'Davi'], points: 4, first: ['1', 5, 3, 8, 2] },
  },
]

/** Kind 27. */
const LEFT_OUT: Case[] = [
  {
    kind: 27,
    name: 'a product without a number',
    table: table('Produto|Vendas', 'Caixa|10', 'Lata|', 'Fita|5', 'Tampa|8'),
    wants: { points: 3, first: ['Caixa', 10], last: ['Fita', 5], left_out: ['Lata'], range: 'A1:B5' },
  },
  {
    kind: 27,
    name: 'a rep without any number',
    locale: 'en',
    table: table('Rep|Sales|Target', 'Ann|30|40', 'Bob||', 'Cid|20|25', 'Dee|50|45', 'Eve|12|20'),
    wants: { points: 4, series: ['Sales', 'Target'], first: ['Dee', 50, 45], left_out: ['Bob'] },
  },
  {
    kind: 27,
    name: 'a register in front of the sheet with amounts',
    table: {
      Cadastro: table('Código|Nome|Cidade', '101|Ana|Itu', '102|Bia|Salto', '103|Caio|Itu'),
      Vendas: products(10, 20, 5),
    },
    wants: { sheet: 'Vendas', first: ['Lata', 20], points: 3, left_out: ['Cadastro'] },
  },
  {
    kind: 27,
    name: 'contacts in front of the sheet with amounts',
    locale: 'en',
    table: {
      Contacts: table('Name|Phone|Town', 'Ann|5551234567|Leeds', 'Bob|5552345678|York', 'Cid|5553456789|Hull'),
      Orders: table('Month|Orders', 'Jan|10', 'Feb|12', 'Mar|15', 'Apr|9'),
    },
    wants: { sheet: 'Orders', label: 'Month', first: ['Jan', 10], points: 4, left_out: ['Contacts'] },
  },
  {
    kind: 27,
    name: 'rows without a name that add up nothing end in a sentence',
    table: table('Loja|Vendas', 'Centro|10', '|20', '|4', 'Norte|5', 'Sul|7', 'Leste|9'),
    wants: { refused: 'unsure' },
  },
  {
    kind: 27,
    name: 'a total without a name at the end',
    locale: 'en',
    table: table('Item|Cost', 'Rent|10', 'Power|20', 'Water|5', '|35'),
    wants: { points: 3, first: ['Power', 20], last: ['Water', 5], range: 'A1:B4' },
  },
  {
    kind: 27,
    name: 'totals without a name between the rows',
    table: table('Item|Valor', 'Papel|10', 'Caneta|20', '|30', 'Mesa|5', 'Cadeira|6', '|11'),
    wants: { points: 4, first: ['Caneta', 20], last: ['Mesa', 5], range: 'A1:B6' },
  },
  {
    kind: 27,
    name: 'one row of many without a name is told',
    locale: 'en',
    table: table(
      'Team|Points',
      ...Array.from({ length: 12 }, (_, at) => (at === 6 ? '|17' : `${'ABCDEFGHIJKL'[at]}-team|${40 - at * 3}`)),
    ),
    wants: { points: 11, first: ['A-team', 40], last: ['L-team', 7], left_out: ['1 row without a name'] },
  },
  {
    kind: 27,
    name: 'two rows of many without a name are told',
    table: table(
      'Equipe|Pontos',
      ...Array.from({ length: 24 }, (_, at) =>
        at === 6 || at === 9 ? '|17' : `${'ABCDEFGHIJKLMNOPQRSTUVWX'[at]}1x|${90 - at * 3}`,
      ),
    ),
    wants: { first: ['A1x', 90], left_out: ['2 linhas sem nome'] },
  },
]

export const TABLES: Case[] = [
  ...TWO_LABELS,
  ...NUMBERED_HEADERS,
  ...SMALL_PERCENTAGES,
  ...CODES_LIKE_DATES,
  ...NAMED_TOTALS,
  ...SEVERAL_TABLES,
  ...LEFT_OUT,
]
