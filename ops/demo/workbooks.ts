/** Tables as they lie about in an office, each of another kind, and one in which there is nothing to draw. */
import ExcelJS from 'exceljs'
import { csvRow } from '../../lib/csv.ts'

type Rows = Array<Array<string | number | Date>>

export interface DemoFile {
  name: string
  bytes: Uint8Array | string
}

const MONTHS = [
  'janeiro',
  'fevereiro',
  'março',
  'abril',
  'maio',
  'junho',
  'julho',
  'agosto',
  'setembro',
  'outubro',
  'novembro',
  'dezembro',
]

export async function demoFiles(now: Date): Promise<DemoFile[]> {
  return [
    { name: `demo-vendas-${now.getFullYear()}.xlsx`, bytes: await demoWorkbook() },
    { name: 'demo-vendas-por-loja.xlsx', bytes: await workbook('Lojas', byShop(now)) },
    { name: 'demo-perdas-por-motivo.xlsx', bytes: await workbook('Perdas', LOSSES) },
    { name: 'demo-prazo-dos-fornecedores.xlsx', bytes: await workbook('Prazos', DELIVERY) },
    {
      name: 'demo-camara-fria.csv',
      bytes: coldRoom(now)
        .map((row) => csvRow(row as string[]))
        .join(''),
    },
    { name: 'demo-ata-da-reuniao.xlsx', bytes: await workbook('Ata', MINUTES) },
  ]
}

/** The one of them that cannot be drawn. */
export const UNDRAWABLE = 'demo-ata-da-reuniao.xlsx'

/** A workbook as in an office: a title, an empty row, then a row per month with two measures. */
export function demoWorkbook(): Promise<Uint8Array> {
  return workbook('Vendas', [
    ['Vendas de embalagens por mês (R$ mil)'],
    [],
    ['Mês', 'Meta', 'Realizado'],
    ...MONTHS.map((month, i) => [month, 180 + i * 5, Math.round(170 + i * 6 + 25 * Math.sin(i))]),
  ])
}

/** A row a day and shop, as a till exports them. */
function byShop(now: Date): Rows {
  const shops = ['São Paulo', 'Recife', 'Curitiba']
  return [
    ['Data', 'Loja', 'Peças vendidas'],
    ...days(now, 45).flatMap((day, d) =>
      shops.map((shop, s) => [day, shop, Math.round(420 - s * 90 + d * (3 - s) + 60 * Math.sin((d + s) / 2.2))]),
    ),
  ]
}

const LOSSES: Rows = [
  ['Perdas por motivo no trimestre'],
  ['Motivo', 'Valor perdido (R$)'],
  ['Amassado no transporte', 18_420],
  ['Impressão fora da cor', 11_075],
  ['Vencimento da validade', 7340],
  ['Erro de separação', 5120],
  ['Umidade no depósito', 3985],
  ['Outros', 1210],
]

const DELIVERY: Rows = [
  ['Fornecedor', 'Prazo médio de entrega (dias)'],
  ['Papelão Serra Azul', 6.5],
  ['Plásticos do Vale', 9.2],
  ['Vidraria Aurora', 14.8],
  ['Metalúrgica Ipiranga', 11.3],
  ['Madeireira Boa Vista', 4.1],
  ['Flexíveis Paraná Indústria e Comércio de Embalagens', 17.6],
  ['Gráfica Horizonte', 3.4],
]

/** The warmest reading of each day. */
function coldRoom(now: Date): Rows {
  return [
    ['Dia', 'Câmara 1 (°C)', 'Câmara 2 (°C)'],
    ...days(now, 30).map((day, i) => [
      day.toISOString().slice(0, 10),
      Number((3.8 + 0.9 * Math.sin(i / 3.8)).toFixed(1)),
      Number((-18 + 1.4 * Math.sin(i / 5) + (i > 20 && i < 24 ? 6 : 0)).toFixed(1)),
    ]),
  ]
}

const MINUTES: Rows = [
  ['Ata da reunião de segunda-feira'],
  ['Assunto', 'Responsável', 'Situação'],
  ['Troca do fornecedor de etiquetas', 'Ana', 'em andamento'],
  ['Treinamento do recebimento', 'Rui', 'a marcar'],
  ['Pintura do depósito', 'Bia', 'concluída'],
]

function days(now: Date, count: number): Date[] {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  return Array.from({ length: count }, (_, i) => new Date(today - (count - i) * 86_400_000))
}

async function workbook(name: string, rows: Rows): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook()
  const sheet = book.addWorksheet(name)
  sheet.addRows(rows)
  return new Uint8Array(await book.xlsx.writeBuffer())
}
