/** Kinds 12 and 13: totals under other names, groups, and equal labels under different headings. */
import type { Case } from './case.ts'

export const TOTALS_AND_SECTIONS: Case[] = [
  {
    kind: 12,
    name: 'subtotals of numbered groups; the second group is drawn, too',
    table:
      'Item|Valor; Grupo 01|; Papel|120; Caneta|45; Subtotal grupo 01|165; Grupo 02|; Mesa|900; Cadeira|400; Subtotal grupo 02|1300; Total geral|1465',
    wants: { first: ['Mesa', 900], last: ['Caneta', 45], points: 4, range: 'A1:B8' },
  },
  {
    kind: 12,
    name: 'Valor total',
    table: 'Despesa|Valor; Aluguel|2500; Luz|340; Água|120; Internet|150; Valor total|3110',
    wants: { first: ['Aluguel', 2500], last: ['Água', 120], points: 4, range: 'A1:B5' },
  },
  {
    kind: 12,
    name: 'Soma total',
    table: 'Equipe|Pontos; Azul|41; Verde|38; Roxo|52; Preto|17; Soma total|148',
    wants: { first: ['Roxo', 52], last: ['Preto', 17], points: 4, range: 'A1:B5' },
  },
  {
    kind: 12,
    name: 'totals of branches',
    table: 'Vendedor|Vendas; Ana|100; Bia|80; Total Filial Centro|180; Caio|60; Duda|90; Total Filial Norte|150',
    wants: { first: ['Ana', 100], last: ['Caio', 60], points: 4, range: 'A1:B6' },
  },
  {
    kind: 12,
    name: 'totals for regions',
    locale: 'en',
    table: 'Rep|Sales; Ann|30; Bob|45; Total for East|75; Cid|20; Dee|55; Total for West|75; Grand total|150',
    wants: { first: ['Dee', 55], last: ['Cid', 20], points: 4, range: 'A1:B6' },
  },
  {
    kind: 12,
    name: 'a row that adds up all others, whatever its name',
    table: 'Setor|Pessoas; Fábrica|120; Escritório|45; Loja|33; Empresa toda|198',
    wants: { first: ['Fábrica', 120], last: ['Loja', 33], points: 3, range: 'A1:B4' },
  },
  {
    kind: 13,
    name: 'imports and exports by continent',
    table:
      'Continente|Valor; Importações|; Ásia|500; Europa|300; América|200; Exportações|; Ásia|150; Europa|420; América|380',
    wants: { cells: 6, texts: ['Importações', 'Exportações', 'Ásia', 'Europa', 'América'] },
  },
  {
    kind: 13,
    name: 'income and expenses by branch',
    table:
      'Descrição|2024|2025; RECEITAS||; Matriz|900|950; Filial|400|420; DESPESAS||; Matriz|700|690; Filial|350|390',
    wants: { cells: 8, texts: ['RECEITAS', 'DESPESAS', 'Matriz', 'Filial'] },
  },
  {
    kind: 13,
    name: 'assets and liabilities',
    locale: 'en',
    table: 'Item|Amount; Assets|; Current|120; Non-current|340; Liabilities|; Current|90; Non-current|150',
    wants: { cells: 4, texts: ['Assets', 'Liabilities', 'Current', 'Non-current'] },
  },
  {
    kind: 13,
    name: 'shifts under machines',
    table:
      'Turno|Peças|Refugo; Prensa|; Manhã|500|12; Tarde|450|15; Noite|380|20; Torno|; Manhã|300|5; Tarde|310|9; Noite|280|11',
    wants: { texts: ['Prensa', 'Torno', 'Manhã', 'Noite'], cells: 6 },
  },
]
