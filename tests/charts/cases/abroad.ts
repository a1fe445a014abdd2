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
]
