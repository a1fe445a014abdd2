/** One table as found in a sheet: its columns typed, totals and notes left out. The chart is chosen from it. */
import type { Grain, Unit } from '../../lib/chart/plan.ts'

interface ColumnBase {
  /** From 0, as on the sheet. */
  index: number
  /** The header as written, rows of a tall header joined; empty when it has none. */
  header: string
}

export interface NumberColumn extends ColumnBase {
  kind: 'number'
  values: (number | null)[]
  unit: Unit
  /** Most digits after the decimal separator that the format asks for. */
  decimals: number | undefined
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
}

export type Column = NumberColumn | DateColumn | TextColumn

export interface Table {
  sheet: string
  /** Header and data, as a person would select it: `A5:F15`. */
  range: string
  /** Title rows above the header, topmost first. */
  titles: string[]
  columns: Column[]
  /** Rows of data; every column's `values` has this length. */
  rows: number
}
