/** Written after the choice was mended, before it was tried on them: whether the rules hold beyond the samples they were made for. */
import type { Case } from './case.ts'

export const UNSEEN: Case[] = [
  {
    kind: 1,
    name: 'unseen: quote pending',
    locale: 'en',
    table: 'Supplier|Quote; North Co|1200; East Co|pending; West Co|980; South Co|1500; Hill Co|call',
    wants: {
      chart: 'bars',
      series: ['Quote'],
      points: 3,
      first: ['South Co', 1500],
      last: ['West Co', 980],
      left_out: ['East Co', 'Hill Co'],
    },
  },
  {
    kind: 1,
    name: 'unseen: a word nobody listed',
    table: 'Peça|Prazo; Eixo|12; Mola|7; Pino|depende do lote; Bucha|9; Trava|15',
    wants: { chart: 'bars', series: ['Prazo'], points: 4, first: ['Trava', 15], last: ['Mola', 7], left_out: ['Pino'] },
  },
  {
    kind: 1,
    name: 'unseen: not reported in a table of three measures',
    table:
      'Escola|Matrículas 2023|Matrículas 2024; Alfa|300|310; Beta|não informado|250; Gama|120|não informado; Delta|90|95',
    wants: { chart: 'bars', series: ['Matrículas 2023', 'Matrículas 2024'], cells: 6, left_out: ['Beta', 'Gama'] },
  },
  {
    kind: 2,
    name: 'unseen: five channels by month',
    table:
      'Mês|Loja|Site|Telefone|Revenda|Feira; Janeiro|500|320|80|150|20; Fevereiro|480|350|70|160|0; Março|530|400|60|155|45; Abril|510|420|66|170|12',
    wants: { label: 'Mês', series: ['Loja', 'Site', 'Telefone', 'Revenda', 'Feira'], cells: 20 },
  },
  {
    kind: 2,
    name: 'unseen: plan and actual units',
    locale: 'en',
    table: 'Plant|Planned units|Actual units|Scrap rate (%); Leeds|1000|940|2.1; York|800|860|1.4; Hull|650|610|3.2',
    wants: {
      label: 'Plant',
      series: ['Planned units', 'Actual units'],
      first: ['Leeds', 1000, 940],
      left_out: ['Scrap rate'],
    },
  },
  {
    kind: 2,
    name: 'unseen: goals of a team by region in a long table',
    locale: 'en',
    table:
      'Region|Quarter|Target|Sold; East|Q1|10|9; East|Q2|12|13; West|Q1|8|8; West|Q2|9|7; North|Q1|5|6; North|Q2|6|6',
    wants: { label: 'Region', series: ['Target', 'Sold'], first: ['East', 22, 22], method: 'sum' },
  },
  {
    kind: 3,
    name: 'unseen: suppliers by state',
    table:
      'Inscrição estadual|Razão social|Telefone|UF; 110042490114|Alfa|1133224455|SP; 110042490200|Beta|2133224400|RJ; 110042490301|Gama|1133221111|SP; 110042490402|Delta|3133220000|MG; 110042490503|Zeta|1133227777|SP; 110042490604|Eta|2133221234|RJ',
    wants: { chart: 'bars', label: 'UF', method: 'count', first: ['SP', 3], last: ['MG', 1], points: 3 },
  },
  {
    kind: 3,
    name: 'unseen: invoice number beside amount',
    locale: 'en',
    table: 'Invoice number|Customer|Amount due; 90011|Bolt|300; 90012|Core|150; 90015|Dyno|720; 90016|Echo|90',
    wants: { chart: 'bars', label: 'Customer', series: ['Amount due'], first: ['Dyno', 720], last: ['Echo', 90] },
  },
  {
    kind: 3,
    name: 'unseen: vehicles with model year',
    table:
      'Veículo|Ano modelo|Quilometragem; Van 1|2018|84000; Van 2|2020|51000; Caminhão|2012|210000; Moto|2022|9000; Carro|2019|63000',
    wants: {
      chart: 'bars',
      label: 'Veículo',
      series: ['Quilometragem'],
      first: ['Caminhão', 210000],
      last: ['Moto', 9000],
    },
  },
  {
    kind: 4,
    name: 'unseen: tickets with several entries',
    locale: 'en',
    table: 'Ticket|Hours; T-9|1.5; T-3|2; T-9|0.5; T-7|4; T-3|1',
    wants: {
      chart: 'bars',
      label: 'Ticket',
      series: ['Hours'],
      first: ['T-7', 4],
      last: ['T-9', 2],
      points: 3,
      method: 'sum',
    },
  },
  {
    kind: 4,
    name: 'unseen: batches',
    table: 'Lote|Refugo (kg); L-01|12; L-02|8; L-01|5; L-03|20; L-02|1',
    wants: { chart: 'bars', label: 'Lote', first: ['L-03', 20], last: ['L-02', 9], points: 3, method: 'sum' },
  },
  {
    kind: 5,
    name: 'unseen: rooms',
    locale: 'en',
    table: 'Room|Nights sold; 101|22; 102|18; 201|27; 202|9',
    wants: { chart: 'bars', label: 'Room', series: ['Nights sold'], first: ['201', 27], last: ['202', 9] },
  },
  {
    kind: 5,
    name: 'unseen: bus lines',
    table: 'Linha|Passageiros; 875|12000; 107|8500; 5110|15300; 702|6100',
    wants: { chart: 'bars', label: 'Linha', series: ['Passageiros'], first: ['5110', 15300], last: ['702', 6100] },
  },
  {
    kind: 6,
    name: 'unseen: ages',
    table: 'Faixa etária|Casos; 0 a 9 anos|12; 10 a 19 anos|30; 20 a 39 anos|88; 40 a 59 anos|51; 60 anos ou mais|40',
    wants: { points: 5, first: ['0 a 9 anos', 12], last: ['60 anos ou mais', 40] },
  },
  {
    kind: 6,
    name: 'unseen: priorities',
    table: 'Prioridade|Chamados; Baixa|40; Média|90; Alta|35; Crítica|6',
    wants: { first: ['Baixa', 40], last: ['Crítica', 6], points: 4 },
  },
  {
    kind: 6,
    name: 'unseen: quarters with years',
    locale: 'en',
    table: 'Period|Revenue; Q3 2023|50; Q4 2023|70; Q1 2024|40; Q2 2024|65',
    wants: { points: 4, series: ['Revenue'], texts: [], chart: 'lines' },
  },
  {
    kind: 6,
    name: 'unseen: fiscal years',
    locale: 'en',
    table: 'Fiscal year|Profit; FY2019|10; FY2020|4; FY2021|12; FY2022|15; FY2023|9',
    wants: { first: ['FY2019', 10], last: ['FY2023', 9], points: 5 },
  },
  {
    kind: 6,
    name: 'unseen: steps of a funnel',
    table: 'Etapa|Leads; 1. Contato|500; 2. Proposta|220; 3. Negociação|260; 4. Fechamento|40',
    wants: { first: ['1. Contato', 500], last: ['4. Fechamento', 40], points: 4 },
  },
  {
    kind: 7,
    name: 'unseen: shifts as 1º to 3º',
    table: 'Setor|1º turno|2º turno|3º turno; Corte|40|38|20; Solda|22|25|18; Pintura|15|11|9',
    wants: { label: 'Setor', cells: 9, texts: ['1º turno', '3º turno'] },
  },
  {
    kind: 7,
    name: 'unseen: distances',
    locale: 'en',
    table: 'Runner|5 km|10 km|21 km; Ann|24|51|112; Bob|22|47|105; Cid|27|58|130',
    wants: { label: 'Runner', series: ['5 km', '10 km', '21 km'], first: ['Cid', 27, 58, 130] },
  },
  {
    kind: 8,
    name: 'unseen: months over plan and actual',
    table:
      'Setor|Janeiro||Fevereiro|; |Previsto|Realizado|Previsto|Realizado; Corte|10|9|12|13; Solda|20|22|21|19; Pintura|5|5|6|7',
    merges: ['A1:A2', 'B1:C1', 'D1:E1'],
    wants: { label: 'Setor', cells: 12, texts: ['Janeiro', 'Fevereiro', 'Previsto', 'Realizado'] },
  },
  {
    kind: 12,
    name: 'unseen: total of expenses',
    table: 'Conta|Janeiro|Fevereiro; Aluguel|10|10; Luz|3|4; Água|1|2; Total de despesas|14|16',
    wants: { points: 3, cells: 6, range: 'A1:C4' },
  },
  {
    kind: 12,
    name: 'unseen: all stores',
    locale: 'en',
    table: 'Store|Sales|Returns; Boston|100|4; Denver|80|3; Miami|60|2; All stores|240|9',
    wants: { first: ['Boston', 100], series: ['Sales'], points: 3, range: 'A1:C4' },
  },
  {
    kind: 12,
    name: 'unseen: a firm called Total stays',
    table: 'Cliente|Vendas; Total Energia|300; Alfa|120; Beta|90; Gama|45',
    wants: { first: ['Total Energia', 300], points: 4 },
  },
  {
    kind: 12,
    name: 'unseen: a last row that is the sum of others by its nature stays out only if it adds up',
    table: 'Mês|Vendas; Jan|10; Fev|20; Mar|30; Abr|61',
    wants: { first: ['Jan', 10], last: ['Abr', 61], points: 4 },
  },
  {
    kind: 13,
    name: 'unseen: teams under leagues',
    locale: 'en',
    table: 'Team|Points; League A|; Reds|30; Blues|22; League B|; Reds|18; Greens|25',
    wants: { cells: 4, texts: ['League A', 'League B', 'Reds', 'Greens'] },
  },
  {
    kind: 14,
    name: 'unseen: occupancy rate by hotel',
    locale: 'en',
    table: 'Hotel|Occupancy rate; Plaza|0.8; Grand|0.6; Plaza|0.7; Grand|0.5; Royal|0.9; Royal|0.7',
    formats: { B: '0%' },
    wants: { method: 'mean', first: ['Royal', 0.8], last: ['Grand', 0.55], unit: '%' },
  },
  {
    kind: 14,
    name: 'unseen: mean time of service',
    table: 'Equipe|Tempo médio; Azul|12; Verde|8; Azul|14; Verde|10; Roxo|20; Roxo|22',
    wants: { method: 'mean', label: 'Equipe', first: ['Roxo', 21], last: ['Verde', 9] },
  },
  {
    kind: 14,
    name: 'unseen: quantities are added up',
    table: 'Filial|Quantidade; Sul|5; Norte|7; Sul|6; Norte|1; Leste|4',
    wants: { method: 'sum', first: ['Sul', 11], last: ['Leste', 4] },
  },
  {
    kind: 15,
    name: 'unseen: daily readings stay a line',
    table: 'Data|Nível; 2025-03-01|2.1; 2025-03-02|2.4; 2025-03-03|2.2; 2025-03-04|2.8; 2025-03-05|3.0',
    wants: { chart: 'lines', method: 'each', points: 5 },
  },
  {
    kind: 15,
    name: 'unseen: monthly values with a remark stay a line',
    table:
      'Data|Receita|Observação; 2025-01-01|100|ok; 2025-02-01|120|ok; 2025-03-01|90|feriado; 2025-04-01|130|ok; 2025-05-01|140|ok; 2025-06-01|125|ok',
    wants: { chart: 'lines', method: 'each', points: 6, series: ['Receita'] },
  },
  {
    kind: 15,
    name: 'unseen: receipts over half a year',
    locale: 'en',
    table:
      'Invoice date|Client|Total; 2025-01-04|Ann|10; 2025-01-29|Bob|20; 2025-02-10|Cid|15; 2025-03-03|Ann|30; 2025-03-28|Dee|25; 2025-04-19|Bob|40; 2025-05-30|Eli|12; 2025-06-02|Ann|18',
    wants: { method: 'sum', points: 6, first: ['Jan 2025', 30], last: ['Jun 2025', 18] },
  },
  {
    kind: 16,
    name: 'unseen: overtime as text',
    table: "Funcionário|Horas extras; Ana|'02:30; Bia|'10:00; Caio|'00:45; Duda|'05:15",
    wants: { chart: 'bars', series: ['Horas extras'], first: ['Bia', '10:00 h'], last: ['Caio', '0:45 h'], unit: 'h' },
  },
  {
    kind: 17,
    name: 'unseen: year beside month names in English',
    locale: 'en',
    table: `Year|Month|Sales;${[2022, 2023].flatMap((year) => ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((month, at) => `${year}|${month}|${10 + at}`)).join(';')}`,
    wants: { chart: 'lines', cells: 24 },
  },
  {
    kind: 18,
    name: 'unseen: period above the table',
    table: 'Período: janeiro a março de 2025; Vendas por região; Região|Vendas; Norte|10; Sul|20; Leste|15',
    wants: { title: /^Vendas por região$/i, range: 'A3:B6' },
  },
  {
    kind: 18,
    name: 'unseen: amounts in millions',
    locale: 'en',
    table: 'In millions of USD; Segment|Revenue; Cloud|50; Devices|30; Games|20',
    wants: { title: /^Revenue by Segment$/, range: 'A2:B5' },
  },
]

/** Ordinary tables of several kinds at once, of which a person would make an obvious chart; kind 0. */
export const ORDINARY: Case[] = [
  {
    kind: 0,
    name: 'lines of a quote',
    table: 'Produto|Quantidade|Preço unitário|Total; Caixa|10|5|50; Lata|4|12|48; Fita|30|1.5|45; Cola|2|7|14',
    wants: { label: 'Produto', series: ['Total'], first: ['Caixa', 50], last: ['Cola', 14] },
  },
  {
    kind: 0,
    name: 'marks of pupils',
    table: 'Aluno|Matemática|Português|Ciências; Ana|8|7.5|9; Bruno|6|8|7; Carla|9.5|9|8.5; Davi|5|6.5|6',
    wants: { label: 'Aluno', series: ['Matemática', 'Português', 'Ciências'], cells: 12 },
  },
  {
    kind: 0,
    name: 'medals',
    locale: 'en',
    table: 'Country|Gold|Silver|Bronze|Total; USA|40|44|42|126; China|40|27|24|91; Japan|20|12|13|45; Brazil|3|7|10|20',
    wants: { label: 'Country', series: ['Gold', 'Silver', 'Bronze'], cells: 12 },
  },
  {
    kind: 0,
    name: 'population and area of towns',
    table: 'Cidade|População|Área (km²); Itu|170000|640; Salto|134000|133; Jundiaí|440000|431; Tietê|42000|398',
    wants: { label: 'Cidade', series: ['População'], first: ['Jundiaí', 440000], left_out: ['Área'] },
  },
  {
    kind: 0,
    name: 'a payroll',
    table:
      'Matrícula|Funcionário|Cargo|Salário bruto|Descontos|Salário líquido; 1001|Ana|Analista|5000|900|4100; 1002|Bia|Gerente|9000|2100|6900; 1003|Caio|Auxiliar|2500|300|2200',
    wants: { label: 'Funcionário', series: ['Salário bruto', 'Salário líquido'], first: ['Bia', 9000, 6900] },
  },
  {
    kind: 0,
    name: 'cash flow by month',
    table: 'Mês|Entradas|Saídas|Saldo; Jan|100|80|20; Fev|120|95|25; Mar|90|110|-20; Abr|130|100|30',
    wants: { label: 'Mês', first: ['Jan', 100, 80], series: ['Entradas', 'Saídas'], points: 4 },
  },
  {
    kind: 0,
    name: 'stock of a shop with minimum',
    table: 'Item|Estoque atual|Estoque mínimo; Arroz|40|20; Feijão|15|25; Óleo|60|30; Sal|8|10',
    wants: { label: 'Item', series: ['Estoque atual', 'Estoque mínimo'], cells: 8 },
  },
  {
    kind: 0,
    name: 'visits by weekday and shift',
    table: 'Dia|Manhã|Tarde|Noite; Segunda|20|35|18; Terça|22|30|21; Quarta|19|33|25; Quinta|25|38|24; Sexta|30|45|50',
    wants: { label: 'Dia', series: ['Manhã', 'Tarde', 'Noite'], points: 5, first: ['Segunda', 20, 35, 18], cells: 15 },
  },
  {
    kind: 0,
    name: 'answers of a survey in percent',
    table: 'Resposta|Percentual; Sim|62%; Não|30%; Não sabe|8%',
    wants: { label: 'Resposta', first: ['Sim', 0.62], last: ['Não sabe', 0.08], unit: '%' },
  },
  {
    kind: 0,
    name: 'sales of persons by region',
    locale: 'en',
    table: 'Region|Salesperson|Sales; East|Ann|100; East|Bob|150; West|Cid|90; West|Dee|210; North|Eli|60',
    wants: { series: ['Sales'], method: 'sum', label: 'Region', first: ['West', 300], points: 3 },
  },
  {
    kind: 0,
    name: 'a share price by day',
    locale: 'en',
    table:
      'Date|Open|High|Low|Close|Volume; 2025-03-03|10|10.5|9.8|10.2|120000; 2025-03-04|10.2|10.9|10.1|10.8|150000; 2025-03-05|10.8|11|10.4|10.5|90000; 2025-03-06|10.5|10.7|10|10.1|110000; 2025-03-07|10.1|10.6|10|10.6|95000',
    wants: { chart: 'lines', label: 'Date', points: 5, left_out: ['Volume'] },
  },
  {
    kind: 0,
    name: 'defects with a share',
    table: 'Defeito|Ocorrências|% acumulado; Risco|120|48; Trinca|70|76; Mancha|40|92; Outros|20|100',
    wants: { label: 'Defeito', series: ['Ocorrências'], first: ['Risco', 120], last: ['Outros', 20] },
  },
  {
    kind: 0,
    name: 'energy by month and year side by side',
    table: 'Mês|2023|2024|2025; Janeiro|310|325|330; Fevereiro|290|300|312; Março|305|298|321; Abril|280|285|290',
    wants: { label: 'Mês', series: ['2023', '2024', '2025'], first: ['Janeiro', 310, 325, 330], cells: 12 },
  },
  {
    kind: 0,
    name: 'tasks of a project',
    table:
      'Tarefa|Responsável|Início|Fim|Dias; Projeto|Ana|2025-01-06|2025-01-17|10; Compra|Bia|2025-01-20|2025-01-24|5; Obra|Caio|2025-01-27|2025-03-14|35; Entrega|Ana|2025-03-17|2025-03-19|3',
    wants: { label: 'Tarefa', series: ['Dias'], first: ['Obra', 35], last: ['Entrega', 3] },
  },
  {
    kind: 0,
    name: 'a ranking',
    table: 'Posição|Time|Pontos|Jogos; 1|Azul|60|28; 2|Verde|55|28; 3|Roxo|48|27; 4|Preto|40|28',
    wants: { label: 'Time', series: ['Pontos'], first: ['Azul', 60], last: ['Preto', 40], left_out: ['Jogos'] },
  },
  {
    kind: 0,
    name: 'temperature and rain by month',
    locale: 'en',
    table: 'Month|Rainfall (mm)|Mean temperature (°C); Jan|240|24; Feb|210|24.5; Mar|160|23; Apr|80|21; May|55|18',
    wants: { label: 'Month', series: ['Rainfall (mm)'], points: 5, left_out: ['Mean temperature'] },
  },
]
