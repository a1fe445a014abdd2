/** Sentences for a file, or a row of a CSV, that cannot be read; each says what to do. */
import type { SpreadsheetFaultCode } from '../../../lib/spreadsheet/fault.ts'
import type { CsvFault } from '../../../lib/spreadsheet/split-csv.ts'
import type { Translated } from '../../../lib/texts.ts'
import { fileError, rejection } from './rejection.ts'
import type { AppError } from '../../../lib/errors.ts'

export type FileFault = SpreadsheetFaultCode | 'nothing_visible' | 'formulas_without_values' | 'too_costly'
type Facts = Record<string, string | number>

/** Of a fault in the bytes of a file. */
export function faultyFile(fault: FileFault, facts: Facts = {}, cause?: unknown): AppError {
  if (fault !== 'bad_row') return rejection(SENTENCES[fault](facts), [], { cause })
  return rejection(
    { en: 'The file cannot be read as CSV.', pt: 'O arquivo não pode ser lido como CSV.' },
    [fileError(Number(facts.line), undefined, BAD_ROWS[facts.why as CsvFault])],
    { cause },
  )
}

const UNREADABLE: Translated = {
  en: 'The file holds no sheet that can be read; save it again as .xlsx in Excel or LibreOffice, or as CSV.',
  pt: 'O arquivo não tem nenhuma aba que possa ser lida; salve-o de novo como .xlsx no Excel ou no LibreOffice, ou como CSV.',
}
const NO_WORKBOOK: Translated = {
  en: 'The file is a zip, but no .xlsx workbook; save the table as .xlsx or CSV.',
  pt: 'O arquivo é um zip, mas não uma planilha .xlsx; salve a tabela como .xlsx ou CSV.',
}

const SENTENCES: Record<Exclude<FileFault, 'bad_row'>, (facts: Facts) => Translated> = {
  not_text: () => ({
    en: 'The file is neither CSV text nor an .xlsx workbook; save it as one of them.',
    pt: 'O arquivo não é texto CSV nem planilha .xlsx; salve-o em um desses formatos.',
  }),
  not_a_workbook: () => NO_WORKBOOK,
  other_format: () => NO_WORKBOOK,
  old_excel_format: () => ({
    en: 'This is an old .xls workbook; save it as .xlsx.',
    pt: 'Esta é uma planilha .xls antiga; salve-a como .xlsx.',
  }),
  encrypted: () => ({
    en: 'The workbook has a password; save it without one.',
    pt: 'A planilha tem senha; salve-a sem senha.',
  }),
  damaged: () => ({
    en: 'The workbook is damaged; save it again as .xlsx in Excel or LibreOffice, or as CSV.',
    pt: 'A planilha está danificada; salve-a de novo como .xlsx no Excel ou no LibreOffice, ou como CSV.',
  }),
  inflates_too_much: ({ limit_mb }) => ({
    en: `The workbook unpacks to more than ${limit_mb} MB.`,
    pt: `Descompactada, a planilha passa de ${limit_mb} MB.`,
  }),
  too_many_rows: ({ limit }) => ({
    en: `The table has more than ${limit} rows; split it.`,
    pt: `A tabela tem mais de ${limit} linhas; divida-a.`,
  }),
  too_many_cells: ({ limit }) => ({
    en: `The workbook has more than ${limit} cells; split it, or save it as CSV.`,
    pt: `A planilha tem mais de ${limit} células; divida-a, ou salve-a como CSV.`,
  }),
  no_sheets: () => UNREADABLE,
  nothing_visible: () => ({
    en: 'The workbook has no visible sheet with anything in it.',
    pt: 'A planilha não tem nenhuma aba visível com conteúdo.',
  }),
  formulas_without_values: ({ sheet, cell }) => ({
    en: `In the sheet “${sheet}” the formula in ${cell} has no stored value; open the workbook in Excel and save it.`,
    pt: `Na aba “${sheet}” a fórmula em ${cell} não tem valor gravado; abra a planilha no Excel e salve-a.`,
  }),
  too_costly: () => ({
    en: 'The workbook needs too much memory or time to read; save the table as CSV.',
    pt: 'A planilha exige memória ou tempo demais para ser lida; salve a tabela como CSV.',
  }),
}

const BAD_ROWS: Record<CsvFault, Translated> = {
  quote_in_cell: {
    en: 'has a quotation mark inside a cell; put the cell in quotes and double the mark',
    pt: 'tem aspas no meio de uma célula; ponha a célula entre aspas e duplique as de dentro',
  },
  text_after_quote: {
    en: 'has text after a closing quotation mark; double the marks inside a quoted cell',
    pt: 'tem texto depois das aspas que fecham; dentro de uma célula entre aspas, duplique as aspas',
  },
  quote_not_closed: { en: 'opens a quotation mark that is never closed', pt: 'abre aspas que nunca se fecham' },
  row_too_long: {
    en: 'is far too long; perhaps a quotation mark is never closed',
    pt: 'é longa demais; talvez haja aspas que nunca se fecham',
  },
}
