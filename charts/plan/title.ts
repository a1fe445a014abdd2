/** Names the chart: by the sheet's own title, else by measure and label; the subtitle says where it comes from. */
import type { Plan } from '../../lib/chart/plan.ts'
import { columnName } from '../../lib/spreadsheet/cells.ts'
import type { Table } from '../table/table.ts'
import type { ChartContext, Draft, Source, SourcedPlan } from './draft.ts'
import { fold } from '../table/code-words.ts'
import { classOf, isDefaultSheetName, readable, sharedWords } from './words.ts'

export function titleChart(
  draft: Draft,
  table: Table,
  said: Pick<Source, 'left_out' | 'confidence' | 'doubts'>,
  context: ChartContext,
): SourcedPlan {
  const { texts } = context
  const sheet = isDefaultSheetName(table.sheet) ? '' : readable(table.sheet)
  const file = readable(context.file_name.replace(/\.[^.]*$/, ''))
  const subject =
    draft.subject ??
    list([...new Set(draft.series.map(({ name }) => name))], texts.and, sheet === '' ? texts.and_more : undefined)
  const grain = draft.grain && texts.grain[draft.grain]
  const label = hasHours(draft) ? texts.hour : grain ? `${grain}${dateAmongOthers(draft, table)}` : draft.label_title
  const unnamed = draft.measures.every((header) => header === '') && draft.label_column === ''
  const built =
    subject && label && !unnamed ? texts.by(subject, label) : unnamed ? sheet || file : subject || sheet || file
  const names = fold([table.sheet, ...table.columns.map(({ header }) => header)].join(' '))
  const isReport = (title: string) => namesReport(title) || sharedWords(title, names).some((word) => word.length > 3)
  const isOwner = (title: string, at: number) =>
    isCompany(title) ||
    (table.titles.length > 1 && isOrganisation(title)) ||
    (!isReport(title) && !/\d/.test(title) && table.titles.slice(at + 1).some(isReport))
  const report = table.titles.filter((title, at) => !isOwner(title, at))
  const [own, second] = report.length === table.titles.length ? table.titles : [report[0], table.titles.find(isOwner)]
  const title = own ?? built
  const origin = second ?? (same(sheet, title) || sheet === '' ? (own === undefined ? file : '') : sheet)
  const written = [title.toLowerCase()]
  const lines = [own === undefined || !subject ? '' : built, origin, ...draft.notes].filter((line) => {
    const isNew = line !== '' && !written.includes(line.toLowerCase())
    written.push(line.toLowerCase())
    return isNew
  })
  return {
    shape: draft.shape,
    points: draft.points,
    ordered: draft.ordered,
    ...(draft.others === undefined ? {} : { others: draft.others }),
    ...(draft.stacked ? { stacked: true } : {}),
    ...(isAmount(draft) ? { from_zero: true } : {}),
    ...(draft.panels ? { panels: true } : {}),
    ...trendOf(draft, context),
    series: draft.series.map((series, at) => ({ ...series, name: distinctName(draft, at, context) })),
    ...(draft.band ? { band: draft.band } : {}),
    ...(draft.grain ? { grain: draft.grain } : {}),
    title: sentence(title),
    subtitle: sentence(lines.join(' · ')),
    // A header such as `ds` means something to a program only.
    label_title: sentence(
      draft.grain && (draft.label_title.length < 3 || draft.label_title === grain) ? label : draft.label_title,
    ),
    value_title: sentence(draft.value_title),
    source: {
      sheet: table.sheet,
      range: table.range,
      label_column: draft.label_column,
      measures: draft.measures,
      method: draft.method,
      rows: table.rows,
      ...said,
    },
  }
}

/** ` (Vencimento)`, where `Emissão` stands beside it. */
function dateAmongOthers({ label_column }: Draft, { columns }: Table): string {
  const dates = columns.filter(({ kind }) => kind === 'date').map(({ header }) => header)
  return dates.length > 1 && dates.includes(label_column) && label_column !== '' ? ` (${readable(label_column)})` : ''
}

/** Sums and counts: half of the height is half of the amount. */
function isAmount({ method, used }: Draft): boolean {
  return (
    method === 'sum' ||
    method === 'count' ||
    used.some(({ header }) => ['amount', 'count'].includes(classOf(header) ?? ''))
  )
}

/** Several points a day. */
function hasHours({ grain, points }: Draft): boolean {
  const times = points.map(({ time }) => time ?? 0)
  return grain === 'day' && times.length > 2 && times[2]! - times[0]! < 86_400_000
}

/** Names whose report it is, not what the report is about. */
const isCompany = (title: string) =>
  /(^|[\s,.])(ltda|s\/a|s\.\s?a|sa|me|epp|eireli|inc|llc|ltd|corp|gmbh|co|plc|company|companhia|cia|ag|kg|e\.?\s?v)\.?$|\b(gmbh|ag|kg|ltda|s\.a\.),\s\S+$/i.test(
    title,
  )

/** `Colégio Horizonte` above `Notas do 7º ano`. */
const isOrganisation = (title: string) =>
  /^(associação|colégio|escola|prefeitura|câmara|clube|igreja|condomínio|padaria|mercado|supermercado|farmácia|clínica|hospital|instituto|fundação|universidade|faculdade|secretaria|ministério|sindicato|cooperativa|restaurante|hotel|grupo|banco|ong|academia|association|school|college|university|club|church|city of|county|department of|ministry|institute|foundation|clinic|ayuntamiento|diputación|gemeinde|stadt|verein)\s|\b(association|trust|council|society|university|college|school|hospital|foundation|institute)$/i.test(
    title,
  )

/** `Inventário em 31/10` below `Papelaria Estrela`. */
const namesReport = (title: string) =>
  /\b(relatorio|controle|demonstra\w+|balanc\w+|resumo|posicao|inventario|mapa|planilha|lista|listagem|tabela|folha|diario|boletim|pesquisa|levantamento|quadro|painel|indicadores|prestacao|previsao|orcamento|fluxo|evolucao|ranking|vendas|compras|despesas|receitas|contas|custos|producao|estoque|consumo|leituras?|cobertura|matriculas|atendimentos|faturamento|comissoes|rateio|cronograma|acompanhamento|analise|comparativo|curva|report|summary|list|sales|budget|statement|inventory|overview|results?|expenses|orders)\b/.test(
    fold(title),
  )

/** Columns of one name are told apart by where they stand: `Receita (Coluna B)`, `Receita (Coluna D)`. */
function distinctName({ series, used }: Draft, at: number, { texts }: ChartContext): string {
  const { name } = series[at]!
  const isOne = series.every((other, index) => index === at || other.name !== name)
  return isOne || !used[at] ? name : `${name} (${texts.column(columnName(used[at].index))})`
}

/** With this many days or more, the line of single days is more noise than trend. */
const NOISY_DAYS = 180

function trendOf(draft: Draft, context: ChartContext): Pick<Plan, 'trend'> {
  const [only, second] = draft.series
  if (!only || second || draft.band || draft.grain !== 'day' || draft.points.length < NOISY_DAYS) return {}
  const window = draft.points.length > 400 ? 28 : 7
  return { trend: { name: context.texts.average(window), values: movingAverage(only.values, window) } }
}

/** Over the `window` values up to each; null until there are that many. */
function movingAverage(values: (number | null)[], window: number): (number | null)[] {
  return values.map((_, at) => {
    const known = values.slice(Math.max(0, at - window + 1), at + 1).filter((value) => value !== null)
    return known.length < window * 0.75 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

function list(names: string[], and: string, more?: (names: string[], more: number) => string): string {
  const named = names.filter(Boolean)
  if (named.length > 3) return more ? more(named.slice(0, 2), named.length - 2) : ''
  return named.length < 2 ? (named[0] ?? '') : `${named.slice(0, -1).join(', ')} ${and} ${named.at(-1)}`
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** `pH` stays as it is. */
const sentence = (text: string) => (/^\p{Ll}\p{Lu}/u.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1))
