/** Kinds 16, 17 and 18: formulas without values and hours, layouts, titles. */
import type { Case } from './case.ts'

const monthsOfTwoYears = (months: (string | number)[]) =>
  [2023, 2024]
    .flatMap((year) => months.map((month, at) => `${year}|${month}|${100 + at * 3 + (year - 2023) * 20}`))
    .join(';')
const MONTHS = [
  'Janeiro',
  'Fevereiro',
  'Março',
  'Abril',
  'Maio',
  'Junho',
  'Julho',
  'Agosto',
  'Setembro',
  'Outubro',
  'Novembro',
  'Dezembro',
]
const hours = Array.from(
  { length: 24 },
  (_, at) => `2025-03-10 ${String(at).padStart(2, '0')}:00|${20 + ((at * 7) % 11)}`,
).join(';')

export const FORMULAS_AND_LAYOUTS: Case[] = [
  {
    kind: 16,
    name: 'all values are formulas that were never computed',
    table: 'Produto|Total; Caixa|=2*3; Lata|=4*5; Fita|=1+1; Rótulo|=9-2',
    wants: { refused: 'formulas_without_values' },
  },
  {
    kind: 16,
    name: 'one column was never computed and is named',
    table: 'Produto|Quantidade|Total; Caixa|10|=B2*5; Lata|25|=B3*5; Fita|7|=B4*5; Rótulo|13|=B5*5',
    wants: { series: ['Quantidade'], first: ['Lata', 25], last: ['Fita', 7], left_out: ['Total'] },
  },
  {
    kind: 16,
    name: 'hours as hh:mm',
    table: 'Projeto|Horas; Site|0.3125; App|0.5; Loja|0.125; Blog|0.25',
    formats: { B: 'hh:mm' },
    wants: {
      chart: 'bars',
      label: 'Projeto',
      series: ['Horas'],
      first: ['App', '12:00 h'],
      last: ['Loja', '3:00 h'],
      unit: 'h',
    },
  },
  {
    kind: 16,
    name: 'hours beyond a day',
    table: 'Projeto|Horas; Site|1.5; App|2; Loja|0.5; Blog|1.25',
    formats: { B: '[h]:mm' },
    wants: { chart: 'bars', series: ['Horas'], first: ['App', '48:00 h'], last: ['Loja', '12:00 h'], unit: 'h' },
  },
  {
    kind: 16,
    name: 'hours as text',
    locale: 'en',
    table: "Employee|Hours worked; Ann|'38:30; Bob|'41:00; Cid|'12:15; Dee|'27:45",
    wants: {
      chart: 'bars',
      label: 'Employee',
      series: ['Hours worked'],
      first: ['Bob', '41:00 h'],
      last: ['Cid', '12:15 h'],
      unit: 'h',
    },
  },
  {
    kind: 17,
    name: 'year and month in two columns',
    table: `Ano|Mês|Vendas;${monthsOfTwoYears(MONTHS)}`,
    wants: { chart: 'lines', cells: 24 },
  },
  {
    kind: 17,
    name: 'year and month as numbers',
    locale: 'en',
    table: `Year|Month|Orders;${monthsOfTwoYears([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])}`,
    wants: { chart: 'lines', cells: 24 },
  },
  {
    kind: 17,
    name: 'labels under a merged header',
    table: 'Localização||Habitantes; UF|Cidade|; SP|Itu|170000; SP|Salto|134000; MG|Extrema|53000; PR|Toledo|150000',
    merges: ['A1:B1', 'C1:C2'],
    wants: { chart: 'bars', texts: ['Itu', 'Extrema'], first: ['Itu', 170000], last: ['Extrema', 53000], points: 4 },
  },
  {
    kind: 17,
    name: 'columns that begin with dots',
    table:
      'País|2021|2022|2023; Atlântida|...|...|...; Brasil|...|210|215; Chile|...|19|20; Peru|33|34|35; Cuba|11|11|10',
    wants: { label: 'País', texts: ['Brasil', 'Cuba', '2021', '2023'], cells: 10 },
  },
  {
    kind: 17,
    name: 'a contents page is passed over',
    table: {
      Conteúdo: 'Tabela|Título|Página; 1|Vendas por loja|3; 2|Custos por loja|5; 3|Pessoal por loja|8; 4|Estoques|11',
      'Tabela 1': 'Loja|Vendas; Centro|100; Norte|140; Sul|90',
    },
    wants: { sheet: 'Tabela 1', first: ['Norte', 140], last: ['Sul', 90] },
  },
  {
    kind: 17,
    name: 'a constant first column labels nothing',
    table: 'Empresa|Ano|Lucro; ACME|2023|10; ACME|2024|12',
    wants: { label: 'Ano', first: ['2023', 10], last: ['2024', 12], points: 2 },
  },
  {
    kind: 17,
    name: 'sheets of one shape are drawn together',
    table: {
      Jan: 'Produto|Vendas; Caixa|10; Lata|20; Fita|5',
      Fev: 'Produto|Vendas; Caixa|12; Lata|18; Fita|7',
      Mar: 'Produto|Vendas; Caixa|15; Lata|25; Fita|6',
    },
    wants: { cells: 9, texts: ['Jan', 'Fev', 'Mar', 'Caixa', 'Lata', 'Fita'] },
  },
  {
    kind: 18,
    name: 'a form label is no title',
    table: 'Responsável:|Ana Souza; Loja|Vendas; Centro|100; Norte|140; Sul|90',
    wants: { title: /^Vendas por Loja$/, range: 'A2:B5' },
  },
  {
    kind: 18,
    name: 'a note is no title',
    table: 'Valores em milhares de reais; Loja|Vendas; Centro|100; Norte|140; Sul|90',
    wants: { title: /^Vendas por Loja$/, range: 'A2:B5' },
  },
  {
    kind: 18,
    name: 'the company is no title where the report has one',
    table: 'Comercial Andrade Ltda.; Vendas do primeiro trimestre; Loja|Vendas; Centro|100; Norte|140; Sul|90',
    wants: { title: /^Vendas do primeiro trimestre$/, range: 'A3:B6' },
  },
  {
    kind: 18,
    name: 'the company alone is no title',
    locale: 'en',
    table: 'Acme Widgets Inc.; Store|Sales; Boston|100; Denver|140; Miami|90',
    wants: { title: /^Sales by Store$/, range: 'A2:B5' },
  },
  {
    kind: 18,
    name: 'four series are not called by the file',
    file: 'export_final_v2.xlsx',
    table: 'Mês|Receita|Custo|Lucro|Imposto; Jan|100|60|40|20; Fev|110|65|45|22; Mar|120|70|50|24; Abr|115|66|49|23',
    wants: { not_title: /export/i, title: /Mês/ },
  },
  {
    kind: 18,
    name: 'hours of a day are not drawn by day',
    table: `Hora|Chamadas;${hours}`,
    formats: { A: 'dd/mm/yyyy hh:mm' },
    wants: { points: 24, not_title: /por dia/i, chart: 'lines' },
  },
  {
    kind: 18,
    name: 'a remark on the source is no title',
    locale: 'en',
    table: 'Source: ERP, extracted on 2025-03-01; Store|Sales; Boston|100; Denver|140; Miami|90',
    wants: { title: /^Sales by Store$/, range: 'A2:B5' },
  },
]
