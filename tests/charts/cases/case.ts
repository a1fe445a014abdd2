/** A made-up workbook, and what a person would have drawn of it. The cases were written before any output was looked at. */
import type { Locale } from '../../../lib/texts.ts'

/** What a case tries; numbers that are missing belong to faults without a choice in them. */
export const KINDS: Record<number, string> = {
  0: 'ordinary tables',
  1: 'a word in a value column',
  2: 'many series',
  3: 'codes, years, phone numbers beside or instead of a measure',
  4: 'a repeating code as the only text',
  5: 'numbers that are names',
  6: 'labels with an order of their own',
  7: 'header cells with numbers',
  8: 'headers of several levels',
  10: 'currencies',
  11: 'hidden sheets',
  12: 'totals',
  13: 'sections',
  14: 'means and rates',
  15: 'lists with a date',
  16: 'formulas without values, hours',
  17: 'layouts',
  18: 'titles',
  21: 'two label columns before periods',
  22: 'headers of numbers or times',
  23: 'small numbers under a percent header',
  24: 'codes that look like dates',
  25: 'lines called totals that are data',
  26: 'several tables, several sheets',
  27: 'what is left out is told',
  30: 'as found abroad',
  31: 'exports of programs, sheets kept by hand',
  40: 'workbooks as small offices keep them',
}

export interface Case {
  /** A key of KINDS. */
  kind: number
  name: string
  /** Rows end with `;`, columns with `|`. Several sheets: by name; one whose name begins with `~` is hidden, with `~~` very hidden. */
  table: string | Record<string, string>
  /** Number formats by column letter. */
  formats?: Record<string, string>
  merges?: string[]
  /** Days count from 1904, as on old Macs. */
  from_1904?: true
  /** pt-BR unless told. */
  locale?: Locale
  /** Of the file, for titles. */
  file?: string
  /** Several where a person may draw any of them; the boundary is that of the first. */
  wants: Wanted | [Wanted, ...Wanted[]] | { refused: string }
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
