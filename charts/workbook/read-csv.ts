/** Reads a CSV as a workbook with one sheet; also what Brazilian Excel saves: `;`, decimal comma, Windows-1252. */
import { parse } from 'csv-parse/sync'
import type { Limits } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import { MAX_COLUMNS, TEXT, type Row, type Sheet } from '../../lib/spreadsheet/cells.ts'

export async function readCsv(path: string, limits: Limits): Promise<Sheet> {
  const text = decode(await Bun.file(path).bytes())
  if (text.includes('\0')) throw new Refusal('not_a_workbook')
  let records: string[][]
  try {
    records = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
      to: limits.rows + 1,
    })
  } catch (cause) {
    throw new Refusal('damaged', { part: 'csv' }, { cause })
  }
  if (records.length > limits.rows) throw new Refusal('too_many_rows', { sheet: 'CSV', limit: limits.rows })
  const rows: Row[] = []
  let cells = 0
  for (const [at, record] of records.entries()) {
    const row: Row = { number: at + 1, cells: [] }
    for (const [column, value] of record.slice(0, MAX_COLUMNS).entries()) {
      const trimmed = value.trim()
      if (trimmed === '') continue
      row.cells[column] = { value: trimmed, format: TEXT }
      if (++cells > limits.cells) throw new Refusal('too_many_cells', { limit: limits.cells })
    }
    if (row.cells.length > 0) rows.push(row)
  }
  return { name: '', rows, merges: [] }
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The separator that splits the first lines into most fields. */
function delimiterOf(text: string): string {
  const lines = text.slice(0, 10_000).split('\n').slice(0, 10)
  const count = (delimiter: string) => lines.reduce((sum, line) => sum + line.split(delimiter).length - 1, 0)
  return [';', '\t', ','].reduce((best, next) => (count(next) > count(best) ? next : best), ',')
}
