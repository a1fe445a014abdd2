/** Files of many rows, at the limits of what is drawn. Row 0 is the header. */
import { columnName } from '../../lib/spreadsheet/cells.ts'
import { workbookOf } from './hostile-files.ts'
import { sheetXml } from './odd-workbooks.ts'

export type CellValue = string | number
type CellAt = (row: number, column: number) => CellValue

export function gridWorkbook(rows: number, columns: number, cellAt: CellAt): Uint8Array {
  const letters = Array.from({ length: columns }, (_, at) => columnName(at))
  const lines: string[] = []
  for (let row = 0; row < rows; row++) {
    const cells = letters.map((letter, column) => {
      const value = cellAt(row, column)
      const place = `r="${letter}${row + 1}"`
      return typeof value === 'number'
        ? `<c ${place}><v>${value}</v></c>`
        : `<c ${place} t="inlineStr"><is><t>${value}</t></is></c>`
    })
    lines.push(`<row r="${row + 1}">${cells.join('')}</row>`)
  }
  return workbookOf(sheetXml(lines.join('')))
}

export function csvOf(rows: number, columns: number, cellAt: CellAt): Uint8Array {
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => String(cellAt(row, column)).replace('.', ',')).join(';'),
  )
  return Buffer.from(lines.join('\n'))
}
