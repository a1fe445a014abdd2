/**
 * Writes every CSV of ours: RFC 4180, safe in a spreadsheet whatever separator it splits at, and read back unchanged.
 *
 * A spreadsheet runs a cell that starts with = + - or @ (some take the full-width ones, too), also behind a tab, a carriage
 * return or quotation marks, and which cells there are depends on its separator, not on ours. So a text gets an apostrophe wherever such a cell would start: at
 * its beginning, and behind each comma, semicolon, tab or line end in it. Import takes the apostrophes off; a text that has
 * some there already gets one more. Numbers have none: no file of ours begins a row with one.
 */
export interface CsvForm {
  separator: ',' | ';' | '\t'
  decimal: '.' | ','
  /** Excel takes a file without a byte order mark for Windows-1252. */
  bom: boolean
}

export const PLAIN_CSV: CsvForm = { separator: ',', decimal: '.', bom: false }
/** What Excel in Brazil opens, and saves itself. */
export const BRAZILIAN_CSV: CsvForm = { separator: ';', decimal: ',', bom: true }

export type CsvValue = string | number | boolean | null

/** A row with its line end. */
export function csvRow(values: readonly CsvValue[], form = PLAIN_CSV): string {
  return `${values.map((value) => csvCell(value, form)).join(form.separator)}\r\n`
}

/** The first row of a file, behind its byte order mark where it has one. */
export const csvHead = (names: readonly string[], form = PLAIN_CSV): string =>
  (form.bom ? '\ufeff' : '') + csvRow(names, form)

/** A decimal in plain digits with a point, as `form` writes it. */
export function csvDecimal(decimal: string, { decimal: mark }: CsvForm): string {
  if (mark === '.') return decimal
  // 1,234 could be a thousand and more; 01,234 cannot.
  return (/^[1-9]\d{0,2}\.\d{3}$/.test(decimal) ? `0${decimal}` : decimal).replace('.', mark)
}

function csvCell(value: CsvValue, form: CsvForm): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value).replace('.', form.decimal)
  if (typeof value === 'boolean') return String(value)
  // Nearly every cell needs no change.
  if (!SPECIAL.test(value)) return value
  const guarded = withFormulaGuard(value)
  return isQuoted(guarded, form) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}

const SPECIAL = /[",;\t\r\n]|^['=+\-@＝＋－＠]/
const DIVISIBLE = /[",;\t\r\n]/

/** What another separator would divide is quoted, too, but for a decimal comma. */
const isQuoted = (text: string, { separator }: CsvForm) =>
  /^\d+,\d+$/.test(text) ? separator === ',' : DIVISIBLE.test(text)

/** Also behind a separator that ends the text: our own may follow it, and be a tab or a line end. */
const GUARDED = /(?<=^|[,;\t\r\n])(?=['"]*[=+\-@＝＋－＠\t\r])|(?<=[,;\t\r\n])(?=['"]*$)/g
const GUARD = /(?<=^|[,;\t\r\n])'(?=['"]*[=+\-@＝＋－＠\t\r])|(?<=[,;\t\r\n])'(?=['"]*$)/g

export const withFormulaGuard = (text: string): string => text.replace(GUARDED, "'")

export function withoutFormulaGuard(text: string): string {
  // Runs for every cell of a file: nearly none has an apostrophe.
  return text.includes("'") ? text.replace(GUARD, '') : text
}
