/** Exports of programs and sheets kept by hand, as seen in 50 workbooks that nobody here had made; kind 31. */
import type { Case } from './case.ts'

const days = (from: string, count: number, row: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => {
    const day = new Date(Date.parse(from) + at * 86_400_000).toISOString().slice(0, 10)
    return `${day}|${row(at)}`
  }).join(';')

export const EXPORTS: Case[] = [
  {
    kind: 31,
    name: 'samples that are numbered one by one are no measure',
    locale: 'en',
    table: `Sample|Time|X1|X2;${Array.from({ length: 9 }, (_, at) => `${at + 1}|'${6 + at}:00|25.0${at}|24.9${at}`).join(';')};|Grand mean|25.04|24.94`,
    wants: { series: ['X1', 'X2'], points: 9, first: ['6:00', 25, 24.9] },
  },
  {
    kind: 31,
    name: 'extensions that follow one another are no measure',
    locale: 'en',
    table: `Staff no.|Name|Job title|Department|Ext.|Start year;${['Amy', 'Ben', 'Cara', 'Dan', 'Eve', 'Finn', 'Gail', 'Hugh', 'Isla', 'Jack'].map((name, at) => `${2001 + at * 3}|${name}|${at % 2 ? 'Clerk' : 'Analyst'}|${['Ops', 'IT', 'Finance'][at % 3]}|${4400 + at}|${2008 + at}`).join(';')}`,
    wants: { method: 'count', label: ['Department', 'Job title'] },
  },
  {
    kind: 31,
    name: 'the days of a month beside their weekdays',
    table: `Dia||Dinheiro|Pix;${Array.from({ length: 14 }, (_, at) => `${at + 1}|${['dom', 'seg', 'ter', 'qua', 'qui', 'sex', 'sáb'][at % 7]}|${300 + 10 * at}|${500 + 20 * at}`).join(';')};TOTAL||5110|8820`,
    wants: { label: 'Dia', method: 'each', points: 14, first: ['1', 300, 500], last: ['14', 430, 760] },
  },
  {
    kind: 31,
    name: 'balances below the total of the expenses are none of them',
    table:
      'DESPESAS|R$; Folha|11240; Água|5230; Luz|2310; Limpeza|642; Total despesas|19422; ; Saldo do mês|5037; Saldo atual|23467; Fundo de reserva|50210',
    wants: { series: ['R$'], cells: 4, left_out: ['Saldo atual', 'Fundo de reserva'], range: 'A1:B5' },
  },
  {
    kind: 31,
    name: 'a rate below the total is no product',
    table:
      'Procedimento|Jan|Fev|Mar|Abr; Consultas|254|266|410|300; Suturas|31|28|44|30; Raio-X|72|80|91|77; TOTAL GERAL|357|374|545|407; ; Taxa de ocupação|64|88|71|80',
    wants: { series: ['Consultas', 'Suturas', 'Raio-X'], points: 4, left_out: ['Taxa de ocupação'], range: 'A1:E4' },
  },
  {
    kind: 31,
    name: 'a line for each exercise, not for the day it is trained on',
    table:
      'Treino|Exercício|Séries|Carga (kg)|||; |||Sem 1|Sem 2|Sem 3|Sem 4; A|Supino|3x12|16|16|18|18; |Crucifixo|4x10|46|46|48|48; |Tríceps|3x12|76|76|78|78; B|Puxada|4x8|92|92|94|94; |Remada|3x12|40|40|42|lesão; |Rosca|3x12|44|44|46|46',
    merges: ['D1:G1', 'A3:A5', 'A6:A8'],
    wants: {
      chart: 'lines',
      method: 'each',
      series: ['Supino', 'Crucifixo', 'Tríceps', 'Puxada', 'Remada', 'Rosca'],
      points: 4,
    },
  },
  {
    kind: 31,
    name: 'planned and actual of two quarters, without the half year of both',
    locale: 'en',
    table:
      'Department|Q1|||Q2|||H1 Total||; |Budget|Actual|Var|Budget|Actual|Var|Budget|Actual|Var; Sales|113|117|-4|251|240|11|364|357|7; IT|111|120|-9|184|170|14|295|290|5; HR|142|130|12|198|205|-7|340|335|5; Total|366|367|-1|633|615|18|999|982|17; % of budget||1.0|||0.97|||0.98|',
    merges: ['A1:A2', 'B1:D1', 'E1:G1', 'H1:J1'],
    wants: {
      series: ['Q1 Budget', 'Q1 Actual', 'Q2 Budget', 'Q2 Actual'],
      points: 3,
      first: ['HR', 142, 130, 198, 205],
      range: 'A1:J5',
    },
  },
  {
    kind: 31,
    name: 'a price on application in both of its columns does not cut the list',
    locale: 'en',
    table:
      'Code|Product|Pack|Trade|RRP; PA100|Matt|5 L|11.72|18.75; PA101|Silk|2.5 L|1.16|1.86; PA102|Primer|each|33.94|54.3; BR100|Roller|each|12.79|20.46; BR101|Sleeve|box 10|2.61|4.18; SU100|Dust sheet|each|POA|POA; SU101|Spirit|2.5 L|38.93|62.29; SU102|Scraper|each|18.17|29.07',
    wants: { series: ['Trade', 'RRP'], cells: 14, first: ['Spirit', 38.93, 62.29], left_out: ['Dust sheet'] },
  },
  {
    kind: 31,
    name: 'an empty form of zeros has nothing to draw',
    locale: 'en',
    table: 'EXPENSE CLAIM; ; Date|Description|Travel|Meals|Total; ||||0; ||||0; ||||0; ||||0; ||||0; Total||0|0|0',
    wants: { refused: 'unsure' },
  },
  {
    kind: 31,
    name: 'marks that were given one after the other are a mean of each day',
    table: `Carimbo de data/hora|Setor|Avaliação|De 0 a 10;${Array.from({ length: 30 }, (_, at) => `2026-03-0${1 + Math.floor(at / 5)} ${String(8 + (at % 5)).padStart(2, '0')}:00|${['TI', 'RH', 'Comercial'][at % 3]}|${['Bom', 'Ótimo', 'Regular'][at % 3]}|${4 + (at % 5)}`).join(';')}`,
    wants: [{ method: 'mean', points: 6 }, { method: 'mean', label: 'Setor' }, { method: 'count' }],
  },
  {
    kind: 31,
    name: 'the keys of invoices are no axis, the day of issue is',
    table: `Chave de Acesso|Emissão|UF|Valor Total NF;${Array.from({ length: 40 }, (_, at) => `'3525${String(at * 7919 + 10_000_000_000).padEnd(40, '1')}|2025-0${1 + Math.floor(at / 10)}-1${at % 10}|${['SP', 'MG'][at % 2]}|${100 + 2 * at}`).join(';')}`,
    wants: [
      { label: 'Emissão', method: 'sum', points: 4 },
      { label: 'Emissão', series: ['Valor Total NF'], points: 40, first: ['2025-01-10', 100] },
    ],
  },
  {
    kind: 31,
    name: 'marks above absences, the names of the pupils not merged down',
    table:
      'Nº|Aluno|1º Bim||2º Bim||Média Final|Situação; ||Nota|Faltas|Nota|Faltas||; 1|Ana|6.5|4|7.5|0|7|Aprovado; 2|Bia|8|6|9|2|8.5|Aprovado; 3|Caio|5.5|1|4.5|3|5|Recuperação; 4|Davi|9.5|0|8.5|1|9|Aprovado',
    merges: ['C1:D1', 'E1:F1'],
    wants: [
      { label: 'Aluno', series: ['1º Bim Nota', '2º Bim Nota'], first: ['Davi', 9.5, 8.5], range: 'A1:H6' },
      { label: 'Aluno', series: ['1º Bim Nota', '2º Bim Nota', 'Média Final'] },
      { label: 'Aluno', series: ['Média Final'] },
    ],
  },
  {
    kind: 31,
    name: 'hectares and tonnes of the same years share no axis',
    table:
      'UF|Área plantada (Hectares)|||Quantidade produzida (Toneladas)||; |2022|2023|2024|2022|2023|2024; Paraná|525|540|533|1300|1390|1370; Bahia|470|300|120|1630|730|400; Goiás|620|420|350|2400|1320|1250; Ceará|110|100|90|280|250|240',
    merges: ['B1:D1', 'E1:G1', 'A1:A2'],
    wants: [
      { points: 4, cells: 12 },
      { points: 3, cells: 12 },
    ],
  },
  {
    kind: 31,
    name: 'all persons beside the ages, one of which is kept secret',
    locale: 'en',
    table:
      'Area code|Area name|All persons|Aged 0 to 15|Aged 16 to 64|Aged 65 and over; E07000040|Exeter|131|24|86|21; E07000041|Torbay|139|22|80|37; E07000042|Torridge|68|11|[c]|20; E07000043|Plymouth|264|47|168|49',
    wants: {
      label: 'Area name',
      series: ['Aged 0 to 15', 'Aged 16 to 64', 'Aged 65 and over'],
      first: ['Plymouth', 47, 168, 49],
    },
  },
  {
    kind: 31,
    name: 'campaigns, not the two states they can be in',
    locale: 'en',
    table:
      'Campaign report; Campaign status|Campaign|Cost|CTR; Enabled|Brand|298.5|0.08; Enabled|Shoes|2917.3|0.02; Paused|Boots|3120.8|0.03; Enabled|Rivals|1891.1|0.01; Paused|Display|385.5|0.04',
    wants: { label: 'Campaign', series: ['Cost'], first: ['Boots', 3120.8], last: ['Brand', 298.5], range: 'A2:D7' },
  },
  {
    kind: 31,
    name: 'a page and an hour beside the title leave it the title',
    table:
      'COMERCIAL SANTA RITA LTDA|||Pág.: 1; Relatório de Vendas por Cliente|||Emitido em 04/03/2026 08:12; ; Cód.|Cliente|Qtde. Ped.|Vlr. Líquido; 1201|Padaria Trigo|4|5320.5; 1734|Bar do Zeca|12|900.25; 2210|Hotel Atlântico|7|11030',
    wants: {
      title: /Relatório de Vendas por Cliente/,
      series: ['Vlr. Líquido'],
      first: ['Hotel Atlântico', 11030],
      range: 'A4:D7',
    },
  },
  {
    kind: 31,
    name: 'minutes until the first reply have a mean, and no line leads from ticket to ticket',
    locale: 'en',
    table: `Ticket ID|Priority|Group|Created|First reply time (min);${Array.from({ length: 40 }, (_, at) => `${88_000 + at}|${['Low', 'High', 'Normal'][at % 3]}|${['Billing', 'Tier 1', 'Tier 2'][at % 3]}|2026-01-0${1 + Math.floor(at / 8)} ${String(8 + (at % 8)).padStart(2, '0')}:30|${10 + ((at * 7) % 40)}`).join(';')}`,
    wants: [{ method: 'mean', points: 5, first: ['2026-01-01', 24.5] }, { method: 'mean' }, { method: 'count' }],
  },
  {
    kind: 31,
    name: 'hours worked on each day of a time card',
    table: `Data|Dia|Ent.|Saí.|Litros;${days('2026-03-02', 10, (at) => `${['seg', 'ter', 'qua', 'qui', 'sex', 'sáb', 'dom'][at % 7]}|'08:0${at % 5}|'17:0${at % 7}|${20 + ((at * 3) % 7)}`)}`,
    wants: { label: 'Data', series: ['Litros'], points: 10, first: ['2026-03-02', 20], last: ['2026-03-11', 26] },
  },
]
