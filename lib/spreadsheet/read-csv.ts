/**
 * A CSV as rows with the line that each starts on, as an editor shows it. Takes UTF-8 with or without BOM, UTF-16 with
 * one ("Unicode text" of Excel), else Windows-1252; separated by commas, semicolons or tabs; Excel's `sep=` line too.
 * The file is never in memory as rows: each call of `rows()` reads it anew.
 */
import { parse, type CsvError } from 'csv-parse'
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import type { Translated } from '../texts.ts'
import { recogniseColumn } from '../../db/packaging/import/columns.ts'
import { fileError, refuse, rejection } from '../../db/packaging/import/rejection.ts'

export interface FileRow {
  /** The physical line that the row starts on, from 1. */
  line: number
  cells: string[]
}

export interface CsvFile {
  separator: string
  /** Rows with content, the header first, in batches; other requests get their turn between batches. */
  rows(): AsyncGenerator<FileRow[]>
}

const SEPARATORS = [',', ';', '\t']
const CHUNK_BYTES = 64 * 1024
const BATCH_ROWS = 500
/** Far beyond any row here; a quote that is never closed ends at this. */
const MAX_ROW_CHARACTERS = 256 * 1024

/** Throws AppError 422 for what is no text. */
export function openCsv(bytes: Uint8Array): CsvFile {
  if (bytes.length === 0) refuse({ en: 'The file is empty.', pt: 'O arquivo está vazio.' })
  const encoding = encodingOf(bytes)
  const start = new TextDecoder(encoding).decode(bytes.subarray(0, CHUNK_BYTES))
  const declared = /^sep=(.)\r?\n/i.exec(start)?.[1]
  const separator = declared ?? separatorOf(start)
  return { separator, rows: () => rows(bytes, encoding, separator, declared !== undefined) }
}

async function* rows(
  bytes: Uint8Array,
  encoding: Encoding,
  separator: string,
  declared: boolean,
): AsyncGenerator<FileRow[]> {
  let line = 1
  const parser = Readable.from(decoded(bytes, encoding)).pipe(
    parse({
      delimiter: separator,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      max_record_size: MAX_ROW_CHARACTERS,
      // Counted here, not where rows are taken: an error overtakes rows that wait in the stream.
      on_record(cells: string[]) {
        const row = { line, cells }
        line += 1 + lineBreaks(cells)
        const says = !(declared && row.line === 1) && cells.some((cell) => cell.trim() !== '')
        // Any value may leave here; the types of csv-parse know only cells.
        return says ? (row as unknown as string[]) : null
      },
    }),
  )
  let batch: FileRow[] = []
  try {
    for await (const row of parser as AsyncIterable<FileRow>) {
      batch.push(row)
      if (batch.length < BATCH_ROWS) continue
      yield batch
      batch = []
      await new Promise(setImmediate)
    }
  } catch (cause) {
    const why = QUOTING[(cause as CsvError).code ?? '']
    if (!why) throw cause
    throw rejection(
      { en: 'The file cannot be read as CSV.', pt: 'O arquivo não pode ser lido como CSV.' },
      [fileError(line, undefined, why)],
      cause,
    )
  }
  if (batch.length > 0) yield batch
}

/** What csv-parse gives up on, always in the row that starts on the current line. */
const QUOTING: Record<string, Translated> = {
  INVALID_OPENING_QUOTE: {
    en: 'has a quotation mark inside a cell; put the cell in quotes and double the mark',
    pt: 'tem aspas no meio de uma célula; ponha a célula entre aspas e duplique as de dentro',
  },
  CSV_INVALID_CLOSING_QUOTE: {
    en: 'has text after a closing quotation mark; double the marks inside a quoted cell',
    pt: 'tem texto depois das aspas que fecham; dentro de uma célula entre aspas, duplique as aspas',
  },
  CSV_QUOTE_NOT_CLOSED: { en: 'opens a quotation mark that is never closed', pt: 'abre aspas que nunca se fecham' },
  CSV_MAX_RECORD_SIZE: {
    en: 'is far too long; perhaps a quotation mark is never closed',
    pt: 'é longa demais; talvez haja aspas que nunca se fecham',
  },
}

function* decoded(bytes: Uint8Array, encoding: Encoding): Generator<string> {
  const decoder = new TextDecoder(encoding)
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    yield decoder.decode(bytes.subarray(at, at + CHUNK_BYTES), { stream: true })
  yield decoder.decode()
}

function lineBreaks(cells: string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

function encodingOf(bytes: Uint8Array): Encoding {
  const mark = (bytes[0]! << 8) | (bytes[1] ?? 0)
  if (mark === 0xfffe) return 'utf-16le'
  if (mark === 0xfeff) return 'utf-16be'
  if (bytes.includes(0))
    refuse({
      en: 'The file is neither CSV text nor an .xlsx workbook; save it as one of them.',
      pt: 'O arquivo não é texto CSV nem planilha .xlsx; salve-o em um desses formatos.',
    })
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252'
}

/** The separator that makes most of the first row known columns; among equals, most cells. */
function separatorOf(start: string): string {
  const header = start.split(/\r\n|\n|\r/).find((line) => line.trim() !== '') ?? ''
  const score = (separator: string) => {
    const cells = header.split(separator)
    return cells.filter((cell) => recogniseColumn(cell.replaceAll('"', ''))).length * 1000 + Math.min(cells.length, 999)
  }
  return SEPARATORS.reduce((best, next) => (score(next) > score(best) ? next : best))
}
