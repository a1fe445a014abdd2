/** Year and month in two columns are one time. */
import { fold } from '../table/code-words.ts'
import { monthOf } from '../table/read-date.ts'
import { holdsYears } from '../table/type-columns.ts'
import type { Column, DateColumn, Table } from '../table/table.ts'
import { namesYear, readable } from './words.ts'

export function joinYearAndMonth(table: Table): Table {
  const year = table.columns.find(
    (column) => column.kind === 'number' && holdsYears(column) && namesYear(column.header),
  )
  const month = table.columns.find((column) => monthsOf(column) !== undefined)
  if (year?.kind !== 'number' || !month || new Set(year.values).size < 2) return table
  const months = monthsOf(month)!
  const joined: DateColumn = {
    kind: 'date',
    index: Math.min(year.index, month.index),
    header: `${readable(year.header)}/${readable(month.header)}`,
    values: year.values.map((value, row) => {
      const at = months[row]
      return value === null || at == null ? null : Date.UTC(value, at - 1, 1)
    }),
    grain: 'month',
  }
  return { ...table, columns: [joined, ...table.columns.filter((column) => column !== year && column !== month)] }
}

/** 1 to 12 by row; undefined for a column that holds no months. */
function monthsOf(column: Column): (number | null)[] | undefined {
  if (column.kind === 'date' || !/^(mes|month|mes numero|month number|monat|mm)$/.test(fold(column.header)))
    return undefined
  const months = column.values.map((value) =>
    value === null ? null : typeof value === 'number' ? value : (monthOf(value) ?? (Number(value) || Number.NaN)),
  )
  const isMonth = (month: number | null) => month === null || (Number.isInteger(month) && month >= 1 && month <= 12)
  return months.every(isMonth) ? months : undefined
}
