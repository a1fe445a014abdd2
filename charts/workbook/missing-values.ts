/** Formulas that a program wrote without what they come to: Excel stores the values when it saves, other programs may not. */
import { parseRange, parseReference, type Sheet } from '../../lib/spreadsheet/cells.ts'
import { Refusal } from '../refusal.ts'
import { mayBeTotal } from '../table/totals.ts'

/** For the sentence: the first ones show where to look. */
const MOST_NAMED = 3

export function missingValues(sheet: Sheet): Refusal {
  const { count, cells } = sheet.says!.formulas_without_value
  const named = cells.slice(0, MOST_NAMED).join(', ')
  return new Refusal('formulas_without_values', {
    sheet: sheet.name,
    cell: cells[0]!,
    cells: count > MOST_NAMED ? `${named}…` : named,
  })
}

/**
 * Whether values are missing in a range such as `A5:F15`, or in rows right below it that would belong to it: then what is
 * drawn would not be what a person sees. A row of totals is not drawn anyway; a column without any value is none of `columns`.
 */
export function lacksValues(sheet: Sheet, range: string, columns: { index: number }[]): boolean {
  const { count, cells } = sheet.says!.formulas_without_value
  const area = parseRange(range)
  if (!area || count > cells.length) return true
  const rows = new Set<number>()
  for (const reference of cells) {
    const [column, row] = parseReference(reference)!
    if (row >= area.top && columns.some(({ index }) => index === column)) rows.add(row)
  }
  const below = area.bottom + 1
  return [...rows].some((row) => row <= area.bottom) || (rows.has(below) && !isTotalRow(sheet, below))
}

/** From 0. */
export function columnsWithoutValues({ says }: Sheet): Set<number> {
  return new Set(says?.formulas_without_value.cells.map((reference) => parseReference(reference)![0]))
}

function isTotalRow(sheet: Sheet, number: number): boolean {
  const row = sheet.rows.findLast((one) => one.number === number)
  const label = row?.cells.find((cell) => cell?.format.kind === 'text')
  return label !== undefined && mayBeTotal(String(label.value))
}
