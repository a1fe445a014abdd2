/** Tables as small companies, schools and clubs keep them, written down with their pictures before any of them was tried. */
import type { Case } from './case.ts'

const table = (...rows: string[]) => rows.join(';')
const day = (month: number, of: number) => `2025-${String(month).padStart(2, '0')}-${String(of).padStart(2, '0')}`
const days = (from: number, count: number, row: (at: number) => string, month = 10) =>
  Array.from({ length: count }, (_, at) => `${day(month, from + at)}|${row(at)}`)

const SALES: Case[] = [
  {
    kind: 0,
    name: 'companies: a bakery day by day',
    table: table(
      'Padaria Pão Quente Ltda',
      'Vendas de outubro de 2025',
      '',
      'Data|Vendas (R$)|Clientes',
      ...days(1, 31, (at) => `${1800 + ((at * 137) % 900)}|${90 + ((at * 17) % 40)}`),
    ),
    wants: { chart: 'lines', label: 'Data', series: ['Vendas (R$)'], points: 31, title: /Vendas/, range: 'A4:C35' },
  },
  {
    kind: 0,
    name: 'companies: products by month with totals on both sides',
    table: table(
      'Produto|Jan|Fev|Mar|Abr|Mai|Jun|Total',
      'Camiseta|120|130|125|140|150|160|825',
      'Calça|80|75|90|85|95|100|525',
      'Bermuda|60|65|50|40|30|20|265',
      'Jaqueta|10|12|20|45|70|90|247',
      'Boné|33|31|35|36|38|30|203',
      'Total|303|313|320|346|383|400|2065',
    ),
    wants: { cells: 30, texts: ['Jan', 'Jun', 'Camiseta', 'Boné'], range: 'A1:H6' },
  },
  {
    kind: 15,
    name: 'companies: a list of orders',
    table: table(
      'Data|Cliente|Produto|Qtd|Valor',
      `${day(1, 5)}|Mercado Sol|Caixa|10|500`,
      `${day(1, 12)}|Bar do Zé|Lata|4|120`,
      `${day(1, 20)}|Mercado Sol|Lata|8|240`,
      `${day(2, 3)}|Padaria Lua|Caixa|5|250`,
      `${day(2, 14)}|Bar do Zé|Caixa|6|300`,
      `${day(2, 25)}|Mercado Sol|Fita|20|90`,
      `${day(3, 4)}|Padaria Lua|Lata|12|360`,
      `${day(3, 9)}|Mercado Sol|Caixa|15|750`,
      `${day(3, 30)}|Bar do Zé|Fita|9|45`,
    ),
    wants: { series: ['Valor'], method: 'sum', points: 3, label: ['Data', 'Cliente', 'Produto'] },
  },
  {
    kind: 2,
    name: 'companies: targets of sellers',
    table: table(
      'Vendedor|Meta|Realizado|% Atingido',
      'Ana|50000|54000|108%',
      'Bruno|50000|41000|82%',
      'Carla|40000|46000|115%',
      'Davi|30000|27000|90%',
    ),
    wants: { chart: 'bars', label: 'Vendedor', series: ['Meta', 'Realizado'], cells: 8, left_out: ['% Atingido'] },
  },
  {
    kind: 0,
    name: 'companies: commissions',
    table: table(
      'Vendedor|Vendas|Comissão (%)|Comissão (R$)',
      'Ana|54000|3%|1620',
      'Bruno|41000|3%|1230',
      'Carla|46000|4%|1840',
      'Davi|27000|2%|540',
    ),
    wants: [
      { label: 'Vendedor', series: ['Vendas'], first: ['Ana', 54000], last: ['Davi', 27000] },
      { label: 'Vendedor', series: ['Comissão (R$)'], first: ['Carla', 1840], last: ['Davi', 540] },
      { label: 'Vendedor', series: ['Vendas', 'Comissão (R$)'], first: ['Ana', 54000, 1620] },
    ],
  },
  {
    kind: 0,
    name: 'companies: the menu of a café',
    locale: 'en',
    table: table(
      'Item|Category|Price',
      'Espresso|Coffee|2.5',
      'Latte|Coffee|3.8',
      'Mocha|Coffee|4.2',
      'Green tea|Tea|2.9',
      'Earl Grey|Tea|2.7',
      'Bagel|Food|3.5',
      'Muffin|Food|3.1',
    ),
    wants: [
      { label: 'Item', series: ['Price'], first: ['Mocha', 4.2], last: ['Espresso', 2.5] },
      { label: 'Category', series: ['Price'], method: 'mean', points: 3 },
    ],
  },
  {
    kind: 0,
    name: 'companies: channels by quarter',
    locale: 'en',
    table: table(
      'Channel|Q1|Q2|Q3|Q4',
      'Web shop|12000|13500|12800|19000',
      'Marketplace|8000|8200|9100|14000',
      'Store|15000|14000|13000|16500',
      'Phone|1200|1100|900|1000',
    ),
    wants: { cells: 16, texts: ['Q1', 'Q4', 'Web shop', 'Phone'] },
  },
  {
    kind: 0,
    name: 'companies: an ABC curve',
    table: table(
      'Produto|Faturamento|% do total|% acumulado|Classe',
      'Arroz|5000|50%|50%|A',
      'Feijão|2000|20%|70%|A',
      'Óleo|1200|12%|82%|B',
      'Açúcar|900|9%|91%|B',
      'Sal|600|6%|97%|C',
      'Vinagre|300|3%|100%|C',
    ),
    wants: { label: 'Produto', series: ['Faturamento'], points: 6, first: ['Arroz', 5000], last: ['Vinagre', 300] },
  },
  {
    kind: 10,
    name: 'companies: exports in euros',
    formats: { B: '#,##0.00 [$€-407]' },
    table: table('País|Vendas', 'Alemanha|125000', 'França|98000', 'Portugal|143000', 'Espanha|76000'),
    wants: { label: 'País', series: ['Vendas'], first: ['Portugal', 143000], last: ['Espanha', 76000], unit: '€' },
  },
  {
    kind: 14,
    name: 'companies: mean ticket of branches in two months',
    table: table(
      'Filial|Mês|Ticket médio|Atendimentos',
      'Centro|Janeiro|52.5|1200',
      'Centro|Fevereiro|54.5|1100',
      'Norte|Janeiro|40|800',
      'Norte|Fevereiro|44|900',
      'Sul|Janeiro|61|300',
      'Sul|Fevereiro|63|350',
    ),
    wants: [
      { series: ['Ticket médio'], method: 'mean', label: 'Filial', first: ['Sul', 62] },
      { series: ['Atendimentos'], method: 'sum', label: 'Filial', first: ['Centro', 2300] },
      { series: ['Centro', 'Norte', 'Sul'], cells: 6 },
      { series: ['Janeiro', 'Fevereiro'], cells: 6 },
    ],
  },
]

const STOCK: Case[] = [
  {
    kind: 3,
    name: 'companies: a stock list',
    table: table(
      'Código|Descrição|Unidade|Saldo|Custo médio|Valor em estoque',
      '10021|Parafuso 6 mm|CX|40|12.5|500',
      '10022|Porca 6 mm|CX|25|8|200',
      '10035|Arruela|PCT|60|3|180',
      '10041|Broca 8 mm|UN|12|15|180',
      '10058|Serra|UN|6|90|540',
    ),
    wants: [
      { label: 'Descrição', series: ['Valor em estoque'], first: ['Serra', 540], points: 5 },
      { label: 'Descrição', series: ['Saldo'], first: ['Arruela', 60], last: ['Serra', 6], points: 5 },
    ],
  },
  {
    kind: 0,
    name: 'companies: lots and their expiry',
    table: table(
      'Produto|Lote|Validade|Quantidade',
      `Leite|L1041|${day(11, 20)}|120`,
      `Iogurte|L1055|${day(11, 12)}|80`,
      `Queijo|L0987|${day(12, 30)}|35`,
      `Manteiga|L1002|${day(12, 15)}|60`,
      `Requeijão|L1033|${day(11, 28)}|45`,
    ),
    wants: [
      { label: 'Produto', series: ['Quantidade'], first: ['Leite', 120], last: ['Queijo', 35] },
      { label: 'Validade', series: ['Quantidade'], method: 'sum' },
    ],
  },
  {
    kind: 0,
    name: 'companies: movements of one item',
    table: table(
      'Ficha de estoque: Cimento CP II',
      'Data|Entrada|Saída|Saldo',
      `${day(9, 1)}|100||100`,
      `${day(9, 3)}||20|80`,
      `${day(9, 8)}||35|45`,
      `${day(9, 15)}|80||125`,
      `${day(9, 19)}||40|85`,
      `${day(9, 26)}||30|55`,
    ),
    wants: [
      { label: 'Data', series: ['Saldo'], chart: 'lines', points: 6, range: 'A2:D8' },
      { label: 'Data', series: ['Entrada', 'Saída'], cells: 6, range: 'A2:D8' },
      { label: 'Data', series: ['Entrada', 'Saída', 'Saldo'], cells: 12, range: 'A2:D8' },
    ],
  },
  {
    kind: 3,
    name: 'companies: an inventory count',
    locale: 'en',
    table: table(
      'SKU|Description|System|Counted|Difference',
      '4711|Mug|120|118|-2',
      '4712|Plate|80|80|0',
      '4713|Bowl|64|60|-4',
      '4720|Spoon|300|310|10',
    ),
    wants: { label: 'Description', series: ['System', 'Counted'], first: ['Spoon', 300, 310], cells: 8 },
  },
  {
    kind: 5,
    name: 'companies: shelves of a warehouse',
    table: table(
      'Corredor|Prateleira|Itens',
      'A|1|35',
      'A|2|40',
      'A|3|22',
      'B|1|18',
      'B|2|31',
      'B|3|27',
      'C|1|50',
      'C|2|12',
      'C|3|9',
    ),
    wants: [
      { label: 'Corredor', series: ['Itens'], method: 'sum', first: ['A', 97], last: ['C', 71] },
      { label: 'Corredor', series: ['1', '2', '3'], cells: 9 },
      { label: 'Prateleira', series: ['A', 'B', 'C'], cells: 9 },
    ],
  },
  {
    kind: 4,
    name: 'companies: fuel of vehicles',
    table: table(
      'Placa|Km|Litros|Km/L',
      'ABC1D23|320|32|10',
      'ABC1D23|280|30|9.3',
      'EFG4H56|410|34|12',
      'EFG4H56|390|33|11.8',
      'IJK7L89|150|20|7.5',
    ),
    wants: [
      { label: 'Placa', method: 'sum', series: ['Km'], first: ['EFG4H56', 800], last: ['IJK7L89', 150] },
      { label: 'Placa', method: 'sum', series: ['Litros'], first: ['EFG4H56', 67], last: ['IJK7L89', 20] },
      { label: 'Placa', method: 'sum', series: ['Km', 'Litros'], first: ['EFG4H56', 800, 67] },
    ],
  },
  {
    kind: 1,
    name: 'companies: prices of a salon',
    table: table(
      'Serviço|Preço',
      'Corte|50',
      'Barba|35',
      'Coloração|120',
      'Hidratação|80',
      'Penteado|sob orçamento',
      'Noiva|consulte-nos',
    ),
    wants: {
      label: 'Serviço',
      series: ['Preço'],
      points: 4,
      first: ['Coloração', 120],
      last: ['Barba', 35],
      left_out: ['Penteado', 'Noiva'],
    },
  },
  {
    kind: 1,
    name: 'companies: rates of rooms',
    locale: 'en',
    table: table('Room|Rate', '101|$120', '102|$95', '103|closed', '104|$110', '201|$150'),
    wants: { label: 'Room', series: ['Rate'], points: 4, texts: ['101', '201'], left_out: ['103'], unit: '$' },
  },
]

const PAYROLL: Case[] = [
  {
    kind: 3,
    name: 'companies: a payroll with CPF',
    table: table(
      'CPF|Nome|Cargo|Admissão|Salário',
      `'123.456.789-09|Ana Souza|Analista|2019-03-01|5200`,
      `'987.654.321-00|Bruno Lima|Gerente|2015-08-17|9100`,
      `'111.444.777-35|Carla Dias|Auxiliar|2022-01-10|2300`,
      `'222.555.888-46|Davi Reis|Analista|2020-06-22|4900`,
    ),
    wants: [
      { label: 'Nome', series: ['Salário'], first: ['Bruno Lima', 9100], last: ['Carla Dias', 2300] },
      { label: 'Cargo', series: ['Salário'], method: 'mean', first: ['Gerente', 9100] },
    ],
  },
  {
    kind: 16,
    name: 'companies: hours and extra hours',
    formats: { B: '[h]:mm', C: '[h]:mm' },
    table: table(
      'Funcionário|Horas normais|Horas extras',
      'Ana|7.3333333333|0.5',
      'Bruno|7|0.25',
      'Carla|6.5|0.125',
      'Davi|7.25|0.75',
    ),
    wants: { label: 'Funcionário', series: ['Horas normais', 'Horas extras'], cells: 8, unit: 'h' },
  },
  {
    kind: 12,
    name: 'companies: people by department',
    locale: 'en',
    table: table(
      'Department|Women|Men|Total',
      'Sales|12|9|21',
      'Support|8|11|19',
      'IT|4|10|14',
      'HR|5|1|6',
      'All departments|29|31|60',
    ),
    wants: { label: 'Department', series: ['Women', 'Men'], cells: 8, range: 'A1:D5' },
  },
  {
    kind: 0,
    name: 'companies: absences by month',
    table: table(
      'Mês|Faltas|Atestados|Atrasos',
      ...'Janeiro Fevereiro Março Abril Maio Junho Julho Agosto Setembro Outubro Novembro Dezembro'
        .split(' ')
        .map((month, at) => `${month}|${3 + (at % 4)}|${5 + ((at * 3) % 5)}|${8 + ((at * 7) % 6)}`),
    ),
    wants: {
      label: 'Mês',
      series: ['Faltas', 'Atestados', 'Atrasos'],
      points: 12,
      cells: 36,
      first: ['Janeiro', 3, 5, 8],
    },
  },
  {
    kind: 0,
    name: 'companies: a payslip',
    table: table(
      'Demonstrativo de pagamento',
      'Evento|Proventos|Descontos',
      'Salário base|3500|',
      'Horas extras|420|',
      'Adicional noturno|180|',
      'INSS||385',
      'IRRF||142',
      'Vale-transporte||210',
      'Totais|4100|737',
    ),
    wants: { label: 'Evento', series: ['Proventos', 'Descontos'], cells: 6, range: 'A2:C8' },
  },
  {
    kind: 6,
    name: 'companies: bands of salaries',
    table: table(
      'Faixa salarial|Funcionários',
      'Até R$ 2.000|12',
      'R$ 2.001 a R$ 4.000|25',
      'R$ 4.001 a R$ 6.000|14',
      'R$ 6.001 a R$ 8.000|6',
      'Acima de R$ 8.000|9',
    ),
    wants: { label: 'Faixa salarial', first: ['Até R$ 2.000', 12], last: ['Acima de R$ 8.000', 9], points: 5 },
  },
]

const SCHOOL: Case[] = [
  {
    kind: 7,
    name: 'companies: marks by term',
    table: table(
      'Colégio Horizonte',
      'Turma: 7º B',
      'Aluno|1º bim|2º bim|3º bim|4º bim|Média|Situação',
      'Ana|8|7.5|9|8.5|8.25|Aprovado',
      'Bruno|5|6|5.5|7|5.9|Recuperação',
      'Carla|9|9.5|9|10|9.4|Aprovado',
      'Davi|6|6.5|7|7|6.6|Aprovado',
    ),
    wants: [
      { label: 'Aluno', series: ['1º bim', '2º bim', '3º bim', '4º bim'], cells: 16, range: 'A3:G7' },
      { label: 'Aluno', series: ['1º bim', '2º bim', '3º bim', '4º bim', 'Média'], cells: 20 },
      { label: 'Aluno', series: ['Média'], first: ['Carla', 9.4] },
      { series: ['Ana', 'Bruno', 'Carla', 'Davi'], cells: 16 },
    ],
  },
  {
    kind: 5,
    name: 'companies: sizes of classes',
    table: table('Turma|Alunos', '101|32', '102|30', '201|28', '202|27', '301|25'),
    wants: { chart: 'bars', label: 'Turma', first: ['101', 32], last: ['301', 25], points: 5 },
  },
  {
    kind: 0,
    name: 'companies: attendance',
    locale: 'en',
    table: table('Date|Present|Absent', ...days(6, 10, (at) => `${25 - (at % 4)}|${3 + (at % 4)}`)),
    wants: { label: 'Date', series: ['Present', 'Absent'], points: 10, cells: 20 },
  },
  {
    kind: 0,
    name: 'companies: loans of a library',
    locale: 'en',
    table: table(
      'Title|Author|Year|Loans',
      'Emma|Austen|1815|14',
      'Dracula|Stoker|1897|22',
      'Ulysses|Joyce|1922|3',
      'Middlemarch|Eliot|1871|9',
      'Persuasion|Austen|1817|11',
    ),
    wants: { label: 'Title', series: ['Loans'], first: ['Dracula', 22], last: ['Ulysses', 3], points: 5 },
  },
]

const BUDGETS: Case[] = [
  {
    kind: 13,
    name: 'companies: a budget of a family',
    table: table(
      'Despesa|Valor',
      'MORADIA|',
      'Aluguel|1500',
      'Luz|180',
      'ALIMENTAÇÃO|',
      'Mercado|900',
      'Restaurante|350',
      'TRANSPORTE|',
      'Ônibus|240',
      'Total|3170',
    ),
    wants: { chart: 'bars', points: 5, first: ['Aluguel', 1500], last: ['Luz', 180], range: 'A1:B9' },
  },
  {
    kind: 0,
    name: 'companies: an income statement of two years',
    table: table(
      'DRE (em R$ mil)|2023|2024',
      'Receita bruta|1200|1400',
      'Deduções|-120|-150',
      'Receita líquida|1080|1250',
      'Custo das vendas|-600|-700',
      'Lucro bruto|480|550',
      'Despesas|-300|-320',
      'Lucro líquido|180|230',
    ),
    wants: { series: ['2023', '2024'], texts: ['Receita bruta', 'Lucro líquido'], cells: 14 },
  },
  {
    kind: 2,
    name: 'companies: phases of a project',
    locale: 'en',
    table: table(
      'Phase|Budget|Actual|Variance|Variance %',
      'Design|20000|18500|-1500|-7.5%',
      'Build|85000|97000|12000|14.1%',
      'Test|15000|15500|500|3.3%',
      'Launch|10000|8000|-2000|-20%',
    ),
    wants: { label: 'Phase', series: ['Budget', 'Actual'], cells: 8 },
  },
  {
    kind: 8,
    name: 'companies: planned and actual by month under two groups',
    merges: ['A1:A2', 'B1:C1', 'D1:E1'],
    table: table(
      'Mês|Receitas||Despesas|',
      '|Previsto|Realizado|Previsto|Realizado',
      'Jan|100|95|80|85',
      'Fev|110|120|82|80',
      'Mar|120|118|85|90',
      'Abr|125|131|88|86',
      'Mai|130|128|90|97',
      'Jun|140|150|92|91',
    ),
    wants: { label: 'Mês', cells: 24, texts: ['Receitas', 'Despesas', 'Previsto', 'Realizado'] },
  },
  {
    kind: 0,
    name: 'companies: a cash flow with months across',
    table: table(
      'Descrição|Jan|Fev|Mar|Abr',
      'Entradas|5000|5400|5100|6000',
      'Saídas|4200|4900|5300|4800',
      'Investimentos|300|0|500|200',
    ),
    wants: { cells: 12, texts: ['Entradas', 'Saídas', 'Investimentos', 'Jan', 'Abr'] },
  },
  {
    kind: 5,
    name: 'companies: cost centres',
    table: table(
      'Centro de custo|Orçado|Realizado',
      '1010|25000|24100',
      '1020|18000|19500',
      '2010|40000|38700',
      '2020|12000|13100',
    ),
    wants: { label: 'Centro de custo', series: ['Orçado', 'Realizado'], texts: ['1010', '2020'], cells: 8 },
  },
]

const SENSORS: Case[] = [
  {
    kind: 0,
    name: 'companies: a sensor every ten minutes',
    locale: 'en',
    table: table(
      'Timestamp|Temp (°C)|Humidity (%)',
      ...Array.from({ length: 48 }, (_, at) => {
        const minutes = at * 10
        const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
        return `2025-10-06 ${time}|${(20 + ((at * 3) % 7) / 2).toFixed(1)}|${55 + ((at * 5) % 9)}`
      }),
    ),
    wants: [
      { chart: 'lines', label: 'Timestamp', series: ['Temp (°C)'], points: 48, left_out: ['Humidity'] },
      { chart: 'lines', label: 'Timestamp', series: ['Temp (°C)', 'Humidity (%)'], points: 48 },
    ],
  },
  {
    kind: 0,
    name: 'companies: energy meters by day',
    table: table(
      'Dia|Medidor 1|Medidor 2|Medidor 3',
      ...days(1, 14, (at) => `${30 + ((at * 3) % 8)}|${22 + ((at * 5) % 9)}|${41 + ((at * 7) % 10)}`, 5),
    ),
    wants: { chart: 'lines', label: 'Dia', series: ['Medidor 1', 'Medidor 2', 'Medidor 3'], points: 14, cells: 42 },
  },
  {
    kind: 6,
    name: 'companies: water of a pool by week',
    table: table(
      'Semana|pH|Cloro (mg/L)',
      'Semana 1|7.2|1.5',
      'Semana 2|7.4|1.2',
      'Semana 3|7.1|1.8',
      'Semana 4|7.6|0.9',
      'Semana 5|7.3|1.4',
      'Semana 6|7.2|1.6',
    ),
    wants: [
      { label: 'Semana', series: ['pH'], first: ['Semana 1', 7.2], last: ['Semana 6', 7.2], left_out: ['Cloro'] },
      {
        label: 'Semana',
        series: ['Cloro (mg/L)'],
        first: ['Semana 1', 1.5],
        last: ['Semana 6', 1.6],
        left_out: ['pH'],
      },
      { label: 'Semana', series: ['pH', 'Cloro (mg/L)'], first: ['Semana 1', 7.2, 1.5] },
    ],
  },
  {
    kind: 5,
    name: 'companies: stops of machines',
    table: table('Máquina|Paradas|Minutos parados', '1|4|95', '2|9|310', '3|2|40', '4|6|180'),
    wants: [
      { label: 'Máquina', series: ['Minutos parados'], points: 4, texts: ['1', '4'] },
      { label: 'Máquina', series: ['Paradas'], points: 4 },
      { label: 'Máquina', series: ['Paradas', 'Minutos parados'], points: 4 },
    ],
  },
  {
    kind: 6,
    name: 'companies: customers by quarter of an hour',
    locale: 'en',
    table: table(
      'Time|Customers',
      ...['08:00', '08:15', '08:30', '08:45', '09:00', '09:15', '09:30', '09:45'].map(
        (time, at) => `'${time}|${5 + ((at * 5) % 9)}`,
      ),
    ),
    wants: { label: 'Time', series: ['Customers'], first: ['08:00', 5], last: ['09:45', 13], points: 8 },
  },
  {
    kind: 0,
    name: 'companies: servers',
    locale: 'en',
    table: table('Host|Uptime (%)|Incidents', 'web-1|99.95|1', 'web-2|99.2|4', 'db-1|99.99|0', 'mail|97.8|7'),
    wants: [
      { label: 'Host', series: ['Incidents'], method: 'each', first: ['mail', 7], points: 4 },
      { label: 'Host', series: ['Uptime (%)'], method: 'each', points: 4 },
    ],
  },
]

const INVOICES: Case[] = [
  {
    kind: 15,
    name: 'companies: invoices with a status',
    locale: 'en',
    table: table(
      'Invoice|Date|Customer|Amount|Status',
      ...Array.from(
        { length: 12 },
        (_, at) =>
          `INV-${1001 + at}|${day(1 + Math.floor(at / 3), 3 + at)}|${['Acme', 'Globex', 'Initech', 'Umbrella'][at % 4]}|${200 + at * 35}|${at % 5 === 0 ? 'Overdue' : 'Paid'}`,
      ),
    ),
    wants: { series: ['Amount'], method: 'sum', label: ['Date', 'Customer', 'Status'] },
  },
  {
    kind: 15,
    name: 'companies: payables with a total',
    table: table(
      'Contas a pagar',
      'Vencimento|Fornecedor|Documento|Valor',
      `${day(4, 5)}|Energia SA|4501|830`,
      `${day(4, 10)}|Aluguel Imóveis|4502|3500`,
      `${day(4, 20)}|Papelaria Boa|4503|290`,
      `${day(5, 5)}|Energia SA|4511|790`,
      `${day(5, 10)}|Aluguel Imóveis|4512|3500`,
      `${day(5, 18)}|Papelaria Boa|4513|120`,
      `${day(6, 5)}|Energia SA|4521|910`,
      `${day(6, 10)}|Aluguel Imóveis|4522|3500`,
      'Total|||13440',
    ),
    wants: { series: ['Valor'], method: 'sum', label: ['Vencimento', 'Fornecedor'], points: 3, range: 'A2:D10' },
  },
  {
    kind: 10,
    name: 'companies: invoices in several currencies',
    table: table(
      'Fatura|Cliente|Valor',
      'F-01|Alfa|US$ 1.200,00',
      'F-02|Beta|€ 900,00',
      'F-03|Gama|R$ 5.400,00',
      'F-04|Delta|US$ 700,00',
    ),
    wants: { refused: 'mixed_currencies' },
  },
  {
    kind: 15,
    name: 'companies: tax invoices',
    table: table(
      'Número|Série|Emissão|CNPJ|Destinatário|Valor total',
      ...Array.from(
        { length: 9 },
        (_, at) =>
          `${3301 + at}|1|${day(7 + (at % 3), 2 + at)}|'${['11.222.333/0001-81', '44.555.666/0001-72', '77.888.999/0001-63'][at % 3]}|${['Alfa Ltda', 'Beta SA', 'Gama ME'][at % 3]}|${1000 + at * 110}`,
      ),
    ),
    wants: { series: ['Valor total'], method: 'sum', label: ['Emissão', 'Destinatário'], points: 3 },
  },
  {
    kind: 2,
    name: 'companies: an ageing report',
    table: table(
      'Cliente|A vencer|1-30|31-60|61-90|+90|Total',
      'Alfa|5000|1200|0|300|0|6500',
      'Beta|3000|0|800|0|2500|6300',
      'Gama|7500|900|400|0|0|8800',
      'Delta|0|0|600|700|4100|5400',
    ),
    wants: { label: 'Cliente', series: ['A vencer', '1-30', '31-60', '61-90', '+90'], cells: 20 },
  },
  {
    kind: 15,
    name: 'companies: a bank statement',
    table: table(
      'Extrato de conta corrente',
      'Agência: 1234 Conta: 56789-0',
      'Data|Histórico|Débito|Crédito|Saldo',
      `${day(8, 1)}|Saldo anterior|||2000`,
      `${day(8, 4)}|Pix recebido||850|2850`,
      `${day(8, 5)}|Boleto energia|430||2420`,
      `${day(8, 11)}|Pix recebido||1200|3620`,
      `${day(8, 14)}|Compra cartão|310||3310`,
      `${day(8, 20)}|Tarifa|35||3275`,
      `${day(8, 29)}|Salários|1900||1375`,
    ),
    wants: [
      { chart: 'lines', label: 'Data', series: ['Saldo'], points: 7, range: 'A3:E10' },
      { series: ['Débito', 'Crédito'], label: ['Data', 'Histórico'] },
    ],
  },
  {
    kind: 15,
    name: 'companies: appointments of a dentist',
    table: table(
      'Data|Hora|Paciente|Procedimento|Valor',
      `${day(9, 1)}|'08:00|Ana|Limpeza|150`,
      `${day(9, 1)}|'09:00|Bia|Canal|900`,
      `${day(9, 1)}|'10:00|Caio|Limpeza|150`,
      `${day(9, 2)}|'08:00|Davi|Extração|300`,
      `${day(9, 2)}|'09:30|Eva|Canal|850`,
      `${day(9, 3)}|'08:00|Fábio|Limpeza|150`,
      `${day(9, 3)}|'11:00|Gil|Extração|280`,
      `${day(9, 4)}|'10:00|Hugo|Limpeza|160`,
    ),
    wants: { series: ['Valor'], method: 'sum', label: ['Data', 'Procedimento'] },
  },
]

const SURVEYS: Case[] = [
  {
    kind: 6,
    name: 'companies: agreement to statements',
    table: table(
      'Pergunta|Discordo totalmente|Discordo|Neutro|Concordo|Concordo totalmente',
      'O atendimento foi rápido|3|5|12|40|30',
      'O preço é justo|10|18|22|25|15',
      'Voltaria a comprar|2|4|9|35|40',
    ),
    wants: {
      label: 'Pergunta',
      series: ['Discordo totalmente', 'Discordo', 'Neutro', 'Concordo', 'Concordo totalmente'],
      cells: 15,
    },
  },
  {
    kind: 6,
    name: 'companies: scores from 0 to 10',
    locale: 'en',
    table: table('Score|Responses', ...[2, 1, 0, 3, 2, 6, 9, 15, 28, 22, 17].map((count, at) => `${at}|${count}`)),
    wants: { label: 'Score', series: ['Responses'], first: ['0', 2], last: ['10', 17], points: 11 },
  },
  {
    kind: 3,
    name: 'companies: answers of a form',
    table: table(
      'Carimbo de data/hora|Nome|E-mail|Como nos conheceu?',
      '2025-10-01 09:12|Ana|ana@a.com|Indicação',
      '2025-10-01 10:40|Bia|bia@a.com|Instagram',
      '2025-10-02 08:05|Caio|caio@a.com|Indicação',
      '2025-10-02 15:30|Davi|davi@a.com|Google',
      '2025-10-03 11:11|Eva|eva@a.com|Instagram',
      '2025-10-03 17:45|Fábio|fabio@a.com|Instagram',
    ),
    wants: { method: 'count', label: 'Como nos conheceu?', first: ['Instagram', 3], last: ['Google', 1] },
  },
  {
    kind: 14,
    name: 'companies: satisfaction by criterion',
    table: table('Critério|Nota', 'Atendimento|4.5', 'Preço|3.2', 'Qualidade|4.8', 'Entrega|3.9', 'Variedade|4.1'),
    wants: { label: 'Critério', series: ['Nota'], method: 'each', first: ['Qualidade', 4.8], last: ['Preço', 3.2] },
  },
  {
    kind: 6,
    name: 'companies: ages of customers',
    table: table(
      'Faixa etária|Feminino|Masculino',
      '0-17|20|25',
      '18-24|60|48',
      '25-34|90|85',
      '35-49|75|80',
      '50-64|40|38',
      '65+|15|12',
    ),
    wants: {
      label: 'Faixa etária',
      series: ['Feminino', 'Masculino'],
      first: ['0-17', 20, 25],
      last: ['65+', 15, 12],
      cells: 12,
    },
  },
]

const SPORTS: Case[] = [
  {
    kind: 0,
    name: 'companies: a league table',
    table: table(
      'Pos|Clube|P|J|V|E|D|GP|GC|SG',
      '1|Azul FC|60|28|18|6|4|50|21|29',
      '2|Verde EC|55|28|16|7|5|44|25|19',
      '3|Roxo AC|41|28|11|8|9|33|30|3',
      '4|Preto SC|22|28|5|7|16|20|47|-27',
    ),
    wants: [
      { label: 'Clube', series: ['P'], first: ['Azul FC', 60], last: ['Preto SC', 22] },
      { label: 'Clube', series: ['V', 'E', 'D'], cells: 12 },
    ],
  },
  {
    kind: 0,
    name: 'companies: top scorers',
    locale: 'en',
    table: table(
      'Player|Team|Goals|Assists',
      'Reed|Lions|21|7',
      'Stone|Tigers|18|12',
      'Marsh|Bears|15|3',
      'Field|Lions|11|14',
    ),
    wants: [
      { label: 'Player', series: ['Goals'], first: ['Reed', 21], last: ['Field', 11] },
      { label: 'Player', series: ['Goals', 'Assists'], first: ['Reed', 21, 7], cells: 8 },
    ],
  },
  {
    kind: 16,
    name: 'companies: times of a race',
    formats: { C: 'hh:mm:ss' },
    table: table(
      'Número|Atleta|Tempo',
      '12|Ana|0.03125',
      '48|Bia|0.0277777778',
      '31|Cris|0.0347222222',
      '7|Duda|0.0298611111',
    ),
    wants: { label: 'Atleta', series: ['Tempo'], points: 4, unit: 'h' },
  },
  {
    kind: 6,
    name: 'companies: seasons of a team',
    locale: 'en',
    table: table(
      'Season|Wins|Draws|Losses',
      '2019/20|12|8|18',
      '2020/21|15|9|14',
      '2021/22|20|6|12',
      '2022/23|18|10|10',
      '2023/24|22|7|9',
    ),
    wants: { label: 'Season', series: ['Wins', 'Draws', 'Losses'], first: ['2019/20', 12, 8, 18], cells: 15 },
  },
  {
    kind: 6,
    name: 'companies: visits of a gym by hour',
    table: table(
      'Horário|Seg|Ter|Qua|Qui|Sex',
      '06h-08h|35|32|36|30|28',
      '08h-12h|20|22|19|21|18',
      '12h-17h|14|15|13|16|12',
      '17h-20h|48|50|47|49|38',
      '20h-22h|25|24|26|22|15',
    ),
    wants: [
      {
        label: 'Horário',
        series: ['Seg', 'Ter', 'Qua', 'Qui', 'Sex'],
        first: ['06h-08h', 35, 32, 36, 30, 28],
        cells: 25,
      },
      { series: ['06h-08h', '08h-12h', '12h-17h', '17h-20h', '20h-22h'], cells: 25, texts: ['Seg', 'Sex'] },
    ],
  },
]

const OTHERS: Case[] = [
  {
    kind: 5,
    name: 'companies: a harvest by field',
    table: table(
      'Talhão|Cultura|Área (ha)|Produção (t)|Produtividade (t/ha)',
      '1|Soja|40|140|3.5',
      '2|Soja|35|126|3.6',
      '3|Milho|50|300|6',
      '4|Milho|20|112|5.6',
    ),
    wants: [
      { label: 'Talhão', series: ['Produção (t)'], texts: ['1', '4'], points: 4 },
      { label: 'Talhão', series: ['Área (ha)', 'Produção (t)'], points: 4 },
      { label: 'Cultura', series: ['Produção (t)'], method: 'sum', first: ['Milho', 412], last: ['Soja', 266] },
    ],
  },
  {
    kind: 5,
    name: 'companies: water of flats',
    table: table(
      'Apto|Leitura anterior|Leitura atual|Consumo (m³)',
      '101|1520|1534|14',
      '102|980|991|11',
      '201|2210|2231|21',
      '202|1105|1112|7',
    ),
    wants: [
      { label: 'Apto', series: ['Consumo (m³)'], texts: ['101', '202'], points: 4 },
      { label: 'Apto', series: ['Leitura anterior', 'Leitura atual'], left_out: ['Consumo'], points: 4 },
    ],
  },
  {
    kind: 18,
    name: 'companies: donations of an association',
    table: table(
      'Associação Vida Nova',
      'Doações recebidas em 2025',
      '',
      'Campanha|Doadores|Arrecadado',
      'Agasalho|140|8200',
      'Natal|220|15400',
      'Páscoa|95|4100',
      'Escolar|130|9700',
      '',
      'Fonte: tesouraria da associação',
    ),
    wants: {
      label: 'Campanha',
      series: ['Arrecadado'],
      first: ['Natal', 15400],
      last: ['Páscoa', 4100],
      title: /^(Doações recebidas em 2025|Arrecadado por Campanha)$/,
      range: 'A4:C8',
    },
  },
  {
    kind: 0,
    name: 'companies: towns with an index',
    table: table(
      'UF|Município|População|IDH',
      'SP|Itu|168000|0.773',
      'SP|Salto|134000|0.78',
      'MG|Extrema|53000|0.732',
      'PR|Londrina|555000|0.778',
    ),
    wants: [
      {
        label: 'Município',
        series: ['População'],
        first: ['Londrina', 555000],
        last: ['Extrema', 53000],
        left_out: ['IDH'],
      },
      { label: 'UF', series: ['População'], method: 'sum', first: ['PR', 555000] },
    ],
  },
  {
    kind: 11,
    name: 'companies: a base nobody sees behind a summary',
    table: {
      '~Base': 'Cliente|Valor; A|1; B|2; C|3; D|4',
      Resumo: 'Região|Vendas; Norte|120; Sul|340; Leste|90',
      '~~Senhas': 'Usuário|Código; x|1; y|2; z|3',
    },
    wants: { sheet: 'Resumo', label: 'Região', first: ['Sul', 340], last: ['Leste', 90], range: 'A1:B4' },
  },
  {
    kind: 17,
    name: 'companies: a workbook with a cover',
    table: {
      Capa: 'Relatório de vendas 2025; Elaborado por: Financeiro; Versão|3',
      Dados: 'Loja|Vendas; Centro|900; Norte|450; Sul|700',
    },
    wants: { sheet: 'Dados', label: 'Loja', first: ['Centro', 900], last: ['Norte', 450], range: 'A1:B4' },
  },
  {
    kind: 12,
    name: 'companies: subtotals of groups',
    locale: 'en',
    table: table(
      'Store|Revenue',
      'North 1|120',
      'North 2|140',
      'Subtotal North|260',
      'South 1|90',
      'South 2|200',
      'South 3|60',
      'Subtotal South|350',
      'Grand total|610',
    ),
    wants: {
      label: 'Store',
      series: ['Revenue'],
      points: 5,
      first: ['South 2', 200],
      last: ['South 3', 60],
      range: 'A1:B7',
    },
  },
]

export const COMPANIES: Case[] = [
  ...SALES,
  ...STOCK,
  ...PAYROLL,
  ...SCHOOL,
  ...BUDGETS,
  ...SENSORS,
  ...INVOICES,
  ...SURVEYS,
  ...SPORTS,
  ...OTHERS,
]
