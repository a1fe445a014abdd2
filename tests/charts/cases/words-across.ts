/** Words in several columns of one row, sums within groups of a header, waits, capacities, and which of two dates is drawn. */
import type { Case } from './case.ts'

const table = (...rows: string[]) => rows.join(';')

/** Two payments a month, each due the month after it was written. */
const payments = (header: string) =>
  table(
    header,
    ...[1, 2, 3, 4].flatMap((month) =>
      [5, 19].map(
        (day, at) =>
          `${700 + month * 3 + at}|Firma ${month + at}|2025-0${month}-${day < 10 ? '0' : ''}${day}|2025-0${month + 1}-10|${month * 100 + at}`,
      ),
    ),
  )

/** A ticket every other day of three months; those of a month take as many hours as it has number. */
const tickets = (header: string) =>
  table(
    header,
    ...[4, 5, 6].flatMap((month) =>
      [1, 3, 8, 12, 17, 20, 24, 29].map(
        (day, at) =>
          `T${month}${at}|2025-0${month}-${String(day).padStart(2, '0')}|${'ABC'[at % 3]}|${month + (at % 2 ? 1 : -1)}`,
      ),
    ),
  )

export const WORDS_ACROSS: Case[] = [
  {
    kind: 1,
    name: 'one letter for all marks that a pupil lacks',
    table: table(
      'Nº|Aluno|1º bim|2º bim|3º bim|4º bim|Situação',
      '1|Ana|7.5|8|6.5|9|Aprovado',
      '2|Beto|5|6.5|7|6|Aprovado',
      '3|Cléo|6|F|F|F|Transferido',
      '4|Davi|8.5|9|9.5|8|Aprovado',
      '5|Enzo|4|5.5|6|5|Recuperação',
    ),
    wants: { label: 'Aluno', series: ['1º bim', '2º bim', '3º bim', '4º bim'], texts: ['Davi', 'Enzo'] },
  },
  {
    kind: 1,
    name: 'sickness over most of a week',
    locale: 'en',
    table: table(
      'No|Driver|Mon|Tue|Wed|Thu',
      '1|Amy|12|15|11|14',
      '2|Bob|9|10|13|12',
      '3|Chloe|8|Sick|Sick|Sick',
      '4|Dan|16|14|15|17',
    ),
    wants: { texts: ['Amy', 'Dan'] },
  },
  {
    kind: 1,
    name: 'packs of sizes and words beside a price on application',
    locale: 'en',
    table: table(
      'Item|Pack|Price',
      'Pipe 15 mm|3 m|14.2',
      'Pipe 22 mm|3 m|27.9',
      'Elbow|each|POA',
      'Tee|each|3.4',
      'Valve|pair|18',
      'Tape|roll|0.45',
    ),
    wants: { label: 'Item', series: ['Price'], first: ['Pipe 22 mm', 27.9], last: ['Tape', 0.45], left_out: ['Elbow'] },
  },
  {
    kind: 1,
    name: 'embalagens de medidas e palavras ao lado de um preço que falta',
    table: table(
      'Produto|Embalagem|Preço',
      'Tinta|18 l|310',
      'Verniz|galão|95',
      'Massa|lata|na loja',
      'Rolo|unidade|22.5',
      'Lixa|pacote|9',
    ),
    wants: { label: 'Produto', series: ['Preço'], first: ['Tinta', 310], last: ['Lixa', 9], left_out: ['Massa'] },
  },
  {
    kind: 12,
    name: 'the year behind its quarters, twice',
    locale: 'en',
    table: table(
      '|FY2023|||||FY2024||||',
      '|Q1|Q2|Q3|Q4|FY|Q1|Q2|Q3|Q4|FY',
      'Revenue|210|225|240|290|965|238|251|262|330|1081',
      'Cost of sales|86|92|98|118|394|97|102|107|135|441',
      'Gross profit|124|133|142|172|571|141|149|155|195|640',
      'Overheads|88|90|91|97|366|95|96|98|108|397',
      'Net income|36|43|51|75|205|46|53|57|87|243',
    ),
    merges: ['B1:F1', 'G1:K1'],
    wants: { cells: 40, left_out: ['FY2023 FY', 'FY2024 FY'] },
  },
  {
    kind: 12,
    name: 'o ano atrás de seus quadrimestres, duas vezes',
    table: table(
      'Unidade|Vacinas||||Exames|||',
      '|Quad 1|Quad 2|Quad 3|Ano|Quad 1|Quad 2|Quad 3|Ano',
      'Centro|120|150|133|403|90|80|85|255',
      'Benfica|60|72|65|197|40|44|39|123',
      'Bairu|31|28|35|94|22|25|20|67',
    ),
    merges: ['A1:A2', 'B1:E1', 'F1:I1'],
    wants: { cells: 18 },
  },
  {
    kind: 14,
    name: 'hours to resolve of tickets',
    locale: 'en',
    table: tickets('Number|Opened|Category|Hours to resolve'),
    wants: { method: 'mean', series: ['Hours to resolve'], points: 3, first: ['Apr 2025', 4], last: ['Jun 2025', 6] },
  },
  {
    kind: 14,
    name: 'tempo de resolução de chamados',
    table: tickets('Chamado|Abertura|Grupo|Tempo de resolução (h)'),
    wants: { method: 'mean', points: 3, first: ['abr 2025', 4], last: ['jun 2025', 6] },
  },
  {
    kind: 15,
    name: 'de duas datas, a que se desenha é dita',
    table: payments('Nº doc|Fornecedor|Emissão|Vencimento|Valor'),
    wants: [
      {
        method: 'sum',
        label: 'Emissão',
        title: /por mês \(Emissão\)$/,
        first: ['jan 2025', 201],
        last: ['abr 2025', 801],
      },
      { method: 'sum', label: 'Vencimento', title: /por mês \(Vencimento\)$/, first: ['fev 2025', 201] },
    ],
  },
  {
    kind: 15,
    name: 'which of two dates is drawn is told',
    locale: 'en',
    table: payments('Doc no|Supplier|Issued|Due date|Amount'),
    wants: [
      {
        method: 'sum',
        label: 'Issued',
        title: /by month \(Issued\)$/,
        first: ['Jan 2025', 201],
        last: ['Apr 2025', 801],
      },
      { method: 'sum', label: 'Due date', title: /by month \(Due date\)$/, first: ['Feb 2025', 201] },
    ],
  },
  {
    kind: 3,
    name: 'machines of 8, 16 and 32 gigabytes are counted',
    locale: 'en',
    table: table(
      'Host|OS|RAM GB|Warranty until',
      ...[8, 16, 16, 32, 8, 16, 32, 16, 16].map(
        (gb, at) => `pc-${at + 10}|${at % 3 === 0 ? 'Ubuntu' : 'Windows'}|${gb}|2026-0${at + 1}-01`,
      ),
    ),
    wants: { label: 'OS', method: 'count', first: ['Windows', 6], last: ['Ubuntu', 3] },
  },
  {
    kind: 3,
    name: 'aparelhos por armazenamento são contados',
    table: table(
      'Patrimônio|Modelo|Setor|Memória interna',
      ...[64, 128, 128, 256, 64, 128, 64, 64, 128, 256].map(
        (gb, at) =>
          `PT-${at + 301}|${at % 2 ? 'Moto' : 'Galaxy'}|${['Obras', 'Saúde', 'Saúde', 'Saúde', 'Obras'][at % 5]}|${gb}`,
      ),
    ),
    wants: [
      { label: 'Setor', method: 'count', first: ['Saúde', 6], last: ['Obras', 4] },
      { label: 'Modelo', method: 'count', points: 2 },
    ],
  },
  {
    kind: 16,
    name: 'leave on one day among hours worked',
    locale: 'en',
    table: table(
      'Employee|Mon|Tue|Wed|Thu|Fri',
      'Amy|7:30|8:00|7:00|8:15|7:30',
      'Bob|8:00|8:15|7:45|Leave|7:30',
      'Chloe|7:00|6:45|8:00|8:00|8:15',
    ),
    wants: { cells: 14, left_out: ['Bob'], unit: 'h' },
  },
  {
    kind: 16,
    name: 'folga entre horas trabalhadas',
    table: table('Nome|Horas', 'Ana|7:30', 'Beto|folga', 'Cida|8:15', 'Davi|6:45', 'Edu|8:00'),
    wants: { points: 4, left_out: ['Beto'], unit: 'h', first: ['Cida'], last: ['Davi'], shown: ['8:15 h', '6:45 h'] },
  },
  {
    kind: 1,
    name: 'each among packs of 5 L, on application in both columns of prices',
    locale: 'en',
    table:
      'Code|Product|Pack|Trade|RRP; BR100|1 inch|box 10|1.97|3.15; BR102|Roller|5 L|12.79|20.46; BR103|Sleeve|5 L|2.61|4.18; SU100|Tape|2.5 L|23.25|37.2; SU101|Dust sheet|each|POA|POA; SU102|Spirit|5 L|38.93|62.29; SU103|Sandpaper|each|16.43|26.29',
    wants: { chart: 'bars', label: 'Product', series: ['Trade', 'RRP'], points: 6, first: ['Spirit', 38.93, 62.29] },
  },
]
