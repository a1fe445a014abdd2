/** How sure the program is of a chart: what it doubts, what it says of it, and where it refuses to draw. */
import { expect, test } from 'bun:test'
import type { Doubt } from '../../charts/doubts.ts'
import type { Draft } from '../../charts/plan/draft.ts'
import { brokenRules, type Rule } from '../../charts/plan/drawing-rules.ts'
import type { NumberColumn } from '../../charts/table/table.ts'
import { Refusal } from '../../charts/refusal.ts'
import { refusalSentence } from '../../charts/texts.ts'
import { buildWorkbook } from './cases/build.ts'
import { planOf } from '../kit/make-workbook.ts'

const planned = async (table: string, locale: 'pt-BR' | 'en' = 'pt-BR') =>
  planOf(await buildWorkbook({ kind: 0, name: '', table, wants: {} }), locale)

test('an ordinary table leaves no doubt and says nothing of it', async () => {
  const { source, subtitle } = await planned('Produto|Vendas;Caixa|12;Lata|8;Garrafa|31')
  expect(source).toMatchObject({ confidence: 1, doubts: [] })
  expect(subtitle).not.toContain('confira')
})

const NOTED: [Doubt, string, string][] = [
  ['columns_alike', 'Loja|Vendas|Vendas;Norte|12|15;Sul|9|8;Leste|7|11', 'duas colunas têm o mesmo título'],
  ['total_among_rows', 'Lugar|Casos;Rede|32;Norte|5;Sul|9;Oeste|11;Leste|7', 'uma linha soma as outras'],
  [
    'total_beside_parts',
    'Curso|Ambos|Moças|Rapazes;Física|30|18|12;Letras|25|5|20;Direito|41|20|21',
    'uma coluna soma as outras',
  ],
  ['rows_numbered', 'Vendas|Custo;10.5|3;4|19;7|22;8|1', 'as linhas não têm nome'],
  ['one_value', 'Loja|Vendas;Centro|120', 'há um só valor'],
  [
    'values_missing',
    'Produto|Jan|Fev|Mar|Abr|Mai;Caixa|5||||;Lata||7|||;Tampa|||9||;Fita||||3|;Rolo|||||6',
    'mais da metade dos valores falta',
  ],
  [
    'units_mixed',
    'Produto|Un.|Quantidade;Arroz|kg|12;Arroz|saco|3;Óleo|L|9;Óleo|lata|18;Sal|kg|2;Sal|g|900',
    'as quantidades têm unidades diferentes',
  ],
  [
    'values_elsewhere',
    'Mês|Vendas;Jan|12;Fev|8;Mar|31;;;;1|2|3|4;5|6|7|8;9|10|11|12;13|14|15|16',
    'a maior parte dos números da aba está fora da tabela',
  ],
]

test.each(NOTED)('%s is said in the picture', async (doubt, table, note) => {
  const { source, subtitle } = await planned(table)
  expect(source.doubts).toContain(doubt)
  expect(source.confidence).toBeWithin(0.4, 0.7)
  expect(subtitle).toContain('confira: ')
  expect(subtitle).toContain(note)
})

const REFUSED: [Doubt, string][] = [
  [
    'table_is_a_matrix',
    '|Idade|Renda|Casa|Filhos;Idade|1|0.31|0.2|0.6;Renda|0.31|1|0.44|0.1;Casa|0.2|0.44|1|0.3;Filhos|0.6|0.1|0.3|1',
  ],
  ['headers_unread', 'Loja|Real|Real|Real|Real;Norte|12|15|11|10;Sul|9|8|7|9;Leste|7|11|6|5'],
  ['only_zeros', 'Conta|Valor;Luz|0;Água|0;Gás|0'],
  ['rows_unnamed', 'Vagas|Ativa;10|sim;4|sim;7|sim;8|sim'],
  [
    'table_counts_on',
    'lu|ma|mi|ju|vi|sá|do;|||||1|2;3|4|5|6|7|8|9;10|11|12|13|14|15|16;17|18|19|20|21|22|23;24|25|26|27|28|29|30;31',
  ],
  ['currencies_mixed', 'Fornecedor|Valor|Moeda;Alba|1200|EUR;Bela|900|GBP;Cosmo|700|USD;Duna|450|EUR'],
  ['rows_of_different_units', 'Ponte|Km 14;Comprimento (m)|120;Faixas|4;Carga máxima (t)|40;Vistorias|9'],
  ['rows_unlabelled', 'Ano|Vendas;2024|5;|7;|6;2025|8;|9;|4'],
  ['measure_numbers_rows', 'Nome|Ordem;Ana|1;Bia|2;Caio|3;Davi|4;Edu|5'],
  [
    'names_are_sentences',
    `Assunto|Item;${'A diretoria decidiu adiar a obra até segunda ordem. '.repeat(3)}|3;${'Os sócios pedem cópia do contrato antes da próxima reunião. '.repeat(3)}|12`,
  ],
]

test.each(REFUSED)('%s ends in a sentence', async (doubt, table) => {
  const ended = await planned(table).catch((err: unknown) => err)
  expect(ended).toBeInstanceOf(Refusal)
  const { code, facts } = ended as Refusal
  expect(code).toBe('unsure')
  expect(String(facts.doubts).split(' ')).toContain(doubt)
  expect(refusalSentence(code, facts, 'en')).toContain(`the table ${facts.range}`)
  expect(refusalSentence(code, facts, 'pt-BR')).toContain('aba chamada chart')
})

test('a doubtful table gives way to one that is certain', async () => {
  const table = 'Nome|Ordem;Ana|1;Bia|2;Caio|3;Davi|4;Edu|5;;;;Mês|Vendas;Jan|12;Fev|8;Mar|31'
  const { source } = await planned(table)
  expect(source.range).toBe('A10:B13')
})

test('what a sheet named chart asks for is drawn without doubts', async () => {
  const table = { Notas: 'Nome|Ordem;Ana|1;Bia|2;Caio|3;Davi|4;Edu|5', chart: 'y|Ordem' }
  const { source } = await planOf(await buildWorkbook({ kind: 0, name: '', table, wants: {} }))
  expect(source).toMatchObject({ measures: ['Ordem'], confidence: 1, doubts: [] })
})

const CHART: Draft = {
  shape: 'bars',
  points: [{ label: 'A' }, { label: 'B' }],
  series: [{ name: 'x', unit: { kind: 'plain' }, decimals: undefined, values: [1, 2] }],
  ordered: false,
  additive: true,
  label_title: '',
  value_title: '',
  label_column: '',
  measures: [],
  used: [],
  method: 'each',
  notes: [],
}
const [SERIES] = CHART.series as [Draft['series'][number]]
const percent = { ...SERIES, unit: { kind: 'percent', fraction: true } } as const

const columnOf = (header: string): NumberColumn => ({
  kind: 'number',
  index: 1,
  header,
  values: [1, 2],
  unit: { kind: 'plain' },
  decimals: undefined,
})

const BROKEN: [Rule, Partial<Draft>][] = [
  ['nothing_drawn', { series: [{ ...SERIES, values: [null, null] }] }],
  ['labels_repeat', { points: [{ label: 'A' }, { label: 'A' }] }],
  ['line_through_names', { shape: 'lines' }],
  ['units_share_an_axis', { series: [SERIES, percent] }],
  ['quantities_share_an_axis', { used: [columnOf('Preço'), columnOf('Total')] }],
  ['rates_summed', { method: 'sum', series: [percent] }],
  ['parts_that_make_no_whole', { stacked: true, series: [SERIES, { ...SERIES, values: [-1, 2] }] }],
  ['too_many_series', { series: Array.from({ length: 13 }, () => SERIES) }],
  ['not_finite', { series: [{ ...SERIES, values: [1, Number.NaN] }] }],
]

test.each(BROKEN)('the rule %s is seen where it is broken', (rule, change) => {
  expect(brokenRules(CHART)).toEqual([])
  expect(brokenRules({ ...CHART, ...change })).toEqual([rule])
})
