/** Kinds 7 and 8: header cells that look like numbers, and headers of several levels. */
import type { Case } from './case.ts'

export const HEADERS: Case[] = [
  {
    kind: 7,
    name: 'quarters as 1T to 4T',
    table: 'Filial|1T|2T|3T|4T; Centro|100|120|130|150; Norte|80|75|90|95; Sul|60|66|71|70',
    wants: { texts: ['Centro', 'Norte', 'Sul', '1T', '4T'], cells: 12, unit: '' },
  },
  {
    kind: 7,
    name: 'terms of payment',
    table:
      'Cliente|30 dias|60 dias|90 dias; Padaria|500|300|100; Mercado|900|450|220; Bar|150|80|40; Hotel|700|610|330',
    wants: {
      chart: 'bars',
      label: 'Cliente',
      series: ['30 dias', '60 dias', '90 dias'],
      first: ['Mercado', 900, 450, 220],
      cells: 12,
    },
  },
  {
    kind: 7,
    name: 'prices by size',
    table: 'Bebida|250 ml|500 ml|1 L; Suco|6|10|17; Chá|5|8|14; Café|7|12|21; Água|3|4|6',
    wants: {
      chart: 'bars',
      label: 'Bebida',
      series: ['250 ml', '500 ml', '1 L'],
      first: ['Café', 7, 12, 21],
      last: ['Água', 3, 4, 6],
    },
  },
  {
    kind: 7,
    name: 'quarters in English',
    locale: 'en',
    table: 'Store|1Q|2Q|3Q|4Q; Boston|10|12|14|18; Denver|8|9|7|11; Miami|15|13|16|20',
    wants: { texts: ['Boston', 'Denver', 'Miami', '1Q', '4Q'], cells: 12 },
  },
  {
    kind: 7,
    name: 'weights of a product',
    table: 'Modelo|5 kg|10 kg|15 kg; A1|50|90|120; B2|45|80|115; C3|60|100|150',
    wants: { chart: 'bars', label: 'Modelo', series: ['5 kg', '10 kg', '15 kg'], first: ['C3', 60, 100, 150] },
  },
  {
    kind: 7,
    name: 'years as numbers',
    table: 'Região|2022|2023|2024; Norte|120|130|128; Sul|210|205|222; Leste|95|99|104',
    wants: { chart: 'bars', label: 'Região', series: ['2022', '2023', '2024'], first: ['Sul', 210, 205, 222] },
  },
  {
    kind: 8,
    name: 'years over quarters, merged',
    table:
      'Produto|2023|||2024||; |T1|T2|T3|T1|T2|T3; Caixa|10|12|11|14|15|13; Lata|20|22|25|24|27|29; Fita|5|6|5|7|8|9',
    merges: ['A1:A2', 'B1:D1', 'E1:G1'],
    wants: { cells: 18, texts: ['2023', '2024', 'T1', 'T3', 'Caixa', 'Lata', 'Fita'] },
  },
  {
    kind: 8,
    name: 'revenue and cost over years',
    table: 'Loja|Receita||Custo|; |2024|2025|2024|2025; Centro|120|192|85|92; Norte|166|163|74|119; Sul|182|212|70|99',
    merges: ['A1:A2', 'B1:C1', 'D1:E1'],
    wants: { label: 'Loja', cells: 12, texts: ['Receita', 'Custo', '2024', '2025'] },
  },
  {
    kind: 8,
    name: 'three levels',
    table: 'Linha|2024|||; |1º sem||2º sem|; |T1|T2|T3|T4; Aço|10|12|14|13; Vidro|7|8|6|9; Papel|20|21|25|24',
    merges: ['A1:A3', 'B1:E1', 'B2:C2', 'D2:E2'],
    wants: { cells: 12, texts: ['Aço', 'Vidro', 'Papel', 'T1', 'T4'] },
  },
  {
    kind: 8,
    name: 'groups that are written once and not merged',
    locale: 'en',
    table: 'Region|Budget||Actual|; |Q1|Q2|Q1|Q2; East|40|42|38|45; West|55|50|57|49; North|30|31|28|33',
    wants: { cells: 12, texts: ['Budget', 'Actual', 'Q1', 'Q2'], label: 'Region' },
  },
  {
    kind: 8,
    name: 'men and women, births and deaths',
    table:
      'Município|Homens||Mulheres|; |Nascidos|Óbitos|Nascidos|Óbitos; Itu|410|220|395|201; Salto|300|150|310|149; Jundiaí|900|480|870|455; Tietê|120|80|118|77',
    merges: ['A1:A2', 'B1:C1', 'D1:E1'],
    wants: { label: 'Município', cells: 16, texts: ['Homens', 'Mulheres', 'Nascidos', 'Óbitos'] },
  },
]
