/** Kinds 14 and 15: means are not summed; a list with dates is grouped. */
import type { Case } from './case.ts'

export const AGGREGATION: Case[] = [
  {
    kind: 14,
    name: 'probabilities are averaged',
    table: 'Vendedor|Probabilidade; Ana|0.2; Ana|0.6; Bia|0.5; Bia|0.7; Caio|0.9; Caio|0.1; Ana|0.4',
    wants: { label: 'Vendedor', method: 'mean', first: ['Bia', 0.6], points: 3, series: ['Probabilidade'] },
  },
  {
    kind: 14,
    name: 'pH by place',
    table: 'Ponto|pH; Nascente|6.8; Foz|7.4; Nascente|7.0; Ponte|7.9; Foz|7.2; Ponte|8.1',
    wants: { label: 'Ponto', method: 'mean', first: ['Ponte', 8], last: ['Nascente', 6.9], points: 3 },
  },
  {
    kind: 14,
    name: 'unit cost by supplier',
    table: 'Fornecedor|Custo unitário; Alfa|10; Beta|12; Alfa|11; Gama|9; Beta|14; Gama|8; Alfa|9',
    wants: { label: 'Fornecedor', method: 'mean', first: ['Beta', 13], last: ['Gama', 8.5], points: 3 },
  },
  {
    kind: 14,
    name: 'temperatures by city',
    locale: 'en',
    table: 'City|Temperature; Oslo|4; Rome|18; Oslo|6; Cairo|30; Rome|20; Cairo|34',
    wants: { label: 'City', method: 'mean', first: ['Cairo', 32], last: ['Oslo', 5], points: 3 },
  },
  {
    kind: 14,
    name: 'a salary is worth more than a count of dependants',
    table:
      'Departamento|Salário|Dependentes; TI|9000|1; RH|5000|2; TI|11000|0; Vendas|4000|3; RH|6000|1; Vendas|4400|2; TI|10000|2',
    wants: {
      label: 'Departamento',
      series: ['Salário'],
      method: 'mean',
      first: ['TI', 10000],
      last: ['Vendas', 4200],
      left_out: ['Dependentes'],
    },
  },
  {
    kind: 14,
    name: 'scores by team',
    locale: 'en',
    table: 'Team|Score; Red|70; Blue|82; Red|90; Green|64; Blue|78; Green|66; Red|80',
    wants: { label: 'Team', method: 'mean', first: ['Red', 80], last: ['Green', 65], points: 3 },
  },
  {
    kind: 14,
    name: 'percentages by line',
    table: 'Linha|Ocupação (%); Azul|80; Verde|62; Azul|90; Lilás|71; Verde|58; Lilás|75',
    wants: { label: 'Linha', method: 'mean', first: ['Azul', 85], last: ['Verde', 60], points: 3 },
  },
  {
    kind: 14,
    name: 'prices by city',
    table: 'Cidade|Preço m²; Santos|7000; Campinas|6500; Santos|7400; Sorocaba|5100; Campinas|6700; Sorocaba|5300',
    wants: { label: 'Cidade', method: 'mean', first: ['Santos', 7200], last: ['Sorocaba', 5200] },
  },
  {
    kind: 15,
    name: 'invoices by month',
    table:
      'Nota|Cliente|Emissão|Valor; 1001|Padaria|2025-01-07|500; 1002|Mercado|2025-01-19|900; 1003|Bar|2025-01-30|200; 1004|Padaria|2025-02-03|450; 1005|Hotel|2025-02-21|1200; 1006|Mercado|2025-03-05|800; 1007|Bar|2025-03-06|250; 1008|Hotel|2025-03-28|1100; 1009|Padaria|2025-04-02|520; 1010|Escola|2025-04-15|300; 1011|Posto|2025-04-29|640',
    wants: {
      label: 'Emissão',
      method: 'sum',
      series: ['Valor'],
      first: ['jan 2025', 1600],
      last: ['abr 2025', 1460],
      points: 4,
    },
  },
  {
    kind: 15,
    name: 'payables of one month by supplier',
    table:
      'Fornecedor|Vencimento|Valor; Energia SA|2025-05-05|800; Gráfica|2025-05-07|300; Transportes|2025-05-10|450; Gráfica|2025-05-12|200; Energia SA|2025-05-20|120; Transportes|2025-05-22|510; Gráfica|2025-05-28|260',
    wants: {
      chart: 'bars',
      label: 'Fornecedor',
      method: 'sum',
      first: ['Transportes', 960],
      last: ['Gráfica', 760],
      points: 3,
    },
  },
  {
    kind: 15,
    name: 'purchases by month',
    locale: 'en',
    table:
      'Date|Vendor|Amount; 2025-01-03|Acme|120; 2025-01-22|Bolt|60; 2025-02-02|Acme|200; 2025-02-14|Core|75; 2025-02-27|Bolt|90; 2025-03-11|Acme|150; 2025-03-12|Dyno|310; 2025-04-08|Core|45; 2025-04-30|Acme|220; 2025-05-15|Bolt|130',
    wants: {
      label: 'Date',
      method: 'sum',
      series: ['Amount'],
      first: ['Jan 2025', 180],
      last: ['May 2025', 130],
      points: 5,
    },
  },
  {
    kind: 15,
    name: 'expenses with descriptions',
    table:
      'Data|Descrição|Valor; 2025-02-04|Táxi|45; 2025-02-11|Almoço|60; 2025-02-25|Hotel|480; 2025-03-03|Táxi|52; 2025-03-19|Passagem|900; 2025-04-01|Almoço|71; 2025-04-09|Hotel|510; 2025-05-06|Táxi|38; 2025-05-27|Passagem|860',
    wants: { label: 'Data', method: 'sum', first: ['fev 2025', 585], last: ['mai 2025', 898], points: 4 },
  },
  {
    kind: 15,
    name: 'orders of customers by month, dates as text',
    table:
      'Cliente|Data do pedido|Total; Loja A|03/01/2025|100; Loja B|17/01/2025|150; Loja C|05/02/2025|90; Loja A|20/02/2025|130; Loja D|27/02/2025|60; Loja E|09/03/2025|210; Loja B|14/03/2025|95; Loja F|30/03/2025|40',
    wants: {
      label: 'Data do pedido',
      method: 'sum',
      series: ['Total'],
      first: ['jan 2025', 250],
      last: ['mar 2025', 345],
      points: 3,
    },
  },
]
