/** Kinds 10 and 11: currencies and small values; hidden sheets. */
import type { Case } from './case.ts'

const MONEY = 'Produto|Valor; Caixa|1250; Lata|890; Garrafa|3100; Fita|240'

export const MONEY_AND_HIDDEN: Case[] = [
  {
    kind: 10,
    name: 'euro',
    table: MONEY,
    formats: { B: '#,##0.00 [$€-407]' },
    wants: { unit: '€', first: ['Garrafa', 3100] },
  },
  {
    kind: 10,
    name: 'pound',
    table: MONEY,
    formats: { B: '[$£-809]#,##0.00' },
    wants: { unit: '£', first: ['Garrafa', 3100] },
  },
  {
    kind: 10,
    name: 'yen',
    table: MONEY,
    formats: { B: '[$¥-411]#,##0' },
    wants: { unit: '¥', first: ['Garrafa', 3100] },
  },
  {
    kind: 10,
    name: 'Swiss franc',
    table: MONEY,
    formats: { B: '[$CHF-807] #,##0.00' },
    wants: { unit: 'CHF', first: ['Garrafa', 3100] },
  },
  {
    kind: 10,
    name: 'real',
    table: MONEY,
    formats: { B: '[$R$-416] #,##0.00' },
    wants: { unit: 'R$', first: ['Garrafa', 3100] },
  },
  {
    kind: 10,
    name: 'two currencies in one column are not one',
    table: 'Contrato|Valor; Alfa|R$ 1.200,00; Beta|US$ 900,00; Gama|R$ 3.100,00; Delta|US$ 450,00; Épsilon|R$ 700,00',
    wants: { refused: 'mixed_currencies' },
  },
  {
    kind: 10,
    name: 'a small price beside large ones',
    table: 'Item|Preço; Parafuso|0.5; Mesa|1890; Cadeira|640; Lâmpada|12.9',
    formats: { B: '"R$" #,##0.00' },
    wants: { unit: 'R$', shown: ['R$ 0,50', 'R$ 12,90'] },
  },
  {
    kind: 10,
    name: 'a small number beside large ones',
    locale: 'en',
    table: 'Element|Share; Oxygen|1200; Iron|48.5; Gold|0.03',
    wants: { shown: ['0.03', '48.5'] },
  },
  {
    kind: 11,
    name: 'the only table is hidden',
    table: { Capa: 'Relatório confidencial; Versão|2', '~Dados': 'Loja|Vendas; A|10; B|20; C|30' },
    wants: { refused: 'hidden_sheets' },
  },
  {
    kind: 11,
    name: 'the only table is very hidden',
    table: { Resumo: 'Ver anexo', '~~Base': 'Loja|Vendas; A|10; B|20; C|30' },
    wants: { refused: 'hidden_sheets' },
  },
  {
    kind: 11,
    name: 'a small table that is seen comes before a large one that is not',
    table: { '~Base': 'Loja|Vendas; A|10; B|20; C|30; D|5; E|6; F|7', Resumo: 'Região|Total; Norte|40; Sul|38' },
    wants: { sheet: 'Resumo', first: ['Norte', 40], points: 2 },
  },
  {
    kind: 11,
    name: 'an empty sheet beside hidden ones',
    locale: 'en',
    table: { Sheet1: '', '~Calc': 'Item|Cost; A|1; B|2; C|3', '~~Raw': 'Item|Cost; A|1; B|2; C|3' },
    wants: { refused: 'hidden_sheets' },
  },
]
