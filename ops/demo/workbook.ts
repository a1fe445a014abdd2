import ExcelJS from 'exceljs'

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

/** A workbook as in an office: a title, an empty row, then a row per month with two measures. */
export async function demoWorkbook(): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const sheet = workbook.addWorksheet('Vendas')
  sheet.addRow(['Vendas de embalagens por mês (R$ mil)'])
  sheet.addRow([])
  sheet.addRow(['Mês', 'Meta', 'Realizado'])
  MONTHS.forEach((month, i) => sheet.addRow([month, 180 + i * 5, Math.round(170 + i * 6 + 25 * Math.sin(i))]))
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}
