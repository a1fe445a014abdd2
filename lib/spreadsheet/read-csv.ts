/**
 * A CSV as rows with their line numbers. Its separator is that of Excel's `sep=` line, else it is detected. The file is never in
 * memory as rows: each call of `rows()` reads it anew.
 */
import { parse, type CsvError } from 'csv-parse'
import { promisify } from 'node:util'
import { decodeText, encodingOf, type Encoding } from './decode-text.ts'
import { SpreadsheetFault } from './fault.ts'

export interface CsvRow {
  /** The physical line that the row starts on, from 1, as an editor shows it. */
  line: number
  /** From 1, as a spreadsheet shows it: blank rows count, the `sep=` line and line breaks in cells do not. */
  number: number
  cells: string[]
}

export interface CsvFile {
  separator: string
  /** Rows with content, in batches; other work gets its turn between them. Throws SpreadsheetFault bad_row. */
  rows(): AsyncGenerator<CsvRow[]>
}

export interface CsvOptions {
  /** Whether the caller knows a column by this name: the separator that makes most of the header known is taken. */
  knows?(header: string): boolean
  /** A quotation mark inside a cell is taken as it is; otherwise it is a bad row. */
  loose_quotes?: boolean
}

export type CsvFault = 'quote_in_cell' | 'text_after_quote' | 'quote_not_closed' | 'row_too_long'

/** Far beyond any row of a table; a quote that is never closed ends at this. */
const MAX_ROW_CHARACTERS = 256 * 1024

/** Throws SpreadsheetFault not_text. */
export function openCsv(bytes: Uint8Array, options: CsvOptions = {}): CsvFile {
  const encoding = encodingOf(bytes)
  const start = encoding && (decodeText(bytes, encoding).next().value ?? '')
  if (encoding === undefined || start === undefined || start.includes('\0')) throw new SpreadsheetFault('not_text')
  const declared = /^sep=([^"\r\n])(?:\r|\n|$)/i.exec(start)?.[1]
  const separator = declared ?? separatorOf(start, options.knows)
  return { separator, rows: () => readRows(bytes, encoding, separator, declared !== undefined, options) }
}

async function* readRows(
  bytes: Uint8Array,
  encoding: Encoding,
  separator: string,
  declared: boolean,
  { loose_quotes = false }: CsvOptions,
): AsyncGenerator<CsvRow[]> {
  let line = 1
  let number = declared ? 0 : 1
  const batch: CsvRow[] = []
  const parser = parse({
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: loose_quotes,
    max_record_size: MAX_ROW_CHARACTERS,
    // Rows are taken here, in the order of the file: as a stream they cost twice the time, and an error overtakes them.
    on_record(cells: string[]) {
      if (number > 0 && cells.some((cell) => cell.trim() !== '')) batch.push({ line, number, cells })
      line += 1 + lineBreaks(cells)
      number++
      return null
    },
  })
  // Its callbacks have the error; as an event that nobody hears it would end the program.
  parser.on('error', () => {})
  const write = promisify<string, void>(parser.write.bind(parser))
  const end = promisify<void>(parser.end.bind(parser))
  const refuse = (cause: CsvError) => {
    throw badRow(line, cause)
  }
  for (const text of decodeText(bytes, encoding)) {
    await write(text).catch(refuse)
    if (batch.length > 0) yield batch.splice(0)
    await new Promise(setImmediate)
  }
  await end().catch(refuse)
  if (batch.length > 0) yield batch.splice(0)
}

/** csv-parse gives up on the row that starts on the current line. */
function badRow(line: number, cause: CsvError): unknown {
  const why = WHY[cause.code]
  return why ? new SpreadsheetFault('bad_row', { line, why }, { cause }) : cause
}

const WHY: Record<string, CsvFault> = {
  INVALID_OPENING_QUOTE: 'quote_in_cell',
  CSV_INVALID_CLOSING_QUOTE: 'text_after_quote',
  CSV_QUOTE_NOT_CLOSED: 'quote_not_closed',
  CSV_MAX_RECORD_SIZE: 'row_too_long',
}

function lineBreaks(cells: string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
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
