/** Reads one sheet's cells, row by row, as they are inflated; what a person does not see (hidden rows, columns) is left out. */
import type { Limits } from '../limits.ts'
import { Refusal } from '../refusal.ts'
import {
  BOOLEAN,
  ERROR,
  MAX_COLUMNS,
  NUMBER,
  parseReference,
  TEXT,
  type Cell,
  type CellFormat,
  type MergedRange,
  type Row,
  type Sheet,
} from './cells.ts'
import { serialToTime } from './dates.ts'
import type { WorkbookPackage } from './open-package.ts'
import { scanPart, unescapeText } from './read-styles.ts'
import { attribute, type XmlHandler } from './xml.ts'

export interface SheetContext {
  strings: string[]
  styles: CellFormat[]
  date1904: boolean
  limits: Limits
  /** Cells read so far in all sheets. */
  cells: number
}

/** Merged ranges beyond this many say nothing about a table. */
const MOST_MERGES = 50_000

export async function readSheet(
  parts: WorkbookPackage,
  part: string,
  name: string,
  context: SheetContext,
): Promise<Sheet> {
  const sheet: Sheet = { name, rows: [], merges: [] }
  await scanPart(parts, part, sheetHandler(sheet, context))
  // Writers may leave rows in any order.
  if (sheet.rows.some((row, at) => at > 0 && row.number < sheet.rows[at - 1]!.number))
    sheet.rows.sort((a, b) => a.number - b.number)
  return sheet
}

function sheetHandler(sheet: Sheet, context: SheetContext): XmlHandler {
  const hidden = new Set<number>()
  let rowNumber = 0
  let rowHidden = false
  let row: Row | undefined
  let column = -1
  let type = 'n'
  let style = 0
  let value = ''
  let collecting = false
  let inPhonetic = false

  return {
    open(element, attributes) {
      switch (element) {
        case 'c': {
          const place = parseReference(attribute(attributes, 'r') ?? '')
          column = place ? place[0] : column + 1
          type = attribute(attributes, 't') ?? 'n'
          style = Number(attribute(attributes, 's') ?? 0)
          value = ''
          break
        }
        case 'v':
          collecting = true
          break
        case 't':
          collecting = type === 'inlineStr' && !inPhonetic
          break
        case 'rPh':
          inPhonetic = true
          break
        case 'row':
          rowNumber = Number(attribute(attributes, 'r') ?? rowNumber + 1)
          rowHidden = isTrue(attribute(attributes, 'hidden'))
          row = undefined
          column = -1
          break
        case 'col':
          if (isTrue(attribute(attributes, 'hidden'))) hideColumns(hidden, attributes)
          break
        case 'mergeCell': {
          const range = readRange(attribute(attributes, 'ref') ?? '')
          if (range && sheet.merges.length < MOST_MERGES) sheet.merges.push(range)
          break
        }
      }
    },
    close(element) {
      if (element === 'v' || element === 't') collecting = false
      else if (element === 'rPh') inPhonetic = false
      else if (element === 'c') {
        if (value === '' || rowHidden || column >= MAX_COLUMNS || hidden.has(column)) return
        const cell = readCell(value, type, style, context)
        if (!cell) return
        if (++context.cells > context.limits.cells) throw new Refusal('too_many_cells', { limit: context.limits.cells })
        if (!row) {
          row = { number: rowNumber, cells: [] }
          sheet.rows.push(row)
          if (sheet.rows.length > context.limits.rows)
            throw new Refusal('too_many_rows', { sheet: sheet.name, limit: context.limits.rows })
        }
        row.cells[column] = cell
      }
    },
    text(text) {
      if (collecting) value += text
    },
  }
}

function readCell(value: string, type: string, style: number, context: SheetContext): Cell | undefined {
  switch (type) {
    case 's':
      return textCell(context.strings[Number(value)] ?? '')
    case 'str':
    case 'inlineStr':
      return textCell(unescapeText(value))
    case 'b':
      return { value: isTrue(value.trim()), format: BOOLEAN }
    case 'e':
      return { value, format: ERROR }
    case 'd': {
      const time = Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(value) ? value : `${value.trim()}Z`)
      return Number.isNaN(time) ? textCell(value) : { value: time, format: { kind: 'date' } }
    }
  }
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) return undefined
  const format = context.styles[style] ?? NUMBER
  if (format.kind === 'date') {
    const time = serialToTime(number, context.date1904)
    if (time === undefined) return { value: number, format: { kind: 'time' } }
    return { value: time, format }
  }
  if (format.kind === 'duration') return { value: number * 24, format }
  // A number in a cell formatted as text is still a number to whoever reads the sheet.
  return { value: number, format: format.kind === 'text' ? NUMBER : format }
}

function textCell(text: string): Cell | undefined {
  const trimmed = text.replace(/[\s\u00a0\u200b\ufeff]+/g, ' ').trim()
  return trimmed === '' ? undefined : { value: trimmed, format: TEXT }
}

function hideColumns(hidden: Set<number>, attributes: string): void {
  const from = Number(attribute(attributes, 'min') ?? 0)
  const to = Math.min(Number(attribute(attributes, 'max') ?? 0), MAX_COLUMNS)
  for (let column = from; column <= to; column++) hidden.add(column - 1)
}

function readRange(reference: string): MergedRange | undefined {
  const [from, to] = reference.split(':').map(parseReference)
  if (!from || !to) return undefined
  return { left: from[0], top: from[1], right: to[0], bottom: to[1] }
}

const isTrue = (text: string | undefined) => text === '1' || text === 'true'
