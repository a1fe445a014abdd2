/** One table as found in a sheet: its columns typed, totals and notes left out. The chart is chosen from it. */
import type { Grain, Unit } from '../../lib/chart/plan.ts'
import type { Row, Sheet } from '../../lib/spreadsheet/cells.ts'

interface ColumnBase {
  /** From 0, as on the sheet. */
  index: number
  /** The header as written, rows of a tall header joined; empty when it has none. */
  header: string
  /** The parts of a header of several rows, topmost first. */
  header_path?: string[]
}

export interface NumberColumn extends ColumnBase {
  kind: 'number'
  values: (number | null)[]
  unit: Unit
  /** Most digits after the decimal separator that the format asks for. */
  decimals: number | undefined
  /** By row: the word that stands where its number belongs. */
  words?: Map<number, string>
  /** Rows whose number is a percentage, where most others are none. */
  percents?: Set<number>
  /** More than one: the numbers cannot be compared. */
  currencies?: string[]
  /** The first cell in another currency than those above it. */
  other_currency?: string
}

export interface DateColumn extends ColumnBase {
  kind: 'date'
  /** ms, UTC. */
  values: (number | null)[]
  grain: Grain
}

export interface TextColumn extends ColumnBase {
  kind: 'text'
  values: (string | null)[]
  /** Digits that name a thing: a store called 101, a postcode. */
  digits?: true
  /** Times of day. */
  clock?: true
}

export type Column = NumberColumn | DateColumn | TextColumn

/** Of a header of several rows the lowest part. */
export const lastHeader = ({ header, header_path }: ColumnBase): string => header_path?.at(-1) ?? header

export interface Table {
  sheet: string
  /** Its name, where several tables of one shape stand on one sheet. */
  block?: string
  /** Header and data, as a person would select it: `A5:F15`. */
  range: string
  /** Title rows above the header, topmost first. */
  titles: string[]
  /** `R$ mil`, where a row above the table tells it of all numbers. */
  unit_above?: string
  columns: Column[]
  /** Headers of columns whose formulas have no stored values. */
  never_computed?: string[]
  /** Rows left out because they add up the others, though their name does not say so. */
  summed?: string[]
  /** Sheets with tables that are not in it. */
  other_sheets?: string[]
  /** By title or range: tables of the same sheet that are not in it. */
  other_tables?: string[]
  /** Share of the sheet's numbers that stand outside of it, 0 to 1. */
  values_outside?: number
  /** Rows of data; every column's `values` has this length. */
  rows: number
}

/** Where a table is, before its columns are typed. */
export interface FoundTable {
  sheet: Sheet
  titles: string[]
  /** Indexes of sheet columns, left to right. */
  columns: number[]
  /** Of each column the parts of its header, topmost first. */
  headers: string[][]
  /** First row of the header, or of the data where there is no header. */
  top: number
  body: Row[]
  /** The section heading under which a row stands. */
  sections: Map<Row, string>
  /** The workbook itself says where it is. */
  declared?: true
  /** Tables of one shape with it, on the sheets behind it or in blocks on its own. */
  alike?: FoundTable[]
  /** What tells it from those of its shape on the same sheet. */
  block?: string
  /** Sheets behind it with tables that do not join it. */
  other_sheets?: string[]
}
