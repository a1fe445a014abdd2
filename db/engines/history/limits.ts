/** Limits of the history, the same on every driver, so that no row is refused on one engine alone. */
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import type { HistoryRow } from './history.ts'
import type { HistoryRecord, RecordTable } from './records.ts'

/** An event of 1 MiB with what the catalogue knows of it fits; Cassandra's own limit is half a segment of its log. */
export const MAX_DATA_BYTES = 4 * 1024 * 1024
/** Of partition and id each: PostgreSQL's index takes 2.7 KB for the whole key. */
const MAX_KEY_BYTES = 1000

/** Throws AppError unless every row can be kept, and read as it was, by every driver. */
export function checkRows(rows: HistoryRow[]): void {
  for (const { partition, at, id, data } of rows) {
    if (partition === '')
      throw refused({
        en: 'A row without a partition cannot be kept; name one.',
        pt: 'Uma linha sem partição não pode ser guardada; indique uma.',
      })
    for (const key of [partition, id])
      if (Buffer.byteLength(key) > MAX_KEY_BYTES)
        throw refused({
          en: `A partition or id of more than ${MAX_KEY_BYTES} bytes cannot be kept.`,
          pt: `Uma partição ou um id de mais de ${MAX_KEY_BYTES} bytes não pode ser guardado.`,
        })
    if (Number.isNaN(at.getTime()))
      throw refused({
        en: 'A row whose time is no date cannot be kept.',
        pt: 'Uma linha cujo horário não é uma data não pode ser guardada.',
      })
    const text = JSON.stringify(data)
    // A character is at most three bytes: most rows need not be measured.
    const bytes = text.length * 3 > MAX_DATA_BYTES ? Buffer.byteLength(text) : 0
    if (bytes > MAX_DATA_BYTES)
      throw refused({
        en: `A row of ${bytes} bytes cannot be kept; the limit is ${MAX_DATA_BYTES} bytes.`,
        pt: `Uma linha de ${bytes} bytes não pode ser guardada; o limite é ${MAX_DATA_BYTES} bytes.`,
      })
    if (!isText(partition) || !isText(id) || holdsNoText(text))
      throw refused({
        en: 'A row with a NUL character or half a surrogate pair in a string cannot be kept.',
        pt: 'Uma linha com um caractere NUL ou meio par substituto em um texto não pode ser guardada.',
      })
  }
}

/** Throws AppError unless `table` can be part of a table's name on every driver. */
export function checkTable(table: string): void {
  if (/^[a-z][a-z0-9_]{0,39}$/.test(table)) return
  const shown = JSON.stringify(table.slice(0, 80))
  throw new AppError('invalid', 'history_name_invalid', {
    en: `${shown} cannot name a history; use 1 to 40 small letters, digits and underscores.`,
    pt: `${shown} não pode ser o nome de um histórico; use de 1 a 40 letras minúsculas, dígitos e sublinhados.`,
  })
}

/** Schemas and keyspaces that engines and Doca have for themselves. */
const TAKEN_KEYSPACES = /^(?:public|information_schema|drizzle|output|pg_.*|system.*)$/

/** Whether `name` can be a keyspace of records on every driver. */
export const isRecordKeyspace = (name: string): boolean => isRecordName(name) && !TAKEN_KEYSPACES.test(name)

/** Whether `name` can be a table of records, or a column of one, on every driver. */
export const isRecordName = (name: string): boolean => /^[a-z][a-z0-9_]{0,47}$/.test(name)

/** Throws AppError unless the table can be there on every driver. Its names are written into statements. */
export function checkRecordTable({ keyspace, name, key, columns }: RecordTable): void {
  const wrong = isRecordKeyspace(keyspace) ? [name, key, ...columns].find((one) => !isRecordName(one)) : keyspace
  if (wrong === undefined) return
  const shown = JSON.stringify(wrong.slice(0, 80))
  throw new AppError('invalid', 'history_name_invalid', {
    en: `${shown} cannot name a keyspace, table or column of records; use 1 to 48 small letters, digits and underscores.`,
    pt: `${shown} não pode ser o nome de um keyspace, tabela ou coluna de registros; use de 1 a 48 letras minúsculas, dígitos e sublinhados.`,
  })
}

/** Throws AppError unless every record can be kept, and read as it was, by every driver. */
export function checkRecords({ columns }: RecordTable, records: HistoryRecord[]): void {
  for (const { key, values, written_at } of records) {
    if (!UUID.test(key))
      throw refused({
        en: 'A record whose key is no UUID in small letters cannot be kept.',
        pt: 'Um registro cuja chave não é um UUID em letras minúsculas não pode ser guardado.',
      })
    if (Number.isNaN(written_at.getTime()))
      throw refused({
        en: 'A record whose time is no date cannot be kept.',
        pt: 'Um registro cujo horário não é uma data não pode ser guardado.',
      })
    const texts = columns.flatMap((column) => values[column] ?? [])
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    if (bytes > MAX_DATA_BYTES)
      throw refused({
        en: `A record of ${bytes} bytes cannot be kept; the limit is ${MAX_DATA_BYTES} bytes.`,
        pt: `Um registro de ${bytes} bytes não pode ser guardado; o limite é ${MAX_DATA_BYTES} bytes.`,
      })
    if (!texts.every(isText))
      throw refused({
        en: 'A record with a NUL character or half a surrogate pair in a text cannot be kept.',
        pt: 'Um registro com um caractere NUL ou meio par substituto em um texto não pode ser guardado.',
      })
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const isText = (text: string) => !text.includes('\0') && text.isWellFormed()

/** JSON writes both as escapes: a backslash that is itself not escaped, then u and the code. */
const holdsNoText = (json: string) => json.includes('\\u') && /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(json)

const refused = (detail: Translated) => new AppError('invalid', 'history_refused', detail)
