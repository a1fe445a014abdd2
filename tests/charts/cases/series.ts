/** Kind 2: all that a person compares is drawn; what is not is named. */
import type { Case } from './case.ts'

export const SERIES: Case[] = [
  {
    kind: 2,
    name: 'seven stores by month',
    table:
      'Mês|Centro|Norte|Sul|Leste|Oeste|Porto|Praia; Jan|100|80|60|90|40|30|20; Fev|110|82|61|95|42|28|25; Mar|120|85|70|99|41|33|31; Abr|115|88|66|91|44|35|18; Mai|130|90|71|97|47|36|15; Jun|128|87|75|94|49|38|12',
    wants: {
      chart: 'lines',
      label: 'Mês',
      series: ['Centro', 'Norte', 'Sul', 'Leste', 'Oeste', 'Porto', 'Praia'],
      first: ['Jan', 100, 80, 60, 90, 40, 30, 20],
      points: 6,
      cells: 42,
    },
  },
  {
    kind: 2,
    name: 'budgeted beside actual, two years',
    table:
      'Conta|Orçado 2023|Realizado 2023|Orçado 2024|Realizado 2024; Aluguel|120|118|130|131; Energia|80|92|85|97; Pessoal|400|410|430|455; Frete|60|55|62|70',
    wants: {
      chart: 'bars',
      label: 'Conta',
      series: ['Orçado 2023', 'Realizado 2023', 'Orçado 2024', 'Realizado 2024'],
      first: ['Pessoal', 400, 410, 430, 455],
      cells: 16,
    },
  },
  {
    kind: 2,
    name: 'an ageing report keeps its largest column',
    table:
      'Cliente|A vencer|1 a 30|31 a 60|61 a 90|Acima de 90; Padaria Sol|52000|1200|800|300|90; Mercado Lua|38000|900|0|150|400; Bar do Zé|21000|2500|1100|700|650; Hotel Mar|64000|300|200|0|0',
    wants: {
      chart: 'bars',
      label: 'Cliente',
      series: ['A vencer', '1 a 30', '31 a 60', '61 a 90', 'Acima de 90'],
      cells: 20,
    },
  },
  {
    kind: 2,
    name: 'target beside sold in a long table',
    table:
      'Vendedor|Mês|Meta|Vendido; Ana|Jan|100|90; Ana|Fev|100|120; Ana|Mar|110|105; Bruno|Jan|80|85; Bruno|Fev|80|70; Bruno|Mar|90|95; Carla|Jan|60|66; Carla|Fev|60|58; Carla|Mar|70|81',
    wants: {
      label: 'Vendedor',
      series: ['Meta', 'Vendido'],
      first: ['Ana', 310, 315],
      last: ['Carla', 190, 205],
      method: 'sum',
    },
  },
  {
    kind: 2,
    name: 'budget, actual and forecast by month',
    locale: 'en',
    table:
      'Month|Budget|Actual|Forecast; Jan|50|48|51; Feb|52|55|53; Mar|54|51|55; Apr|56|60|57; May|58|57|59; Jun|60|63|61',
    wants: {
      label: 'Month',
      series: ['Budget', 'Actual', 'Forecast'],
      first: ['Jan', 50, 48, 51],
      last: ['Jun', 60, 63, 61],
      cells: 18,
    },
  },
  {
    kind: 2,
    name: 'six product lines of very different size by quarter',
    locale: 'en',
    table:
      'Quarter|Laptops|Phones|Tablets|Watches|Audio|Cables; Q1 2024|820|2400|310|95|60|12; Q2 2024|790|2550|280|101|66|14; Q3 2024|860|2700|260|120|71|15; Q4 2024|990|3300|340|180|95|22; Q1 2025|840|2600|300|110|70|13',
    wants: {
      chart: 'lines',
      label: 'Quarter',
      series: ['Laptops', 'Phones', 'Tablets', 'Watches', 'Audio', 'Cables'],
      cells: 30,
    },
  },
  {
    kind: 2,
    name: 'fourteen states over six years: the small ones together, and said so',
    table:
      'UF|2019|2020|2021|2022|2023|2024; SP|900|880|910|950|990|1020; RJ|500|480|505|520|530|545; MG|450|445|460|470|480|495; RS|300|290|310|320|330|310; PR|290|288|300|315|322|330; BA|210|205|215|222|230|236; SC|200|204|215|228|240|251; PE|150|148|152|160|164|170; CE|140|138|143|150|155|160; PA|120|119|124|130|133|138; GO|118|121|126|133|140|146; ES|90|88|92|97|101|105; AM|80|79|83|86|90|94; RN|60|59|61|64|66|69',
    wants: {
      chart: 'lines',
      points: 6,
      texts: ['SP', 'RJ', 'MG', 'RS', 'PR', 'BA', 'SC', 'PE', '2019', '2024'],
      left_out: ['RN'],
    },
  },
  {
    kind: 2,
    name: 'cost beside price; the stock is of another kind and is named',
    table: 'Produto|Custo|Preço|Estoque; Caixa|8|12.5|300; Lata|5|8|1200; Garrafa|20|31|90; Fita|4|7|640',
    wants: {
      chart: 'bars',
      series: ['Custo', 'Preço'],
      first: ['Garrafa', 20, 31],
      last: ['Fita', 4, 7],
      left_out: ['Estoque'],
    },
  },
  {
    kind: 2,
    name: 'planned beside actual, of very different size',
    table: 'Setor|Horas previstas|Horas realizadas; Corte|40|310; Solda|120|95; Pintura|30|28; Montagem|16|140',
    wants: { chart: 'bars', label: 'Setor', series: ['Horas previstas', 'Horas realizadas'], cells: 8 },
  },
  {
    kind: 8,
    name: 'two counts under each third of a year',
    table:
      'UBS|1º quadrimestre||2º quadrimestre|;|Consultas|Exames|Consultas|Exames;Bela Vista|1210|430|1305|460;Centro|2890|1120|3010|1180;Zona rural|402|95|388|101',
    merges: ['A1:A2', 'B1:C1', 'D1:E1'],
    wants: { chart: 'bars', label: 'UBS', cells: 12, first: ['Centro', 2890, 1120, 3010, 1180] },
  },
  {
    kind: 2,
    name: 'the plan under one group stands beside what was spent under another',
    table:
      'Função|Dotação||Despesas|;|Inicial|Atualizada|Empenhadas|Liquidadas;Saúde|18900|20412|13986|10962;Educação|24600|26814|18204|14514;Cultura|900|990|666|540',
    merges: ['A1:A2', 'B1:C1', 'D1:E1'],
    wants: { chart: 'bars', label: 'Função', cells: 12, first: ['Educação', 24600, 26814, 18204, 14514] },
  },
  {
    kind: 2,
    name: 'a balance in front of its ages, behind a limit',
    locale: 'en',
    table:
      'A/C|Name|Credit limit|Balance|Current|30 days|60 days|Older; A101|Abbey|5000|1825|1035|360|120|310; B007|Brook|5000|3930|900|120|120|2790; C415|Castle|5000|3585|585|210|0|2790',
    wants: {
      chart: 'bars',
      label: 'Name',
      series: ['Current', '30 days', '60 days', 'Older'],
      cells: 12,
      left_out: ['Credit limit', 'Balance'],
    },
  },
  {
    kind: 2,
    name: 'enrolled pupils in front of what became of them',
    table: 'Turma|Matriculados|Aprovados|Reprovados|Evadidos; 6A|30|25|3|2; 6B|28|24|4|0; 7A|31|22|5|4; 7B|27|26|0|1',
    wants: { chart: 'bars', label: 'Turma', series: ['Aprovados', 'Reprovados', 'Evadidos'], cells: 12 },
  },
  {
    kind: 2,
    name: 'what the title is about, not the bill beside it',
    table:
      'Consumo (kWh)|||;;Mês|Sede|Anexo|Fatura (R$);2024-01-01|9764|3412|14804.82;2024-02-01|13864|3768|12184.8;2024-03-01|13359|3469|14378.28;2024-04-01|9490|4120|12963.27',
    formats: { A: 'mmm/yy', D: '#,##0.00' },
    wants: { chart: 'lines', series: ['Sede', 'Anexo'], points: 4, left_out: ['Fatura (R$)'], range: 'A3:D7' },
  },
]
