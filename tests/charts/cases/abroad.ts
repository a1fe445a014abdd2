/** Workbooks as offices, clubs and programs abroad write them, in English, Spanish, German and Portuguese; kind 30. */
import type { Case } from './case.ts'

export const ABROAD: Case[] = [
  {
    kind: 30,
    name: 'a register of logins has nothing to draw',
    locale: 'en',
    table:
      'System|URL|Username|PIN|Owner ext.|Licence key; Payroll|pay.example.com|admin0|4821|276|8840021734; CRM|crm.example.com|admin1|1190|243|9917263540; Router|192.168.0.1|admin2|7302|279|1029384756; Alarm|-|admin3|5577|288|5647382910; Printer|192.168.0.14|admin4|2046|264|6758493021',
    wants: { refused: 'no_measure' },
  },
  {
    kind: 30,
    name: 'numbers of chapters are no amounts',
    locale: 'en',
    table:
      "WBS|Task|Owner|Days|% done; '1|Preparation|Ann|20|90; '1.1|Survey|Sam|5|100; '1.2|Lease|Legal|7|100; '2|Fit-out|Bo|37|20; '2.1|Cabling|IT|14|50; '2.2|Furniture|Priya|15|10",
    wants: { label: 'Task', series: ['Days'], first: ['Fit-out', 37], last: ['Survey', 5] },
  },
  {
    kind: 30,
    name: 'chapters under a header that nobody knows',
    table: "Etapa|Custo; '1|100; '1.1|60; '1.2|40; '2|50; '2.1|50",
    wants: { label: 'Etapa', series: ['Custo'], cells: 5, texts: ['1.1', '2.1'] },
  },
  {
    kind: 30,
    name: 'parents in a family tree are numbers of rows',
    table:
      'Id|Nombre|Nacimiento|Padre|Madre|Lugar; 1|Tomás|1871|||Bilbao; 2|Rosa|1878|||Getxo; 3|Luis|1901|1|2|Bilbao; 4|Ana|1904|1|2|Bilbao; 5|Pilar|1907|||Burgos; 6|Jon|1933|3|5|Madrid; 7|Elena|1936|3|5|Madrid; 8|Carlos|1965|6||Madrid',
    wants: { method: 'count', label: 'Lugar', cells: 4 },
  },
  {
    kind: 30,
    name: 'rounds of a fixture list are no measure',
    table:
      'Jornada|Fecha|Local|Resultado|Visitante|Campo; 1|2024-09-14|CD Sur|2-1|Norte|Uno; 1|2024-09-14|Puerto|0-0|Vega|Dos; 2|2024-09-21|Norte|3-2|Puerto|Llano; 2|2024-09-21|Vega|1-4|CD Sur|Uno; 3|2024-09-28|CD Sur||Puerto|Uno; 3|2024-09-28|Norte|aplazado|Vega|Llano',
    wants: { method: 'count', cells: 4 },
  },
  {
    kind: 30,
    name: 'house numbers in a list of contacts',
    table:
      'Nome|Empresa|Cargo|E-mail|Número|Cidade; Ana|A Ltda|Diretora|a@x.br|497|Santos; Bruno|B SA|Gerente|b@x.br|369|Campinas; Carla|C ME|Analista|c@x.br|1805|Santos; Davi|D SA|Gerente|d@x.br|935|São Paulo; Elisa|E SA|Gerente|e@x.br|998|Campinas; Fábio|F SA|Analista|f@x.br|2129|Santos',
    wants: { method: 'count', cells: 3 },
  },
  {
    kind: 30,
    name: 'readings of a sensor every half hour stay a line',
    locale: 'en',
    table: `Timestamp|CO2|Battery (V);${Array.from({ length: 60 }, (_, at) => `2024-03-0${1 + Math.floor(at / 48)} ${String(Math.floor((at % 48) / 2)).padStart(2, '0')}:${at % 2 ? '30' : '00'}|${400 + (at % 48)}|3.6`).join(';')}`,
    wants: { chart: 'lines', method: 'each', series: ['CO2'], points: 60 },
  },
  {
    kind: 30,
    name: 'cost of a conversion is no cost',
    locale: 'en',
    table:
      'Day|Campaign|Cost|Clicks|Cost / conv.; 2024-10-01|Brand|40|400|3.2; 2024-10-01|Generic|120|700|9.9; 2024-10-02|Brand|44|410|3.0; 2024-10-02|Generic|118|690|9.5; 2024-10-03|Brand|41|405|3.1; 2024-10-03|Generic|125|720|9.7',
    wants: {
      chart: 'lines',
      series: ['Brand', 'Generic'],
      first: ['2024-10-01', 40, 120],
      last: ['2024-10-03', 41, 125],
    },
  },
  {
    kind: 30,
    name: 'temperatures of a place, year and month in columns that are named as programs do',
    locale: 'en',
    table: `yyyy|mm|tmax|tmin|sun; ||degC|degC|hours;${[2022, 2023].flatMap((year) => Array.from({ length: 12 }, (_, at) => `${year}|${at + 1}|${at === 3 ? `'${10 + at}.5*` : 10 + at}|${2 + at}|${at === 5 ? '---' : 40 + 9 * at}`)).join(';')}`,
    wants: { chart: 'lines', points: 24, series: ['tmax degC', 'tmin degC'], first: ['Jan 2022', 10, 2], cells: 48 },
  },
  {
    kind: 30,
    name: 'the year is written once for its months',
    table:
      "Verbraucherpreisindex: Deutschland, Monate; Jahr|Monat|Verbraucherpreisindex|Veränderung in (%); '2023|Januar|'114,3|'8,7; |Februar|'115,2|'8,7; |März|'116,1|'7,4; '2024|Januar|'117,6|'2,9; |Februar|'118,1|'2,5; |März|'118,6|'2,2",
    wants: {
      chart: 'lines',
      points: 6,
      series: ['Verbraucherpreisindex'],
      first: ['jan 2023', 114.3],
      last: ['mar 2024', 118.6],
      range: 'A2:D8',
      title: /^Verbraucherpreisindex: Deutschland/,
    },
  },
  {
    kind: 30,
    name: 'the region is written once for its shops',
    table: 'Região|Loja|Vendas; Sul|Centro|10; |Praia|20; |Norte|5; Leste|Porto|8; |Morro|7; |Vale|4',
    wants: [
      { label: 'Região', method: 'sum', first: ['Sul', 35], last: ['Leste', 19] },
      { label: 'Loja', first: ['Praia', 20], cells: 6 },
    ],
  },
  {
    kind: 30,
    name: 'years and then quarters in one column',
    locale: 'en',
    table: `Title|Gross Domestic Product; Unit|m; Period|Value;${[2020, 2021, 2022].map((year, at) => `'${year}|'${400 + 40 * at}`).join(';')};${[2020, 2021, 2022].flatMap((year, at) => [1, 2, 3, 4].map((quarter) => `${year} Q${quarter}|'${100 + 10 * at}`)).join(';')}`,
    wants: { chart: 'lines', points: 12, first: ['Q1 2020', 100], last: ['Q4 2022', 120], range: 'A3:B18' },
  },
  {
    kind: 30,
    name: 'all ages stand above the ages',
    locale: 'en',
    table:
      'Area: Westmarch; Age group|Persons|Males|Females; All ages|210|100|110; 0-4|40|21|19; 5-9|50|24|26; 10-14|60|30|30; 15+|60|25|35',
    wants: {
      label: 'Age group',
      first: ['0-4', 40, 21, 19],
      last: ['15+', 60, 25, 35],
      series: ['Persons', 'Males', 'Females'],
      left_out: ['All ages'],
      range: 'A2:D7',
    },
  },
  {
    kind: 30,
    name: 'regions stand above their towns in a pivot',
    table:
      'Ano|2024; ; Rótulos de Linha|jan|fev|mar|abr|Total Geral; Centro-Oeste|1000|1200|900|1100|4200; Goiânia|600|700|500|650|2450; Cuiabá|400|500|400|450|1750; Sul|3000|3100|3200|3300|12600; Curitiba|1800|1850|1900|2000|7550; Blumenau|1200|1250|1300|1300|5050; Total Geral|4000|4300|4100|4400|16800',
    wants: {
      chart: 'lines',
      points: 4,
      series: ['Goiânia', 'Cuiabá', 'Curitiba', 'Blumenau'],
      left_out: ['Centro-Oeste', 'Sul'],
      range: 'A3:F9',
    },
  },
  {
    kind: 30,
    name: 'the largest product sells as much as all others together, and stays',
    table: 'Produto|Vendas; Arroz|60; Feijão|20; Óleo|15; Sal|13; Café|12',
    wants: { first: ['Arroz', 60], points: 5 },
  },
  {
    kind: 30,
    name: 'income, costs and profit are no total and its parts',
    table: 'Conta|2023|2024; Receita|100|120; Custo|60|70; Despesa|30|35; Lucro|10|15',
    wants: { first: ['Receita', 100, 120], points: 4 },
  },
  {
    kind: 30,
    name: 'the base of a survey is no answer',
    locale: 'en',
    table:
      'How do you travel to work?; ; Answer|Total|Men|Women; Unweighted base|1502|748|754; Weighted base|1500|741|759; Car|780|402|378; Bus|210|85|125; Train|195|104|91; Walk|150|58|92',
    wants: {
      label: 'Answer',
      points: 4,
      last: ['Walk', 58, 92],
      series: ['Men', 'Women'],
      left_out: ['Weighted base'],
      range: 'A3:D9',
    },
  },
  {
    kind: 30,
    name: 'a balance sheet keeps its order and sums up no rest',
    locale: 'en',
    table:
      'Statement of financial position; |2024|2023; Properties|1842|1769; Other assets|34|36; Investments|12|11; Stock|4|3; Debtors|29|31; Cash|98|80; Creditors due|-72|-68; Net current assets|59|46; Total assets less current liabilities|1947|1862; Creditors later|-1214|-1187; Pension|-23|-29; Net assets|710|646; Revenue reserve|688|624; Restricted reserve|22|22',
    wants: {
      chart: 'bars',
      first: ['Properties', 1842, 1769],
      last: ['Restricted reserve', 22, 22],
      points: 14,
      range: 'A2:C16',
    },
  },
  {
    kind: 30,
    name: 'results of an income statement by month',
    locale: 'en',
    table:
      'Profit and loss; ; |Jan|Feb|Mar|Apr|FY23; Product sales|412|398|455|430|1695; Services|120|118|125|131|494; Materials|-165|-160|-180|-172|-677; Labour|-98|-98|-101|-101|-398; Gross profit|269|258|299|288|1114; Rent|-30|-30|-30|-30|-120; Administration|-41|-42|-40|-43|-166; Operating profit|198|186|229|215|828',
    wants: {
      chart: 'lines',
      points: 4,
      series: ['Gross profit', 'Operating profit'],
      first: ['Jan', 269, 198],
      last: ['Apr', 288, 215],
      left_out: ['Product sales'],
      range: 'A3:F11',
    },
  },
  {
    kind: 30,
    name: 'a statement in words that nobody listed',
    table:
      'Gewinn- und Verlustrechnung; |2023|2022; Umsatzerlöse|48210|44905; Bestandsveränderungen|-320|415; Materialaufwand|-24880|-23410; Personalaufwand|-14105|-13220; Betriebsergebnis|8905|8690; Zinsaufwand|-240|-198; Steuern|-880|-940; Jahresüberschuss|7785|7552',
    wants: {
      chart: 'bars',
      first: ['Umsatzerlöse', 48210, 44905],
      last: ['Jahresüberschuss', 7785, 7552],
      points: 8,
      range: 'A2:C10',
    },
  },
  {
    kind: 30,
    name: 'retention of cohorts by month since the purchase',
    locale: 'en',
    table:
      'Cohort|New customers|Months since first purchase; ||0|1|2|3; 2024-01-01|1200|100|42|35|31; 2024-02-01|1235|100|43|36|; 2024-03-01|1270|100|44||; 2024-04-01|1305|100|||',
    merges: ['C1:F1'],
    formats: { A: 'mmm yyyy' },
    wants: {
      chart: 'lines',
      points: 4,
      series: ['Jan 2024', 'Feb 2024', 'Mar 2024', 'Apr 2024'],
      first: ['0', 100, 100, 100, 100],
      last: ['3', 31, null, null, null],
      left_out: ['New customers'],
    },
  },
  {
    kind: 30,
    name: 'years as text below two variables, as a statistics office exports them',
    table:
      "Tabela 5938 - Produto interno bruto; Variável|Produto Interno Bruto|||Indústria||; Município / Ano|'2019|'2020|'2021|'2019|'2020|'2021; Campinas (SP)|654|660|729|130|136|160; Curitiba (PR)|960|883|980|156|149|179; Fernando de Noronha (PE)|...|...|...|...|...|...; Joinville (SC)|345|364|451|112|120|164; Fonte: IBGE",
    merges: ['B2:D2', 'E2:G2'],
    wants: { cells: 18, points: 3, texts: ['Produto Interno Bruto', 'Indústria', '2019', '2021'], range: 'A2:G7' },
  },
  {
    kind: 30,
    name: 'answers make a hundred, the net of them is none',
    locale: 'en',
    table:
      'Staff survey; |Strongly disagree|Disagree|Neither|Agree|Strongly agree|Net agree|n; I am proud|4|7|15|46|28|63|412; I get feedback|9|16|22|38|15|28|409; Workload is fine|17|29|19|28|7|-11|410; Change is managed|21|33|24|18|4|-32|405',
    wants: {
      chart: 'bars',
      first: ['I am proud', 4, 7, 15, 46, 28],
      last: ['Change is managed', 21, 33, 24, 18, 4],
      series: ['Strongly disagree', 'Disagree', 'Neither', 'Agree', 'Strongly agree'],
      left_out: ['Net agree'],
      range: 'A2:H6',
    },
  },
  {
    kind: 30,
    name: 'the last price of each day',
    locale: 'en',
    table:
      'Date|Open|High|Low|Close|Adj Close|Volume; 2025-03-07|10.1|10.6|10|10.6|10.5|95000; 2025-03-06|10.5|10.7|10|10.1|10|110000; 2025-03-05|10.8|11|10.4|10.5|10.4|90000; 2025-03-04|10.2|10.9|10.1|10.8|10.7|150000',
    wants: {
      chart: 'lines',
      series: ['Close'],
      first: ['2025-03-04', 10.8],
      last: ['2025-03-07', 10.6],
      left_out: ['Volume'],
    },
  },
  {
    kind: 30,
    name: 'points rank a league, not wins',
    locale: 'en',
    table:
      'Pos|Team|Pld|W|D|L|Pts; 1|Reds|38|26|7|5|85; 2|Blues|38|24|8|6|80; 3|Greens|38|21|10|7|73; 4|Whites|38|8|6|24|30',
    wants: { label: 'Team', series: ['Pts'], first: ['Reds', 85], last: ['Whites', 30] },
  },
  {
    kind: 30,
    name: 'men and women over years without the total of both',
    table:
      '|Total||Hombres||Mujeres|; |2022|2021|2022|2021|2022|2021; Total|150|148|72|71|78|77; 01 Norte|60|59|29|28|31|31; 02 Sur|50|50|24|24|26|26; 03 Este|40|39|19|19|21|20',
    merges: ['B1:C1', 'D1:E1', 'F1:G1'],
    wants: {
      series: ['Hombres 2022', 'Hombres 2021', 'Mujeres 2022', 'Mujeres 2021'],
      points: 3,
      cells: 12,
      range: 'A1:G6',
    },
  },
  {
    kind: 30,
    name: 'credits beside what was recognised of them',
    table:
      'Cap.|Denominación|Créditos definitivos|Obligaciones reconocidas|% ejecución; 1|Personal|4855|3498|72; 2|Bienes y servicios|4030|2410|60; 6|Inversiones|3425|811|24',
    wants: {
      label: 'Denominación',
      series: ['Créditos definitivos', 'Obligaciones reconocidas'],
      first: ['Personal', 4855, 3498],
    },
  },
  {
    kind: 30,
    name: 'units in a row below the names are not compared',
    locale: 'en',
    table:
      'Lab ref|Site|pH|Turbidity|Nitrate|Oxygen; ||pH units|NTU|mg/l as N|mg/l; LOD||-|0.1|0.05|0.1; W1|Weir|7.2|2.0|0.8|10.6; W2|Pond|7.4|3.1|1.7|10.1; W3|Bridge|7.5|4.4|2.6|9.6; W4|Outfall|7.6|5.9|3.5|9.1',
    wants: [
      { label: 'Site', series: ['pH pH units'], points: 4, left_out: ['Turbidity'], range: 'A1:F7' },
      { label: 'Site', series: ['Turbidity NTU'], points: 4, left_out: ['Nitrate'], range: 'A1:F7' },
    ],
  },
  {
    kind: 30,
    name: 'hours from one to the next keep their order, all of them',
    table: `Franja horaria|Consumo (kWh)|Precio (€/kWh);${Array.from({ length: 24 }, (_, at) => `${String(at).padStart(2, '0')}:00-${String(at + 1).padStart(2, '0')}:00|'0,${180 + ((at * 37) % 500)}|'0,${120 + at}`).join(';')}`,
    wants: { label: 'Franja horaria', points: 24, first: ['00:00-01:00', 0.18], last: ['23:00-24:00', 0.531] },
  },
  {
    kind: 30,
    name: 'thousands of pounds are no pounds',
    locale: 'en',
    table:
      "Statement of financial position; Northern Housing Association; |2024|2023; |£'000|£'000; Properties|184220|176905; Cash|9874|8016; Reserves|71126|64642",
    wants: {
      unit: '',
      first: ['Properties', 184220, 176905],
      title: /^Statement of financial position$/,
      range: 'A3:C7',
    },
  },
  {
    kind: 30,
    name: 'reais in thousands are no reais',
    table: 'Unidade|Receita (R$ mil); Norte|1200; Sul|800; Leste|640',
    wants: { unit: '', series: ['Receita (R$ mil)'], first: ['Norte', 1200] },
  },
  {
    kind: 30,
    name: 'the measure of a pivot is its title',
    locale: 'en',
    table:
      'Campaign|(All); ; Sum of Amount|Column Labels; Row Labels|Bank|Card|Cash|Grand Total; Appeal|42|189|31|262; Legacy|550|||550; Walk|3|124|44|171; Grand Total|595|313|75|983',
    wants: { title: /^Sum of Amount$/, series: ['Bank', 'Card', 'Cash'], points: 3, range: 'A4:E7' },
  },
  {
    kind: 30,
    name: 'lines that a program has commented out are no title',
    locale: 'en',
    table:
      '# ----------; # Account: Example; # Property: www - GA4; # End date: 20241031; Channel|Sessions|Engagement rate; Organic|27110|0.68; Direct|15760|0.52; Email|4390|0.73',
    formats: { C: '0%' },
    wants: { title: /^Sessions by Channel$/, first: ['Organic', 27110], range: 'A5:C8' },
  },
  {
    kind: 30,
    name: 'a form above a log is no title',
    locale: 'en',
    table:
      'Device: TempLog-7 S/N 20391; Start: 01/03/2024 00:00; Day|Temperature (°C); 2024-03-01|19.1; 2024-03-02|18.4; 2024-03-03|20.2; 2024-03-04|19.9',
    wants: { not_title: /Device|Start/, chart: 'lines', points: 4, range: 'A3:B7' },
  },
  {
    kind: 30,
    name: 'the title of an export stands among its keys',
    locale: 'en',
    table:
      "Data extracted on 12/11/2024; Dataset:||Unemployment by sex and age; Last updated:||17/10/2024; ; Time frequency||Annual; Unit of measure||Percentage of labour force; ; GEO|'2021|'2022|'2023|'2024; Belgium|6.3|5.6|5.5|5.7; Bulgaria|5.3|4.2|4.3|4.2; Greece|14.7|12.5|11.1|10.1; United Kingdom|3.8|:|:|:; ; Special value; :||not available",
    wants: {
      title: /^Unemployment by sex and age$/,
      chart: 'lines',
      points: 4,
      series: ['Belgium', 'Bulgaria', 'Greece', 'United Kingdom'],
      first: ['2021', 6.3, 5.3, 14.7, 3.8],
      range: 'A8:E12',
    },
  },
  {
    kind: 30,
    name: 'what is measured stands in a column of its own, the same in each row',
    locale: 'en',
    table:
      'Country Name|Country Code|Indicator Name|Indicator Code|2020|2021|2022|2023; Aruba|ABW|Population, total|SP.POP.TOTL|104|105|106|107; Angola|AGO|Population, total|SP.POP.TOTL|330|341|355|367; Albania|ALB|Population, total|SP.POP.TOTL|284|281|278|275',
    wants: {
      title: /^Population, total by year$/,
      chart: 'lines',
      points: 4,
      series: ['Aruba', 'Angola', 'Albania'],
      first: ['2020', 104, 330, 284],
    },
  },
  {
    kind: 30,
    name: 'the total of all channels stands above them without a name',
    locale: 'en',
    table:
      'Channel|Users|Sessions|Sessions per user; |37|50|1.35; Organic|21|27|1.29; Direct|10|15|1.5; Paid|4|6|1.5; Email|2|2|1',
    wants: {
      label: 'Channel',
      points: 4,
      series: ['Users', 'Sessions'],
      first: ['Organic', 21, 27],
      last: ['Email', 2, 2],
    },
  },
  {
    kind: 30,
    name: 'readings every hour have a mean of each whole day',
    locale: 'en',
    table: `Timestamp|CO2|Battery (V);${Array.from(
      { length: 2040 },
      (_, at) =>
        `${new Date(Date.UTC(2024, 2, 1, at)).toISOString().slice(0, 16).replace('T', ' ')}|${400 + (at % 24)}|3.6`,
    )
      .slice(0, 2020)
      .join(';')}`,
    wants: {
      chart: 'lines',
      method: 'mean',
      series: ['CO2'],
      points: 84,
      first: ['2024-03-01', 411.5],
      last: ['2024-05-23', 411.5],
      left_out: ['5/24/24'],
    },
  },
]
