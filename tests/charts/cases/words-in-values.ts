/** Kind 1: a word where a number belongs. The table stays whole, and the row is named. */
import type { Case } from './case.ts'

export const WORDS_IN_VALUES: Case[] = [
  {
    kind: 1,
    name: 'a price on request in the middle',
    table: 'Produto|Preço; Caixa|12.5; Lata|8; Garrafa|31; Tampa|sob consulta; Rótulo|2; Fita|7',
    wants: {
      chart: 'bars',
      series: ['Preço'],
      first: ['Garrafa', 31],
      last: ['Rótulo', 2],
      points: 5,
      left_out: ['Tampa'],
      method: 'each',
    },
  },
  {
    kind: 1,
    name: 'a free item in the first row',
    locale: 'en',
    table: 'Item|Price; Sticker|free; Mug|9.5; Poster|14; T-shirt|22; Notebook|7.25; Pen|1.5',
    wants: {
      chart: 'bars',
      series: ['Price'],
      first: ['T-shirt', 22],
      last: ['Pen', 1.5],
      points: 5,
      left_out: ['Sticker'],
    },
  },
  {
    kind: 1,
    name: 'a value to be defined in the last row',
    table: 'Obra|Orçamento; Ponte|420000; Escola|310000; Praça|95000; Posto|180000; Quadra|a definir',
    wants: {
      chart: 'bars',
      series: ['Orçamento'],
      first: ['Ponte', 420000],
      last: ['Praça', 95000],
      points: 4,
      left_out: ['Quadra'],
    },
  },
  {
    kind: 1,
    name: 'R$ - stands for nothing, twice',
    table:
      'Serviço|Mensalidade; Limpeza|R$ 350,00; Jardim|R$ -; Portaria|R$ 1.200,00; Piscina|R$ -; Elevador|R$ 480,50; Água|R$ 95,00',
    wants: {
      chart: 'bars',
      series: ['Mensalidade'],
      first: ['Portaria', 1200],
      last: ['Água', 95],
      points: 4,
      left_out: ['Jardim', 'Piscina'],
      unit: 'R$',
    },
  },
  {
    kind: 1,
    name: 'an exempt town keeps its other tax',
    table:
      'Município|IPTU|ISS; Itu|1200|800; Salto|950|isento; Jundiaí|2100|1900; Cabreúva|isento|300; Louveira|700|640',
    wants: {
      chart: 'bars',
      series: ['IPTU', 'ISS'],
      first: ['Jundiaí', 2100, 1900],
      points: 5,
      cells: 8,
      left_out: ['Salto', 'Cabreúva'],
    },
  },
  {
    kind: 1,
    name: 'a month without a value is a gap',
    table: 'Mês|Consumo; Janeiro|320; Fevereiro|indisponível; Março|298; Abril|301; Maio|276; Junho|255',
    wants: { series: ['Consumo'], first: ['Janeiro', 320], last: ['Junho', 255], cells: 5, left_out: ['Fevereiro'] },
  },
  {
    kind: 1,
    name: 'sold out twice in a row',
    table: 'Sabor|Estoque; Uva|40; Limão|esgotado; Manga|esgotado; Coco|12; Açaí|33; Caju|8',
    wants: {
      chart: 'bars',
      series: ['Estoque'],
      first: ['Uva', 40],
      last: ['Caju', 8],
      points: 4,
      left_out: ['Limão', 'Manga'],
    },
  },
  {
    kind: 1,
    name: 'nearly half of the values are words',
    locale: 'en',
    table:
      'Room|Rate; Garden|120; Suite|on request; Attic|85; Loft|unavailable; Studio|99; Tower|on request; Cabin|140; Barn|tbd; Cellar|60',
    wants: {
      chart: 'bars',
      series: ['Rate'],
      first: ['Cabin', 140],
      last: ['Cellar', 60],
      points: 5,
      left_out: ['Suite', 'Loft'],
    },
  },
  {
    kind: 1,
    name: 'a word in each of the first two rows, several columns',
    table:
      'Curso|Vagas|Inscritos; Música|a definir|a definir; Dança|suspenso|14; Teatro|30|55; Canto|20|18; Violão|25|61; Piano|12|40',
    wants: { chart: 'bars', series: ['Vagas', 'Inscritos'], cells: 9, left_out: ['Música', 'Dança'] },
  },
  {
    kind: 1,
    name: 'a word under one of three sizes',
    table:
      'Produto|200 g|500 g|1 kg; Torrado|9.9|21.5|39.9; Moído|10.5|22.9|42; Gourmet|18|41.9|em falta; Descafeinado|12.4|26|49.5',
    wants: { chart: 'bars', series: ['200 g', '500 g', '1 kg'], cells: 11, left_out: ['Gourmet (1 kg: em falta)'] },
  },
]
