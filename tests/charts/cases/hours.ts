/** Kinds 16, 5 and 17: hours and times of day, zeros that a format writes, more columns than are read. */
import type { Case } from './case.ts'

const HH_MM = { B: 'hh:mm', C: 'hh:mm', D: 'hh:mm', E: 'hh:mm' }
/** Columns of numbers beside a name: more than are read. */
const WIDE = Array.from({ length: 600 }, (_, at) => at + 1)
const wide = (first: string, names: string[]) =>
  [[first, ...WIDE.map((at) => `P${at}`)], ...names.map((name, row) => [name, ...WIDE.map((at) => at + row)])]
    .map((cells) => cells.join('|'))
    .join(';')

export const HOURS: Case[] = [
  {
    kind: 16,
    name: 'a call centre: calls are drawn, minutes and seconds are named',
    table:
      "Atendente|Chamadas|TMA|Espera; Ana|120|'04:32|'00:45; Bruno|98|'05:10|'01:05; Carla|135|'03:58|'00:38; Davi|110|'04:15|'00:52",
    wants: {
      label: 'Atendente',
      series: ['Chamadas'],
      first: ['Carla', 135],
      last: ['Bruno', 98],
      left_out: ['TMA', 'Espera'],
    },
  },
  {
    kind: 16,
    name: 'minutes and seconds alone, as a format',
    table: 'Atendente|TMA; Ana|0.00314814815; Bruno|0.00358796296; Carla|0.00275462963; Davi|0.00295138889',
    formats: { B: 'mm:ss' },
    wants: { chart: 'bars', label: 'Atendente', first: ['Bruno', '5:10 min'], last: ['Carla', '3:58 min'] },
  },
  {
    kind: 16,
    name: 'minutes and seconds typed into cells for hours and minutes',
    table: 'Fila|TMA; Vendas|0.1888888889; Suporte|0.2152777778; Cobrança|0.1652777778',
    formats: { B: 'hh:mm' },
    wants: { label: 'Fila', first: ['Suporte', '5:10 min'], last: ['Cobrança', '3:58 min'] },
  },
  {
    kind: 16,
    name: 'a pace',
    locale: 'en',
    table: "Route|Pace (min/km); River|'5:45; Hill|'6:30; Park|'5:20; Lake|'5:58",
    wants: { label: 'Route', first: ['Hill', '6:30 min'], last: ['Park', '5:20 min'] },
  },
  {
    kind: 16,
    name: 'times of a race',
    locale: 'en',
    table: 'Runner|Time; Ann|0.0313657407; Bob|0.0361689815; Cid|0.0405092593; Dee|0.0340277778',
    formats: { B: 'hh:mm:ss' },
    wants: { label: 'Runner', series: ['Time'], first: ['Cid', '58:20 min'], last: ['Ann', '45:10 min'] },
  },
  {
    kind: 16,
    name: 'short durations as text',
    table: "Etapa|Duração; Preparo|'0:45; Corte|'1:20; Pintura|'0:30; Embalagem|'0:50",
    wants: { label: 'Etapa', first: ['Corte', '1:20 h'], last: ['Pintura', '0:30 h'], shown: ['0:45 h'] },
  },
  {
    kind: 16,
    name: 'hours and minutes with letters',
    table: 'Tarefa|Tempo gasto; Relatório|2h30; Reunião|1h15min; E-mails|45min; Visita|3h',
    wants: { label: 'Tarefa', first: ['Visita', '3:00 h'], last: ['E-mails', '0:45 h'] },
  },
  {
    kind: 16,
    name: 'a time clock: what was worked is drawn',
    locale: 'en',
    table:
      'Employee|Clock in|Clock out|Break|Worked; Ann|0.375|0.75|0.0416666667|0.3333333333; Bob|0.3541666667|0.6875|0.0208333333|0.3125; Cid|0.4166666667|0.7083333333|0.0416666667|0.25; Dee|0.375|0.7916666667|0.0416666667|0.375',
    formats: HH_MM,
    wants: {
      label: 'Employee',
      series: ['Worked'],
      first: ['Dee', '9:00 h'],
      last: ['Cid', '6:00 h'],
      left_out: ['Clock in', 'Clock out', 'Break'],
    },
  },
  {
    kind: 16,
    name: 'a time sheet by day, with lunch between the times of day',
    table:
      'Dia|Entrada|Almoço|Saída|Horas; 2025-03-03|0.3333333333|0.5|0.7083333333|0.3333333333; 2025-03-04|0.34375|0.5|0.75|0.3645833333; 2025-03-05|0.3333333333|0.5208333333|0.6666666667|0.2916666667',
    formats: { A: 'dd/mm/yyyy', ...HH_MM },
    wants: {
      label: 'Dia',
      series: ['Horas'],
      first: ['2025-03-03', '8:00 h'],
      last: ['2025-03-05', '7:00 h'],
      left_out: ['Entrada', 'Almoço', 'Saída'],
    },
  },
  {
    kind: 16,
    name: 'buses: times of day that no header names',
    table: "Linha|Ida|Volta|Passageiros; A|'06:30|'18:00|320; B|'07:15|'17:30|210; C|'05:45|'19:10|410",
    wants: {
      label: 'Linha',
      series: ['Passageiros'],
      first: ['C', 410],
      last: ['B', 210],
      left_out: ['Ida', 'Volta'],
    },
  },
  {
    kind: 16,
    name: 'departures in halves of a day',
    locale: 'en',
    table: 'Flight|Departs at|Passengers; AB1|0.3125|180; AB2|0.25|150; AB3|0.4583333333|96',
    formats: { B: 'h:mm AM/PM' },
    wants: { label: 'Flight', series: ['Passengers'], first: ['AB1', 180], left_out: ['Departs at'] },
  },
  {
    kind: 16,
    name: 'times of day that rise are labels, whatever they are called',
    table: 'Faixa|Pedidos; 0.3333333333|12; 0.3541666667|30; 0.375|18; 0.3958333333|9',
    formats: { A: 'hh:mm' },
    wants: { label: 'Faixa', series: ['Pedidos'], first: ['08:00', 12], last: ['09:30', 9], points: 4 },
  },
  {
    kind: 16,
    name: 'hours of rows that come together',
    locale: 'en',
    table: "Project|Hours logged; Site|'7:30; App|'6:15; Site|'1:15; App|'8:00; Blog|'0:40; Blog|'1:10",
    wants: { label: 'Project', method: 'sum', first: ['App', '14:15 h'], last: ['Blog', '1:50 h'] },
  },
  {
    kind: 16,
    name: 'a bank of hours as text, owed and due',
    table: "Funcionário|Banco de horas; Ana|'-02:30; Bruno|'05:15; Carla|'00:45; Davi|'-01:10",
    wants: { label: 'Funcionário', first: ['Bruno', '5:15 h'], last: ['Ana', '−2:30 h'], points: 4 },
  },
  {
    kind: 16,
    name: 'a bank of hours with signs of its own',
    table: "Funcionário|Saldo de horas; Ana|'−02:30; Bruno|'+05:15; Carla|'+00:45; Davi|'(01:10)",
    wants: { label: 'Funcionário', first: ['Bruno', '5:15 h'], last: ['Ana', '−2:30 h'], points: 4 },
  },
  {
    kind: 16,
    name: 'negative hours as Excel keeps them',
    table: 'Funcionário|Saldo; Ana|-0.1041666667; Bruno|0.21875; Carla|0.03125; Davi|-0.0486111111',
    formats: { B: '[h]:mm;[Red]-[h]:mm' },
    wants: { label: 'Funcionário', first: ['Bruno', '5:15 h'], last: ['Ana', '−2:30 h'], points: 4 },
  },
  {
    kind: 16,
    name: 'negative hours that Excel shows as ####',
    locale: 'en',
    table: 'Employee|Hours over or short; Ann|-0.1041666667; Bob|0.21875; Cid|0.03125; Dee|-0.0486111111',
    formats: { B: 'hh:mm' },
    wants: { label: 'Employee', first: ['Bob', '5:15 h'], last: ['Ann', '−2:30 h'], points: 4 },
  },
  {
    kind: 16,
    name: 'negative hours by the calendar of 1904',
    locale: 'en',
    from_1904: true,
    table: 'Employee|Balance; Ann|-0.1041666667; Bob|0.21875; Cid|0.03125; Dee|-0.0486111111',
    formats: { B: 'h:mm' },
    wants: { label: 'Employee', first: ['Bob', '5:15 h'], last: ['Ann', '−2:30 h'], points: 4 },
  },
  {
    kind: 16,
    name: 'hours of each weekday',
    table:
      'Funcionário|Seg|Ter|Qua|Qui|Sex; Ana|0.3333333333|0.34375|0.3125|0.3333333333|0.25; Bia|0.3333333333|0.3333333333|0.3541666667|0.3125|0.2916666667',
    formats: { ...HH_MM, F: 'hh:mm' },
    wants: { series: ['Ana', 'Bia'], first: ['Seg', '8:00 h', '8:00 h'], last: ['Sex', '6:00 h', '7:00 h'], points: 5 },
  },
  {
    kind: 16,
    name: 'hours and overtime of months, in the order of the months',
    table: "Mês|Horas trabalhadas|Horas extras; Jan|'168:30|'12:15; Fev|'160:00|'08:40; Mar|'172:10|'15:05",
    wants: {
      label: 'Mês',
      series: ['Horas trabalhadas', 'Horas extras'],
      first: ['Jan', '168:30 h', '12:15 h'],
      last: ['Mar', '172:10 h', '15:05 h'],
    },
  },
  {
    kind: 16,
    name: 'readings at times of day, each a series of the days',
    table:
      'Data|Hora|Temperatura; 2025-03-03|0.25|18.5; 2025-03-03|0.5|24.1; 2025-03-04|0.25|17.9; 2025-03-04|0.5|25.3',
    formats: { A: 'dd/mm/yyyy', B: 'hh:mm' },
    wants: {
      label: 'Data',
      series: ['06:00', '12:00'],
      first: ['2025-03-03', 18.5, 24.1],
      last: ['2025-03-04', 17.9, 25.3],
    },
  },
  {
    kind: 16,
    name: 'shifts that end on the next day',
    table: "Turno|Início|Fim|Produção; Manhã|'06:00|'14:00|320; Tarde|'14:00|'22:00|410; Noite|'22:00|'06:00|150",
    wants: {
      label: 'Turno',
      series: ['Produção'],
      left_out: ['Início', 'Fim'],
      first: ['Manhã', 320],
      last: ['Noite', 150],
    },
  },
  {
    kind: 16,
    name: 'hours with a letter are labels in front of numbers',
    table: 'Hora|Visitas; 8h|12; 9h|30; 10h|25; 11h|18; 12h|40',
    wants: { label: 'Hora', series: ['Visitas'], first: ['8h', 12], last: ['12h', 40], points: 5 },
  },
  {
    kind: 16,
    name: 'hours, minutes and seconds beyond an hour',
    locale: 'en',
    table: "Runner|Finish; Ann|'3:45:10; Bob|'4:02:55; Cid|'3:12:08; Dee|'2:58:44",
    wants: { label: 'Runner', first: ['Bob', '4:02:55 h'], last: ['Dee', '2:58:44 h'] },
  },
  {
    kind: 16,
    name: 'times of day alone measure nothing',
    table:
      "Funcionário|Entrada|Saída; Ana|'08:00|'17:00; Bia|'08:10|'17:20; Caio|'07:55|'18:00; Davi|'08:00|'17:00; Edu|'08:10|'17:00",
    wants: { refused: 'no_measure' },
  },
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
    kind: 5,
    name: 'a quantity is one, with zeros in front, too',
    table: 'Item|Qtd; Parafuso|5; Porca|12; Arruela|7; Prego|30',
    formats: { B: '00' },
    wants: { label: 'Item', series: ['Qtd'], first: ['Prego', 30], last: ['Parafuso', 5] },
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
