/** A made-up workbook, and what a person would have drawn of it. The cases were written before any output was looked at. */
import type { Locale } from '../../../lib/texts.ts'

export interface Case {
  /** As issue 18 numbers the kinds of faults. */
  kind: number
  name: string
  /** Rows end with `;`, columns with `|`. Several sheets: by name; one whose name begins with `~` is hidden, with `~~` very hidden. */
  table: string | Record<string, string>
  /** Number formats by column letter. */
  formats?: Record<string, string>
  merges?: string[]
  /** pt-BR unless told. */
  locale?: Locale
  /** Of the file, for titles. */
  file?: string
  wants: Wanted | { refused: string }
}

/** What is left undefined does not matter. */
export interface Wanted {
  chart?: 'bars' | 'lines'
  /** The header of the label column; several where any of them is right. */
  label?: string | string[]
  /** Names of the series, in any order. */
  series?: string[]
  /** Label and values of the first and the last point; values in the order of `series`. */
  first?: (string | number | null)[]
  last?: (string | number | null)[]
  points?: number
  /** Values drawn, over all series. */
  cells?: number
  /** Must occur among labels and names of series. */
  texts?: string[]
  method?: 'each' | 'sum' | 'mean' | 'count'
  /** Must be named in the picture's note and in the JSON. */
  left_out?: string[]
  title?: RegExp
  not_title?: RegExp
  /** Currency sign, `%` or `h` of the first series; empty for none. */
  unit?: string
  /** Must be among the values as they are written in the picture. */
  shown?: string[]
  /** Boundary of the table as a person would select it, totals below it left out; the whole sheet unless told. */
  range?: string
  sheet?: string
}
