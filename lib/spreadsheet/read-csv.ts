/**
 * A CSV as rows with their line numbers. Its separator is that of Excel's `sep=` line, else it is detected. The file is never in
 * memory as rows: each call of `rows()` reads it anew.
 */
import { decodeText, encodingOf } from './decode-text.ts'
import { SpreadsheetFault } from './fault.ts'
import { CsvSplitter, type CsvRow } from './split-csv.ts'

export interface CsvFile {
  separator: string
  /** Rows with content, in batches. Throws SpreadsheetFault bad_row. */
  rows(): Generator<CsvRow[]>
}

export interface CsvOptions {
  /** Whether the caller knows a column by this name: the separator that makes most of the header known is taken. */
  knows?(header: string): boolean
  /** A quotation mark inside a cell is taken as it is; otherwise it is a bad row. */
  loose_quotes?: boolean
}

/** Throws SpreadsheetFault not_text. Reading takes time: a large file keeps its process busy. */
export function openCsv(bytes: Uint8Array, { knows, loose_quotes = false }: CsvOptions = {}): CsvFile {
  const encoding = encodingOf(bytes)
  const start = encoding && (decodeText(bytes, encoding).next().value ?? '')
  if (encoding === undefined || start === undefined || start.includes('\0')) throw new SpreadsheetFault('not_text')
  const declared = /^sep=([^"\r\n])(?:\r|\n|$)/i.exec(start)?.[1]
  const separator = declared ?? separatorOf(start, knows)
  return {
    separator,
    *rows() {
      const splitter = new CsvSplitter(separator, { loose_quotes, declared: declared !== undefined })
      for (const text of decodeText(bytes, encoding)) yield splitter.push(text)
      yield splitter.end()
    },
  }
}

/** The later of equals is taken: between other separators a comma is a decimal mark, often once in every row. */
const SEPARATORS = [',', ';', '\t']
const LINES_TO_JUDGE = 10

/** The separator under which most of the header is known, and then most of the first lines have as many cells. */
function separatorOf(start: string, knows: (header: string) => boolean = () => false): string {
  const lines = start
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_TO_JUDGE)
  const known = (separator: string) =>
    (lines[0] ?? '').split(separator).filter((cell) => knows(cell.replaceAll('"', ''))).length
  const score = (separator: string) => known(separator) * 1000 + mostAlike(lines, separator)
  return SEPARATORS.reduce((best, next) => (score(next) > 0 && score(next) >= score(best) ? next : best))
}

/** How many of the lines have the most usual number of separators outside quotation marks. */
function mostAlike(lines: string[], separator: string): number {
  const lines_by_count = new Map<number, number>()
  for (const line of lines) {
    const count = line.replace(/"[^"]*"/g, '').split(separator).length - 1
    if (count > 0) lines_by_count.set(count, (lines_by_count.get(count) ?? 0) + 1)
  }
  return Math.max(0, ...lines_by_count.values())
}
