/** Makes the workbook of a case. */
import type { Worksheet } from 'exceljs'
import type { CellValue } from 'exceljs'
import { makeWorkbook } from '../../kit/make-workbook.ts'
import type { Case } from './case.ts'

export function buildWorkbook({ table, formats = {}, merges = [], from_1904 }: Case): Promise<string> {
  const sheets = typeof table === 'string' ? { Planilha1: table } : table
  return makeWorkbook((workbook) => {
    if (from_1904) workbook.properties.date1904 = true
    for (const [name, rows] of Object.entries(sheets)) {
      const state = name.startsWith('~~') ? 'veryHidden' : name.startsWith('~') ? 'hidden' : 'visible'
      const sheet = workbook.addWorksheet(name.replace(/^~+/, ''), { state })
      fill(sheet, rows)
      for (const [column, format] of Object.entries(formats)) sheet.getColumn(column).numFmt = format
      for (const range of merges) sheet.mergeCells(range)
    }
  })
}

function fill(sheet: Worksheet, rows: string): void {
  for (const [row, line] of rows.split(';').entries())
    for (const [column, written] of line.split('|').entries()) {
      const value = valueOf(written.trim())
      if (value !== null) sheet.getCell(row + 1, column + 1).value = value
    }
}

/** `'` in front keeps a number or date as text, `=` makes a formula without a stored value. */
function valueOf(text: string): CellValue {
  if (text === '') return null
  if (text.startsWith("'")) return text.slice(1)
  if (text.startsWith('=')) return { formula: text.slice(1) } as CellValue
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (/^\d{4}-\d\d-\d\d( \d\d:\d\d)?$/.test(text)) return new Date(`${text.replace(' ', 'T').padEnd(16, 'T00:00')}Z`)
  return text
}

/** The whole of the first sheet that is seen. */
export function wholeRange({ table }: Case): string {
  const rows = (typeof table === 'string' ? table : Object.values(table)[0]!).split(';')
  const columns = Math.max(...rows.map((row) => row.split('|').length))
  return `A1:${String.fromCharCode(64 + columns)}${rows.length}`
}
